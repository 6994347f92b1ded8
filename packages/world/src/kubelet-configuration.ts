/** KubeletConfiguration as a kubelet reads it: decoded, validated, and what of it acts here. As pkg/kubelet/kubeletconfig and apis/config/validation. */
import { DEFAULT_LIMITS, type NodeLimits, parseThresholds } from "@drydock/kubernetes"
import { milliValue, quantityValue } from "@drydock/kubernetes/apimachinery"
import { readYaml, YamlError } from "@drydock/gotemplate"

/** What is read of it; all else is known, and changes nothing here. */
export interface KubeletConfiguration {
  staticPodPath?: string
  clusterDNS?: readonly string[]
  clusterDomain?: string
  authentication?: { anonymous?: { enabled?: boolean }; x509?: { clientCAFile?: string } }
  authorization?: { mode?: string }
  containerRuntimeEndpoint?: string
  maxPods?: number
  evictionHard?: Readonly<Record<string, string>>
  evictionPressureTransitionPeriod?: string
  kubeReserved?: Readonly<Record<string, string>>
  systemReserved?: Readonly<Record<string, string>>
  allowedUnsafeSysctls?: readonly string[]
  registerWithTaints?: readonly { key: string; value?: string; effect: string }[]
  readOnlyPort?: number
}

type Type = "string" | "bool" | "int32" | "int64" | "duration" | "[]string" | "map" | "struct" | "list"

/** Fields of kubelet.config.k8s.io/v1beta1 by what they take. */
const FIELDS: Readonly<Record<Type, string>> = {
  string:
    "staticPodPath staticPodURL address tlsCertFile tlsPrivateKeyFile tlsMinVersion clusterDomain kubeletCgroups systemCgroups cgroupRoot cgroupDriver cpuManagerPolicy memoryManagerPolicy topologyManagerPolicy topologyManagerScope hairpinMode podCIDR resolvConf healthzBindAddress containerLogMaxSize systemReservedCgroup kubeReservedCgroup providerID volumePluginDir reservedSystemCPUs containerRuntimeEndpoint imageServiceEndpoint podLogsDir imagePullCredentialsVerificationPolicy showHiddenMetricsForVersion singleProcessOOMKill",
  bool: "rotateCertificates serverTLSBootstrap enableServer runOnce cgroupsPerQOS cpuCFSQuota enableControllerAttachDetach makeIPTablesUtilChains failSwapOn serializeImagePulls enableDebuggingHandlers enableContentionProfiling protectKernelDefaults configMapAndSecretChangeDetectionStrategyEnabled enableProfilingHandler enableDebugFlagsHandler seccompDefault registerNode localStorageCapacityIsolation enableSystemLogHandler enableSystemLogQuery failCgroupV1 mergeDefaultEvictionSettings",
  int32:
    "port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort oomScoreAdj nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods podsPerCore kubeAPIQPS kubeAPIBurst evictionMaxPodGracePeriod iptablesMasqueradeBit iptablesDropBit containerLogMaxFiles containerLogMaxWorkers nodeStatusMaxImages maxParallelImagePulls",
  int64: "podPidsLimit maxOpenFiles",
  duration:
    "syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout nodeStatusUpdateFrequency nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod cpuManagerReconcilePeriod runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod shutdownGracePeriod shutdownGracePeriodCriticalPods containerLogMonitorInterval",
  "[]string": "clusterDNS tlsCipherSuites enforceNodeAllocatable allowedUnsafeSysctls preloadedImagesVerificationAllowlist",
  map: "featureGates evictionHard evictionSoft evictionSoftGracePeriod evictionMinimumReclaim kubeReserved systemReserved qosReserved staticPodURLHeader cpuManagerPolicyOptions topologyManagerPolicyOptions",
  struct: "authentication authorization logging memorySwap tracing crashLoopBackOff userNamespaces",
  list: "registerWithTaints reservedMemory shutdownGracePeriodByPodPriority",
}

const TYPES: ReadonlyMap<string, Type> = new Map(
  (Object.keys(FIELDS) as Type[]).flatMap((type) => [
    ...FIELDS[type].split(" ").map((name) => [name, type] as const),
    ["configMapAndSecretChangeDetectionStrategy", "string"] as const,
    ["kind", "string"] as const,
    ["apiVersion", "string"] as const,
  ]),
)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

/** As encoding/json names it. */
const jsonType = (value: unknown): string => (Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value)

const GO_TYPES: Readonly<Record<Type, string>> = {
  string: "string",
  bool: "bool",
  int32: "int32",
  int64: "int64",
  duration: "v1.Duration",
  "[]string": "[]string",
  map: "map[string]string",
  struct: "struct",
  list: "[]v1.Taint",
}

const FITS: Readonly<Record<Type, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  bool: (value) => typeof value === "boolean",
  int32: (value) => typeof value === "number",
  int64: (value) => typeof value === "number",
  duration: (value) => typeof value === "string",
  "[]string": Array.isArray,
  map: isObject,
  struct: isObject,
  list: Array.isArray,
}

const DURATION = /^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/

/** What keeps a value from being its field's, as encoding/json and time.ParseDuration word it. */
const misfit = (name: string, value: unknown): string | undefined => {
  const type = TYPES.get(name)
  if (type === undefined || value === null) return undefined
  if (FITS[type](value)) {
    if (type === "duration" && value !== "0" && !DURATION.test(String(value))) return `time: invalid duration ${JSON.stringify(value)}`
    return undefined
  }
  if (type === "duration") return `json: cannot unmarshal ${jsonType(value)} into Go value of type string`
  return `json: cannot unmarshal ${jsonType(value)} into Go struct field KubeletConfiguration.${name} of type ${GO_TYPES[type]}`
}

export interface Decoded {
  configuration: KubeletConfiguration
  /** What is said of it though it is taken. */
  warning?: string
}

/** @returns text: what "failed to load Kubelet config file" is followed by */
const decode = (text: string): Decoded | string => {
  let value: unknown
  try {
    value = readYaml(text)[0]
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return `failed to decode: error converting YAML to JSON: ${error.message}`
  }
  if (!isObject(value) || typeof value.kind !== "string")
    return `failed to decode: Object 'Kind' is missing in '${JSON.stringify(value ?? null).slice(0, 200)}'`
  if (value.kind !== "KubeletConfiguration" || value.apiVersion !== "kubelet.config.k8s.io/v1beta1")
    return `failed to decode: no kind ${JSON.stringify(value.kind)} is registered for version ${JSON.stringify(value.apiVersion ?? "")} in scheme "pkg/kubelet/apis/config/scheme/scheme.go:34"`
  const misfits = Object.entries(value).flatMap(([name, one]) => misfit(name, one) ?? [])
  if (misfits.length > 0) return `failed to decode: ${misfits[0]}`
  const unknown = Object.keys(value).filter((name) => !TYPES.has(name))
  const configuration = value as KubeletConfiguration
  if (unknown.length === 0) return { configuration }
  // Strict decoding has failed; what is not known is left out then.
  const strict = unknown.map((name) => `unknown field "${name}"`).join(", ")
  return {
    configuration,
    warning: `"Using lenient decoding as strict decoding failed" err=${JSON.stringify(`strict decoding error: ${strict}`)}`,
  }
}

/** By text, of all worlds: nodes are mostly set up alike, and nobody changes what was read. */
const decoded = new Map<string, Decoded | string>()
const MOST_DECODED = 16

/** As `decode`, once a text. */
export const decodeKubeletConfiguration = (text: string): Decoded | string => {
  let known = decoded.get(text)
  if (known === undefined) {
    if (decoded.size >= MOST_DECODED) decoded.clear()
    decoded.set(text, (known = decode(text)))
  }
  return known
}

const PORTS: readonly (readonly [field: string, flag: string, least: 0 | 1])[] = [
  ["healthzPort", "healthz-port", 0],
  ["port", "port", 1],
  ["readOnlyPort", "read-only-port", 0],
]
/** Numbers that must not be negative, with their flags. */
const COUNTS: readonly (readonly [field: string, flag: string])[] = [
  ["eventBurst", "event-burst"],
  ["eventRecordQPS", "event-qps"],
  ["kubeAPIBurst", "kube-api-burst"],
  ["kubeAPIQPS", "kube-api-qps"],
  ["maxOpenFiles", "max-open-files"],
  ["maxPods", "max-pods"],
  ["podsPerCore", "pods-per-core"],
  ["registryBurst", "registry-burst"],
  ["registryPullQPS", "registry-qps"],
]

/** What ValidateKubeletConfiguration says first and last of it; undefined: it is valid. */
export const configurationProblem = (configuration: KubeletConfiguration): string | undefined => {
  const given = configuration as Readonly<Record<string, unknown>>
  const errors: string[] = []
  const number = (name: string): number | undefined => (typeof given[name] === "number" ? given[name] : undefined)
  if ((number("nodeLeaseDurationSeconds") ?? 1) <= 0) errors.push("nodeLeaseDurationSeconds must be greater than 0")
  for (const [name, flag] of COUNTS)
    if ((number(name) ?? 0) < 0) errors.push(`${name} (--${flag}) ${number(name)} must not be a negative number`)
  for (const [name, flag, least] of PORTS) {
    const port = number(name)
    if (port !== undefined && port !== 0 && (port < 1 || port > 65_535))
      errors.push(`${name} (--${flag}) ${port} must be between ${name === "readOnlyPort" ? least : 1} and 65535, inclusive`)
  }
  const [high, low] = [number("imageGCHighThresholdPercent") ?? 85, number("imageGCLowThresholdPercent") ?? 80]
  if (high < 0 || high > 100)
    errors.push(`imageGCHighThresholdPercent (--image-gc-high-threshold) ${high} must be between 0 and 100, inclusive`)
  if (low < 0 || low > 100) errors.push(`imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be between 0 and 100, inclusive`)
  if (low >= high)
    errors.push(
      `imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`,
    )
  const swap = (given.memorySwap as { swapBehavior?: string } | undefined)?.swapBehavior ?? ""
  if (!["", "NoSwap", "LimitedSwap"].includes(swap))
    errors.push(`memorySwap.swapBehavior ${JSON.stringify(swap)} must be one of: "", "LimitedSwap" or "NoSwap"`)
  if (errors.length === 0) return undefined
  const worded = errors.map((error) => `invalid configuration: ${error}`)
  return `failed to validate kubelet configuration, error: ${worded.length === 1 ? worded[0] : `[${worded.join(", ")}]`}, path: &TypeMeta{Kind:,APIVersion:,}`
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
/** Go's duration as ms; "0s" stands for the default. */
const milliseconds = (text: string | undefined, fallback: number): number => {
  let total = 0
  for (const [, amount, unit] of (text ?? "").matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) total += Number(amount) * UNITS[unit]
  return total || fallback
}

/** What it keeps back of its node; undefined: what is usual. `error`: why a kubelet that is told so does not run. */
export const nodeLimitsOf = (configuration: KubeletConfiguration): NodeLimits | { error: string } | undefined => {
  const { maxPods, evictionHard, evictionPressureTransitionPeriod, kubeReserved, systemReserved, allowedUnsafeSysctls } = configuration
  const set = [evictionHard, evictionPressureTransitionPeriod, kubeReserved, systemReserved, allowedUnsafeSysctls]
  if (maxPods === undefined && set.every((one) => !one)) return undefined
  const thresholds = evictionHard ? parseThresholds(evictionHard) : DEFAULT_LIMITS.evictionHard
  if ("error" in thresholds) return thresholds
  const sum = (name: string, read: (text: string) => number): number =>
    [kubeReserved, systemReserved].reduce((total, one) => total + (one?.[name] === undefined ? 0 : read(one[name])), 0)
  return {
    maxPods: maxPods || DEFAULT_LIMITS.maxPods,
    ...(allowedUnsafeSysctls && { unsafeSysctls: allowedUnsafeSysctls }),
    evictionHard: thresholds,
    transition: milliseconds(evictionPressureTransitionPeriod, DEFAULT_LIMITS.transition),
    reserved: { cpu: sum("cpu", milliValue), memory: sum("memory", quantityValue), disk: sum("ephemeral-storage", quantityValue) },
  }
}
