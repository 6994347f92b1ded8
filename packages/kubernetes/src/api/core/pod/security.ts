/** Checks of security contexts, of a Pod and of its containers. As ValidateSecurityContext and validatePodSpecSecurityContext in pkg/apis/core/validation/validation.go. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { FieldError } from "../../../apimachinery/status.ts"
import { duplicate, forbidden, invalidValue, required, tooLong } from "../common-validation.ts"
import { oneOf, subdomainErrors } from "../validation-texts.ts"
import { relativePathErrors } from "./volumes.ts"

const LARGEST_ID = 2_147_483_647

/** As IsValidUserID and IsValidGroupID. */
const idErrors = (field: string, id: number | undefined): FieldError[] =>
  id !== undefined && (id < 0 || id > LARGEST_ID) ? [invalidValue(field, id, `must be between 0 and ${LARGEST_ID}, inclusive`)] : []

interface Profile {
  type?: string
  localhostProfile?: string
}

const PROFILES = ["Localhost", "RuntimeDefault", "Unconfined"]

const seccompErrors = (profile: Profile | undefined, at: string): FieldError[] => {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const errors = type ? oneOf(`${at}.type`, type, PROFILES) : [required(`${at}.type`, "type is required when seccompProfile is set")]
  if (type !== "Localhost") {
    if (localhostProfile !== undefined)
      errors.push(invalidValue(`${at}.localhostProfile`, profile, "can only be set when seccomp type is Localhost"))
  } else if (localhostProfile === undefined) errors.push(required(`${at}.localhostProfile`, "must be set when seccomp type is Localhost"))
  else errors.push(...relativePathErrors(`${at}.localhostProfile`, localhostProfile))
  return errors
}

/** PATH_MAX - 1. */
const LONGEST_PROFILE = 4_095

const appArmorErrors = (profile: Profile | undefined, at: string): FieldError[] => {
  if (!profile) return []
  const { type, localhostProfile: local } = profile
  const field = `${at}.localhostProfile`
  if (!type) return [required(`${at}.type`, "type is required when appArmorProfile is set")]
  if (type !== "Localhost")
    return PROFILES.includes(type) && local !== undefined
      ? [invalidValue(field, local, "can only be set when AppArmor type is Localhost")]
      : oneOf(`${at}.type`, type, PROFILES)
  if (local === undefined) return [required(field, "must be set when AppArmor type is Localhost")]
  const errors: FieldError[] = []
  if (local.trim() !== local) errors.push(invalidValue(field, local, "must not be padded with whitespace"))
  else if (local === "") errors.push(required(field, "must be set when AppArmor type is Localhost"))
  if (local.length > LONGEST_PROFILE) errors.push(tooLong(field, LONGEST_PROFILE))
  return errors
}

interface WindowsOptions {
  gmsaCredentialSpecName?: string
  gmsaCredentialSpec?: string
  runAsUserName?: string
  hostProcess?: boolean
}

const LARGEST_CREDENTIAL = 64 * 1024
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DNS_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
const DNS_NAME = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`)

const windowsUserErrors = (field: string, name: string): FieldError[] => {
  const say = (detail: string) => invalidValue(field, name, detail)
  if (name === "") return [say("runAsUserName cannot be an empty string")]
  if (/[\u0000-\u001f\u007f]/.test(name)) return [say("runAsUserName cannot contain control characters")]
  const parts = name.split("\\")
  if (parts.length > 2) return [say("runAsUserName cannot contain more than one backslash")]
  const [domain, user] = parts.length === 2 ? parts : [undefined, parts[0]]
  const errors: FieldError[] = []
  if (domain !== undefined && domain.length >= 256) errors.push(say("runAsUserName's Domain length must be under 256 characters"))
  if (domain !== undefined && !NET_BIOS.test(domain) && !DNS_NAME.test(domain))
    errors.push(say("runAsUserName's Domain doesn't match the NetBios nor the DNS format"))
  if (user === "") errors.push(say("runAsUserName's User cannot be empty"))
  else if (user.length > 104) errors.push(say("runAsUserName's User length must not be longer than 104 characters"))
  if (/^[. ]+$/.test(user)) errors.push(say("runAsUserName's User cannot contain only periods or spaces"))
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) errors.push(say(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`))
  return errors
}

const windowsErrors = (options: WindowsOptions | undefined, at: string): FieldError[] => {
  if (!options) return []
  const { gmsaCredentialSpecName, gmsaCredentialSpec: spec, runAsUserName } = options
  const errors = gmsaCredentialSpecName === undefined ? [] : subdomainErrors(`${at}.gmsaCredentialSpecName`, gmsaCredentialSpecName)
  if (spec === "") errors.push(invalidValue(`${at}.gmsaCredentialSpec`, spec, "gmsaCredentialSpec cannot be an empty string"))
  else if (spec !== undefined && spec.length > LARGEST_CREDENTIAL)
    errors.push(invalidValue(`${at}.gmsaCredentialSpec`, spec, "gmsaCredentialSpec size must be under 64 KiB"))
  if (runAsUserName !== undefined) errors.push(...windowsUserErrors(`${at}.runAsUserName`, runAsUserName))
  return errors
}

export const containerSecurityErrors = (context: Container["securityContext"], at: string, hostUsers: boolean): FieldError[] => {
  if (!context) return []
  const errors = [...idErrors(`${at}.runAsUser`, context.runAsUser), ...idErrors(`${at}.runAsGroup`, context.runAsGroup)]
  if (context.procMount !== undefined) {
    errors.push(...oneOf(`${at}.procMount`, context.procMount, ["Default", "Unmasked"]))
    if (hostUsers && context.procMount === "Unmasked")
      errors.push(invalidValue(`${at}.procMount`, context.procMount, "`hostUsers` must be false to use `Unmasked`"))
  }
  errors.push(...seccompErrors(context.seccompProfile, `${at}.seccompProfile`))
  if (context.allowPrivilegeEscalation === false) {
    const cannot = (what: string) => errors.push(invalidValue(at, context, `cannot set \`allowPrivilegeEscalation\` to false and ${what}`))
    if (context.privileged) cannot("`privileged` to true")
    for (const capability of context.capabilities?.add ?? []) if (capability === "CAP_SYS_ADMIN") cannot("`capabilities.Add` CAP_SYS_ADMIN")
  }
  errors.push(...windowsErrors(context.windowsOptions, `${at}.windowsOptions`))
  errors.push(...appArmorErrors(context.appArmorProfile, `${at}.appArmorProfile`))
  return errors
}

const SYSCTL = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
const IS_SYSCTL = /^[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const LONGEST_SYSCTL = 253

/** As k8s.io/component-helpers/node/util/sysctl: which of the host's namespaces a setting is about. */
const isIpcSysctl = (name: string): boolean => /^kernel\.(sem$|shm|msg)|^fs\.mqueue\./.test(name)

const sysctlErrors = (sysctls: readonly { name?: string }[] | undefined, at: string, spec: PodSpec): FieldError[] => {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, { name = "" }] of (sysctls ?? []).entries()) {
    const field = `${at}[${index}].name`
    if (name === "") errors.push(required(field))
    else if (name.length > LONGEST_SYSCTL || !name.split(/[./]/).every((part) => IS_SYSCTL.test(part)))
      errors.push(invalidValue(field, name, `must have at most ${LONGEST_SYSCTL} characters and match regex ${SYSCTL}`))
    else if (seen.has(name)) errors.push(duplicate(field, name))
    const dotted = name.replaceAll("/", ".")
    if (spec.hostNetwork && dotted.startsWith("net."))
      errors.push(invalidValue(field, name, "may not be specified when 'hostNetwork' is true"))
    else if (spec.hostIPC && isIpcSysctl(dotted)) errors.push(invalidValue(field, name, "may not be specified when 'hostIPC' is true"))
    seen.add(name)
  }
  return errors
}

export const podSecurityErrors = (spec: PodSpec, at: string): FieldError[] => {
  const { securityContext: context } = spec
  if (!context) return []
  const errors = [
    ...idErrors(`${at}.fsGroup`, context.fsGroup),
    ...idErrors(`${at}.runAsUser`, context.runAsUser),
    ...idErrors(`${at}.runAsGroup`, context.runAsGroup),
  ]
  for (const [index, group] of (context.supplementalGroups ?? []).entries())
    errors.push(...idErrors(`${at}.supplementalGroups[${index}]`, group))
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.push(invalidValue(`${at}.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled"))
  errors.push(...sysctlErrors(context.sysctls, `${at}.sysctls`, spec))
  if (context.fsGroupChangePolicy !== undefined)
    errors.push(...oneOf(`${at}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ["Always", "OnRootMismatch"]))
  errors.push(...seccompErrors(context.seccompProfile, `${at}.seccompProfile`))
  errors.push(...windowsErrors(context.windowsOptions, `${at}.windowsOptions`))
  errors.push(...appArmorErrors(context.appArmorProfile, `${at}.appArmorProfile`))
  if (context.supplementalGroupsPolicy !== undefined)
    errors.push(...oneOf(`${at}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ["Merge", "Strict"]))
  if (context.seLinuxChangePolicy !== undefined)
    errors.push(...oneOf(`${at}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ["MountOption", "Recursive"]))
  return errors
}

type Named = readonly [list: "initContainers" | "containers" | "ephemeralContainers", index: number, container: Container]

const everyContainer = (spec: PodSpec): Named[] =>
  (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((list) =>
    ((spec[list] ?? []) as readonly Container[]).map((container, index): Named => [list, index, container]),
  )

/** As validateWindowsHostProcessPod. */
export const hostProcessErrors = (spec: PodSpec, path: string): FieldError[] => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess
  const errors: FieldError[] = []
  let count = 0
  let all = 0
  for (const [list, index, { securityContext }] of everyContainer(spec)) {
    const own = securityContext?.windowsOptions?.hostProcess
    all++
    if (pod !== undefined && own !== undefined && pod !== own)
      errors.push(
        invalidValue(
          `${path}.${list}[${index}].securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${pod}`,
        ),
      )
    if (own ?? pod) count++
  }
  if (count === 0) return errors
  if (count !== all)
    errors.push(invalidValue(path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers"))
  if (!spec.hostNetwork)
    errors.push(invalidValue(`${path}.hostNetwork`, false, "hostNetwork must be true if pod contains any hostProcess containers"))
  return errors
}

/** As validateHostUsers: what a Pod with users of its own may not share; one field's name begins in a capital. */
export const hostUsersErrors = (spec: PodSpec, path: string): FieldError[] =>
  spec.hostUsers === false
    ? (
        [
          ["hostNetwork", "hostNetwork"],
          ["hostPID", "HostPID"],
          ["hostIPC", "HostIPC"],
        ] as const
      )
        .filter(([field]) => spec[field])
        .map(([, name]) => forbidden(`${path}.${name}`, "when `pod.Spec.HostUsers` is false"))
    : []

const POD_LINUX_ONLY = [
  ["securityContext", "appArmorProfile"],
  ["securityContext", "seLinuxOptions"],
  ["", "hostUsers"],
  ["", "hostPID"],
  ["", "hostIPC"],
  ["securityContext", "seccompProfile"],
  ["securityContext", "fsGroup"],
  ["securityContext", "fsGroupChangePolicy"],
  ["securityContext", "sysctls"],
  ["", "shareProcessNamespace"],
  ["securityContext", "runAsUser"],
  ["securityContext", "runAsGroup"],
  ["securityContext", "supplementalGroups"],
  ["securityContext", "supplementalGroupsPolicy"],
  ["securityContext", "seLinuxChangePolicy"],
] as const

const CONTAINER_LINUX_ONLY = [
  "appArmorProfile",
  "seLinuxOptions",
  "seccompProfile",
  "capabilities",
  "readOnlyRootFilesystem",
  "privileged",
  "allowPrivilegeEscalation",
  "procMount",
  "runAsUser",
  "runAsGroup",
] as const

const WINDOWS = "cannot be set for a windows pod"

const isSet = (value: unknown): boolean => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)

/** As validateOS, validateLinux and validateWindows. */
export const systemErrors = (spec: PodSpec, path: string): FieldError[] => {
  if (!spec.os) return []
  const { name } = spec.os
  if (!name) return [required(`${path}.os.name`, "cannot be empty")]
  const errors = oneOf(`${path}.os`, name, ["linux", "windows"])
  if (errors.length > 0) return errors
  if (name === "linux") {
    const why = "windows options cannot be set for a linux pod"
    if (spec.securityContext?.windowsOptions) errors.push(forbidden(`${path}.securityContext.windowsOptions`, why))
    for (const [list, index, { securityContext }] of everyContainer(spec))
      if (securityContext?.windowsOptions) errors.push(forbidden(`${path}.${list}[${index}].securityContext.windowsOptions`, why))
    return errors
  }
  for (const [group, field] of POD_LINUX_ONLY) {
    const owner = (group === "" ? spec : spec.securityContext) as Readonly<Record<string, unknown>> | undefined
    // Whether it is set at all counts, but for what Go keeps as plain truth.
    const given = field === "hostPID" || field === "hostIPC" || field === "sysctls" ? isSet(owner?.[field]) : owner?.[field] !== undefined
    if (given) errors.push(forbidden(`${path}.${group === "" ? "" : `${group}.`}${field}`, WINDOWS))
  }
  for (const [list, index, { securityContext }] of everyContainer(spec))
    for (const field of CONTAINER_LINUX_ONLY)
      if (securityContext?.[field] !== undefined) errors.push(forbidden(`${path}.${list}[${index}].securityContext.${field}`, WINDOWS))
  return errors
}
