/** Edit, send, and edit again while the server refuses. As kubectl/pkg/cmd/util/editor/editoptions.go. */
import { deepEqual } from "@drydock/kubernetes/apimachinery"
import { goJson } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import type { Info } from "../builder.ts"
import type { Context } from "../define-subcommand.ts"
import { qualifiedName } from "../discovery.ts"
import { isReason, KubectlError, ServerError, SilentExit } from "../errors.ts"
import { parseDocuments } from "../yaml-documents.ts"
import { toYaml } from "../printing/yaml.ts"
import { launchEditor, stripComments } from "./editor.ts"

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

export interface EditPlan {
  readonly infos: readonly Info[]
  readonly json: boolean
  /** Sends one changed object; says so. Throws ServerError when it is refused. */
  send(info: Info, changed: KubeObject): Steps<void>
  /** Says that an object was left as it was. */
  skip(info: Info): Steps<void>
}

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

/** One session in the editor, until what was saved is accepted or nothing more changes. */
export function* editSession(context: Context, { infos, json, send, skip }: EditPlan): Steps<void> {
  const { process } = context
  const objects = infos.map(({ object }) => withoutManaged(object))
  const value = objects.length === 1 ? objects[0] : { apiVersion: "v1", kind: "List", metadata: {}, items: objects }
  const original = json ? `${goJson(value, "    ")}\n` : toYaml(value)
  let body = original
  let reasons = ""
  let previous: string | undefined
  let kept: string | undefined
  const preserve = function* (message: string, path: string | undefined): Steps<never> {
    if (path) yield* process.error(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
    throw new KubectlError(message)
  }
  for (;;) {
    const header = json ? "" : HEADER + reasons
    const { text, path } = yield* launchEditor(context, header + body, "kubectl-edit-", json ? ".json" : ".yaml")
    if (previous !== undefined && stripComments(previous) === stripComments(text))
      yield* preserve("Edit cancelled, no valid changes were saved.", path)
    if (kept) process.files.remove(kept)
    kept = path
    if (stripComments(original) === stripComments(text)) {
      process.files.remove(path)
      yield* process.error("Edit cancelled, no changes made.\n")
      return
    }
    let edited: KubeObject[]
    try {
      const [parsed] = parseDocuments(text, "edited-file") as [(KubeObject & { items?: KubeObject[] }) | undefined]
      if (typeof parsed !== "object" || parsed === null) throw new KubectlError("invalid object to validate")
      edited = Array.isArray(parsed.items) && parsed.kind === "List" ? parsed.items : [parsed]
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      const title = `${qualifiedName(infos[0].resource)} ${JSON.stringify(infos[0].name)}`
      reasons = `# ${title} was not valid:\n# * <nil>: Invalid value: "The edited file failed validation": ${error.message}\n#\n`
      yield* process.error(`error: ${title} is invalid\n`)
      previous = text
      body = stripHeader(text)
      continue
    }
    const faults: string[] = []
    let lost = false
    let conflict = false
    for (const object of edited) {
      const info = infos.find(({ object: old }) =>
        object.metadata?.uid === undefined ? old.metadata.name === object.metadata?.name : old.metadata.uid === object.metadata.uid,
      )
      if (!info) yield* preserve(`no original object found for ${goJson(object)}`, path)
      const found = info as Info
      if (deepEqual(withoutManaged(found.object), object)) {
        yield* skip(found)
        continue
      }
      const { apiVersion, kind, metadata } = found.object
      if (apiVersion !== object.apiVersion || kind !== object.kind || metadata.name !== object.metadata.name)
        yield* preserve("At least one of apiVersion, kind and name was changed", path)
      try {
        yield* send(found, object)
      } catch (error) {
        if (!(error instanceof ServerError)) throw error
        const { head, details } = reasonText(error, found)
        faults.push(`# ${head}\n${details.map((detail) => `# * ${detail}\n`).join("")}#\n`)
        if (isReason(error, "NotFound")) lost = true
        else if (!isReason(error, "Invalid")) conflict = true
        yield* process.error(
          isReason(error, "Invalid")
            ? `error: ${qualifiedName(found.resource)} ${JSON.stringify(found.name)} is invalid\n`
            : `error: ${isReason(error, "NotFound") ? head : `${qualifiedName(found.resource)} ${JSON.stringify(found.name)} could not be patched: ${error.message}`}\n`,
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
    previous = text
    body = stripHeader(text)
  }
}

/** What stands below the comments at the top. */
const stripHeader = (text: string): string => {
  const lines = text.split("\n")
  const first = lines.findIndex((line) => !line.startsWith("#"))
  return lines.slice(Math.max(0, first)).join("\n")
}
