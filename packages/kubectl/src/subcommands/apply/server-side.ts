/** apply --server-side of one object, and the hand-over of what apply without it owned. As kubectl/pkg/cmd/apply and client-go/util/csaupgrade. */
import { isObject } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../../api.ts"
import { query } from "../../builder.ts"
import type { Context } from "../../define-subcommand.ts"
import { pathOf } from "../../discovery.ts"
import { isReason, KubectlError, ServerError } from "../../errors.ts"
import type { DryRun } from "../../flag-groups.ts"
import type { Input } from "../../flags.ts"
import { LAST_APPLIED } from "../../last-applied.ts"
import type { Place } from "./place.ts"

const CONFLICT = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

/** Who applies where nobody is named, and who then keeps the annotation. */
const MANAGER = "kubectl"
const ANNOTATION_MANAGER = "kubectl-last-applied"
/** Attempts at an object that somebody else changes meanwhile. */
const ATTEMPTS = 5

export interface ManagedFields {
  readonly manager?: string
  readonly operation?: string
  readonly apiVersion?: string
  readonly subresource?: string
  readonly fieldsV1?: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const managedFieldsOf = ({ metadata }: KubeObject): readonly ManagedFields[] =>
  (metadata.managedFields as ManagedFields[] | undefined) ?? []

const ANNOTATION_PATH = ["f:metadata", "f:annotations", `f:${LAST_APPLIED}`]

const ownsAnnotation = ({ fieldsV1 }: ManagedFields): boolean => {
  let at: unknown = fieldsV1
  for (const key of ANNOTATION_PATH) at = isObject(at) ? at[key] : undefined
  return at !== undefined
}

/** Managers that wrote apply's annotation by OPERATION. */
const annotationOwners = (object: KubeObject, operation: string): readonly ManagedFields[] =>
  managedFieldsOf(object).filter((entry) => entry.operation === operation && ownsAnnotation(entry))

type Fields = Readonly<Record<string, unknown>>

const union = (a: Fields, b: Fields): Fields => {
  const all: Record<string, unknown> = { ...a }
  for (const [key, below] of Object.entries(b)) all[key] = isObject(all[key]) && isObject(below) ? union(all[key], below) : below
  return all
}

/** Entries in which what OLD updated is what NEXT applied. */
export const upgraded = (entries: readonly ManagedFields[], old: string, next: string): readonly ManagedFields[] => {
  const updates = (entry: ManagedFields) => entry.manager === old && entry.operation === "Update" && !entry.subresource
  const applies = (entry: ManagedFields) => entry.manager === next && entry.operation === "Apply" && !entry.subresource
  const target = entries.find(applies) ?? entries.find(updates)
  if (!target) return entries
  const same = entries.find((entry) => updates(entry) && entry !== target && entry.apiVersion === target.apiVersion)
  const merged: ManagedFields = {
    ...target,
    manager: next,
    operation: "Apply",
    ...(same && { fieldsV1: union(target.fieldsV1 ?? {}, same.fieldsV1 ?? {}) }),
  }
  return entries.map((entry) => (entry === target ? merged : entry)).filter((entry) => !updates(entry))
}

class ServerSide {
  readonly context: Context
  readonly input: Input
  readonly place: Place
  readonly dry: DryRun
  readonly validation: string
  readonly manager: string

  constructor(context: Context, input: Input, place: Place, dry: DryRun, validation: string) {
    this.context = context
    this.input = input
    this.place = place
    this.dry = dry
    this.validation = validation
    this.manager = input.has("field-manager") ? input.text("field-manager") : MANAGER
  }

  *patch(body: unknown, type: string, fieldManager: string, force?: boolean): Steps<KubeObject> {
    const { resource, namespace, name } = this.place
    return yield* this.context.api.json<KubeObject>(
      "PATCH",
      pathOf(resource, namespace, name, this.input.text("subresource") || undefined) +
        query({
          dryRun: this.dry === "server" ? "All" : undefined,
          fieldManager,
          fieldValidation: this.validation,
          force: force === undefined ? undefined : String(force),
        }),
      { body, type },
    )
  }

  *apply(object: KubeObject): Steps<KubeObject> {
    return yield* this.patch(object, "application/apply-patch+yaml", this.manager, this.input.bool("force-conflicts"))
  }

  /** Keeps apply's annotation, which nobody would own after the hand-over. */
  *keepAnnotation(object: KubeObject): Steps<KubeObject> {
    const text = object.metadata.annotations?.[LAST_APPLIED]
    if (this.manager !== MANAGER || text === undefined || annotationOwners(object, "Apply").length > 0) return object
    const { apiVersion, kind, metadata } = object
    const { name, namespace } = metadata
    const only = { apiVersion, kind, metadata: { name, ...(namespace && { namespace }), annotations: { [LAST_APPLIED]: text } } }
    return yield* this.patch(only, "application/apply-patch+yaml", ANNOTATION_MANAGER)
  }

  /** Whether fields were handed over. */
  *migrate(object: KubeObject): Steps<boolean> {
    const { resource, namespace, name } = this.place
    const managers = new Set(annotationOwners(object, "Update").map(({ manager = "" }) => manager))
    let current = object
    for (let attempt = 1; managers.size > 0; attempt++) {
      const before = managedFieldsOf(current)
      let after = before
      for (const old of managers) after = upgraded(after, old, this.manager)
      if (after === before) return false
      try {
        const patch = [
          { op: "replace", path: "/metadata/managedFields", value: after },
          { op: "replace", path: "/metadata/resourceVersion", value: current.metadata.resourceVersion },
        ]
        // As text: what a patch says of managed fields is read off it.
        yield* this.patch(JSON.stringify(patch), "application/json-patch+json", this.manager)
        return true
      } catch (error) {
        if (!isReason(error, "Conflict") || attempt === ATTEMPTS) throw error
        current = yield* this.context.api.get(pathOf(resource, namespace, name))
      }
    }
    return false
  }

  /** Says that a step failed that the next apply will take again. */
  *attempt<T>(what: string, steps: () => Steps<T>): Steps<T | undefined> {
    try {
      return yield* steps()
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      const text = error.message
      yield* this.context.process.error(`Warning: ${what}. This is non-fatal and will be retried next time you apply. Error: ${text}\n`)
      return undefined
    }
  }
}

/** What the object is after a server-side apply. Throws KubectlError, for a conflict with advice. */
export function* serverSide(
  context: Context,
  input: Input,
  place: Place,
  object: KubeObject,
  dry: DryRun,
  validation: string,
): Steps<KubeObject> {
  const apply = new ServerSide(context, input, place, dry, validation)
  let applied: KubeObject
  try {
    applied = yield* apply.apply(object)
  } catch (error) {
    if (isReason(error, "Conflict")) throw new KubectlError((error as ServerError).message + CONFLICT)
    throw error
  }
  const kept = yield* apply.attempt(`failed to migrate ${LAST_APPLIED} for Server-Side Apply`, () => apply.keepAnnotation(applied))
  if (!kept) return applied
  const migrated = yield* apply.attempt("server rejected managed fields migration to Server-Side Apply", () => apply.migrate(kept))
  if (!migrated) return kept
  return (
    (yield* apply.attempt("failed to re-apply configuration after performing Server-Side Apply migration", () => apply.apply(object))) ??
    kept
  )
}
