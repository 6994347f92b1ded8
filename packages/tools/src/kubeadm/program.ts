/** kubeadm on a node of a running cluster: tokens, certificates, images, versions, joining and leaving; init says what is there already. As cmd/kubeadm. */
import type { Process, Program, Steps } from "@drydock/machine"
import { type Arguments, parseArguments } from "../arguments.ts"
import { columns } from "../tables.ts"
import { type ClusterDoor, createToken, deleteToken, listTokens, Refused } from "./api.ts"
import { rewrite } from "./configuration.ts"
import { fail } from "./fail.ts"
import { begin, phase } from "./init.ts"
import { join, reset } from "./join.ts"
import { upgrade } from "./upgrade.ts"

const SWITCHES = new Set(
  "print-join-command help h dry-run allow-experimental-upgrades ignore-preflight-errors-all control-plane discovery-token-unsafe-skip-ca-verification cleanup-tmp-dir upload-certs y yes f force".split(
    " ",
  ),
)
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
const DAY = 86_400_000
const YEAR = 365 * DAY

const randomText = (process: Process, length: number): string =>
  Array.from({ length }, () => ALPHABET[Math.floor(process.random() * ALPHABET.length)]).join("")

/** Go durations of --ttl: "2h", "24h0m0s", "0". */
const milliseconds = (text: string): number => {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 }
  return [...text.matchAll(/(\d+)([hms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit], 0)
}

/** "23h": largest unit, as duration.ShortHumanDuration. */
const left = (ms: number): string => {
  if (ms < 0) return "<invalid>"
  if (ms < 60_000) return `${Math.floor(ms / 1_000)}s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`
  if (ms < DAY) return `${Math.floor(ms / 3_600_000)}h`
  return `${Math.floor(ms / DAY)}d`
}

function* token(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, action = "", given] = args.words
  const now = process.now()
  switch (action) {
    case "generate":
      yield* process.print(`${randomText(process, 6)}.${randomText(process, 16)}\n`)
      return 0
    case "create": {
      const text = given ?? `${randomText(process, 6)}.${randomText(process, 16)}`
      const match = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(text)
      if (!match)
        return yield* fail(
          process,
          `the bootstrap token ${JSON.stringify(text)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
        )
      const ttl = args.flag("ttl") ?? "24h0m0s"
      const expires = milliseconds(ttl)
      createToken(door, {
        id: match[1],
        secret: match[2],
        expiration: expires === 0 ? undefined : new Date(Math.floor((now + expires) / 1_000) * 1_000).toISOString().replace(".000Z", "Z"),
        usages: (args.flag("usages") ?? "signing,authentication").split(","),
        description: args.flag("description") ?? "",
        groups: args.flag("groups") ?? "system:bootstrappers:kubeadm:default-node-token",
      })
      yield* process.print(
        args.has("print-join-command")
          ? `kubeadm join ${door.address} --token ${text} --discovery-token-ca-cert-hash sha256:${door.authorityHash} \n`
          : `${text}\n`,
      )
      return 0
    }
    case "list": {
      const rows = listTokens(door).map(({ id, secret, expiration, usages, description, groups }) => [
        `${id}.${secret}`,
        expiration ? left(Date.parse(expiration) - now) : "<forever>",
        expiration ?? "<never>",
        [...usages].sort().join(","),
        description || "<none>",
        groups,
      ])
      if (rows.length > 0)
        yield* process.print(columns([["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"], ...rows], 10, 3))
      return 0
    }
    case "delete": {
      const id = (given ?? "").split(".")[0]
      deleteToken(door, id)
      yield* process.print(`bootstrap token ${JSON.stringify(id)} deleted\n`)
      return 0
    }
    default:
      return yield* fail(process, `error: unknown command ${JSON.stringify(action)} for "kubeadm token"`)
  }
}

const CERTIFICATES: readonly [string, string][] = [
  ["admin.conf", "ca"],
  ["apiserver", "ca"],
  ["apiserver-etcd-client", "etcd-ca"],
  ["apiserver-kubelet-client", "ca"],
  ["controller-manager.conf", "ca"],
  ["etcd-healthcheck-client", "etcd-ca"],
  ["etcd-peer", "etcd-ca"],
  ["etcd-server", "etcd-ca"],
  ["front-proxy-client", "front-proxy-ca"],
  ["scheduler.conf", "ca"],
  ["super-admin.conf", "ca"],
]
const AUTHORITIES = ["ca", "etcd-ca", "front-proxy-ca"]

/** Path of what a certificate's name stands for. */
const pathOf = (name: string): string =>
  name.endsWith(".conf") ? `/etc/kubernetes/${name}` : `/etc/kubernetes/pki/${name.replace(/^etcd-/, "etcd/")}.crt`

/** "Jan 05, 2027 08:00 UTC" */
const dateText = (at: number): string => {
  const [, , day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\d+:\d+)/.exec(new Date(Math.floor(at)).toUTCString()) ?? []
  return `${month} ${day}, ${year} ${time} UTC`
}

function* certs(process: Process, args: Arguments, door: ClusterDoor, since: number): Steps<number> {
  const [, action = "", which = ""] = args.words
  if (action === "renew") {
    const names = which === "all" ? CERTIFICATES.map(([name]) => name) : [which]
    if (!CERTIFICATES.some(([name]) => names.includes(name)))
      return yield* fail(process, `error: unknown command ${JSON.stringify(which)} for "kubeadm certs renew"`)
    yield* process.print(
      '[renew] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[renew] Use \'kubeadm init phase upload-config kubeadm --config your-config-file\' to re-upload it.\n\n',
    )
    for (const name of names) {
      for (const { path, content, mode } of door.made(name) ?? []) process.files.write(path, content(), { mode })
      const what = name.endsWith(".conf")
        ? `certificate embedded in the kubeconfig file ${name === "admin.conf" ? "for the admin to use and for kubeadm itself" : `for ${name.slice(0, -5)} to use`}`
        : `certificate for ${name}`
      yield* process.print(`${what} renewed\n`)
    }
    if (which === "all")
      yield* process.print(
        "\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n",
      )
    return 0
  }
  if (action === "certificate-key") {
    const key = Array.from({ length: 64 }, () => Math.floor(process.random() * 16).toString(16)).join("")
    yield* process.print(`${key}\n`)
    return 0
  }
  if (action !== "check-expiration") return yield* fail(process, `error: unknown command ${JSON.stringify(action)} for "kubeadm certs"`)
  const remaining = (at: number) => {
    const days = Math.floor((at - process.now()) / DAY)
    if (at < process.now()) return "<invalid>"
    return days >= 365 * 2 ? `${Math.floor(days / 365)}y` : `${days}d`
  }
  const rows = CERTIFICATES.map(([name, authority]) => {
    const path = pathOf(name)
    if (!process.files.exists(path)) return [`!MISSING! ${name}`, "", "", "", ""]
    const until = process.files.laidOut(path) ? since + YEAR : (door.validUntil(process.files.readText(path)) ?? since + YEAR)
    return [name, dateText(until), remaining(until), authority, "no"]
  })
  const owners = AUTHORITIES.map((name) => [name, dateText(since + 10 * YEAR), remaining(since + 10 * YEAR), "no"])
  yield* process.print(
    `[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n[check-expiration] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.\n\n${columns([["CERTIFICATE", "EXPIRES", "RESIDUAL TIME", "CERTIFICATE AUTHORITY", "EXTERNALLY MANAGED"], ...rows], 10, 3)}\n${columns([["CERTIFICATE AUTHORITY", "EXPIRES", "RESIDUAL TIME", "EXTERNALLY MANAGED"], ...owners], 10, 3)}`,
  )
  return 0
}

const imagesOf = (version: string): string[] => [
  ...["apiserver", "controller-manager", "scheduler", "proxy"].map((name) => `registry.k8s.io/kube-${name}:${version}`),
  "registry.k8s.io/coredns/coredns:v1.13.1",
  "registry.k8s.io/pause:3.10.1",
  "registry.k8s.io/etcd:3.6.6-0",
]

function* config(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
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

const USAGE = `

    ┌──────────────────────────────────────────────────────────┐
    │ KUBEADM                                                  │
    │ Easily bootstrap a secure Kubernetes cluster             │
    │                                                          │
    │ Please give us feedback at:                              │
    │ https://github.com/kubernetes/kubeadm/issues             │
    └──────────────────────────────────────────────────────────┘

Usage:
  kubeadm [command]

Available Commands:
  certs       Commands related to handling Kubernetes certificates
  config      Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster
  init        Run this command in order to set up the Kubernetes control plane
  join        Run this on any machine you wish to join an existing cluster
  reset       Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'
  token       Manage bootstrap tokens
  upgrade     Upgrade your cluster smoothly to a newer version with this command
  version     Print the version of kubeadm
`

/** `since`: when the cluster was made, ms since the epoch. */
export const kubeadmProgram = (door: ClusterDoor, since: number): Program =>
  function* (process) {
    const args = parseArguments(process.argv.slice(1), SWITCHES)
    const [command] = args.words
    try {
      switch (command) {
        case undefined:
        case "help":
          yield* process.print(USAGE)
          return 0
        case "version": {
          const version = door.ownVersion
          const [major, minor] = version.slice(1).split(".")
          const format = args.flag("o", "output")
          if (format === "short") yield* process.print(`${version}\n`)
          else
            yield* process.print(
              `kubeadm version: &version.Info{Major:"${major}", Minor:"${minor}", EmulationMajor:"", EmulationMinor:"", MinCompatibilityMajor:"", MinCompatibilityMinor:"", GitVersion:"${version}", GitCommit:"a3177b3b89764aeb87469936bf4fe8f708d88eb7", GitTreeState:"clean", BuildDate:"2026-07-23T00:00:00Z", GoVersion:"go1.25.14", Compiler:"gc", Platform:"linux/amd64"}\n`,
            )
          return 0
        }
        case "token":
          return yield* token(process, args, door)
        case "certs":
          return yield* certs(process, args, door, since)
        case "config":
          return yield* config(process, args, door)
        case "init":
        case "join":
          if (command === "init" && args.words[1] === "phase") return yield* phase(process, args, door)
          return command === "join" ? yield* join(process, args, door) : yield* begin(process, door)
        case "kubeconfig": {
          const user = args.flag("client-name")
          if (args.words[1] !== "user")
            return yield* fail(process, `error: unknown command ${JSON.stringify(args.words[1] ?? "")} for "kubeadm kubeconfig"`)
          if (user === undefined) return yield* fail(process, 'error: required flag(s) "client-name" not set')
          yield* process.print(door.clientKubeconfig(user, (args.flag("org") ?? "").split(",").filter(Boolean)))
          return 0
        }
        case "reset":
          return yield* reset(process, args, door)
        case "upgrade":
          return yield* upgrade(process, args, door)
        default:
          return yield* fail(process, `error: unknown command ${JSON.stringify(command)} for "kubeadm"`)
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return yield* fail(process, `error: ${error.message}`)
    }
  }
