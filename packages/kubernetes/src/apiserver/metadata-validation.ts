/** Names, labels and annotations as every object's are checked. As k8s.io/apimachinery/pkg/api/validation/objectmeta.go. */
import { labelsErrors, qualifiedNameProblems } from "../api/core/common-validation.ts"
import type { Kind } from "../api/define-kind.ts"
import type { ObjectMeta } from "../apimachinery/object.ts"
import type { FieldError } from "../apimachinery/status.ts"

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const LABEL_1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const isLabel = (text: string) => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)

export const nameProblem = (name: string, rule: Kind["nameRule"]): { detail: string; type: FieldError["type"] } | undefined => {
  if (rule === "path")
    return name === "." || name === ".." || /[/%]/.test(name) ? { detail: `may not contain '/'`, type: "Invalid" } : undefined
  if (rule === "label" || rule === "label1035") {
    if (name.length > 63) return { detail: "must be no more than 63 bytes", type: "Invalid" }
    if (rule === "label1035") return /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) ? undefined : { detail: LABEL_1035, type: "Invalid" }
    return isLabel(name) ? undefined : { detail: LABEL, type: "Invalid" }
  }
  if (name.length > 253) return { detail: "must be no more than 253 bytes", type: "Invalid" }
  return name.split(".").every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part)) ? undefined : { detail: SUBDOMAIN, type: "Invalid" }
}

/** TotalAnnotationSizeLimitB, bytes. */
const LARGEST_ANNOTATIONS = 256 * 1024

const annotationErrors = (annotations: Readonly<Record<string, string>>): FieldError[] => {
  const errors: FieldError[] = []
  let size = 0
  for (const key in annotations) {
    size += key.length + String(annotations[key]).length
    for (const detail of qualifiedNameProblems(key.toLowerCase()))
      errors.push({ type: "Invalid", field: "metadata.annotations", value: key, detail })
  }
  if (size > LARGEST_ANNOTATIONS)
    errors.push({ type: "TooLong", field: "metadata.annotations", value: "", detail: `may not be more than ${LARGEST_ANNOTATIONS} bytes` })
  return errors
}

interface Owner {
  apiVersion?: string
  kind?: string
  name?: string
  uid?: string
  controller?: boolean
}

const ownerErrors = (owners: readonly Owner[]): FieldError[] => {
  const field = "metadata.ownerReferences"
  const errors: FieldError[] = []
  let controller: Owner | undefined
  for (const owner of owners) {
    if (!owner.apiVersion) errors.push({ type: "Invalid", field: `${field}.apiVersion`, value: "", detail: "version must not be empty" })
    for (const part of ["kind", "name", "uid"] as const)
      if (!owner[part]) errors.push({ type: "Invalid", field: `${field}.${part}`, value: "", detail: "must not be empty" })
    if (!owner.controller) continue
    if (controller)
      errors.push({
        type: "Invalid",
        field,
        value: owners,
        detail: `Only one reference can have Controller set to true. Found "true" in references for ${controller.kind}/${controller.name} and ${owner.kind}/${owner.name}`,
      })
    else controller = owner
  }
  return errors
}

/** @param old what was checked when it was written: equal parts of it are not looked at again */
export const validateMetadata = (kind: Kind, metadata: ObjectMeta, old?: ObjectMeta): FieldError[] => {
  const errors: FieldError[] = []
  if (!metadata.name) errors.push({ type: "Required", field: "metadata.name", detail: "name or generateName is required" })
  else if (metadata.name !== old?.name) {
    const problem = nameProblem(metadata.name, kind.nameRule ?? "subdomain")
    if (problem) errors.push({ type: problem.type, field: "metadata.name", value: metadata.name, detail: problem.detail })
  }
  const { labels, annotations, ownerReferences } = metadata
  if (labels && labels !== old?.labels) errors.push(...labelsErrors(labels as Record<string, string>, "metadata.labels"))
  if (annotations && annotations !== old?.annotations) errors.push(...annotationErrors(annotations as Record<string, string>))
  if (ownerReferences?.length && ownerReferences !== old?.ownerReferences) errors.push(...ownerErrors(ownerReferences as never))
  return errors
}
