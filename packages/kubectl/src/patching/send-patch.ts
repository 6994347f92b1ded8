/** PATCH requests as kubectl's commands send them. */
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { type Info, query } from "../builder.ts"
import type { Context } from "../define-subcommand.ts"
import { pathOf } from "../discovery.ts"
import { type DryRun, dryRun } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { schemaFor, twoWayPatch } from "./strategic.ts"

export const PATCH_TYPES: Readonly<Record<string, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
}

export interface PatchOptions {
  readonly type?: keyof typeof PATCH_TYPES
  readonly subresource?: string
  readonly dry?: DryRun
  readonly fieldManager?: string
  readonly fieldValidation?: string
}

type Place = Pick<Info, "resource" | "namespace" | "name">

export function* sendPatch(
  { api }: Context,
  { resource, namespace, name }: Place,
  body: unknown,
  options: PatchOptions = {},
): Steps<KubeObject> {
  const { type = "strategic", subresource, dry, fieldManager, fieldValidation } = options
  return yield* api.json<KubeObject>(
    "PATCH",
    pathOf(resource, namespace, name, subresource || undefined) +
      query({ dryRun: dry === "server" ? "All" : undefined, fieldManager, fieldValidation }),
    { body, type: PATCH_TYPES[type] },
  )
}

/** Sends what leads from an object to `changed`; undefined when there is nothing to send. A client's dry run is `changed` itself. */
export function* sendChange(context: Context, input: Input, info: Info, changed: KubeObject): Steps<KubeObject | undefined> {
  const schema = schemaFor(info.object)
  const patch = twoWayPatch(info.object, changed, schema)
  if (!patch) return undefined
  const dry = dryRun(input)
  if (dry === "client" || input.bool("local")) return changed
  const fieldManager = input.text("field-manager") || undefined
  return yield* sendPatch(context, info, patch, { type: schema ? "strategic" : "merge", dry, ...(fieldManager && { fieldManager }) })
}
