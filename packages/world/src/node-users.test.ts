/** Accounts of a node: made, changed, let in, and kept out. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())

test("accounts are made, changed and removed, and what they may not do they cannot", () => {
  expect(
    bash("useradd -m -s /bin/bash alice; groupadd dev; usermod -aG dev,sudo alice; id alice; gpasswd -d alice sudo; getent group dev"),
  ).toBe("uid=1001(alice) gid=1001(alice) groups=1001(alice),27(sudo),1002(dev)\nRemoving user alice from group sudo\ndev:x:1002:alice")
  expect(bash("su - alice -c 'cat /etc/shadow; echo x > /etc/x; useradd bob; sudo -n ls; mkdir /tmp/own; touch /tmp/own/f'")).toBe(
    `cat: /etc/shadow: Permission denied
bash: line 1: /etc/x: Permission denied
useradd: Permission denied.
useradd: cannot lock /etc/passwd; try again later.
sudo: a password is required`,
  )
  expect(
    bash(
      "touch /tmp/roots; su - alice -c 'rm -f /tmp/roots; rm -r /tmp/own'; useradd alice; usermod -aG nope alice; userdel -r alice; id alice",
    ),
  ).toBe(
    `rm: cannot remove '/tmp/roots': Operation not permitted
useradd: user 'alice' already exists
usermod: group 'nope' does not exist
userdel: alice mail spool (/var/mail/alice) not found
id: ‘alice’: no such user`,
  )
})

test("a password is asked for and has to fit; a locked one fits nobody", () => {
  bash("useradd -m carol; echo carol:secret | chpasswd")
  expect(bash("su ubuntu -c 'echo secret | su carol -c whoami; echo wrong | su carol -c whoami'")).toBe(
    "carol\nPassword: \nPassword: \nsu: Authentication failure",
  )
  expect(bash("passwd -l carol; passwd -S carol | cut -d' ' -f1,2; su ubuntu -c 'echo secret | su carol -c whoami'")).toBe(
    "passwd: password changed.\ncarol L\nPassword: \nsu: Authentication failure",
  )
})

test("sudo lets run what sudoers says", () => {
  bash("echo 'carol ALL=(ALL) NOPASSWD: /usr/bin/ls, /usr/bin/id' > /etc/sudoers.d/carol")
  expect(
    bash(
      "su - carol -c 'sudo -l; sudo id -un; sudo whoami'; visudo -c | tail -1; echo rubbish > /etc/sudoers.d/x; visudo -cf /etc/sudoers.d/x",
    ),
  ).toBe(
    `User carol may run the following commands on controlplane:
    (ALL) NOPASSWD: /usr/bin/ls, /usr/bin/id
root
/etc/sudoers.d/carol: parsed OK
Sorry, user carol is not allowed to execute '/usr/bin/whoami' as root on controlplane.
/etc/sudoers.d/x:1:1: syntax error`,
  )
})

test("keys are made, told apart and copied to another machine", () => {
  expect(
    bash("ssh-keygen -q -t ed25519 -N '' -f /tmp/k; stat -c %a /tmp/k /tmp/k.pub; ssh-keygen -y -f /tmp/k | cmp - /tmp/k.pub && echo same"),
  ).toBe("600\n644\nsame")
  expect(bash("ssh-keygen -lf /tmp/k.pub")).toMatch(/^256 SHA256:[A-Za-z0-9+/]{43} root@controlplane \(ED25519\)$/)
  expect(
    bash("ssh-copy-id -i /tmp/k node01 >/dev/null 2>&1; ssh node01 cat .ssh/authorized_keys | tail -1 | cmp - /tmp/k.pub && echo there"),
  ).toBe("there")
  expect(
    bash(
      "mkdir -p /tmp/s/d; echo b > /tmp/s/d/b; rsync -a /tmp/s node01:/tmp/; ssh node01 cat /tmp/s/d/b; rsync -av /tmp/s/ /tmp/t/ | sed -n 2,5p",
    ),
  ).toBe("b\ncreated directory /tmp/t\nd/\nd/b")
})
