/** Between the machines of a lab: who may log in with what, whose keys are known, and what goes through a connection. */
import { expect, test } from "vitest"
import type { World } from "./contract.ts"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const SHA = /SHA256:[A-Za-z0-9+/]{43}/g
const told = (text: string): string => text.replaceAll("\r", "").replace(SHA, "SHA256:…")

/** Types at a terminal; what was shown of each. */
const typed = (world: World, lines: readonly string[], user = "root"): string => {
  let shown = ""
  const decoder = new TextDecoder()
  const stop = world.onOutput((terminal, data) => {
    if (terminal === "ssh") shown += decoder.decode(data, { stream: true })
  })
  world.input({ kind: "open-terminal", terminal: "ssh", machine: "controlplane", columns: 200, rows: 50, user })
  world.run({ until: world.sim.now() + 500 })
  for (const line of lines) {
    world.input({ kind: "keys", terminal: "ssh", data: `${line}\r` })
    world.run({ until: world.sim.now() + 1_000 })
  }
  world.input({ kind: "close-terminal", terminal: "ssh" })
  stop()
  return shown.replace(/\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07/g, "").replaceAll("\r", "")
}

test("a command, its two streams, its input and its exit code", () => {
  const bash = bashIn(bootedWorld())
  expect(bash("ssh node01 'echo out; echo err >&2; exit 3'; echo $?; echo in | ssh node01 'cat; hostname'")).toBe("out\n3\nin\nnode01\nerr")
  expect(bash("ssh ubuntu@node01 'whoami; pwd; echo ${SSH_CONNECTION% *}' | sed 's/ [0-9]* / PORT /'")).toBe(
    "ubuntu\n/home/ubuntu\n172.30.1.2 PORT 172.30.2.2",
  )
  expect(bash("yes | head -100000 | ssh node01 wc -c; ssh node01 'yes | head -300000' | wc -c; ssh node01 yes | head -1")).toBe(
    "200000\n600000\ny",
  )
  expect(bash("ssh nobody@node01; ssh nohost; ssh -p 23 node01; ssh -o Foo=1 node01; nc -w1 node01 22 </dev/null").split("\n")).toEqual([
    "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.14\r",
    "nobody@node01: Permission denied (publickey,password).\r",
    "ssh: Could not resolve hostname nohost: Name or service not known\r",
    "ssh: connect to host node01 port 23: Connection refused\r",
    "command-line: line 0: Bad configuration option: foo",
  ])
})

test("a key lets in where it is authorized, when nobody else can read or change what says so", () => {
  const bash = bashIn(bootedWorld())
  const into = "ssh -i /tmp/k -o IdentitiesOnly=yes node01"
  bash("ssh-keygen -q -t ed25519 -N '' -f /tmp/k")
  expect(told(bash(`${into} echo in; ssh-copy-id -i /tmp/k node01 >/dev/null 2>&1; ${into} echo in`))).toBe(
    "in\nroot@node01: Permission denied (publickey,password).",
  )
  expect(told(bash(`chmod 644 /tmp/k; ${into} echo in`))).toBe(`${"@".repeat(59)}
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
${"@".repeat(59)}
Permissions 0644 for '/tmp/k' are too open.
It is required that your private key files are NOT accessible by others.
This private key will be ignored.
Load key "/tmp/k": bad permissions
root@node01: Permission denied (publickey,password).`)
  bash("chmod 600 /tmp/k; ssh node01 chmod 777 /root")
  expect(told(bash(`${into} echo in`))).toBe("root@node01: Permission denied (publickey,password).")
  expect(bash("journalctl -u ssh -o cat | grep refused | tail -1", "node01")).toBe(
    "Authentication refused: bad ownership or modes for directory /root",
  )
  bash("ssh ubuntu@node01 sudo chmod 700 /root")
  expect(bash(`ssh node01 "sed -i 's/^/command=\\"echo forced\\" /' .ssh/authorized_keys"; ${into} hostname`)).toBe("forced")
})

test("a server does what its configuration says, once that can be read", () => {
  const bash = bashIn(bootedWorld())
  bash("echo 'PermitRootLogin no' > /etc/ssh/sshd_config.d/10-root.conf; sshd -t && systemctl restart ssh", "node01")
  expect(told(bash("ssh node01 true; ssh ubuntu@node01 whoami"))).toBe("ubuntu\nroot@node01: Permission denied (publickey,password).")
  bash("printf 'AllowUsers root\\nPort 2222\\n' > /etc/ssh/sshd_config.d/10-root.conf; systemctl restart ssh", "node01")
  expect(told(bash("ssh -p 2222 ubuntu@node01 true; ssh -p 2222 -o StrictHostKeyChecking=accept-new -q node01 hostname"))).toBe(
    "node01\nHost key verification failed.",
  )
  expect(
    bash("echo 'Prt 1' >> /etc/ssh/sshd_config; sshd -t; systemctl restart ssh; systemctl is-active ssh", "node01").split("\n"),
  ).toEqual([
    "activating",
    "/etc/ssh/sshd_config: line 11: Bad configuration option: Prt\r",
    "/etc/ssh/sshd_config: terminating, 1 bad configuration options",
  ])
})

test("keys of hosts: asked for, kept, and missed when they have changed", () => {
  const world = bootedWorld()
  const bash = bashIn(world)
  bash("mv /etc/ssh/ssh_known_hosts /tmp/known; sed -i /HashKnownHosts/d /etc/ssh/ssh_config")
  expect(told(bash("ssh node01 true"))).toBe("Host key verification failed.")
  const first = typed(world, ["ssh node01 hostname", "what", "yes", "ssh node01 hostname"])
  expect(told(first)).toContain(`The authenticity of host 'node01 (172.30.2.2)' can't be established.
ED25519 key fingerprint is SHA256:….
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? what
Please type 'yes', 'no' or the fingerprint: yes
Warning: Permanently added 'node01' (ED25519) to the list of known hosts.
node01
`)
  expect(first.match(/authenticity/g)).toHaveLength(1)
  bash("rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh", "node01")
  expect(told(bash("ssh node01 true")).split("\n").slice(1, 13)).toEqual([
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
    "@".repeat(59),
    "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!",
    "Someone could be eavesdropping on you right now (man-in-the-middle attack)!",
    "It is also possible that a host key has just been changed.",
    "The fingerprint for the ED25519 key sent by the remote host is",
    "SHA256:….",
    "Please contact your system administrator.",
    "Add correct host key in /root/.ssh/known_hosts to get rid of this message.",
    "Offending ED25519 key in /root/.ssh/known_hosts:1",
    "  remove with:",
    "  ssh-keygen -f '/root/.ssh/known_hosts' -R 'node01'",
  ])
  expect(bash("ssh-keygen -R node01; ssh-keyscan -t ed25519 node01 2>/dev/null >> ~/.ssh/known_hosts; ssh node01 echo known")).toBe(
    "# Host node01 found: line 1\n/root/.ssh/known_hosts updated.\nOriginal contents retained as /root/.ssh/known_hosts.old\nknown",
  )
})

test("passwords and passphrases are asked for at the terminal; an agent remembers what was unlocked", () => {
  const world = bootedWorld()
  const bash = bashIn(world)
  bash("useradd -m -s /bin/bash alice; echo alice:secret | chpasswd", "node01")
  expect(typed(world, ["ssh alice@node01 whoami", "wrong", "secret"])).toContain(
    "alice@node01's password: \nPermission denied, please try again.\nalice@node01's password: \nalice\n",
  )
  bash("ssh-keygen -q -t ed25519 -N 'long phrase' -f ~/.ssh/locked; ssh-copy-id -f -i ~/.ssh/locked node01 >/dev/null 2>&1")
  const shown = typed(world, [
    "ssh -o IdentitiesOnly=yes -i ~/.ssh/locked node01 echo one",
    "long phrase",
    "eval $(ssh-agent); ssh-add ~/.ssh/locked",
    "long phrase",
    "ssh -o IdentitiesOnly=yes -i ~/.ssh/locked node01 echo two",
    "ssh-agent -k >/dev/null; ssh-add -l",
  ])
  expect(shown).toContain("Enter passphrase for key '/root/.ssh/locked': \none\n")
  expect(shown).toContain("Enter passphrase for /root/.ssh/locked: \nIdentity added: /root/.ssh/locked (root@controlplane)\n")
  expect(shown).toMatch(/echo two\ntwo\n/)
  expect(shown).toContain("Could not open a connection to your authentication agent.")
})

test("a login: a terminal of its own, its size, and the screen given back", () => {
  const world = bootedWorld()
  const shown = typed(world, ["ssh node01", "tty; stty size; who | wc -l", "exit", "hostname"])
  expect(shown).toMatch(/\/dev\/pts\/0\n50 200\n1\n/)
  expect(shown).toContain("logout\nConnection to node01 closed.\n")
  expect(shown).toMatch(/hostname\ncontrolplane\n/)
})

test("ports are forwarded both ways, hosts are jumped through, and the connections are there to be seen", () => {
  const bash = bashIn(bootedWorld())
  expect(
    bash(
      "ssh -fN -L 9090:localhost:10248 node01; sleep 1; curl -s localhost:9090/healthz; echo; ss -Htn state established dport = :22 | wc -l",
    ),
  ).toBe("ok\n1")
  expect(bash("ss -tn state established | awk '{print $1, $2, $4}'", "node01")).toBe("Recv-Q Send-Q Address:Port\n0 0 172.30.1.2:32768")
  expect(bash("pkill -x ssh; sleep 1; ss -Htn | wc -l; curl -s localhost:9090/healthz; echo $?")).toBe("0\n7")
  expect(bash("ssh -fN -R 7070:localhost:10248 node01; sleep 1; ssh node01 curl -s localhost:7070/healthz; pkill -x ssh")).toBe("ok")
  expect(bash("ssh -J node01 controlplane 'hostname; echo ${SSH_CLIENT%% *}'")).toBe("controlplane\n172.30.2.2")
  bash("printf 'Host w\\n  HostName node01\\n  User ubuntu\\nHost *\\n  ServerAliveInterval 60\\n' > ~/.ssh/config")
  expect(bash("ssh w whoami; ssh -G w | head -4")).toBe("ubuntu\nhost w\nuser ubuntu\nhostname node01\nport 22")
})

test("files and trees are copied through it", () => {
  const bash = bashIn(bootedWorld())
  expect(
    bash("mkdir -p /tmp/s/d; echo b > /tmp/s/d/b; scp -qr /tmp/s node01:/tmp/; scp node01:/tmp/s/d/b /tmp/c; cat /tmp/c; scp node01:/no ."),
  ).toBe("b\nscp: /no: No such file or directory")
  expect(
    bash("rsync -a /tmp/s/ node01:/opt/t/; ssh node01 cat /opt/t/d/b; printf 'cd /opt\\nput /tmp/c\\nls t\\n' | sftp node01 2>/dev/null"),
  ).toBe("b\nsftp> sftp> Uploading /tmp/c to /opt/c\nsftp> d\nsftp>")
})
