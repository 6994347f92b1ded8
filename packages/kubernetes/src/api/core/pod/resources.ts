/** Checks of what containers, and a Pod as a whole, ask for. As validateResourceRequirements in pkg/apis/core/validation/validation.go. */
import { canonicalQuantity, parseQuantity, QuantityError } from "../../../apimachinery/quantity.ts"
import type { FieldError } from "../../../apimachinery/status.ts"
import { duplicate, forbidden, invalidValue, qualifiedNameErrors, required } from "../common-validation.ts"
import { labelErrors, oneOf } from "../validation-texts.ts"

type Amounts = Readonly<Record<string, string>>

const CONTAINER_RESOURCES = new Set(["cpu", "memory", "ephemeral-storage"])

/** As IsStandardResourceName in pkg/apis/core/helper/helpers.go. */
const STANDARD = new Set([
  ...CONTAINER_RESOURCES,
  ...["cpu", "memory", "ephemeral-storage"].flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  ..."pods resourcequotas services replicationcontrollers secrets configmaps persistentvolumeclaims storage requests.storage services.nodeports services.loadbalancers".split(
    " ",
  ),
])

const isHugePages = (name: string): boolean => name.startsWith("hugepages-")
const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/")
const mayBeOvercommitted = (name: string): boolean => isNative(name) && !isHugePages(name)

const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith("requests.") && qualifiedNameErrors("", `requests.${name}`).length === 0

/** As validatePodResourceName. */
const podNameErrors = (name: string, field: string): FieldError[] => {
  const errors = qualifiedNameErrors(field, name)
  if (errors.length > 0 || isHugePages(name)) return errors
  return oneOf(field, name, ["cpu", "hugepages-", "memory"])
}

/** As validateContainerResourceName. */
const nameErrors = (name: string, field: string): FieldError[] => {
  const errors = qualifiedNameErrors(field, name)
  const plain = !name.includes("/")
  if (errors.length === 0 && plain && !STANDARD.has(name) && !isHugePages(name))
    errors.push(invalidValue(field, name, "must be a standard resource type or fully qualified"))
  if (plain) {
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name))
      errors.push(invalidValue(field, name, "must be a standard resource for containers"))
  } else if (!isNative(name) && !isExtended(name)) errors.push(invalidValue(field, name, "doesn't follow extended resource name standard"))
  return errors
}

const NANO = 1_000_000_000n

/** As ValidateResourceQuantityValue. */
export const amountErrors = (name: string, amount: bigint, value: string, field: string): FieldError[] => [
  ...(amount < 0n ? [invalidValue(field, value, "must be greater than or equal to 0")] : []),
  ...((isExtended(name) || name === "pods") && amount % NANO !== 0n ? [invalidValue(field, value, "must be an integer")] : []),
]

const hugePageErrors = (name: string, amount: bigint, value: string, field: string): FieldError[] => {
  if (!isHugePages(name)) return []
  let size = 0n
  try {
    size = parseQuantity(name.slice("hugepages-".length))
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error
  }
  return size > 0n && amount % size === 0n
    ? []
    : [invalidValue(field, value, `${canonicalQuantity(value)} is not positive integer multiple of ${name}`)]
}

interface Claim {
  name?: string
  request?: string
}

/** As validateResourceClaimNames. */
const claimErrors = (claims: readonly Claim[] | undefined, field: string, known: ReadonlySet<string>): FieldError[] => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, { name = "", request }] of (claims ?? []).entries()) {
    const at = `${field}[${index}]`
    if (name === "") {
      errors.push(required(at))
      continue
    }
    const key = request ? `${name}/${request}` : name
    if (names.has(name)) errors.push(duplicate(at, name))
    else {
      if (request) errors.push(...labelErrors(`${at}.request`, request))
      if (names.has(key)) errors.push(duplicate(at, key))
      else if (!request) for (const one of names) if (one.startsWith(`${name}/`)) errors.push(duplicate(at, name))
      names.add(key)
    }
    if (!known.has(name)) {
      const which = known.size === 0 ? " which is empty" : `: ${[...known].sort().join(", ")}`
      errors.push({ type: "NotFound", field: at, value: name, detail: `must be one of the names in pod.spec.resourceClaims${which}` })
    }
  }
  return errors
}

/** @param whose "containers", or "pods" for what a Pod asks for as a whole */
export const resourceErrors = (
  resources: { limits?: unknown; requests?: unknown; claims?: readonly Claim[] },
  at: string,
  claims: ReadonlySet<string>,
  whose: "containers" | "pods" = "containers",
): FieldError[] => {
  const errors: FieldError[] = []
  const limits = (resources.limits ?? {}) as Amounts
  const requests = (resources.requests ?? {}) as Amounts
  const bounds = new Map<string, bigint>()
  let ordinary = false
  let huge = false
  const check = (kind: "limits" | "requests", name: string, value: string): bigint | undefined => {
    const field = `${at}.${kind}[${name}]`
    errors.push(...(whose === "pods" ? podNameErrors(name, field) : nameErrors(name, field)))
    if (name === "cpu" || name === "memory") ordinary = true
    if (isHugePages(name)) huge = true
    try {
      const amount = parseQuantity(value)
      errors.push(...amountErrors(name, amount, String(value), field))
      if (kind === "limits") errors.push(...hugePageErrors(name, amount, String(value), field))
      return amount
    } catch (error) {
      if (!(error instanceof QuantityError)) throw error
      errors.push(invalidValue(`${at}.${kind}`, value, error.message))
      return undefined
    }
  }
  for (const name in limits) bounds.set(name, check("limits", name, limits[name]) ?? 0n)
  for (const name in requests) {
    const value = requests[name]
    const amount = check("requests", name, value)
    if (amount === undefined) continue
    const bound = bounds.get(name)
    const field = `${at}.requests`
    if (bound === undefined) {
      if (!mayBeOvercommitted(name)) errors.push(required(`${at}.limits`, "Limit must be set for non overcommitable resources"))
    } else if (amount !== bound && !mayBeOvercommitted(name))
      errors.push(invalidValue(field, String(value), `must be equal to ${name} limit of ${limits[name]}`))
    else if (amount > bound)
      errors.push(invalidValue(field, String(value), `must be less than or equal to ${name} limit of ${limits[name]}`))
    errors.push(...hugePageErrors(name, amount, String(value), `${at}.requests[${name}]`))
  }
  if (huge && !ordinary) errors.push(forbidden(at, "HugePages require cpu or memory"))
  errors.push(...claimErrors(resources.claims, `${at}.claims`, claims))
  return errors
}
