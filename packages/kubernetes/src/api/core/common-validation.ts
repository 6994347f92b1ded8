/** Checks that many kinds share beside those of names: selectors, qualified names, addresses, paths in a domain. As k8s.io/apimachinery/pkg/apis/meta/v1/validation and pkg/apis/core/validation. */
import type { FieldError } from "../../apimachinery/status.ts"
import { labelErrors, oneOf, SUBDOMAIN_TEXT, subdomainErrors } from "./validation-texts.ts"

const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const QUALIFIED =
  "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({ type: "Invalid", field, value, detail })
export const required = (field: string, detail = ""): FieldError => ({ type: "Required", field, ...(detail && { detail }) })
export const forbidden = (field: string, detail: string): FieldError => ({ type: "Forbidden", field, detail })
export const duplicate = (field: string, value: unknown): FieldError => ({ type: "Duplicate", field, value })
/** `count` items where `most` may be. */
export const tooMany = (field: string, count: number, most: number): FieldError => ({
  type: "TooMany",
  field,
  value: count,
  detail: `must have at most ${most} items`,
})
export const tooLong = (field: string, most: number): FieldError => ({
  type: "TooLong",
  field,
  detail: `may not be more than ${most} bytes`,
})

/** As content.IsQualifiedName: what is wrong with "example.com/MyName". */
export const qualifiedNameProblems = (key: string): string[] => {
  const parts = key.split("/")
  if (parts.length > 2) return [QUALIFIED]
  const problems: string[] = []
  if (parts.length === 2) {
    const [prefix] = parts
    if (prefix === "") problems.push("prefix part must be non-empty")
    else if (subdomainErrors("", prefix).length > 0) problems.push(`prefix part ${SUBDOMAIN_TEXT}`)
  }
  const name = parts[parts.length - 1]
  if (name === "") problems.push("name part must be non-empty")
  else if (name.length > 63) problems.push("name part must be no more than 63 bytes")
  if (!NAME.test(name)) problems.push(NAME_PART)
  return problems
}

export const qualifiedNameErrors = (field: string, key: string): FieldError[] =>
  qualifiedNameProblems(key).map((detail) => invalidValue(field, key, detail))

export const labelValueErrors = (field: string, value: unknown): FieldError[] => {
  const text = String(value)
  const errors: FieldError[] = []
  if (text.length > 63) errors.push(invalidValue(field, value, "must be no more than 63 bytes"))
  if (text !== "" && !NAME.test(text)) errors.push(invalidValue(field, value, LABEL_VALUE))
  return errors
}

export const labelsErrors = (labels: Readonly<Record<string, unknown>> | undefined, field: string): FieldError[] => {
  const errors: FieldError[] = []
  for (const key in labels) {
    errors.push(...qualifiedNameErrors(field, key))
    errors.push(...labelValueErrors(field, labels[key]))
  }
  return errors
}

interface Requirement {
  key?: string
  operator?: string
  values?: readonly unknown[]
}

/** As ValidateLabelSelector. */
export const selectorErrors = (selector: unknown, path: string): FieldError[] => {
  if (selector === undefined || selector === null) return []
  const { matchLabels, matchExpressions = [] } = selector as {
    matchLabels?: Record<string, unknown>
    matchExpressions?: readonly Requirement[]
  }
  const errors = labelsErrors(matchLabels, `${path}.matchLabels`)
  for (const [index, { key = "", operator = "", values = [] }] of matchExpressions.entries()) {
    const at = `${path}.matchExpressions[${index}]`
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0) errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    } else errors.push(invalidValue(`${at}.operator`, operator, "not a valid selector operator"))
    errors.push(...qualifiedNameErrors(`${at}.key`, key))
    for (const [number, value] of values.entries()) errors.push(...labelValueErrors(`${at}.values[${number}]`, value))
  }
  return errors
}

/** As path.IsValidPathSegmentName. */
export const pathSegmentErrors = (field: string, name: string): FieldError[] => {
  if (name === "." || name === "..") return [invalidValue(field, name, `may not be '${name}'`)]
  return ["/", "%"].filter((part) => name.includes(part)).map((part) => invalidValue(field, name, `may not contain '${part}'`))
}

/** "acme.io/foo". As IsDomainPrefixedPath. */
export const domainPathErrors = (field: string, text: string): FieldError[] => {
  if (text === "") return [required(field)]
  const slash = text.indexOf("/")
  if (slash <= 0 || slash === text.length - 1) return [invalidValue(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)]
  return [
    ...subdomainErrors(field, host),
    ...(/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)
      ? []
      : [invalidValue(field, path, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')")]),
  ]
}

const IP_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"

/** The four parts of an IPv4 address; undefined for what is none. Leading zeros are none. */
const ipv4 = (text: string): number[] | undefined => {
  const parts = text.split(".")
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined
  return parts.map(Number)
}

const isIpv6 = (text: string): boolean => {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":") || text.split("::").length > 2) return false
  const groups = text.split(/::?/).filter((part) => part !== "")
  const last = groups.at(-1) ?? ""
  const mapped = last.includes(".")
  if (mapped && !ipv4(last)) return false
  const hex = mapped ? groups.slice(0, -1) : groups
  if (!hex.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part)) || /^:[^:]|[^:]:$/.test(text)) return false
  const count = hex.length + (mapped ? 2 : 0)
  return text.includes("::") ? count < 8 : count === 8
}

export const ipErrors = (field: string, text: string): FieldError[] =>
  ipv4(text) || isIpv6(text) ? [] : [invalidValue(field, text, IP_TEXT)]

const CIDR_TEXT = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"

/** As IsValidCIDR. */
export const cidrErrors = (field: string, text: string): FieldError[] => {
  const [address, bits = "", ...rest] = text.split("/")
  const most = address.includes(":") ? 128 : 32
  const isRange = rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most && ipErrors("", address).length === 0
  return isRange ? [] : [invalidValue(field, text, CIDR_TEXT)]
}

/** As validateNodeTaints. */
export const taintErrors = (taints: readonly { key?: string; value?: string; effect?: string }[], path: string): FieldError[] => {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, taint] of taints.entries()) {
    const at = `${path}[${index}]`
    const { key = "", value = "", effect = "" } = taint
    errors.push(...qualifiedNameErrors(`${at}.key`, key), ...joined(labelValueErrors(`${at}.value`, value)))
    errors.push(...(effect ? oneOf(`${at}.effect`, effect, TOLERATION_EFFECTS) : [required(`${at}.effect`)]))
    if (seen.has(`${effect} ${key}`))
      errors.push({ type: "Duplicate", field: at, value: taint, detail: "taints must be unique by key and effect pair" })
    seen.add(`${effect} ${key}`)
  }
  return errors
}

export const ipFamilyErrors = (field: string, text: string, family: "IPv4" | "IPv6"): FieldError[] => {
  const errors = ipErrors(field, text)
  if (errors.length > 0) return errors
  return (family === "IPv4") === (ipv4(text) !== undefined) ? [] : [invalidValue(field, text, `must be a valid ${family} address`)]
}

/** As ValidateEndpointIP: addresses that nothing can be reached at. */
export const endpointIpErrors = (field: string, text: string): FieldError[] => {
  const four = ipv4(text)
  const lower = text.toLowerCase()
  if (four?.every((part) => part === 0) || lower === "::") return [invalidValue(field, text, `may not be unspecified (${text})`)]
  if ((four && four[0] === 127) || lower === "::1")
    return [invalidValue(field, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)")]
  if ((four && four[0] === 169 && four[1] === 254) || /^fe[89ab][0-9a-f]:/.test(lower))
    return [invalidValue(field, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")]
  if ((four && four[0] === 224 && four[1] === 0 && four[2] === 0) || /^ff02:/.test(lower))
    return [invalidValue(field, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")]
  return []
}

const TOLERATION_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

/** Where upstream says all that is wrong with a value at once. */
export const joined = (errors: readonly FieldError[]): FieldError[] =>
  errors.length === 0 ? [] : [{ ...errors[0], detail: errors.map(({ detail }) => detail).join(";") }]

/** As ValidateTolerations. */
export const tolerationListErrors = (tolerations: readonly Toleration[] | undefined, path: string): FieldError[] =>
  (tolerations ?? []).flatMap((one, index): FieldError[] => {
    const at = `${path}[${index}]`
    const errors: FieldError[] = []
    if (one.key) errors.push(...qualifiedNameErrors(`${at}.key`, one.key))
    if (!one.key && (one.operator ?? "Equal") !== "Exists")
      errors.push(
        invalidValue(
          `${at}.operator`,
          one.operator ?? "",
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      )
    if (one.tolerationSeconds !== undefined && one.effect !== "NoExecute")
      errors.push(invalidValue(`${at}.effect`, one.effect ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    if (one.operator === "Exists" && one.value)
      errors.push(invalidValue(`${at}.operator`, one.value, "value must be empty when `operator` is 'Exists'"))
    if (!one.operator || one.operator === "Equal") errors.push(...joined(labelValueErrors(`${at}.operator`, one.value ?? "")))
    if (one.operator && !["Equal", "Exists"].includes(one.operator))
      errors.push(...oneOf(`${at}.operator`, one.operator, ["Equal", "Exists"]))
    if (one.effect) errors.push(...oneOf(`${at}.effect`, one.effect, TOLERATION_EFFECTS))
    return errors
  })

/** A DNS label with the field that it stands in, where one is given. */
export const optionalLabelErrors = (field: string, value: string | undefined): FieldError[] => (value ? labelErrors(field, value) : [])
