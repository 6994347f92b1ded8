/** The phases of `kubeadm init`, each of which can be run alone as `kubeadm init phase NAME`. As cmd/kubeadm/app/cmd/phases/init. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { createToken } from "./api.ts"
import type { ClusterDoor, InitSettings } from "./door.ts"
import { withArguments } from "./init-settings.ts"
import { hindered, initProblems, unprivileged } from "./preflight.ts"
import { startKubelet, waitForControlPlane } from "./starting.ts"
import { expiration, newToken } from "./tokens.ts"

export interface InitContext {
  readonly process: Process
  readonly args: Arguments
  readonly door: ClusterDoor
  readonly settings: InitSettings
  /** The token that workers join with, once it is drawn. */
  token?: string
}

/** It has said why it ends: its exit code. */
export type PhaseEnd = number | undefined

export interface Phase {
  readonly name: string
  /** Names of its parts, which are phases too. */
  readonly parts?: readonly string[]
  /** `part`: the one that was asked for; undefined: all of it. Its heading comes in any case. */
  run(context: InitContext, part?: string): Steps<PhaseEnd>
}

const PKI = "/etc/kubernetes/pki"
const MANIFESTS = "/etc/kubernetes/manifests"

/** kubeadm's names of certificates and the files' below its directory, in the order in which they are made. */
const CERTIFICATES: readonly (readonly [name: string, base: string])[] = [
  ["ca", "ca"],
  ["apiserver", "apiserver"],
  ["apiserver-kubelet-client", "apiserver-kubelet-client"],
  ["front-proxy-ca", "front-proxy-ca"],
  ["front-proxy-client", "front-proxy-client"],
  ["etcd-ca", "etcd/ca"],
  ["etcd-server", "etcd/server"],
  ["etcd-peer", "etcd/peer"],
  ["etcd-healthcheck-client", "etcd/healthcheck-client"],
  ["apiserver-etcd-client", "apiserver-etcd-client"],
]
const KUBECONFIGS = ["admin", "super-admin", "kubelet", "controller-manager", "scheduler"]

const lay = ({ process, door, settings }: InitContext, name: string): boolean => {
  const files = door.made(name, settings.extraNames)
  for (const { path, content, mode } of files ?? []) {
    process.files.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true })
    process.files.write(path, content(), { mode })
  }
  return files !== undefined
}

/** The names that a server's certificate is good for, as they are told when it is made. */
const signedFor = ({ settings }: InitContext, base: string): string => {
  const { node, dnsDomain, serviceCidr, advertise, extraNames, endpoint } = settings
  const isAddress = (name: string) => /^[\d.]+$/.test(name)
  const serving = (names: readonly string[], addresses: readonly string[]) =>
    `[certs] ${base} serving cert is signed for DNS names [${names.join(" ")}] and IPs [${addresses.join(" ")}]\n`
  if (base === "etcd/server" || base === "etcd/peer") return serving([node, "localhost"], [advertise, "127.0.0.1", "::1"])
  if (base !== "apiserver") return ""
  const host = endpoint?.replace(/:\d+$/, "")
  const names = [node, "kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${dnsDomain}`]
  const all = [...names, ...extraNames, ...(host === undefined ? [] : [host])]
  return serving([...new Set(all.filter((one) => !isAddress(one)))].sort(), [
    ...new Set([serviceCidr.replace(/\.\d+\/\d+$/, ".1"), advertise, ...all.filter(isAddress)]),
  ])
}

function* certificate(context: InitContext, name: string, base: string): Steps<PhaseEnd> {
  const { process, door } = context
  const isAuthority = base.endsWith("ca")
  if (process.files.exists(`${PKI}/${base}.crt`)) {
    const keyless = isAuthority && !process.files.exists(`${PKI}/${base}.key`)
    const what = isAuthority ? `${base} ${keyless ? "keyless " : ""}certificate authority` : `${base} certificate and key on disk`
    yield* process.print(`[certs] Using existing ${what}\n`)
    return undefined
  }
  // Whatever the one before signed is a stranger's now.
  if (name === "ca") door.renewAuthority()
  lay(context, name)
  yield* process.print(`[certs] Generating ${JSON.stringify(base)} certificate and key\n${signedFor(context, base)}`)
  return undefined
}

const certs: Phase = {
  name: "certs",
  parts: [...CERTIFICATES.map(([name]) => name), "sa"],
  *run(context, part) {
    const { process } = context
    yield* process.print(`[certs] Using certificateDir folder "${PKI}"\n`)
    for (const [name, base] of CERTIFICATES) {
      if (part !== undefined && part !== name) continue
      const end = yield* certificate(context, name, base)
      if (end !== undefined) return end
    }
    if (part !== undefined && part !== "sa") return undefined
    const there = process.files.exists(`${PKI}/sa.key`)
    if (!there) lay(context, "sa")
    yield* process.print(there ? '[certs] Using the existing "sa" key\n' : '[certs] Generating "sa" key and public key\n')
    return undefined
  },
}

const kubeconfig: Phase = {
  name: "kubeconfig",
  parts: KUBECONFIGS,
  *run(context, part) {
    const { process, door, settings } = context
    yield* process.print('[kubeconfig] Using kubeconfig folder "/etc/kubernetes"\n')
    for (const name of KUBECONFIGS) {
      if (part !== undefined && part !== name) continue
      const path = `/etc/kubernetes/${name}.conf`
      if (process.files.exists(path)) {
        yield* process.print(`[kubeconfig] Using existing kubeconfig file: "${path}"\n`)
        continue
      }
      if (name === "kubelet")
        process.files.write(path, door.clientKubeconfig(`system:node:${settings.node}`, ["system:nodes"]), { mode: 0o600 })
      else lay(context, `${name}.conf`)
      yield* process.print(`[kubeconfig] Writing ${JSON.stringify(`${name}.conf`)} kubeconfig file\n`)
    }
    return undefined
  },
}

const writeManifest = ({ process, door, settings }: InitContext, name: string): void => {
  process.files.mkdir(MANIFESTS, { parents: true })
  const text = door.manifests(settings).get(`${name}.yaml`) ?? ""
  process.files.write(`${MANIFESTS}/${name}.yaml`, withArguments(text, settings.extraArgs[name] ?? []), { mode: 0o600 })
}

const etcd: Phase = {
  name: "etcd",
  parts: ["local"],
  *run(context) {
    const { process } = context
    process.files.mkdir("/var/lib/etcd", { parents: true, mode: 0o700 })
    writeManifest(context, "etcd")
    yield* process.print(`[etcd] Creating static Pod manifest for local etcd in "${MANIFESTS}"\n`)
    return undefined
  },
}

const COMPONENTS = ["apiserver", "controller-manager", "scheduler"]

const controlPlane: Phase = {
  name: "control-plane",
  parts: COMPONENTS,
  *run(context, part) {
    yield* context.process.print(`[control-plane] Using manifest folder "${MANIFESTS}"\n`)
    for (const name of COMPONENTS) {
      if (part !== undefined && part !== name) continue
      writeManifest(context, `kube-${name}`)
      yield* context.process.print(`[control-plane] Creating static Pod manifest for "kube-${name}"\n`)
    }
    return undefined
  },
}

const preflight: Phase = {
  name: "preflight",
  *run({ process, args, door, settings }) {
    yield* process.print("[preflight] Running pre-flight checks\n")
    if (yield* hindered(process, args, unprivileged(process))) return 1
    if (yield* hindered(process, args, yield* initProblems(process, settings, door))) return 1
    if (args.has("dry-run")) return undefined
    yield* process.print(
      "[preflight] Pulling images required for setting up a Kubernetes cluster\n[preflight] This might take a minute or two, depending on the speed of your internet connection\n[preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n",
    )
    yield* process.sleep(1_500)
    return undefined
  },
}

const kubeletStart: Phase = {
  name: "kubelet-start",
  *run({ process, door }) {
    const own = process.files.exists("/etc/kubernetes/kubelet.conf") ? process.files.readText("/etc/kubernetes/kubelet.conf") : undefined
    yield* startKubelet(process, door)
    // The kubeconfig with its certificate inside is kept until kubelet-finalize.
    if (own?.includes("client-certificate-data:")) process.files.write("/etc/kubernetes/kubelet.conf", own, { mode: 0o600 })
    return undefined
  },
}

const waitControlPlane: Phase = {
  name: "wait-control-plane",
  *run({ process, door, settings }) {
    return yield* waitForControlPlane(process, door, settings)
  },
}

const SYSTEM = "/api/v1/namespaces/kube-system"

/** Makes an object, or brings one that is there up to it. */
const put = (door: ClusterDoor, collection: string, object: { metadata: { name: string } }): void => {
  const made = door.request("POST", collection, object)
  if (made.status === 409) door.request("PATCH", `${collection}/${object.metadata.name}`, object, "application/merge-patch+json")
}

const uploadConfig: Phase = {
  name: "upload-config",
  parts: ["kubeadm", "kubelet"],
  *run({ process, door, settings }, part) {
    const map = (name: string, data: Record<string, string>) => put(door, `${SYSTEM}/configmaps`, { metadata: { name }, data } as never)
    if (part !== "kubelet") {
      map("kubeadm-config", { ClusterConfiguration: door.configuration(settings) })
      yield* process.print('[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace\n')
    }
    if (part !== "kubeadm") {
      map("kubelet-config", { kubelet: process.files.readText("/var/lib/kubelet/config.yaml") })
      yield* process.print(
        '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster\n',
      )
    }
    return undefined
  },
}

const randomHex = (process: Process, length: number): string =>
  Array.from({ length }, () => Math.floor(process.random() * 16).toString(16)).join("")

const uploadCerts: Phase = {
  name: "upload-certs",
  *run({ process, args, door }) {
    if (!args.has("upload-certs")) {
      yield* process.print("[upload-certs] Skipping phase. Please see --upload-certs\n")
      return undefined
    }
    const key = args.flag("certificate-key") ?? randomHex(process, 64)
    // What is sealed by the key looks like chance.
    const sealed = ["ca.crt", "ca.key", "etcd-ca.crt", "etcd-ca.key", "front-proxy-ca.crt", "front-proxy-ca.key", "sa.key", "sa.pub"].map(
      (name) => [name, randomHex(process, 64)] as const,
    )
    put(door, `${SYSTEM}/secrets`, { metadata: { name: "kubeadm-certs" }, type: "Opaque", stringData: Object.fromEntries(sealed) } as never)
    yield* process.print('[upload-certs] Storing the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace\n')
    if (!args.has("skip-certificate-key-print")) yield* process.print(`[upload-certs] Using certificate key:\n${key}\n`)
    return undefined
  },
}

const ROLE = "node-role.kubernetes.io/control-plane"
const LABELS = [ROLE, "node.kubernetes.io/exclude-from-external-load-balancers"]

const markControlPlane: Phase = {
  name: "mark-control-plane",
  *run({ process, door, settings }) {
    const taints = settings.taints ?? [{ key: ROLE, effect: "NoSchedule" }]
    yield* process.print(
      `[mark-control-plane] Marking the node ${settings.node} as control-plane by adding the labels: [${LABELS.join(" ")}]\n`,
    )
    if (taints.length > 0)
      yield* process.print(
        `[mark-control-plane] Marking the node ${settings.node} as control-plane by adding the taints [${taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ""}:${effect}`).join(" ")}]\n`,
      )
    const path = `/api/v1/nodes/${settings.node}`
    const until = process.now() + 120_000
    while (door.request("GET", path).status !== 200 && process.now() < until) yield* process.sleep(500)
    const { body } = door.request("GET", path)
    const kept = ((body as { spec?: { taints?: { key: string }[] } }).spec?.taints ?? []).filter(
      ({ key }) => key !== ROLE && !taints.some((one) => one.key === key),
    )
    door.request(
      "PATCH",
      path,
      {
        metadata: { labels: Object.fromEntries(LABELS.map((label) => [label, ""])) },
        spec: { taints: kept.length + taints.length > 0 ? [...kept, ...taints] : null },
      },
      "application/merge-patch+json",
    )
    return undefined
  },
}

const bootstrapToken: Phase = {
  name: "bootstrap-token",
  *run(context) {
    const { process, args, door, settings } = context
    const token = settings.token ?? newToken(process)
    context.token = token
    if (!args.has("skip-token-print")) yield* process.print(`[bootstrap-token] Using token: ${token}\n`)
    yield* process.print("[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles\n")
    const [id, secret] = token.split(".")
    if (door.request("GET", `${SYSTEM}/secrets/bootstrap-token-${id}`).status === 404)
      createToken(door, {
        id,
        secret,
        expiration: expiration(process, settings.tokenTtl),
        usages: ["signing", "authentication"],
        description: "The default bootstrap token generated by 'kubeadm init'.",
        groups: "system:bootstrappers:kubeadm:default-node-token",
      })
    const kubeconfig = `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${door.authorityData}\n    server: https://${settings.endpoint ?? door.address}\n  name: ""\ncontexts: null\ncurrent-context: ""\nkind: Config\nusers: null\n`
    put(door, "/api/v1/namespaces/kube-public/configmaps", { metadata: { name: "cluster-info" }, data: { kubeconfig } } as never)
    yield* process.print(
      '[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to get nodes\n[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials\n[bootstrap-token] Configured RBAC rules to allow the csrapprover controller automatically approve CSRs from a Node Bootstrap Token\n[bootstrap-token] Configured RBAC rules to allow certificate rotation for all node client certificates in the cluster\n[bootstrap-token] Creating the "cluster-info" ConfigMap in the "kube-public" namespace\n',
    )
    return undefined
  },
}

const kubeletFinalize: Phase = {
  name: "kubelet-finalize",
  parts: ["enable-client-cert-rotation"],
  *run({ process, door }) {
    yield* process.print(
      '[kubelet-finalize] Updating "/etc/kubernetes/kubelet.conf" to point to a rotatable kubelet client certificate and key\n',
    )
    door.layNode()
    return undefined
  },
}

const addon: Phase = {
  name: "addon",
  parts: ["coredns", "kube-proxy"],
  *run({ process, door, settings }, part) {
    door.installAddons(settings.version, part === "coredns" || part === "kube-proxy" ? part : undefined)
    if (part !== "kube-proxy") yield* process.print("[addons] Applied essential addon: CoreDNS\n")
    if (part !== "coredns") yield* process.print("[addons] Applied essential addon: kube-proxy\n")
    return undefined
  },
}

const joinCommand = ({ door, settings }: InitContext, token: string): string =>
  `kubeadm join ${settings.endpoint ?? door.address} --token ${token} \\\n\t--discovery-token-ca-cert-hash sha256:${door.authorityHash} `

const showJoinCommand: Phase = {
  name: "show-join-command",
  *run(context) {
    const { process, args, settings } = context
    const token = args.has("skip-token-print") ? "<value withheld>" : (context.token ?? "<value withheld>")
    const more =
      settings.endpoint === undefined
        ? ""
        : `You can now join any number of control-plane nodes by copying certificate authorities\nand service account keys on each node and then running the following as root:\n\n  ${joinCommand(context, token).replace("\n\t", "\n\t")}\\\n\t--control-plane \n\n`
    yield* process.print(
      `\nYour Kubernetes control-plane has initialized successfully!\n\nTo start using your cluster, you need to run the following as a regular user:\n\n  mkdir -p $HOME/.kube\n  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config\n  sudo chown $(id -u):$(id -g) $HOME/.kube/config\n\nAlternatively, if you are the root user, you can run:\n\n  export KUBECONFIG=/etc/kubernetes/admin.conf\n\nYou should now deploy a pod network to the cluster.\nRun "kubectl apply -f [podnetwork].yaml" with one of the options listed at:\n  https://kubernetes.io/docs/concepts/cluster-administration/addons/\n\n${more}Then you can join any number of worker nodes by running the following on each as root:\n\n${joinCommand(context, token)}\n`,
    )
    return undefined
  },
}

/** In the order in which init goes through them. */
export const PHASES: readonly Phase[] = [
  preflight,
  certs,
  kubeconfig,
  etcd,
  controlPlane,
  kubeletStart,
  waitControlPlane,
  uploadConfig,
  uploadCerts,
  markControlPlane,
  bootstrapToken,
  kubeletFinalize,
  addon,
  showJoinCommand,
]
