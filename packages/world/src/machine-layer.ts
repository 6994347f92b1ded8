/** The files of a node's machine before anything happened: one layer for all worlds. */
import { defineLayer, type Layer } from "@drydock/machine"
import { shellEntries } from "@drydock/shell"
import { CNI_BINARIES, CNI_CONFIG, CNI_DIRECTORY } from "./cni-config.ts"
import { clientToolEntries } from "./client-tools.ts"
import { engineToolEntries } from "./container-engines.ts"
import { machineProgram } from "./machine-programs.ts"

const unit = (description: string, exec: string, more = ""): string =>
  `[Unit]\nDescription=${description}\n\n[Service]\nExecStart=${exec}\nRestart=always\nRestartSec=10\n${more}\n[Install]\nWantedBy=multi-user.target\n`

const KUBELET_ARGS =
  "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml"

/** Units that a kubeadm node starts at boot. */
const KUBERNETES_UNITS = ["containerd", "kubelet"]

const made = new Map<string, Layer>()

/** A machine with `programs` of its own at these paths; one layer for all that have the same. */
export const machineLayer = (programs: readonly string[]): Layer => {
  const key = programs.join("\n")
  let layer = made.get(key)
  if (!layer) made.set(key, (layer = build(programs)))
  return layer
}

const build = (programs: readonly string[]): Layer =>
  defineLayer([
    ...shellEntries("bash"),
    ...clientToolEntries(),
    ...engineToolEntries(),
    { path: "/sbin", target: "usr/sbin" },
    { path: "/usr/sbin" },
    { path: "/usr/local/sbin" },
    { path: "/home" },
    { path: "/srv" },
    { path: "/opt" },
    { path: "/mnt" },
    { path: "/var/log" },
    { path: "/var/lib/kubelet" },
    {
      path: "/etc/passwd",
      content:
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n",
    },
    { path: "/etc/group", content: "root:x:0:\ndaemon:x:1:\ntty:x:5:\nsudo:x:27:ubuntu\nnogroup:x:65534:\nubuntu:x:1000:\n" },
    { path: "/etc/shadow", content: "root:*:20000:0:99999:7:::\nubuntu:*:20000:0:99999:7:::\n", mode: 0o640 },
    {
      path: "/etc/os-release",
      content:
        'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.3 LTS (Noble Numbat)"\nID=ubuntu\nID_LIKE=debian\n',
    },
    {
      path: "/etc/fstab",
      content: "LABEL=cloudimg-rootfs\t/\t ext4\tdiscard,commit=30,errors=remount-ro\t0 1\nLABEL=UEFI\t/boot/efi\tvfat\tumask=0077\t0 1\n",
    },
    { path: "/etc/profile", content: 'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nexport LANG=C.UTF-8\n' },
    { path: "/root/.profile", content: "if [ -f ~/.bashrc ]; then\n  . ~/.bashrc\nfi\n" },
    {
      path: "/root/.bashrc",
      content: "PS1='\\h:\\w\\$ '\nHISTCONTROL=ignoreboth\nHISTSIZE=1000\nHISTFILESIZE=2000\nalias k=kubectl\nalias ll='ls -alF'\n",
    },
    { path: "/etc/systemd/system/multi-user.target.wants/ssh.service", target: "/usr/lib/systemd/system/ssh.service" },
    { path: "/usr/lib/systemd/system/ssh.service", content: unit("OpenBSD Secure Shell server", "/usr/sbin/sshd -D") },
    { path: "/usr/lib/systemd/system/containerd.service", content: unit("containerd container runtime", "/usr/bin/containerd") },
    { path: "/usr/lib/systemd/system/kubelet.service", content: unit("kubelet: The Kubernetes Node Agent", "/usr/bin/kubelet") },
    {
      path: "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
      content: `[Service]\nExecStart=\nExecStart=/usr/bin/kubelet ${KUBELET_ARGS}\n`,
    },
    {
      path: "/var/lib/kubelet/config.yaml",
      content:
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\nstaticPodPath: /etc/kubernetes/manifests\n",
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
