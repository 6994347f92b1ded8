/** Checks of references to a Pod's own fields and its containers' resources. As validateObjectFieldSelector and validateContainerResourceFieldSelector in pkg/apis/core/validation/validation.go. */
import { canonicalQuantity, QuantityError } from "../../../apimachinery/quantity.ts"
import type { FieldError } from "../../../apimachinery/status.ts"
import { invalidValue, qualifiedNameErrors, required } from "../common-validation.ts"
import { oneOf } from "../validation-texts.ts"

export const ENVIRONMENT_FIELD_PATHS = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
]
export const VOLUME_FIELD_PATHS = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"]

/** What can be converted to the internal version. As pkg/apis/core/pods/helpers.go. */
const CONVERTED = new Set([...ENVIRONMENT_FIELD_PATHS, ...VOLUME_FIELD_PATHS, "spec.restartPolicy", "spec.schedulerName", "status.phase"])

export const fieldRefErrors = (
  { apiVersion, fieldPath }: { apiVersion?: string; fieldPath?: string },
  at: string,
  paths: readonly string[],
): FieldError[] => {
  if (!apiVersion) return [required(`${at}.apiVersion`)]
  if (!fieldPath) return [required(`${at}.fieldPath`)]
  const unconverted = (why: string) => [invalidValue(`${at}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`)]
  if (apiVersion !== "v1") return unconverted(`unsupported pod version: ${apiVersion}`)
  const subscript = /^(.*?)\['(.*)'\]$/s.exec(fieldPath)
  if (!subscript) {
    if (fieldPath === "spec.host") return oneOf(`${at}.fieldPath`, "spec.nodeName", paths)
    return CONVERTED.has(fieldPath) ? oneOf(`${at}.fieldPath`, fieldPath, paths) : unconverted(`field label not supported: ${fieldPath}`)
  }
  const [, path, key] = subscript
  if (path === "metadata.annotations") return qualifiedNameErrors(at, key.toLowerCase())
  return path === "metadata.labels" ? qualifiedNameErrors(at, key) : unconverted(`field label does not support subscript: ${fieldPath}`)
}

const RESOURCES = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
]
const isHugePages = (resource: string): boolean => /^(limits|requests)\.hugepages-/.test(resource)

const BYTES = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]

const divisorErrors = (resource: string, divisor: string | number | undefined, at: string): FieldError[] => {
  if (divisor === undefined) return []
  let amount: string
  try {
    amount = canonicalQuantity(divisor)
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error
    return [invalidValue(`${at}.divisor`, divisor, error.message)]
  }
  if (amount === "0") return []
  const only = (allowed: readonly string[], what: string): FieldError[] =>
    allowed.includes(amount)
      ? []
      : [
          invalidValue(
            `${at}.divisor`,
            resource,
            `only divisor's values ${allowed === BYTES ? BYTES.join(", ") : allowed.join(" and ")} are supported with the ${what} resource`,
          ),
        ]
  if (resource.endsWith(".cpu")) return only(["1m", "1"], "cpu")
  if (resource.endsWith(".memory")) return only(BYTES, "memory")
  if (resource.endsWith(".ephemeral-storage")) return only(BYTES, "local ephemeral storage")
  return isHugePages(resource) ? only(BYTES, "hugepages") : []
}

/** `named`: the container has to be said, as in volumes. */
export const resourceFieldErrors = (
  { containerName, resource = "", divisor }: { containerName?: string; resource?: string; divisor?: unknown },
  at: string,
  named: boolean,
): FieldError[] => {
  const errors: FieldError[] = []
  if (named && !containerName) errors.push(required(`${at}.containerName`))
  else if (!resource) errors.push(required(`${at}.resource`))
  else if (!isHugePages(resource)) errors.push(...oneOf(`${at}.resource`, resource, RESOURCES))
  return [...errors, ...divisorErrors(resource, divisor as string | number | undefined, at)]
}
