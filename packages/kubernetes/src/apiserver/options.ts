/** Query options of requests, checked. As k8s.io/apimachinery/pkg/apis/meta/v1/validation. */
import { isObject, type Json } from "../apimachinery/frozen.ts"
import { badRequest, type FieldError, invalid, StatusError } from "../apimachinery/status.ts"

export type Query = ReadonlyMap<string, readonly string[]>

const META = "meta.k8s.io"

const dryRunErrors = (values: readonly string[]): FieldError[] =>
  values.every((value) => value === "All")
    ? []
    : [{ type: "NotSupported", field: "dryRun", value: values, detail: 'supported values: "All"' }]

const managerErrors = (manager: string | undefined): FieldError[] => {
  if (manager === undefined) return []
  if (manager.length > 128) return [{ type: "TooLong", field: "fieldManager", value: manager, detail: "may not be more than 128 bytes" }]
  return /^[\x20-\x7e]*$/.test(manager)
    ? []
    : [{ type: "Invalid", field: "fieldManager", value: manager, detail: "should only contain printable characters" }]
}

const VALIDATIONS = ["Ignore", "Strict", "Warn"]

const validationErrors = (value: string | undefined): FieldError[] =>
  value === undefined || value === "" || VALIDATIONS.includes(value)
    ? []
    : [{ type: "NotSupported", field: "fieldValidation", value, detail: 'supported values: "", "Ignore", "Strict", "Warn"' }]

export interface WriteOptions {
  dryRun: boolean
  fieldManager: string | undefined
  fieldValidation: "Ignore" | "Strict" | "Warn"
  force: boolean
}

const UNSAID: WriteOptions = Object.freeze({ dryRun: false, fieldManager: undefined, fieldValidation: "Warn", force: false })

/** Throws StatusError 422. */
export const writeOptions = (query: Query, kind: "CreateOptions" | "UpdateOptions" | "PatchOptions", apply = false): WriteOptions => {
  if (query.size === 0 && !apply) return UNSAID
  const dryRun = query.get("dryRun") ?? []
  const manager = query.get("fieldManager")?.[0]
  const validation = query.get("fieldValidation")?.[0]
  const force = query.get("force")?.[0]
  const errors: FieldError[] = []
  if (apply && !manager) errors.push({ type: "Required", field: "fieldManager", detail: "is required for apply patch" })
  if (kind === "PatchOptions" && !apply && force !== undefined)
    errors.push({ type: "Forbidden", field: "force", detail: "may not be specified for non-apply patch" })
  errors.push(...managerErrors(manager), ...dryRunErrors(dryRun), ...validationErrors(validation))
  if (errors.length > 0) throw invalid({ group: META, kind }, "", errors)
  return {
    dryRun: dryRun.includes("All"),
    fieldManager: manager || undefined,
    fieldValidation: (validation || "Warn") as WriteOptions["fieldValidation"],
    force: force === "true" || force === "1",
  }
}

const PROPAGATIONS = ["Foreground", "Background", "Orphan"]

export interface DeleteOptions {
  propagation: "Background" | "Foreground" | "Orphan" | undefined
  gracePeriodSeconds: number | undefined
  uid: string | undefined
  resourceVersion: string | undefined
  dryRun: boolean
}

/** From the query or the body. Throws StatusError 422. */
export const deleteOptions = (query: Query, body: unknown): DeleteOptions => {
  const options: Json = isObject(body) ? body : {}
  const preconditions = isObject(options.preconditions) ? options.preconditions : {}
  const policy = options.propagationPolicy ?? query.get("propagationPolicy")?.[0]
  const orphan = options.orphanDependents ?? query.get("orphanDependents")?.[0]
  const grace = options.gracePeriodSeconds ?? query.get("gracePeriodSeconds")?.[0]
  const dryRun = [...(Array.isArray(options.dryRun) ? (options.dryRun as string[]) : []), ...(query.get("dryRun") ?? [])]
  const errors: FieldError[] = []
  if (policy !== undefined && policy !== null && !PROPAGATIONS.includes(policy as string))
    errors.push({
      type: "NotSupported",
      field: "propagationPolicy",
      value: policy,
      detail: 'supported values: "Foreground", "Background", "Orphan", "nil"',
    })
  if (policy && orphan !== undefined && orphan !== null)
    errors.push({
      type: "Invalid",
      field: "propagationPolicy",
      value: policy,
      detail: "orphanDependents and deletionPropagation cannot be both set",
    })
  errors.push(...dryRunErrors(dryRun))
  if (errors.length > 0) throw invalid({ group: META, kind: "DeleteOptions" }, "", errors)
  const seconds = grace === undefined || grace === null ? undefined : Number(grace)
  if (seconds !== undefined && !Number.isInteger(seconds))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(String(grace))}: invalid syntax`)
  return {
    propagation: policy
      ? (policy as DeleteOptions["propagation"])
      : String(orphan) === "true"
        ? "Orphan"
        : String(orphan) === "false"
          ? "Background"
          : undefined,
    // As rest.BeforeDelete: negative means at once, but through the node.
    gracePeriodSeconds: seconds !== undefined && seconds < 0 ? 1 : seconds,
    uid: preconditions.uid as string | undefined,
    resourceVersion: preconditions.resourceVersion as string | undefined,
    dryRun: dryRun.includes("All"),
  }
}

/** A resourceVersion as a number; undefined when none is given. Throws StatusError. */
export const parseRevision = (text: string | undefined, watch = false): number | undefined => {
  if (text === undefined || text === "") return undefined
  if (/^\d{1,19}$/.test(text)) return Number(text)
  const problem = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`
  throw watch ? new StatusError(500, "", problem) : badRequest(`invalid resource version: ${problem}`)
}

/** Throws StatusError 422 for what contradicts itself. As ValidateListOptions. */
export const checkListOptions = (query: Query, watch: boolean): void => {
  const match = query.get("resourceVersionMatch")?.[0]
  const revision = query.get("resourceVersion")?.[0]
  const initial = query.get("sendInitialEvents")?.[0]
  const errors: FieldError[] = []
  const forbid = (field: string, detail: string) => errors.push({ type: "Forbidden", field, detail })
  if (watch) {
    if (initial !== undefined && match === undefined)
      forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    if (match !== undefined && initial === undefined)
      forbid("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    if (match !== undefined && match !== "NotOlderThan")
      errors.push({ type: "NotSupported", field: "resourceVersionMatch", value: match, detail: 'supported values: "NotOlderThan"' })
  } else {
    if (initial !== undefined) forbid("sendInitialEvents", "sendInitialEvents is forbidden for list")
    if (match !== undefined && match !== "") {
      if (query.get("continue")?.[0]) forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided")
      if (!revision) forbid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
      if (match !== "Exact" && match !== "NotOlderThan")
        errors.push({
          type: "NotSupported",
          field: "resourceVersionMatch",
          value: match,
          detail: 'supported values: "Exact", "NotOlderThan", ""',
        })
      if (match === "Exact" && revision === "0")
        forbid("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    }
  }
  if (errors.length > 0) throw invalid({ group: META, kind: "ListOptions" }, "", errors)
}
