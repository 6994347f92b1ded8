/** kubeadm init on a node that has its cluster: the preflight checks, and the phases that keep what is there. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import type { ClusterDoor } from "./api.ts"
import { fail } from "./fail.ts"

export function* begin(process: Process, door: ClusterDoor): Steps<number> {
  yield* process.print(`[init] Using Kubernetes version: ${door.version}\n[preflight] Running pre-flight checks\n`)
  const listens = (port: number) => process.network.listeners.some((one) => one.port === port)
  const ports = (...list: number[]) => list.filter(listens).map((port) => `\t[ERROR Port-${port}]: Port ${port} is in use`)
  const files = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"]
    .map((name) => `/etc/kubernetes/manifests/${name}.yaml`)
    .filter((path) => process.files.exists(path))
    .map((path) => `\t[ERROR FileAvailable-${path.replaceAll("/", "-")}]: ${path} already exists`)
  const errors = [...ports(6_443, 10_259, 10_257), ...files, ...ports(10_250, 2_379, 2_380)]
  if (errors.length === 0)
    return yield* fail(
      process,
      "error: kubeadm init is not simulated here: the cluster of this lab has its control plane; kubeadm join takes this machine into it",
    )
  return yield* fail(
    process,
    `[preflight] Some fatal errors occurred:\n${errors.join("\n")}\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\nerror: error execution phase preflight: preflight checks failed`,
  )
}

/** The files of `init phase certs` under /etc/kubernetes/pki. */
const PKI: Readonly<Record<string, string>> = {
  "etcd-ca": "etcd/ca",
  "etcd-server": "etcd/server",
  "etcd-peer": "etcd/peer",
  "etcd-healthcheck-client": "etcd/healthcheck-client",
}
const PHASE_CERTS =
  "ca apiserver apiserver-kubelet-client front-proxy-ca front-proxy-client etcd-ca etcd-server etcd-peer etcd-healthcheck-client apiserver-etcd-client".split(
    " ",
  )
const PHASE_KUBECONFIGS = "admin super-admin kubelet controller-manager scheduler".split(" ")

const hostname = (process: Process): string => (process.files.exists("/etc/hostname") ? process.files.readText("/etc/hostname").trim() : "")

/** Phases keep what is on the disk; make what is gone, but for authorities. */
export function* phase(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, , what = "", which = ""] = args.words
  if (what !== "certs" && what !== "kubeconfig")
    return yield* fail(process, `error: kubeadm init phase ${what} is not simulated: edit the files under /etc/kubernetes by hand`)
  const all = what === "certs" ? PHASE_CERTS : PHASE_KUBECONFIGS
  if (which !== "all" && !all.includes(which))
    return yield* fail(process, `error: unknown command ${JSON.stringify(which)} for "kubeadm init phase ${what}"`)
  yield* process.print(
    what === "certs"
      ? '[certs] Using certificateDir folder "/etc/kubernetes/pki"\n'
      : '[kubeconfig] Using kubeconfig folder "/etc/kubernetes"\n',
  )
  for (const name of which === "all" ? all : [which]) {
    const path = what === "certs" ? `/etc/kubernetes/pki/${PKI[name] ?? name}.crt` : `/etc/kubernetes/${name}.conf`
    if (!process.files.exists(path)) {
      const files = door.made(what === "certs" ? name : `${name}.conf`)
      const kubelet = name === "kubelet" && what === "kubeconfig"
      if (!files && !kubelet) return yield* fail(process, `error: ${path} is gone, and making it anew is not simulated`)
      for (const { path: file, content, mode } of files ?? []) process.files.write(file, content(), { mode })
      if (kubelet) process.files.write(path, door.clientKubeconfig(`system:node:${hostname(process)}`, ["system:nodes"]), { mode: 0o600 })
      yield* process.print(
        what === "certs"
          ? `[certs] Generating ${JSON.stringify(name)} certificate and key\n`
          : `[kubeconfig] Writing ${JSON.stringify(`${name}.conf`)} kubeconfig file\n`,
      )
      continue
    }
    const kept = name.endsWith("ca") ? `existing ${name} certificate authority` : `existing ${name} certificate and key on disk`
    yield* process.print(what === "certs" ? `[certs] Using ${kept}\n` : `[kubeconfig] Using existing kubeconfig file: "${path}"\n`)
  }
  return 0
}
