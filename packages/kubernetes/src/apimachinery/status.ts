/** Errors of the API: a Status with upstream's reason, code and message, thrown inside and sent as JSON at the edge. */

export interface StatusCause {
  /** e.g. "FieldValueInvalid" */
  reason?: string
  message: string
  field?: string
}

export interface Status {
  kind: "Status"
  apiVersion: "v1"
  metadata: Record<string, unknown>
  status: "Success" | "Failure"
  message?: string
  reason?: string
  details?: { name?: string; group?: string; kind?: string; uid?: string; causes?: StatusCause[]; retryAfterSeconds?: number }
  code?: number
}

export class StatusError extends Error {
  readonly status: Status

  constructor(code: number, reason: string, message: string, details?: Status["details"]) {
    super(message)
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    }
  }

  get code(): number {
    return this.status.code ?? 500
  }

  get reason(): string {
    return this.status.reason ?? ""
  }
}

/** "deployments.apps", or "pods" for the core group: how messages name a resource. */
export const qualified = (resource: { group: string; plural: string }): string =>
  resource.group ? `${resource.plural}.${resource.group}` : resource.plural

interface Resource {
  group: string
  plural: string
}

const details = (resource: Resource, name: string, causes?: StatusCause[]): Status["details"] => ({
  ...(name && { name }),
  ...(resource.group && { group: resource.group }),
  kind: resource.plural,
  ...(causes && { causes }),
})

// As k8s.io/apimachinery/pkg/api/errors/errors.go: one constructor a reason.

export const notFound = (resource: Resource, name: string) =>
  new StatusError(404, "NotFound", `${qualified(resource)} "${name}" not found`, details(resource, name))

export const alreadyExists = (resource: Resource, name: string) =>
  new StatusError(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, details(resource, name))

export const conflict = (resource: Resource, name: string, why: string) =>
  new StatusError(409, "Conflict", `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, details(resource, name))

export const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"

export const forbidden = (resource: Resource, name: string, why: string) =>
  new StatusError(
    403,
    "Forbidden",
    name ? `${qualified(resource)} "${name}" is forbidden: ${why}` : `${qualified(resource)} is forbidden: ${why}`,
    details(resource, name),
  )

export const unauthorized = () => new StatusError(401, "Unauthorized", "Unauthorized")

export const methodNotAllowed = () =>
  new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})

/** The path names nothing that the server has. */
export const noResource = () => new StatusError(404, "NotFound", "the server could not find the requested resource", {})

export const badRequest = (message: string) => new StatusError(400, "BadRequest", message)

export const gone = (message: string) => new StatusError(410, "Expired", message)

/** One problem with one field. As k8s.io/apimachinery/pkg/util/validation/field/errors.go. */
export interface FieldError {
  type:
    | "Required"
    | "Invalid"
    | "NotSupported"
    | "Forbidden"
    | "Duplicate"
    | "TooLong"
    | "TooMany"
    | "NotFound"
    | "TypeInvalid"
    | "Internal"
  /** "spec.containers[0].image" */
  field: string
  value?: unknown
  /** As field.OmitValueType: there is no one value to show. */
  noValue?: true
  detail?: string
}

const TEXT: Record<FieldError["type"], string> = {
  Required: "Required value",
  Invalid: "Invalid value",
  NotSupported: "Unsupported value",
  Forbidden: "Forbidden",
  Duplicate: "Duplicate value",
  TooLong: "Too long",
  TooMany: "Too many",
  NotFound: "Not found",
  TypeInvalid: "Invalid value",
  Internal: "Internal error",
}

/** The error's text without its field, as in a Status cause. */
export const fieldErrorBody = (error: FieldError): string => {
  const text = TEXT[error.type]
  const hasValue = !error.noValue && !["Required", "Forbidden", "TooLong", "Internal"].includes(error.type)
  const value = hasValue ? `: ${formatValue(error.value)}` : ""
  return `${text}${value}${error.detail ? `: ${error.detail}` : ""}`
}

const formatValue = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value)
  // Upstream puts the word in place of the value, and quotes it as any text.
  if (value === null || value === undefined) return '"null"'
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

/** Characters of a Status' causes: a few errors may each repeat a value of megabytes. Beyond it they are only counted. */
const LONGEST_CAUSES = 1024 * 1024

/** 422 with one cause a field error: `Deployment.apps "x" is invalid: [a: …, b: …]`. */
export const invalid = (kind: { group: string; kind: string }, name: string, errors: readonly FieldError[]) => {
  const causes: StatusCause[] = []
  // As ToAggregate: the message says the same thing once.
  const distinct = new Set<string>()
  let length = 0
  for (const error of errors) {
    if (length > LONGEST_CAUSES) break
    const message = fieldErrorBody(error)
    length += message.length + error.field.length
    causes.push({ reason: `FieldValue${error.type}`, message, field: error.field })
    distinct.add(`${error.field}: ${message}`)
  }
  if (causes.length < errors.length) distinct.add(`and ${errors.length - causes.length} more`)
  const texts = [...distinct]
  const message = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`
  const qualifiedKind = kind.group ? `${kind.kind}.${kind.group}` : kind.kind
  return new StatusError(422, "Invalid", `${qualifiedKind} "${name}" is invalid: ${message}`, {
    ...(name && { name }),
    ...(kind.group && { group: kind.group }),
    kind: kind.kind,
    causes,
  })
}
