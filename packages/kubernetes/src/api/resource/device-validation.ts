/** Checks of resource.k8s.io's kinds: claims, classes and slices of devices. As pkg/apis/resource/validation/validation.go. */
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { CelError, compileCel } from "../../cel/evaluate.ts"
import { domainPathErrors, duplicate, forbidden, invalidValue, required, tooMany } from "../core/common-validation.ts"
import { immutable, labelErrors, oneOf, subdomainErrors } from "../core/validation-texts.ts"

const MOST_REQUESTS = 32
const MOST_SELECTORS = 32
const MOST_CONSTRAINTS = 32
const MOST_CONFIGS = 32
const MOST_DEVICES = 128
const MOST_SUB_REQUESTS = 8
const LONGEST_EXPRESSION = 10 * 1024

interface Selector {
  cel?: { expression?: string }
}

interface Exact {
  name?: string
  deviceClassName?: string
  allocationMode?: string
  count?: number
  selectors?: readonly Selector[]
}

interface Request {
  name?: string
  exactly?: Exact
  firstAvailable?: readonly Exact[]
}

interface Config {
  requests?: readonly string[]
  opaque?: { driver?: string; parameters?: unknown }
}

export interface ClaimSpec {
  devices?: {
    requests?: readonly Request[]
    constraints?: readonly { requests?: readonly string[]; matchAttribute?: string; distinctAttribute?: string }[]
    config?: readonly Config[]
  }
}

const selectorListErrors = (selectors: readonly Selector[], at: string): FieldError[] => [
  ...(selectors.length > MOST_SELECTORS ? [tooMany(at, selectors.length, MOST_SELECTORS)] : []),
  ...selectors.flatMap(({ cel }, index): FieldError[] => {
    const where = `${at}[${index}].cel`
    if (!cel) return [required(where)]
    const { expression = "" } = cel
    const field = `${where}.expression`
    if (expression.length > LONGEST_EXPRESSION)
      return [{ type: "TooLong", field, detail: `may not be more than ${LONGEST_EXPRESSION} bytes` }]
    try {
      const { type } = compileCel(expression)
      return type === "bool" || type === "dyn"
        ? []
        : [invalidValue(field, expression, "must evaluate to bool or the unknown type, not " + type)]
    } catch (error) {
      if (!(error instanceof CelError)) throw error
      return [invalidValue(field, expression, `compilation failed: ERROR: <input>:1:1: ${error.message}`)]
    }
  }),
]

const exactErrors = (one: Exact, at: string): FieldError[] => {
  const { deviceClassName = "", allocationMode, count, selectors = [] } = one
  const errors = deviceClassName === "" ? [required(`${at}.deviceClassName`)] : subdomainErrors(`${at}.deviceClassName`, deviceClassName)
  errors.push(...selectorListErrors(selectors, `${at}.selectors`))
  if (allocationMode === "All") {
    if (count) errors.push(invalidValue(`${at}.count`, count, "must not be specified when allocationMode is 'All'"))
  } else if (allocationMode === "ExactCount") {
    if ((count ?? 0) <= 0) errors.push(invalidValue(`${at}.count`, count ?? 0, "must be greater than zero"))
  } else errors.push(...oneOf(`${at}.allocationMode`, allocationMode ?? "", ["All", "ExactCount"]))
  return errors
}

const requestErrors = ({ name = "", exactly, firstAvailable = [] }: Request, at: string): FieldError[] => {
  const errors = name === "" ? [required(`${at}.name`)] : labelErrors(`${at}.name`, name)
  if (exactly && firstAvailable.length > 0)
    errors.push(invalidValue(at, {}, "exactly one of `exactly` or `firstAvailable` is required, but both fields are set"))
  else if (!exactly && firstAvailable.length === 0) errors.push(required(at, "exactly one of `exactly` or `firstAvailable` is required"))
  if (exactly) errors.push(...exactErrors(exactly, `${at}.exactly`))
  if (firstAvailable.length > MOST_SUB_REQUESTS) errors.push(tooMany(`${at}.firstAvailable`, firstAvailable.length, MOST_SUB_REQUESTS))
  const names = new Set<string>()
  for (const [index, sub] of firstAvailable.entries()) {
    const where = `${at}.firstAvailable[${index}]`
    const { name: own = "" } = sub
    errors.push(...(own === "" ? [required(`${where}.name`)] : labelErrors(`${where}.name`, own)), ...exactErrors(sub, where))
    if (names.has(own)) errors.push(duplicate(`${where}.name`, own))
    names.add(own)
  }
  return errors
}

/** Names by which constraints and configurations mean requests. */
const namesOf = (requests: readonly Request[]): ReadonlySet<string> =>
  new Set(requests.flatMap(({ name = "", firstAvailable = [] }) => [name, ...firstAvailable.map((sub) => `${name}/${sub.name ?? ""}`)]))

const referenceErrors = (given: readonly string[], known: ReadonlySet<string>, at: string): FieldError[] => {
  const seen = new Set<string>()
  return given.flatMap((name, index): FieldError[] => {
    const field = `${at}[${index}]`
    const errors = known.has(name)
      ? []
      : [invalidValue(field, name, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'")]
    if (seen.has(name)) errors.push(duplicate(field, name))
    seen.add(name)
    return errors
  })
}

const configErrors = ({ opaque }: Config, at: string): FieldError[] => {
  if (!opaque) return [required(`${at}.opaque`)]
  return [
    ...(opaque.driver ? subdomainErrors(`${at}.opaque.driver`, opaque.driver) : [required(`${at}.opaque.driver`)]),
    ...(opaque.parameters === undefined || opaque.parameters === null ? [required(`${at}.opaque.parameters`)] : []),
  ]
}

export const claimErrors = (spec: ClaimSpec | undefined, path: string): FieldError[] => {
  const { requests = [], constraints = [], config = [] } = spec?.devices ?? {}
  const at = `${path}.devices`
  const errors: FieldError[] = requests.length > MOST_REQUESTS ? [tooMany(`${at}.requests`, requests.length, MOST_REQUESTS)] : []
  const names = new Set<string>()
  for (const [index, one] of requests.entries()) {
    const where = `${at}.requests[${index}]`
    errors.push(...requestErrors(one, where))
    if (one.name && names.has(one.name)) errors.push(duplicate(`${where}.name`, one.name))
    names.add(one.name ?? "")
  }
  const known = namesOf(requests)
  if (constraints.length > MOST_CONSTRAINTS) errors.push(tooMany(`${at}.constraints`, constraints.length, MOST_CONSTRAINTS))
  for (const [index, { requests: of = [], matchAttribute, distinctAttribute }] of constraints.entries()) {
    const where = `${at}.constraints[${index}]`
    errors.push(...referenceErrors(of, known, `${where}.requests`))
    if (matchAttribute !== undefined) errors.push(...domainPathErrors(`${where}.matchAttribute`, matchAttribute))
    else if (distinctAttribute !== undefined) errors.push(...domainPathErrors(`${where}.distinctAttribute`, distinctAttribute))
    else errors.push(required(where, "one of `matchAttribute` or `distinctAttribute` is required"))
  }
  if (config.length > MOST_CONFIGS) errors.push(tooMany(`${at}.config`, config.length, MOST_CONFIGS))
  for (const [index, one] of config.entries()) {
    const where = `${at}.config[${index}]`
    errors.push(...referenceErrors(one.requests ?? [], known, `${where}.requests`), ...configErrors(one, where))
  }
  return errors
}

export const claimUpdateErrors = (spec: unknown, old: unknown): FieldError[] => (deepEqual(spec, old) ? [] : [immutable("spec", spec)])

export interface ClassSpec {
  selectors?: readonly Selector[]
  config?: readonly Config[]
}

export const classErrors = ({ selectors = [], config = [] }: ClassSpec): FieldError[] => [
  ...selectorListErrors(selectors, "spec.selectors"),
  ...(config.length > MOST_CONFIGS ? [tooMany("spec.config", config.length, MOST_CONFIGS)] : []),
  ...config.flatMap((one, index) => configErrors(one, `spec.config[${index}]`)),
]

export interface SliceSpec {
  driver?: string
  pool?: { name?: string; generation?: number; resourceSliceCount?: number }
  nodeName?: string
  nodeSelector?: unknown
  allNodes?: boolean
  perDeviceNodeSelection?: boolean
  devices?: readonly { name?: string; attributes?: Record<string, object>; capacity?: Record<string, unknown> }[]
}

const WHERE = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
const MOST_ATTRIBUTES = 32

const poolErrors = ({ name = "", generation = 0, resourceSliceCount = 0 }: NonNullable<SliceSpec["pool"]>): FieldError[] => {
  const at = "spec.pool"
  return [
    ...(name === ""
      ? [required(`${at}.name`)]
      : name.length > 253
        ? [{ type: "TooLong" as const, field: `${at}.name`, detail: "may not be more than 253 bytes" }]
        : name.split("/").flatMap((part) => subdomainErrors(`${at}.name`, part))),
    ...(resourceSliceCount <= 0 ? [invalidValue(`${at}.resourceSliceCount`, resourceSliceCount, "must be greater than zero")] : []),
    ...(generation < 0 ? [invalidValue(`${at}.generation`, generation, "must be greater than or equal to zero")] : []),
  ]
}

export const sliceErrors = (spec: SliceSpec): FieldError[] => {
  const { driver = "", pool = {}, nodeName, nodeSelector, allNodes, perDeviceNodeSelection, devices = [] } = spec
  const errors: FieldError[] = []
  const places = [
    nodeName ? "`nodeName`" : "",
    nodeSelector ? "`nodeSelector`" : "",
    allNodes ? "`allNodes`" : "",
    perDeviceNodeSelection ? "`perDeviceNodeSelection`" : "",
  ].filter((name) => name !== "")
  if (nodeName) errors.push(...subdomainErrors("spec.nodeName", nodeName))
  if (places.length === 0) errors.push(required("spec", WHERE))
  else if (places.length > 1) errors.push(invalidValue("spec", `{${places.join(", ")}}`, `${WHERE}, but multiple fields are set`))
  errors.push(...(driver === "" ? [required("spec.driver")] : subdomainErrors("spec.driver", driver)), ...poolErrors(pool))
  if (devices.length > MOST_DEVICES) errors.push(tooMany("spec.devices", devices.length, MOST_DEVICES))
  const names = new Set<string>()
  for (const [index, { name = "", attributes = {}, capacity = {} }] of devices.entries()) {
    const at = `spec.devices[${index}]`
    errors.push(...(name === "" ? [required(`${at}.name`)] : labelErrors(`${at}.name`, name)))
    if (name !== "" && names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    const count = Object.keys(attributes).length + Object.keys(capacity).length
    if (count > MOST_ATTRIBUTES)
      errors.push(invalidValue(at, count, `the total number of attributes and capacities must not exceed ${MOST_ATTRIBUTES}`))
    for (const [key, value] of Object.entries(attributes)) {
      const kinds = Object.keys(value).length
      const field = `${at}.attributes[${key}]`
      if (kinds === 0) errors.push(required(field, "exactly one value must be specified"))
      else if (kinds > 1) errors.push(invalidValue(field, value, "exactly one value must be specified"))
    }
  }
  return errors
}

export const sliceUpdateErrors = (spec: SliceSpec, old: SliceSpec): FieldError[] => [
  ...(spec.driver === old.driver ? [] : [immutable("spec.driver", spec.driver)]),
  ...(spec.nodeName === old.nodeName ? [] : [immutable("spec.nodeName", spec.nodeName ?? null)]),
  ...(spec.pool?.name === old.pool?.name ? [] : [immutable("spec.pool.name", spec.pool?.name)]),
  ...(spec.allNodes === old.allNodes ? [] : [forbidden("spec.allNodes", "field is immutable")]),
]

/** As SetDefaults_ExactDeviceRequest and SetDefaults_DeviceSubRequest. */
export const fillRequests = (spec: ClaimSpec | undefined): void => {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? [])
    for (const one of [...(exactly ? [exactly] : []), ...firstAvailable] as { allocationMode?: string; count?: number }[]) {
      one.allocationMode ||= "ExactCount"
      if (one.allocationMode === "ExactCount") one.count ||= 1
    }
}
