/** create --edit: each object goes through the editor before it is sent. */
import { goJson } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import type { Context } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import type { Manifest } from "../manifests.ts"
import { parseDocuments } from "../yaml-documents.ts"
import { toYaml } from "../printing/yaml.ts"
import { launchEditor, stripComments } from "./editor.ts"

export function* editBefore(context: Context, manifests: readonly Manifest[]): Steps<Manifest[]> {
  const edited: Manifest[] = []
  const json = context.input.text("output") === "json"
  for (const { object, source } of manifests) {
    const { text, path } = yield* launchEditor(
      context,
      json ? `${goJson(object, "    ")}\n` : toYaml(object),
      "kubectl-create-",
      json ? ".json" : ".yaml",
    )
    context.process.files.remove(path)
    if (stripComments(text) === "") throw new KubectlError("Edit cancelled, saved file was empty.")
    const [value] = parseDocuments(text, "edited-file")
    edited.push({ source, object: value as KubeObject })
  }
  return edited
}
