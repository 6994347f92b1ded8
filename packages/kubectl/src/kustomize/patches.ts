/** Patches of a kustomization: strategic merges and JSON patches, at what they name or what a target selects. As kustomize/api/internal/builtins/PatchTransformer.go. */
import { goYaml } from "@drydock/gotemplate"
import { isObject, type Json, jsonPatch, mergePatch, PatchError, strategicMerge } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"
import { KubectlError } from "../errors.ts"
import { schemaFor } from "../patching/strategic.ts"
import { parseDocuments } from "../yaml-documents.ts"
import type { PatchEntry } from "./kustomization.ts"
import { type Building, groupVersion, idText, selected } from "./resources.ts"

const applyStrategic = (
  one: Building,
  patch: Json,
  { allowNameChange = false, allowKindChange = false }: PatchEntry["options"] = {},
): void => {
  const { kind, metadata } = one.object
  const schema = schemaFor(one.object)
  const result = (schema ? strategicMerge(one.object, patch, schema) : mergePatch(one.object, patch)) as KubeObject
  one.object = {
    ...result,
    apiVersion: one.object.apiVersion,
    kind: allowKindChange ? result.kind : kind,
    metadata: { ...result.metadata, name: allowNameChange ? result.metadata.name : metadata.name },
  }
}

const applyJson = (one: Building, operations: unknown, { allowNameChange = true }: PatchEntry["options"] = {}): void => {
  try {
    const { name } = one.object.metadata
    const result = jsonPatch(one.object, operations as never) as KubeObject
    one.object = allowNameChange ? result : { ...result, metadata: { ...result.metadata, name } }
  } catch (error) {
    // The library's next version quotes paths; this is the one before.
    if (error instanceof PatchError) throw new KubectlError(error.message.replace(/: "(\/[^"]*)"/g, ": $1"))
    throw error
  }
}

const isOperations = (value: unknown): boolean => Array.isArray(value) && value.every((one) => isObject(one) && "op" in one)

/** `all` loses what a patch deletes. */
export const applyPatch = (all: Building[], text: string, entry: PatchEntry): void => {
  const { target, options } = entry
  let documents: unknown[]
  try {
    documents = parseDocuments(text, "patch")
  } catch (error) {
    if (error instanceof KubectlError)
      throw new KubectlError(
        `trouble configuring builtin PatchTransformer with config: \`\n${goYaml(entry)}\`: unable to parse SM or JSON patch from [${text}]`,
      )
    throw error
  }
  const [first] = documents
  if (isOperations(first)) {
    if (!target) throw new KubectlError(`must specify a target for JSON patch ${JSON.stringify(text)}`)
    for (const one of all.filter((other) => selected(other, target))) applyJson(one, first, options)
    return
  }
  for (const document of documents as KubeObject[]) {
    if (!isObject(document))
      throw new KubectlError(
        `trouble configuring builtin PatchTransformer with config: \`\n${goYaml(entry)}\`: unable to parse SM or JSON patch from [${text}]`,
      )
    const [group, version] = groupVersion(document.apiVersion ?? "")
    const { name = "", namespace } = document.metadata ?? {}
    const meant = all.filter((one) =>
      target ? selected(one, target) : selected(one, { group, version, kind: document.kind, name, ...(namespace && { namespace }) }, true),
    )
    if (meant.length === 0 && !target) {
      const id = idText(document)
      throw new KubectlError(
        `no resource matches strategic merge patch ${JSON.stringify(id)}: no matches for Id ${id}; failed to find unique target for patch ${id}`,
      )
    }
    for (const one of meant) {
      if ((document as unknown as Json).$patch === "delete") all.splice(all.indexOf(one), 1)
      else applyStrategic(one, document as unknown as Json, options)
    }
  }
}
