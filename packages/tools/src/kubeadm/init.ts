/** kubeadm init and join on a node that has its cluster: the preflight checks, and the phases that keep what is there. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import type { ClusterDoor } from "./api.ts"
import { fail } from "./fail.ts"

/** What a machine has that init and join would make. */
const taken = (process: Process, join: boolean): string[] =>
  (join
    ? ["/etc/kubernetes/kubelet.conf", "/etc/kubernetes/pki/ca.crt"]
    : ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map((name) => `/etc/kubernetes/manifests/${name}.yaml`)
  )
    .filter((path) => process.files.exists(path))
    .map((path) =>
      `\t[ERROR FileAvailable-${path.replaceAll("/", "-")}]: ${path.slice(path.lastIndexOf("/") + 1)} already exists`.replace(
        /: ([^/]+) already/,
        `: ${path} already`,
      ),
    )

export function* begin(process: Process, join: boolean, door: ClusterDoor): Steps<number> {
  yield* process.print(
    join
      ? "[preflight] Running pre-flight checks\n"
      : `[init] Using Kubernetes version: ${door.version}\n[preflight] Running pre-flight checks\n`,
  )
  const errors = [
    ...(join ? [] : ["\t[ERROR Port-6443]: Port 6443 is in use"]),
    ...taken(process, join),
    "\t[ERROR Port-10250]: Port 10250 is in use",
  ]
  yield* process.error(
    `[preflight] Some fatal errors occurred:\n${errors.join("\n")}\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\nerror: error execution phase preflight: preflight checks failed\nTo see the stack trace of this error execute with --v=5 or higher\n`,
  )
  return 1
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
