/** --overrides: JSON that is laid over a generated object. */
import { isObject, jsonPatch, mergePatch, PatchError, strategicMerge } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "./api.ts"
import { KubectlError } from "./errors.ts"
import type { Flags, Input } from "./flags.ts"
import { parseDocuments } from "./yaml-documents.ts"
import { schemaFor } from "./patching/strategic.ts"

export const OVERRIDES: Flags = {
  overrides: { type: "string", help: "JSON that is laid over the object before it is sent." },
  "override-type": { type: "string", default: "merge", help: "How: json, merge or strategic" },
}

export const override = (input: Input, object: KubeObject): KubeObject => {
  const text = input.text("overrides")
  if (!text) return object
  let patch: unknown
  try {
    ;[patch] = parseDocuments(text, "--overrides")
  } catch (error) {
    throw error instanceof KubectlError ? new KubectlError("Invalid JSON Patch") : error
  }
  switch (input.text("override-type")) {
    case "json":
      try {
        return jsonPatch(object, patch as never) as KubeObject
      } catch (error) {
        if (error instanceof PatchError) throw new KubectlError(error.message)
        throw error
      }
    case "merge":
      if (!isObject(patch))
        throw new KubectlError("invalid JSON in --overrides: cannot unmarshal into Go value of type map[string]interface {}")
      return mergePatch(object, patch) as KubeObject
    case "strategic":
      return strategicMerge(object, patch, schemaFor(object)) as KubeObject
    default:
      throw new KubectlError(`invalid override type: ${input.text("override-type")}`)
  }
}
