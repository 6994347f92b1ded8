/** kubeadm config: images, defaults, and configuration files looked over. As cmd/kubeadm/app/cmd/config.go. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { rewrite } from "./configuration.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"

const imagesOf = (version: string): string[] => [
  ...["apiserver", "controller-manager", "scheduler", "proxy"].map((name) => `registry.k8s.io/kube-${name}:${version}`),
  "registry.k8s.io/coredns/coredns:v1.13.1",
  "registry.k8s.io/pause:3.10.1",
  "registry.k8s.io/etcd:3.6.6-0",
]

export function* config(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, what = "", action = ""] = args.words
  if (what === "images" && action === "list") {
    yield* process.print(
      imagesOf(args.flag("kubernetes-version") ?? door.ownVersion)
        .map((image) => `${image}\n`)
        .join(""),
    )
    return 0
  }
  if (what === "images" && action === "pull") {
    for (const image of imagesOf(args.flag("kubernetes-version") ?? door.ownVersion)) {
      yield* process.sleep(700)
      yield* process.print(`[config/images] Pulled ${image}\n`)
    }
    return 0
  }
  if (what === "print" && action === "join-defaults") {
    yield* process.print(
      `apiVersion: kubeadm.k8s.io/v1beta4\ncaCertPath: /etc/kubernetes/pki/ca.crt\ndiscovery:\n  bootstrapToken:\n    apiServerEndpoint: kube-apiserver:6443\n    token: abcdef.0123456789abcdef\n    unsafeSkipCAVerification: true\n  tlsBootstrapToken: abcdef.0123456789abcdef\nkind: JoinConfiguration\nnodeRegistration:\n  criSocket: unix:///var/run/containerd/containerd.sock\n  imagePullPolicy: IfNotPresent\n  imagePullSerial: true\n  name: ${process.hostname}\n  taints: null\n`,
    )
    return 0
  }
  if (what === "print" && action === "init-defaults") {
    yield* process.print(
      `apiVersion: kubeadm.k8s.io/v1beta4\nbootstrapTokens:\n- groups:\n  - system:bootstrappers:kubeadm:default-node-token\n  token: abcdef.0123456789abcdef\n  ttl: 24h0m0s\n  usages:\n  - signing\n  - authentication\nkind: InitConfiguration\nlocalAPIEndpoint:\n  advertiseAddress: 1.2.3.4\n  bindPort: 6443\nnodeRegistration:\n  criSocket: unix:///var/run/containerd/containerd.sock\n  imagePullPolicy: IfNotPresent\n  imagePullSerial: true\n  name: node\n  taints: null\n---\napiServer: {}\napiVersion: kubeadm.k8s.io/v1beta4\ncaCertificateValidityPeriod: 87600h0m0s\ncertificateValidityPeriod: 8760h0m0s\ncertificatesDir: /etc/kubernetes/pki\nclusterName: kubernetes\ncontrollerManager: {}\ndns: {}\nencryptionAlgorithm: RSA-2048\netcd:\n  local:\n    dataDir: /var/lib/etcd\nimageRepository: registry.k8s.io\nkind: ClusterConfiguration\nkubernetesVersion: ${door.version.slice(1).replace(/\.\d+$/, ".0")}\nnetworking:\n  dnsDomain: cluster.local\n  serviceSubnet: 10.96.0.0/12\nproxy: {}\nscheduler: {}\n`,
    )
    return 0
  }
  if (what === "validate" || what === "migrate") return yield* rewrite(process, args, what)
  return yield* fail(process, `error: unknown command ${JSON.stringify([what, action].join(" ").trim())} for "kubeadm config"`)
}
