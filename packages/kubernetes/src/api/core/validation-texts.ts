/** Checks that many kinds share, with upstream's texts. As k8s.io/apimachinery/pkg/util/validation. */
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"

export const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
export const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const CONFIG_KEY_TEXT =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

export const isLabel = (text: string): boolean => text.length <= 63 && LABEL.test(text)

/** Problems with a name that must be a DNS label; "must be no more than 63 characters" comes on its own. */
export const labelErrors = (field: string, value: string): FieldError[] => [
  ...(value.length > 63 ? [{ type: "Invalid" as const, field, value, detail: "must be no more than 63 bytes" }] : []),
  ...(LABEL.test(value) ? [] : [{ type: "Invalid" as const, field, value, detail: LABEL_TEXT }]),
]

export const subdomainErrors = (field: string, value: string): FieldError[] =>
  value.length <= 253 && value.split(".").every((part) => LABEL.test(part))
    ? []
    : [{ type: "Invalid", field, value, detail: SUBDOMAIN_TEXT }]

/** As IsConfigMapKey: all that is wrong with a key. */
export const configKeyProblems = (key: string): string[] => [
  ...(key.length > 253 ? ["must be no more than 253 bytes"] : []),
  ...(/^[-._a-zA-Z0-9]+$/.test(key) ? [] : [CONFIG_KEY_TEXT]),
  ...(key === "." ? ["must not be '.'"] : key === ".." ? ["must not be '..'"] : key.startsWith("..") ? ["must not start with '..'"] : []),
]

export const configKeyErrors = (field: string, key: string): FieldError[] =>
  configKeyProblems(key).map((detail) => ({ type: "Invalid", field: `${field}[${key}]`, value: key, detail }))

export const nonNegative = (field: string, value: number | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [{ type: "Invalid", field, value, detail: "must be greater than or equal to 0" }] : []

/** `supported values: "A", "B"`, in the order given. */
export const oneOf = (field: string, value: unknown, values: readonly string[]): FieldError[] =>
  values.includes(value as string)
    ? []
    : [{ type: "NotSupported", field, value, detail: `supported values: ${values.map((one) => JSON.stringify(one)).join(", ")}` }]

export const portErrors = (field: string, value: unknown): FieldError[] => {
  if (typeof value === "number")
    return value >= 1 && value <= 65_535 ? [] : [{ type: "Invalid", field, value, detail: "must be between 1 and 65535, inclusive" }]
  const name = String(value ?? "")
  const errors: FieldError[] = []
  const say = (detail: string) => errors.push({ type: "Invalid", field, value: name, detail })
  // As IsValidPortName: all that is wrong with it.
  if (name.length > 15) say("must be no more than 15 bytes")
  if (!/^[-a-z0-9]+$/.test(name)) say("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
  if (!/[a-z]/.test(name)) say("must contain at least one letter (a-z)")
  if (name.includes("--")) say("must not contain consecutive hyphens")
  if (/^-|-$/.test(name)) say("must not begin or end with a hyphen")
  return errors
}

/** A value with the names that Go's own type gives its fields, as some messages print it. */
export const immutable = (field: string, value: unknown): FieldError => ({ type: "Invalid", field, value, detail: "field is immutable" })

interface Data {
  immutable?: boolean
  data?: unknown
  binaryData?: unknown
}

/** What an object that says so itself never changes. As ValidateSecretUpdate and ValidateConfigMapUpdate. */
export const frozenErrors = (object: Data, old: Data, fields: readonly ("data" | "binaryData")[]): FieldError[] => {
  if (!old.immutable) return []
  const why = "field is immutable when `immutable` is set"
  return [
    ...(object.immutable ? [] : [{ type: "Forbidden" as const, field: "immutable", detail: why }]),
    ...fields.filter((field) => !deepEqual(object[field], old[field])).map((field) => ({ type: "Forbidden" as const, field, detail: why })),
  ]
}

/** MaxSecretSize, bytes. */
export const LARGEST_DATA = 1024 * 1024

/** All values of a ConfigMap or Secret together. */
export const sizeErrors = (values: readonly string[]): FieldError[] =>
  values.reduce((sum, value) => sum + value.length, 0) > LARGEST_DATA
    ? [{ type: "TooLong", field: "[]", value: "", detail: `may not be more than ${LARGEST_DATA} bytes` }]
    : []
