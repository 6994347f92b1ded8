/** The packages that apt knows here: what an Ubuntu 24.04 node with Kubernetes' own repository offers, as far as courses ask for it. */

export interface Package {
  readonly name: string
  /** Newest first. */
  readonly versions: readonly string[]
  readonly summary: string
  readonly section: string
  /** Installed from the start at this version. */
  readonly installed?: string
  /** From pkgs.k8s.io. */
  readonly kubernetes?: boolean
  /** Executables that it brings; those that are simulated are there from the start. */
  readonly programs?: readonly string[]
  readonly depends?: readonly string[]
  /** Known by name alone: what it holds is not simulated, so it is not offered. */
  readonly absent?: boolean
  /** KiB. */
  readonly size: number
}

const KUBERNETES = ["1.35.7-1.1", "1.35.6-1.1", "1.35.5-1.1", "1.35.4-1.1", "1.35.3-1.1", "1.35.2-1.1", "1.35.1-1.1", "1.35.0-1.1"]
export const KUBERNETES_INSTALLED = "1.35.6-1.1"

const ubuntu = (
  name: string,
  version: string,
  summary: string,
  options: { installed?: boolean; programs?: readonly string[]; section?: string; size?: number; depends?: readonly string[] } = {},
): Package => ({
  name,
  versions: [version],
  summary,
  section: options.section ?? "utils",
  size: options.size ?? 400,
  ...(options.installed === false ? { absent: true } : { installed: version }),
  ...(options.programs && { programs: options.programs }),
  ...(options.depends && { depends: options.depends }),
})

const kubernetes = (name: string, summary: string, size: number, depends: readonly string[] = []): Package => ({
  name,
  versions: KUBERNETES,
  installed: KUBERNETES_INSTALLED,
  summary,
  section: "admin",
  kubernetes: true,
  programs: [name],
  depends,
  size,
})

export const CATALOGUE: readonly Package[] = [
  kubernetes("kubeadm", "Command-line utility for creating a Kubernetes cluster", 71_000, ["cri-tools"]),
  kubernetes("kubelet", "Node agent for Kubernetes clusters", 58_000, ["kubernetes-cni"]),
  kubernetes("kubectl", "Command-line utility for interacting with a Kubernetes cluster", 56_000),
  {
    name: "kubernetes-cni",
    versions: ["1.8.0-1.1"],
    installed: "1.8.0-1.1",
    summary: "Binaries required to provision kubernetes container networking",
    section: "admin",
    kubernetes: true,
    size: 106_000,
  },
  {
    name: "cri-tools",
    versions: ["1.35.0-1.1"],
    installed: "1.35.0-1.1",
    summary: "Command-line utility for interacting with a container runtime",
    section: "admin",
    kubernetes: true,
    programs: ["crictl"],
    size: 40_000,
  },
  ubuntu("containerd", "2.2.0-0ubuntu1~24.04.1", "daemon to control runC", {
    section: "admin",
    programs: ["containerd", "ctr"],
    size: 128_000,
    depends: ["runc"],
  }),
  ubuntu("runc", "1.3.3-0ubuntu1~24.04.2", "Open Container Project - runtime", { section: "admin", size: 28_000 }),
  ubuntu("apt", "2.8.3", "commandline package manager", { section: "admin" }),
  ubuntu("apt-transport-https", "2.8.3", "transitional package for https support", { section: "oldlibs", size: 34 }),
  ubuntu("base-files", "13ubuntu10.3", "Debian base system miscellaneous files", { section: "admin" }),
  ubuntu("bash", "5.2.21-2ubuntu4", "GNU Bourne Again SHell", { section: "shells", programs: ["bash"] }),
  ubuntu("bash-completion", "1:2.11-8", "programmable completion for the bash shell", { section: "shells" }),
  ubuntu("bc", "1.07.1-3ubuntu4", "GNU bc arbitrary precision calculator language", { section: "math", programs: ["bc"] }),
  ubuntu("bind9-dnsutils", "1:9.18.39-0ubuntu0.24.04.1", "Clients provided with BIND 9", { section: "net", programs: ["dig", "nslookup"] }),
  ubuntu("bind9-host", "1:9.18.39-0ubuntu0.24.04.1", "DNS Lookup Utility", { section: "net", programs: ["host"] }),
  ubuntu("ca-certificates", "20240203", "Common CA certificates", { section: "misc" }),
  ubuntu("conntrack", "1:1.4.8-1ubuntu1", "Program to modify the conntrack tables", { section: "net", programs: ["conntrack"] }),
  ubuntu("coreutils", "9.4-3ubuntu6", "GNU core utilities", { programs: ["ls", "cat"] }),
  ubuntu("cron", "3.0pl1-184ubuntu2", "process scheduling daemon", { section: "admin", programs: ["crontab"] }),
  ubuntu("curl", "8.5.0-2ubuntu10.6", "command line tool for transferring data with URL syntax", { section: "web", programs: ["curl"] }),
  ubuntu("dnsutils", "1:9.18.39-0ubuntu0.24.04.1", "Transitional package for bind9-dnsutils", {
    section: "net",
    depends: ["bind9-dnsutils"],
  }),
  ubuntu("dpkg", "1.22.6ubuntu6.1", "Debian package management system", { section: "admin", programs: ["dpkg"] }),
  ubuntu("ebtables", "2.0.11-6build1", "Ethernet bridge frame table administration", { section: "net" }),
  ubuntu("ethtool", "1:6.7-1build1", "display or change Ethernet device settings", { section: "net" }),
  ubuntu("etcd-client", "3.4.30-1ubuntu0.24.04.3", "highly-available key value store -- client", {
    section: "net",
    programs: ["etcdctl"],
    size: 30_000,
  }),
  ubuntu("file", "1:5.45-3build1", 'Recognize the type of data in a file using "magic" numbers', { programs: ["file"] }),
  ubuntu("findutils", "4.9.0-5build1", "utilities for finding files--find, xargs", { programs: ["find", "xargs"] }),
  ubuntu("gettext-base", "0.21-14ubuntu2", "GNU Internationalization utilities for the base system", { programs: ["envsubst"] }),
  ubuntu("git", "1:2.43.0-1ubuntu7.3", "fast, scalable, distributed revision control system", { section: "vcs", programs: ["git"] }),
  ubuntu("gnupg", "2.4.4-2ubuntu17.3", "GNU privacy guard - a free PGP replacement"),
  ubuntu("gnupg2", "2.4.4-2ubuntu17.3", "GNU privacy guard - a free PGP replacement (dummy transitional package)"),
  ubuntu("gpg", "2.4.4-2ubuntu17.3", "GNU Privacy Guard -- minimalist public key operations", { programs: ["gpg"] }),
  ubuntu("grep", "3.11-4build1", "GNU grep, egrep and fgrep", { programs: ["grep"] }),
  ubuntu("gzip", "1.12-1ubuntu3.1", "GNU compression utilities", { programs: ["gzip"] }),
  ubuntu("htop", "3.3.0-4build1", "interactive processes viewer", { programs: ["htop"] }),
  ubuntu("iproute2", "6.1.0-1ubuntu6.2", "networking and traffic control tools", { section: "net", programs: ["ip", "ss"] }),
  ubuntu("iptables", "1.8.10-3ubuntu2", "administration tools for packet filtering and NAT", { section: "net", programs: ["iptables"] }),
  ubuntu("iputils-ping", "3:20240117-1ubuntu0.1", "Tools to test the reachability of network hosts", {
    section: "net",
    programs: ["ping"],
  }),
  ubuntu("ipvsadm", "1:1.31-1ubuntu0.1", "Linux Virtual Server support programs", { section: "net", installed: false, size: 120 }),
  ubuntu("jq", "1.7.1-3ubuntu0.24.04.1", "lightweight and flexible command-line JSON processor", { programs: ["jq"] }),
  ubuntu("less", "590-2ubuntu2.1", "pager program similar to more", { section: "text", programs: ["less"] }),
  ubuntu("lsb-release", "12.0-2", "Linux Standard Base version reporting utility (minimal implementation)", {
    section: "misc",
    programs: ["lsb_release"],
  }),
  ubuntu("lsof", "4.95.0-1build3", "utility to list open files", { programs: ["lsof"] }),
  ubuntu("make", "4.3-4.1build2", "utility for directing compilation", { section: "devel", programs: ["make"] }),
  ubuntu("nano", "7.2-2ubuntu0.1", "small, friendly text editor inspired by Pico", { section: "editors", programs: ["nano"] }),
  ubuntu("net-tools", "2.10-0.1ubuntu4.4", "NET-3 networking toolkit", {
    section: "net",
    programs: ["netstat", "ifconfig", "route", "arp"],
  }),
  ubuntu("netcat-openbsd", "1.226-1ubuntu2", "TCP/IP swiss army knife", { section: "net", programs: ["nc", "netcat"] }),
  ubuntu("netcat", "1.226-1ubuntu2", "TCP/IP swiss army knife (transitional package)", { section: "net", depends: ["netcat-openbsd"] }),
  ubuntu("nfs-common", "1:2.6.4-3ubuntu5.1", "NFS support files common to client and server", { section: "net" }),
  ubuntu("openssh-client", "1:9.6p1-3ubuntu13.14", "secure shell (SSH) client, for secure access to remote machines", {
    section: "net",
    programs: ["ssh"],
  }),
  ubuntu("openssh-server", "1:9.6p1-3ubuntu13.14", "secure shell (SSH) server, for secure access from remote machines", {
    section: "net",
    programs: ["sshd"],
  }),
  ubuntu("openssl", "3.0.13-0ubuntu3.6", "Secure Sockets Layer toolkit - cryptographic utility", { programs: ["openssl"] }),
  ubuntu("patch", "2.7.6-7build3", "Apply a diff file to an original", { programs: ["patch"] }),
  ubuntu("procps", "2:4.0.4-4ubuntu3.2", "/proc file system utilities", {
    section: "admin",
    programs: ["ps", "top", "free", "uptime", "w", "vmstat", "pgrep", "pkill", "watch", "sysctl", "pmap", "pwdx"],
  }),
  ubuntu("psmisc", "23.7-1build1", "utilities that use the proc file system", {
    section: "admin",
    programs: ["fuser", "killall", "pstree"],
  }),
  ubuntu("python3", "3.12.3-0ubuntu2", "interactive high-level object-oriented language (default python3 version)", {
    section: "python",
    programs: ["python3"],
  }),
  ubuntu("rsync", "3.2.7-1ubuntu1.2", "fast, versatile, remote (and local) file-copying tool", { section: "net", programs: ["rsync"] }),
  ubuntu("sed", "4.9-2build1", "GNU stream editor for filtering/transforming text", { programs: ["sed"] }),
  ubuntu("socat", "1.8.0.0-4build3", "multipurpose relay for bidirectional data transfer", { section: "net" }),
  ubuntu("software-properties-common", "0.99.49.3", "manage the repositories that you install software from (common)", {
    section: "admin",
  }),
  ubuntu("strace", "6.8-0ubuntu2", "System call tracer", { programs: ["strace"] }),
  ubuntu("sudo", "1.9.15p5-3ubuntu5.24.04.1", "Provide limited super user privileges to specific users", {
    section: "admin",
    programs: ["sudo"],
  }),
  ubuntu("systemd", "255.4-1ubuntu8.11", "system and service manager", { section: "admin", programs: ["systemctl"] }),
  ubuntu("tar", "1.35+dfsg-3build1", "GNU version of the tar archiving utility", { programs: ["tar"] }),
  ubuntu("tcpdump", "4.99.4-3ubuntu4", "command-line network traffic analyzer", { section: "net", programs: ["tcpdump"] }),
  ubuntu("traceroute", "1:2.1.5-1", "Traces the route taken by packets over an IPv4/IPv6 network", {
    section: "net",
    programs: ["traceroute"],
  }),
  ubuntu("telnet", "0.17+2.5-3ubuntu4", "Transitional dummy package for inetutils-telnet", { section: "oldlibs", programs: ["telnet"] }),
  ubuntu("tree", "2.1.1-2ubuntu3", "displays an indented directory tree, in color", { programs: ["tree"] }),
  ubuntu("ubuntu-minimal", "1.539.2", "Minimal core of Ubuntu", { section: "metapackages" }),
  ubuntu("unzip", "6.0-28ubuntu4.1", "De-archiver for .zip files", { programs: ["unzip"] }),
  ubuntu("util-linux", "2.39.3-9ubuntu6.3", "miscellaneous system utilities", { programs: ["lsblk", "mount"] }),
  ubuntu("vim", "2:9.1.0016-1ubuntu7.9", "Vi IMproved - enhanced vi editor", { section: "editors", programs: ["vim", "vi", "view", "ex"] }),
  ubuntu("vim-tiny", "2:9.1.0016-1ubuntu7.9", "Vi IMproved - enhanced vi editor - compact version", {
    section: "editors",
    programs: ["vi"],
  }),
  ubuntu("wget", "1.21.4-1ubuntu4.1", "retrieves files from the web", { section: "web", programs: ["wget"] }),
  ubuntu("zip", "3.0-13ubuntu0.2", "Archiver for .zip files", { programs: ["zip"] }),
  ubuntu("apache2-utils", "2.4.58-1ubuntu8.8", "Apache HTTP Server (utility programs for web servers)", {
    section: "httpd",
    installed: false,
  }),
  ubuntu("docker.io", "28.2.2-0ubuntu1~24.04.1", "Linux container runtime", { section: "admin", installed: false, size: 120_000 }),
  ubuntu("haproxy", "2.8.16-0ubuntu0.24.04.1", "fast and reliable load balancing reverse proxy", { section: "net", installed: false }),
  ubuntu("nginx", "1.24.0-2ubuntu7.5", "small, powerful, scalable web/proxy server", { section: "httpd", installed: false }),
  ubuntu("stress", "1.0.7-1", "tool to impose load on and stress test a computer system", { installed: false }),
]
