/** Every tool: its help, its version, and what it says of options that it does not know. */
import { expect, test } from "vitest"
import { runScript, shellMachine } from "../shell-machine.ts"
import { shellTools } from "./index.ts"

const names = shellTools.flatMap(({ name, aliases = [] }) => [name, ...aliases])

test("each name belongs to one tool", () => {
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

/** Tools that never read files named on their command line. */
const NO_FILES = new Set(
  "col colrm csplit tsort arp route bridge brctl lsof fuser nsenter lsns strace tcpdump ipvsadm nft conntrack cut chown chgrp yes watch echo printf true false pwd sleep date env which whoami id hostname uname ps top htop xargs timeout nohup clear ssh scp curl wget seq shuf expr ip ifconfig ss netstat ping dig nslookup host getent nc netcat ncat telnet sudo su groups who w uptime useradd adduser userdel deluser groupadd addgroup usermod groupdel delgroup groupmod gpasswd passwd chpasswd chage chsh visudo last wall ssh-keygen ssh-copy-id rsync pgrep pkill pidof kill killall free nproc lscpu tty stty reset mount umount findmnt blkid apt-cache dpkg snap add-apt-repository swapoff swapon lsmod modprobe insmod rmmod sysctl lsblk timedatectl hostnamectl apt apt-get apt-mark man touch mkdir mktemp ln tee basename dirname vi vim view vim.tiny nvim nano pico readlink realpath envsubst tr openssl crontab cron printenv split file find tree rm df mv jq yq test tar base64 base32 basenc truncate chmod factor numfmt sync pathchk arch getconf whereis unzip zip fallocate dd git python3 traceroute pstree vmstat localectl logname lastlog losetup mkfs fdisk modinfo ssh-agent ssh-add sftp ssh-keyscan update-ca-certificates gpg gpgv".split(
    " ",
  ),
)

test.each(shellTools.map((tool) => [tool.name, tool] as const))("%s: --help, unknown options, missing files", (name, tool) => {
  const machine = shellMachine()
  const help = runScript(`env ${name} --help </dev/null >/tmp/out 2>&1; echo $?; wc -c </tmp/out`, { machine, limit: 5_000 })
  const [status, size] = help.stdout.split("\n").map(Number)
  if (!["yes", "watch", "true", "false"].includes(name)) {
    expect([0, 1, 2, 3, 9, 255]).toContain(status)
    if (!tool.plain) expect({ status, some: size > 0 }).toEqual({ status: 0, some: true })
  }
  // Whatever is asked of it, it ends, and never by an error of its own.
  const wrong = runScript(`timeout 3 ${name} --no-such-option-anywhere </dev/null; echo "[$?]"`, { machine, limit: 10_000 })
  expect(wrong.stdout).toMatch(/\[\d+\]\n$/)
  expect(wrong.stderr).not.toMatch(/TypeError|RangeError|undefined|is not a function|Cannot read/)
  if (NO_FILES.has(name)) return
  const missing = runScript(`timeout 3 ${name} /no/such/file /no/such/other </dev/null; echo "[$?]"`, { machine, limit: 10_000 })
  expect(missing.stdout).not.toMatch(/\[0\]\n$/)
  expect(missing.stderr).toMatch(/No such file|not found|cannot|is unavailable|unterminated/i)
  expect(missing.stderr).not.toMatch(/TypeError|RangeError|is not a function|Cannot read/)
})
