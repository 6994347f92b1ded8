/** /etc/passwd, /etc/group and /etc/shadow as Ubuntu's cloud image has them. */

/** Name, uid, gid, comment, home, shell where it is not nologin. */
const USERS: readonly (readonly [name: string, uid: number, gid: number, comment: string, home: string, shell?: string])[] = [
  ["root", 0, 0, "root", "/root", "/bin/bash"],
  ["daemon", 1, 1, "daemon", "/usr/sbin"],
  ["bin", 2, 2, "bin", "/bin"],
  ["sys", 3, 3, "sys", "/dev"],
  ["sync", 4, 65534, "sync", "/bin", "/bin/sync"],
  ["games", 5, 60, "games", "/usr/games"],
  ["man", 6, 12, "man", "/var/cache/man"],
  ["lp", 7, 7, "lp", "/var/spool/lpd"],
  ["mail", 8, 8, "mail", "/var/mail"],
  ["news", 9, 9, "news", "/var/spool/news"],
  ["uucp", 10, 10, "uucp", "/var/spool/uucp"],
  ["proxy", 13, 13, "proxy", "/bin"],
  ["www-data", 33, 33, "www-data", "/var/www"],
  ["backup", 34, 34, "backup", "/var/backups"],
  ["list", 38, 38, "Mailing List Manager", "/var/list"],
  ["irc", 39, 39, "ircd", "/run/ircd"],
  ["_apt", 42, 65534, "", "/nonexistent"],
  ["nobody", 65534, 65534, "nobody", "/nonexistent"],
  ["systemd-network", 998, 998, "systemd Network Management", "/"],
  ["systemd-timesync", 997, 997, "systemd Time Synchronization", "/"],
  ["dhcpcd", 100, 65534, "DHCP Client Daemon,,,", "/usr/lib/dhcpcd", "/bin/false"],
  ["messagebus", 101, 101, "", "/nonexistent"],
  ["systemd-resolve", 992, 992, "systemd Resolver", "/"],
  ["pollinate", 102, 1, "", "/var/cache/pollinate", "/bin/false"],
  ["polkitd", 991, 991, "User for polkitd", "/"],
  ["syslog", 103, 104, "", "/nonexistent"],
  ["uuidd", 104, 105, "", "/run/uuidd"],
  ["tcpdump", 105, 107, "", "/nonexistent"],
  ["tss", 106, 108, "TPM software stack,,,", "/var/lib/tpm", "/bin/false"],
  ["landscape", 107, 109, "", "/var/lib/landscape"],
  ["fwupd-refresh", 989, 989, "Firmware update daemon", "/var/lib/fwupd"],
  ["usbmux", 108, 46, "usbmux daemon,,,", "/var/lib/usbmux"],
  ["sshd", 109, 65534, "", "/run/sshd"],
  ["ubuntu", 1000, 1000, "Ubuntu", "/home/ubuntu", "/bin/bash"],
]

/** "name:gid" or "name:gid:members". */
const GROUPS =
  "root:0 daemon:1 bin:2 sys:3 adm:4:syslog,ubuntu tty:5 disk:6 lp:7 mail:8 news:9 uucp:10 man:12 proxy:13 kmem:15 dialout:20 fax:21 voice:22 cdrom:24:ubuntu floppy:25 tape:26 sudo:27:ubuntu audio:29 dip:30:ubuntu www-data:33 backup:34 operator:37 list:38 irc:39 src:40 shadow:42 utmp:43 video:44 sasl:45 plugdev:46 staff:50 games:60 users:100 nogroup:65534 systemd-journal:999 systemd-network:998 systemd-timesync:997 input:996 sgx:995 kvm:994 render:993 messagebus:101 systemd-resolve:992 polkitd:991 crontab:990 syslog:104 uuidd:105 _ssh:106 tcpdump:107 tss:108 landscape:109 fwupd-refresh:989 netdev:110:ubuntu lxd:111:ubuntu ubuntu:1000"

const lines = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join("")

export const ACCOUNT_FILES = [
  {
    path: "/etc/passwd",
    content: lines(
      USERS.map(([name, uid, gid, comment, home, shell = "/usr/sbin/nologin"]) => `${name}:x:${uid}:${gid}:${comment}:${home}:${shell}`),
    ),
  },
  {
    path: "/etc/group",
    content: lines(
      GROUPS.split(" ").map((group) => {
        const [name, gid, members = ""] = group.split(":")
        return `${name}:x:${gid}:${members}`
      }),
    ),
  },
  // Nobody has a password: an asterisk where none was ever set, "!" where it was locked.
  {
    path: "/etc/shadow",
    content: lines(USERS.map(([name]) => `${name}:${name === "ubuntu" ? "!" : "*"}:20000:0:99999:7:::`)),
    mode: 0o640,
  },
] as const
