/** Checks of LimitRanges and ResourceQuotas. As ValidateLimitRange and ValidateResourceQuotaSpec in pkg/apis/core/validation/validation.go. */
import { parseQuantity } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"

type Amounts = Readonly<Record<string, string>>

export interface LimitItem {
  type?: string
  max?: Amounts
  min?: Amounts
  default?: Amounts
  defaultRequest?: Amounts
  maxLimitRequestRatio?: Amounts
}

const ONE = 1_000_000_000n

const itemErrors = (item: LimitItem, at: string): FieldError[] => {
  const errors: FieldError[] = []
  if (item.type === "Pod")
    for (const field of ["default", "defaultRequest"] as const)
      if (Object.keys(item[field] ?? {}).length > 0)
        errors.push({ type: "Forbidden", field: `${at}.${field}`, detail: "may not be specified when `type` is 'Pod'" })
  if (item.type === "PersistentVolumeClaim" && item.min?.storage === undefined && item.max?.storage === undefined)
    errors.push({
      type: "Required",
      field: `${at}.limits`,
      detail: "either minimum or maximum storage value is required, but neither was provided",
    })
  const { min = {}, max = {}, default: given = {}, defaultRequest = {}, maxLimitRequestRatio = {} } = item
  const keys = [...new Set([min, max, given, defaultRequest, maxLimitRequestRatio].flatMap((amounts) => Object.keys(amounts)))].sort()
  for (const key of keys) {
    /** Says so when the first is more than the second. */
    const ordered = (
      low: string | undefined,
      high: string | undefined,
      where: string,
      value: string | undefined,
      words: string[],
    ): void => {
      if (low === undefined || high === undefined || parseQuantity(low) <= parseQuantity(high)) return
      const detail = `${words[0]} value ${low} is greater than ${words[1]} value ${high}`
      errors.push({ type: "Invalid", field: `${at}.${where}[${key}]`, value, detail })
    }
    ordered(min[key], max[key], "min", min[key], ["min", "max"])
    ordered(min[key], defaultRequest[key], "defaultRequest", defaultRequest[key], ["min", "default request"])
    ordered(defaultRequest[key], max[key], "defaultRequest", defaultRequest[key], ["default request", "max"])
    ordered(defaultRequest[key], given[key], "defaultRequest", defaultRequest[key], ["default request", "default limit"])
    ordered(min[key], given[key], "default", min[key], ["min", "default"])
    ordered(given[key], max[key], "default", max[key], ["default", "max"])
    const ratio = maxLimitRequestRatio[key]
    if (ratio !== undefined && parseQuantity(ratio) < ONE)
      errors.push({ type: "Invalid", field: `${at}.maxLimitRequestRatio[${key}]`, value: ratio, detail: `ratio ${ratio} is less than 1` })
  }
  return errors
}

export const limitErrors = (items: readonly LimitItem[]): FieldError[] => {
  const seen = new Set<string>()
  return items.flatMap((item, index): FieldError[] => {
    const at = `spec.limits[${index}]`
    const { type = "" } = item
    if (seen.has(type)) return [{ type: "Duplicate", field: `${at}.type`, value: type }, ...itemErrors(item, at)]
    seen.add(type)
    return itemErrors(item, at)
  })
}

const COUNTED = [
  "configmaps",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "resourcequotas",
  "secrets",
  "services",
  "services.loadbalancers",
  "services.nodeports",
]
const MEASURED = ["cpu", "memory", "ephemeral-storage"]
const STANDARD = new Set([...COUNTED, "requests.storage", ...MEASURED.flatMap((name) => [name, `requests.${name}`, `limits.${name}`])])
const SCOPES = [
  "BestEffort",
  "CrossNamespacePodAffinity",
  "NotBestEffort",
  "NotTerminating",
  "PriorityClass",
  "Terminating",
  "VolumeAttributesClass",
]
const CONTRADICTING = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
]

export const quotaErrors = (spec: { hard?: Amounts; scopes?: readonly string[] }): FieldError[] => {
  const errors: FieldError[] = []
  for (const [name, amount] of Object.entries(spec.hard ?? {})) {
    const field = `spec.hard[${name}]`
    if (!name.includes("/") && !STANDARD.has(name))
      errors.push({ type: "Invalid", field, value: name, detail: "must be a standard resource for quota" })
    const value = parseQuantity(amount)
    if (value < 0n) errors.push({ type: "Invalid", field, value: amount, detail: "must be greater than or equal to 0" })
    if ((COUNTED.includes(name) || name.startsWith("count/")) && value % ONE !== 0n)
      errors.push({ type: "Invalid", field, value: amount, detail: "must be an integer" })
  }
  const scopes = spec.scopes ?? []
  for (const scope of scopes)
    if (!SCOPES.includes(scope)) errors.push({ type: "Invalid", field: "spec.scopes", value: scopes, detail: "unsupported scope" })
  for (const pair of CONTRADICTING)
    if (pair.every((scope) => scopes.includes(scope)))
      errors.push({ type: "Invalid", field: "spec.scopes", value: scopes, detail: "conflicting scopes" })
  return errors
}
