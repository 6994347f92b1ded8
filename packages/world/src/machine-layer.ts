/** The files of a node's machine before anything happened: one layer for all worlds. */
import { ACCOUNT_FILES } from "./account-files.ts"
import { bashCompletion } from "@drydock/kubectl"
import { defineLayer, type Layer } from "@drydock/machine"
import { shellEntries } from "@drydock/shell"
import { CNI_BINARIES, CNI_CONFIG, CNI_DIRECTORY } from "./cni-config.ts"
import { clientToolEntries } from "./client-tools.ts"
import { engineToolEntries } from "./container-engines.ts"
import { machineProgram } from "./machine-programs.ts"
import { type LabHost, sshFiles } from "./ssh-files.ts"

const unit = (description: string, exec: string, more = ""): string =>
  `[Unit]\nDescription=${description}\n\n[Service]\nExecStart=${exec}\nRestart=always\nRestartSec=10\n${more}\n[Install]\nWantedBy=multi-user.target\n`

/** As the kubeadm package lays it. */
const KUBEADM_DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`

/** As `kubeadm init phase kubelet-start` writes it. */
export const KUBELET_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock
cpuManagerReconcilePeriod: 0s
crashLoopBackOff: {}
evictionPressureTransitionPeriod: 0s
fileCheckFrequency: 0s
healthzBindAddress: 127.0.0.1
healthzPort: 10248
httpCheckFrequency: 0s
imageMaximumGCAge: 0s
imageMinimumGCAge: 0s
kind: KubeletConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
memorySwap: {}
nodeStatusReportFrequency: 0s
nodeStatusUpdateFrequency: 0s
rotateCertificates: true
runtimeRequestTimeout: 0s
shutdownGracePeriod: 0s
shutdownGracePeriodCriticalPods: 0s
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 0s
syncFrequency: 0s
volumeStatsAggPeriod: 0s
`

/** What Ubuntu and kubeadm's instructions leave under /etc, beside what is simulated. */
const SYSTEM_FILES = [
  { path: "/usr/local/share/ca-certificates" },
  {
    path: "/etc/lsb-release",
    content: 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_CODENAME=noble\nDISTRIB_DESCRIPTION="Ubuntu 24.04.3 LTS"\n',
  },
  { path: "/etc/issue", content: "Ubuntu 24.04.3 LTS \\n \\l\n\n" },
  { path: "/etc/debian_version", content: "trixie/sid\n" },
  { path: "/etc/shells", content: "# /etc/shells: valid login shells\n/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n" },
  { path: "/etc/timezone", content: "Etc/UTC\n" },
  { path: "/etc/environment", content: 'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n' },
  {
    path: "/etc/nsswitch.conf",
    content:
      "passwd:         files systemd\ngroup:          files systemd\nshadow:         files systemd\nhosts:          files dns\nnetworks:       files\nservices:       db files\n",
  },
  {
    path: "/etc/services",
    content:
      "ftp\t\t21/tcp\nssh\t\t22/tcp\t\t\t\t# SSH Remote Login Protocol\ntelnet\t\t23/tcp\nsmtp\t\t25/tcp\t\tmail\ndomain\t\t53/tcp\t\t\t\t# Domain Name Server\ndomain\t\t53/udp\nhttp\t\t80/tcp\t\twww\t\t# WorldWideWeb HTTP\nkerberos\t88/tcp\nntp\t\t123/udp\nhttps\t\t443/tcp\nmysql\t\t3306/tcp\npostgresql\t5432/tcp\tpostgres\nredis\t\t6379/tcp\n",
  },
  { path: "/etc/protocols", content: "ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\nsctp\t132\tSCTP\n" },
  {
    path: "/etc/login.defs",
    content:
      "UMASK\t\t022\nHOME_MODE\t0750\nUID_MIN\t\t\t 1000\nUID_MAX\t\t\t60000\nSYS_UID_MIN\t\t  100\nSYS_UID_MAX\t\t  999\nENCRYPT_METHOD SHA512\n",
  },
  {
    path: "/etc/sudoers",
    content:
      'Defaults\tenv_reset\nDefaults\tmail_badpass\nDefaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"\nDefaults\tuse_pty\n\nroot\tALL=(ALL:ALL) ALL\n%admin ALL=(ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n\n@includedir /etc/sudoers.d\n',
    mode: 0o440,
  },
  { path: "/etc/sudoers.d/90-cloud-init-users", content: "# User rules for ubuntu\nubuntu ALL=(ALL) NOPASSWD:ALL\n", mode: 0o440 },
  { path: "/etc/ssh/sshd_config.d" },
  { path: "/etc/ssh/ssh_config.d" },
  { path: "/etc/skel/.profile", content: "if [ -f ~/.bashrc ]; then\n  . ~/.bashrc\nfi\n" },
  { path: "/etc/skel/.bashrc", content: "PS1='\\u@\\h:\\w\\$ '\nHISTCONTROL=ignoreboth\nalias ll='ls -alF'\n" },
  {
    path: "/etc/crontab",
    content:
      "# /etc/crontab: system-wide crontab\nSHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n\n# m h dom mon dow user\tcommand\n",
  },
  { path: "/etc/cron.d" },
  { path: "/etc/cron.daily" },
  { path: "/etc/cron.hourly" },
  { path: "/etc/default/kubelet", content: "KUBELET_EXTRA_ARGS=\n" },
  { path: "/etc/modules-load.d/k8s.conf", content: "overlay\nbr_netfilter\n" },
  {
    path: "/etc/sysctl.conf",
    content:
      "# /etc/sysctl.conf - Configuration file for setting system variables\n# See /etc/sysctl.d/ for additional system variables.\n",
  },
  {
    path: "/etc/sysctl.d/k8s.conf",
    content: "net.bridge.bridge-nf-call-iptables  = 1\nnet.bridge.bridge-nf-call-ip6tables = 1\nnet.ipv4.ip_forward                 = 1\n",
  },
  { path: "/etc/security/limits.conf", content: "# <domain>      <type>  <item>         <value>\n# End of file\n" },
  {
    path: "/etc/ssh/sshd_config",
    content: () =>
      "Include /etc/ssh/sshd_config.d/*.conf\n#Port 22\n#PermitRootLogin prohibit-password\n#PubkeyAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM yes\nX11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem\tsftp\t/usr/lib/openssh/sftp-server\n",
  },
  {
    path: "/etc/ssh/ssh_config",
    content:
      "Include /etc/ssh/ssh_config.d/*.conf\n\nHost *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n",
  },
  {
    path: "/etc/apt/sources.list.d/ubuntu.sources",
    content:
      "Types: deb\nURIs: http://archive.ubuntu.com/ubuntu/\nSuites: noble noble-updates noble-backports\nComponents: main universe restricted multiverse\nSigned-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n",
  },
  { path: "/etc/apt/keyrings" },
  { path: "/lib", target: "usr/lib" },
  { path: "/boot" },
  { path: "/media" },
  { path: "/usr/share/doc" },
  { path: "/var/tmp", mode: 0o1777 },
  { path: "/var/spool/cron/crontabs" },
  { path: "/var/lib/dpkg" },
]

/** The same, of nodes with containers. */
const NODE_FILES = [
  {
    path: "/etc/apt/sources.list.d/kubernetes.list",
    content: "deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.gpg] https://pkgs.k8s.io/core:/stable:/v1.35/deb/ /\n",
  },
  { path: "/etc/apt/keyrings/kubernetes-apt-keyring.gpg", content: "\u0099\u0001\r\u0004" },
  {
    path: "/etc/crictl.yaml",
    content:
      "runtime-endpoint: unix:///run/containerd/containerd.sock\nimage-endpoint: unix:///run/containerd/containerd.sock\ntimeout: 2\ndebug: false\npull-image-on-create: false\n",
  },
  {
    path: "/etc/containerd/config.toml",
    content: `version = 3
root = '/var/lib/containerd'
state = '/run/containerd'

[grpc]
  address = '/run/containerd/containerd.sock'
  gid = 0
  uid = 0

[plugins]
  [plugins.'io.containerd.cri.v1.images']
    snapshotter = 'overlayfs'
    [plugins.'io.containerd.cri.v1.images'.pinned_images]
      sandbox = 'registry.k8s.io/pause:3.10.1'
    [plugins.'io.containerd.cri.v1.images'.registry]
      config_path = ''

  [plugins.'io.containerd.cri.v1.runtime']
    [plugins.'io.containerd.cri.v1.runtime'.containerd]
      default_runtime_name = 'runc'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes]
        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
          runtime_type = 'io.containerd.runc.v2'
          [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
            SystemdCgroup = true
    [plugins.'io.containerd.cri.v1.runtime'.cni]
      bin_dir = '/opt/cni/bin'
      conf_dir = '/etc/cni/net.d'
`,
  },
  { path: "/var/lib/containerd" },
]

/** Units that a kubeadm node starts at boot. */
const KUBERNETES_UNITS = ["containerd", "kubelet"]

const made = new Map<string, Layer>()
const MOST = 200

/** A machine with `programs` of its own at these paths, by its name among the hosts of its lab; one layer for all that have the same. */
export const machineLayer = (programs: readonly string[], name: string, hosts: readonly LabHost[]): Layer => {
  const kind = programs.join("\n")
  const own = [kind, name, ...hosts.map((host) => `${host.name} ${host.address}`)].join("\n")
  let layer = made.get(own)
  if (layer) return layer
  let base = made.get(kind)
  if (!base) made.set(kind, (base = build(programs)))
  made.set(own, (layer = defineLayer(sshFiles(name, hosts), base)))
  // A lab of many sizes must not fill the table: the least recently made go first.
  if (made.size > MOST) for (const key of [...made.keys()].slice(0, made.size - MOST)) made.delete(key)
  return layer
}

const build = (programs: readonly string[]): Layer =>
  defineLayer([
    ...shellEntries("bash"),
    ...clientToolEntries(),
    ...engineToolEntries(),
    { path: "/sbin", target: "usr/sbin" },
    { path: "/usr/sbin" },
    { path: "/usr/sbin/cron", target: "/usr/bin/cron" },
    { path: "/usr/local/sbin" },
    { path: "/home" },
    { path: "/srv" },
    { path: "/opt" },
    { path: "/mnt" },
    { path: "/var/log" },
    { path: "/var/lib/kubelet" },
    ...ACCOUNT_FILES,
    {
      path: "/etc/os-release",
      content:
        'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\nSUPPORT_URL="https://help.ubuntu.com/"\nBUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"\nPRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"\nUBUNTU_CODENAME=noble\nLOGO=ubuntu-logo\n',
    },
    ...SYSTEM_FILES,
    ...(programs.includes("/usr/bin/containerd") ? NODE_FILES : []),
    ...(programs.includes("/usr/bin/kubectl") ? [{ path: "/usr/share/bash-completion/completions/kubectl", content: bashCompletion }] : []),
    {
      path: "/etc/fstab",
      content: "LABEL=cloudimg-rootfs\t/\t ext4\tdiscard,commit=30,errors=remount-ro\t0 1\nLABEL=UEFI\t/boot/efi\tvfat\tumask=0077\t0 1\n",
    },
    { path: "/etc/profile", content: 'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nexport LANG=C.UTF-8\n' },
    { path: "/root/.profile", content: "if [ -f ~/.bashrc ]; then\n  . ~/.bashrc\nfi\n" },
    {
      path: "/root/.bashrc",
      content:
        "PS1='\\h:\\w\\$ '\nHISTCONTROL=ignoreboth\nHISTSIZE=1000\nHISTFILESIZE=2000\nalias k=kubectl\ncomplete -o default -F __start_kubectl k\nalias ll='ls -alF'\n",
    },
    { path: "/etc/systemd/system/multi-user.target.wants/ssh.service", target: "/usr/lib/systemd/system/ssh.service" },
    { path: "/usr/lib/systemd/system/ssh.service", content: unit("OpenBSD Secure Shell server", "/usr/sbin/sshd -D") },
    {
      path: "/usr/lib/systemd/system/cron.service",
      // Without a table there is nothing to run: the first one starts it.
      content:
        "[Unit]\nDescription=Regular background program processing daemon\nDocumentation=man:cron(8)\nAfter=remote-fs.target nss-user-lookup.target\nConditionPathExistsGlob=|/var/spool/cron/crontabs/*\nConditionPathExistsGlob=|/etc/cron.d/*\n\n[Service]\nExecStart=/usr/sbin/cron -f -P\nIgnoreSIGPIPE=false\nKillMode=process\nRestart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n",
    },
    { path: "/etc/systemd/system/multi-user.target.wants/cron.service", target: "/usr/lib/systemd/system/cron.service" },
    { path: "/usr/lib/systemd/system/containerd.service", content: unit("containerd container runtime", "/usr/bin/containerd") },
    { path: "/usr/lib/systemd/system/kubelet.service", content: unit("kubelet: The Kubernetes Node Agent", "/usr/bin/kubelet") },
    {
      path: "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
      content: KUBEADM_DROP_IN,
    },
    // Since the runtime's endpoint is in the configuration kubeadm has no flags of its own to give.
    { path: "/var/lib/kubelet/kubeadm-flags.env", content: 'KUBELET_KUBEADM_ARGS=""\n' },
    {
      path: "/var/lib/kubelet/config.yaml",
      content: KUBELET_CONFIG,
    },
    { path: `${CNI_DIRECTORY}/10-podnet.conflist`, content: CNI_CONFIG },
    ...["bridge", "host-local", "portmap", "loopback"].map((name) => ({
      path: `${CNI_BINARIES}/${name}`,
      content: "\u007fELF",
      mode: 0o755,
    })),
    { path: "/var/lib/kube-proxy" },
    { path: "/etc/kubernetes/manifests" },
    { path: "/etc/ssl/certs" },
    { path: "/etc/resolv.conf", content: "nameserver 203.0.113.53\n" },
    { path: "/proc" },
    { path: "/sys" },
    { path: "/dev" },
    ...programs.map((path) => ({ path, program: machineProgram(path) })),
    ...KUBERNETES_UNITS.filter((unit) => programs.includes(`/usr/bin/${unit}`)).map((unit) => ({
      path: `/etc/systemd/system/multi-user.target.wants/${unit}.service`,
      target: `/usr/lib/systemd/system/${unit}.service`,
    })),
  ])
