/** What `kubeadm init` is told: its flags, or the documents of --config. As cmd/kubeadm/app/util/config/initconfiguration.go. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { type Process, SystemError } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import type { ClusterDoor, InitSettings } from "./door.ts"

/** Flags that may stand beside --config. */
const BESIDE_CONFIG = new Set(
  "config ignore-preflight-errors dry-run v rootfs certificate-key upload-certs skip-certificate-key-print skip-phases skip-token-print node-name patches cri-socket".split(
    " ",
  ),
)
const SETTINGS =
  "apiserver-advertise-address apiserver-bind-port apiserver-cert-extra-sans cert-dir control-plane-endpoint feature-gates image-repository kubernetes-version pod-network-cidr service-cidr service-dns-domain token token-ttl".split(
    " ",
  )

type Plain = Readonly<Record<string, unknown>>

const inner = (of: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (typeof value === "object" && value !== null ? (value as Plain)[name] : undefined), of)

const textOf = (value: unknown): string | undefined => (typeof value === "string" || typeof value === "number" ? String(value) : undefined)

/** v1beta4 has a list of names and values, v1beta3 a map. */
const argumentsOf = (value: unknown): (readonly [string, string])[] =>
  Array.isArray(value)
    ? value.map((one) => [String(inner(one, "name")), String(inner(one, "value") ?? "")] as const)
    : Object.entries((value ?? {}) as Plain).map(([name, text]) => [name, String(text)] as const)

const versionOf = (given: string | undefined, door: ClusterDoor): string =>
  given === undefined || /^(?:stable|latest)/.test(given) ? door.version : given.replace(/^v?/, "v")

/** A text says what is wrong. */
const documentsOf = (process: Process, path: string): Plain[] | string => {
  try {
    return readYaml(process.files.readText(path)).filter((one): one is Plain => typeof one === "object" && one !== null)
  } catch (error) {
    if (error instanceof YamlError) return `error: ${error.message}`
    if (error instanceof SystemError) return `error: unable to read config from "${path}": open ${path}: ${error.message.toLowerCase()}`
    throw error
  }
}

/** What is wrong with a setting, in kubeadm's words. */
const problemOf = (settings: InitSettings, door: ClusterDoor): string | undefined => {
  const { version, podCidr, serviceCidr, advertise, token } = settings
  if (!/^v\d+\.\d+\.\d+/.test(version))
    return `error: couldn't parse Kubernetes version ${JSON.stringify(version)}: version "${version.slice(1)}" is not a valid semantic version`
  const [, least] = door.ownVersion.split(".").map(Number)
  if (Number(version.split(".")[1]) < least - 1)
    return `error: this version of kubeadm only supports deploying clusters with the control plane version >= 1.${least - 1}.0. Current version: ${version}`
  const isRange = (text: string) => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(text)
  if (podCidr !== undefined && !isRange(podCidr))
    return `error: networking.podSubnet: Invalid value: ${JSON.stringify(podCidr)}: invalid CIDR address: ${podCidr}`
  if (!isRange(serviceCidr))
    return `error: networking.serviceSubnet: Invalid value: ${JSON.stringify(serviceCidr)}: invalid CIDR address: ${serviceCidr}`
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(advertise))
    return `error: couldn't use "${advertise}" as "apiserver-advertise-address", must be ipv4 or ipv6 address`
  if (token !== undefined && !/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token))
    return `error: bootstrapTokens[0].token: Invalid value: ${JSON.stringify(token)}: the bootstrap token is invalid`
  return undefined
}

/** @returns text: what is wrong */
export const initSettings = (process: Process, args: Arguments, door: ClusterDoor): InitSettings | string => {
  const path = args.flag("config")
  const mixed = SETTINGS.filter((name) => args.flag(name) !== undefined && !BESIDE_CONFIG.has(name))
  if (path !== undefined && mixed.length > 0) return `error: can not mix '--config' with arguments [${mixed.join(" ")}]`
  const documents = path === undefined ? [] : documentsOf(process, path)
  if (typeof documents === "string") return documents
  const of = (kind: string) => documents.find((one) => one.kind === kind)
  if (path !== undefined && !of("ClusterConfiguration") && !of("InitConfiguration"))
    return "error: no InitConfiguration or ClusterConfiguration kind was found in the YAML file"
  const [cluster, init] = [of("ClusterConfiguration"), of("InitConfiguration")]
  const given = (flag: string, ...where: readonly [unknown, ...string[]]) =>
    args.flag(flag) ?? textOf(inner(where[0], ...(where.slice(1) as string[])))
  const podCidr = given("pod-network-cidr", cluster, "networking", "podSubnet")
  const endpoint = given("control-plane-endpoint", cluster, "controlPlaneEndpoint")
  const taints = inner(init, "nodeRegistration", "taints")
  const sans = inner(cluster, "apiServer", "certSANs")
  const token = given("token", inner(init, "bootstrapTokens", "0"), "token")
  const settings: InitSettings = {
    version: versionOf(given("kubernetes-version", cluster, "kubernetesVersion"), door),
    advertise: given("apiserver-advertise-address", init, "localAPIEndpoint", "advertiseAddress") ?? door.ownAddress,
    port: Number(given("apiserver-bind-port", init, "localAPIEndpoint", "bindPort") ?? 6_443),
    node: given("node-name", init, "nodeRegistration", "name") ?? process.hostname,
    ...(podCidr !== undefined && { podCidr }),
    serviceCidr: given("service-cidr", cluster, "networking", "serviceSubnet") ?? "10.96.0.0/12",
    dnsDomain: given("service-dns-domain", cluster, "networking", "dnsDomain") ?? "cluster.local",
    ...(endpoint !== undefined && { endpoint: endpoint.includes(":") ? endpoint : `${endpoint}:6443` }),
    extraNames: args.flag("apiserver-cert-extra-sans")?.split(",") ?? (Array.isArray(sans) ? sans.map(String) : []),
    extraArgs: {
      "kube-apiserver": argumentsOf(inner(cluster, "apiServer", "extraArgs")),
      "kube-controller-manager": argumentsOf(inner(cluster, "controllerManager", "extraArgs")),
      "kube-scheduler": argumentsOf(inner(cluster, "scheduler", "extraArgs")),
      etcd: argumentsOf(inner(cluster, "etcd", "local", "extraArgs")),
    },
    ...(token !== undefined && { token }),
    tokenTtl: given("token-ttl", inner(init, "bootstrapTokens", "0"), "ttl") ?? "24h0m0s",
    ...(Array.isArray(taints) && { taints: taints as InitSettings["taints"] & object }),
  }
  return problemOf(settings, door) ?? settings
}

/** A static Pod's manifest with those flags set, all of them in order. As GetStaticPodSpecs' arguments. */
export const withArguments = (manifest: string, extra: readonly (readonly [string, string])[]): string => {
  if (extra.length === 0) return manifest
  const lines = manifest.split("\n")
  const isFlag = (line: string) => /^ {4}- --/.test(line)
  const first = lines.findIndex(isFlag)
  const flags = new Map(lines.filter(isFlag).map((line) => [line.slice(8).split("=")[0], line.slice(8).replace(/^[^=]*=?/, "")]))
  for (const [name, value] of extra) flags.set(name, value)
  const sorted = [...flags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `    - --${name}=${value}`)
  const rest = lines.filter((line) => !isFlag(line))
  return [...rest.slice(0, first), ...sorted, ...rest.slice(first)].join("\n")
}
