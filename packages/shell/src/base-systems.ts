/** Which of the tools a small Debian image has: the packages that debootstrap's minbase installs, by the executables that they bring. */

const COREUTILS =
  "[ arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink users vdir wc who whoami yes"

/** bash, coreutils, findutils, grep, sed, gzip, tar, mawk, diffutils, util-linux, hostname, passwd, login, apt, dpkg, perl-base, ncurses-bin, debianutils, sysvinit-utils. */
const DEBIAN = new Set(
  [
    COREUTILS,
    "find xargs grep egrep fgrep sed gzip gunzip zcat zgrep zless uncompress tar awk mawk diff cmp diff3 sdiff",
    "dmesg lsblk lscpu mount umount mountpoint findmnt more blkid chrt ionice taskset unshare nsenter flock getopt su last setsid fallocate swapon swapoff losetup lsns prlimit script logger wall kill renice rev column hostname dnsdomainname",
    "useradd userdel usermod groupadd groupdel groupmod gpasswd passwd chpasswd chage newgrp login getent adduser deluser addgroup delgroup id",
    "apt apt-get apt-cache apt-mark apt-key dpkg dpkg-query clear reset tput tset which pidof ldd iconv locale tempfile sh",
  ]
    .join(" ")
    .split(" "),
)

/** Ubuntu's image has procps besides. */
const PROCPS = "ps top free uptime w vmstat pgrep pkill watch sysctl pmap pwdx".split(" ")

const SYSTEMS: Readonly<Record<"debian" | "ubuntu", ReadonlySet<string>>> = {
  debian: DEBIAN,
  ubuntu: new Set([...DEBIAN, ...PROCPS]),
}

export type BaseSystem = keyof typeof SYSTEMS

/** Whether the base system has an executable of that name. */
export const baseHas = (system: BaseSystem, name: string): boolean => SYSTEMS[system].has(name)
