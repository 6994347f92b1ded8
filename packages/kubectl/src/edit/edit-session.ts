/** Edit, send, and edit again while the server refuses. As kubectl/pkg/cmd/util/editor/editoptions.go. */
import { deepEqual, isObject } from "@drydock/kubernetes/apimachinery"
import { goJson, goSyntax } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import type { Info } from "../builder.ts"
import type { Context } from "../define-subcommand.ts"
import { qualifiedName } from "../discovery.ts"
import { errorText, isReason, KubectlError, ServerError, SilentExit } from "../errors.ts"
import { parseDocuments } from "../yaml-documents.ts"
import { toYaml } from "../printing/yaml.ts"
import { contentOf, type Edited, launchEditor, withoutComments } from "./editor.ts"

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

const APPLIED_HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`

export interface EditPlan {
  readonly infos: readonly Info[]
  readonly json: boolean
  /** The objects are what apply remembers of others. */
  readonly applied?: boolean
  /** They are yet to be created: anything of them may be changed. */
  readonly created?: boolean
  /** Lines end as on Windows. */
  readonly windows?: boolean
  /** Sends one changed object; says so. Throws ServerError when it is refused. */
  send(info: Info, changed: KubeObject): Steps<void>
  /** Says that an object was left as it was. */
  skip(info: Info): Steps<void>
}

/** What a file that was saved says: nothing, objects, or a fault, after which it is opened again. */
type Saved = { readonly objects: readonly KubeObject[] } | { readonly reason: string; readonly invalid: boolean }

const withoutManaged = (object: KubeObject): KubeObject => {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata: metadata as KubeObject["metadata"] }
}

const reasonText = (error: ServerError, { resource, name }: Info): { head: string; details: string[] } => {
  const title = `${qualifiedName(resource)} ${JSON.stringify(name)}`
  if (error.reason === "Invalid")
    return {
      head: `${title} was not valid:`,
      details: (error.status.details?.causes ?? []).map(({ field, message }) => `${field ?? ""}: ${message}`),
    }
  if (error.reason === "NotFound") return { head: `${title} could not be found on the server`, details: [] }
  return { head: `${title} could not be patched: ${error.message}`, details: [] }
}

const titled = ({ resource, name }: Info): string => `${qualifiedName(resource)} ${JSON.stringify(name)}`

/** The first thing that is wrong with what was saved, before any of it is looked up. As kubectl/pkg/validation. */
const validate = (text: string): unknown => {
  const [value] = parseDocuments(text, "edited-file")
  if (!isObject(value)) throw new KubectlError("invalid object to validate")
  const faults = ["apiVersion", "kind"].flatMap((field) =>
    value[field] === undefined ? [`${field} not set`] : typeof value[field] === "string" ? [] : [`${field} isn't string type`],
  )
  if (faults.length > 0) throw new KubectlError(faults.length === 1 ? faults[0] : `[${faults.join(", ")}]`)
  return value
}

/** The objects that were saved, if their types are known. */
function* read(context: Context, text: string, first: Info): Steps<Saved> {
  let value: unknown
  try {
    value = validate(text)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    const told = `<nil>: Invalid value: "The edited file failed validation": ${error.message}`
    return { reason: `# ${titled(first)} was not valid:\n# * ${told}\n#\n`, invalid: true }
  }
  const { kind, items } = value as { kind?: string; items?: KubeObject[] }
  const objects = kind === "List" && Array.isArray(items) ? items : [value as KubeObject]
  try {
    for (const object of objects) yield* context.api.resourceFor(object, "edited-file")
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    return { reason: `# The edited file had a syntax error: ${error.message.replaceAll("\n", "\n# ")}\n#\n`, invalid: false }
  }
  return { objects }
}

/** One session in the editor, until what was saved is accepted or nothing more changes. */
export function* editSession(context: Context, { infos, json, applied, created, windows, send, skip }: EditPlan): Steps<void> {
  const { process } = context
  const objects = infos.map(({ object }) => withoutManaged(object))
  const value = objects.length === 1 ? objects[0] : { apiVersion: "v1", kind: "List", metadata: {}, items: objects }
  const original = json ? `${goJson(value, "    ")}\n` : toYaml(value)
  const ended = (text: string) => (windows ? text.replaceAll("\n", "\r\n") : text)
  let body = ended(original)
  let reasons = ""
  /** What the last, failed, attempt saved, and where. */
  let previous: Edited | undefined
  const preserve = function* (message: string, path: string | undefined): Steps<never> {
    if (path) yield* process.error(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
    throw new KubectlError(message)
  }
  for (;;) {
    const header = json ? "" : ended((applied ? APPLIED_HEADER : HEADER) + reasons)
    let edited: Edited
    try {
      edited = yield* launchEditor(context, header + body, "kubectl-edit-", json ? ".json" : ".yaml")
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      return yield* preserve(error.message, previous?.path)
    }
    const { text, path } = edited
    if (previous && contentOf(previous.text) === contentOf(text)) yield* preserve("Edit cancelled, no valid changes were saved.", path)
    if (previous) process.files.remove(previous.path)
    previous = edited
    const saved = yield* read(context, text, infos[0])
    if ("reason" in saved && saved.invalid) {
      yield* process.error(`error: ${titled(infos[0])} is invalid\n`)
      reasons = saved.reason
      body = withoutComments(text)
      continue
    }
    if (contentOf(original) === contentOf(text)) {
      process.files.remove(path)
      yield* process.error("Edit cancelled, no changes made.\n")
      return
    }
    if ("reason" in saved) {
      reasons = saved.reason
      body = withoutComments(text)
      continue
    }
    const faults: string[] = []
    let lost = false
    let conflict = false
    for (const object of saved.objects) {
      const info = infos.find(({ object: old }) => old.metadata.uid === object.metadata?.uid)
      if (!info) {
        const content = goSyntax(object)
        yield* preserve(`no original object found for &unstructured.Unstructured{Object:${content}}`, path)
      }
      const found = info as Info
      if (deepEqual(withoutManaged(found.object), object)) {
        yield* skip({ ...found, object })
        continue
      }
      const { apiVersion, kind, metadata } = found.object
      if (!applied && !created && (apiVersion !== object.apiVersion || kind !== object.kind || metadata.name !== object.metadata.name))
        yield* preserve("At least one of apiVersion, kind and name was changed", path)
      try {
        yield* send(found, object)
      } catch (error) {
        if (!(error instanceof ServerError)) throw error
        if (applied) yield* preserve(errorText(error), path)
        const { head, details } = reasonText(error, found)
        faults.push(`# ${head}\n${details.map((detail) => `# * ${detail}\n`).join("")}#\n`)
        if (isReason(error, "NotFound")) lost = true
        else if (!isReason(error, "Invalid")) conflict = true
        yield* process.error(
          isReason(error, "Invalid")
            ? `error: ${titled(found)} is invalid\n`
            : `error: ${isReason(error, "NotFound") ? head : `${titled(found)} could not be patched: ${error.message}`}\n`,
        )
      }
    }
    if (conflict) {
      yield* process.error(`You can run \`kubectl replace -f ${path}\` to try this update again.\n`)
      throw new SilentExit()
    }
    if (lost) {
      yield* process.error(`The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`)
      throw new SilentExit()
    }
    if (faults.length === 0) {
      process.files.remove(path)
      return
    }
    reasons = faults.join("")
    body = withoutComments(text)
  }
}
