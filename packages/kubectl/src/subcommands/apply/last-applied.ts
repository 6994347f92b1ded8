/** kubectl apply view-last-applied, set-last-applied, edit-last-applied */
import { goJson } from "@drydock/gotemplate"
import { find, MISSING, requireNamespace } from "../../builder.ts"
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { pathOf } from "../../discovery.ts"
import { KubectlError, UsageError } from "../../errors.ts"
import { ALL, DRY_RUN, dryRun, FILES, PRINT, SELECTOR } from "../../flag-groups.ts"
import { LAST_APPLIED, lastAppliedText } from "../../last-applied.ts"
import { namesFiles, readManifests } from "../../manifests.ts"
import { sendPatch } from "../../patching/send-patch.ts"
import { Reporter } from "../../printing/report.ts"
import { toYaml } from "../../printing/yaml.ts"
import { editLastApplied } from "../../edit/edit-last-applied.ts"

export const lastAppliedCommands: readonly Subcommand[] = [
  defineSubcommand({
    path: ["apply", "view-last-applied"],
    summary: "View the latest last-applied-configuration annotations of a resource/object",
    usage: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)",
    examples: [["As YAML", "kubectl apply view-last-applied deployment/nginx"]],
    flags: { ...FILES, ...SELECTOR, ...ALL, output: { short: "o", type: "string", default: "yaml", help: "yaml or json" } },
    *run(input, context) {
      const infos = yield* find(context, input, { everything: input.bool("all") })
      const format = input.text("output")
      for (const { object, source } of infos) {
        const text = object.metadata.annotations?.[LAST_APPLIED]
        if (text === undefined) {
          // Upstream wraps an error that is none: nothing without a file, a strange text with one.
          if (!source) continue
          throw new KubectlError(
            `error when no last-applied-configuration annotation found on resource: ${object.metadata.name}\n ${JSON.stringify(source)}: <nil>`,
          )
        }
        const value: unknown = JSON.parse(text)
        if (format === "json") yield* context.process.print(`${goJson(value, "  ")}\n`)
        else if (format === "yaml") yield* context.process.print(toYaml(value))
        else
          throw new UsageError(
            "apply view-last-applied",
            `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`,
          )
      }
      return 0
    },
  }),
  defineSubcommand({
    path: ["apply", "set-last-applied"],
    summary: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
    usage: "-f FILENAME",
    examples: [["As if this file had been applied", "kubectl apply set-last-applied -f deploy.yaml"]],
    flags: {
      filename: FILES.filename,
      ...PRINT,
      ...DRY_RUN,
      "create-annotation": { type: "bool", help: "Also on objects that have no annotation yet" },
    },
    *run(input, context) {
      if (!namesFiles(input)) throw new KubectlError(MISSING)
      const reporter = new Reporter(context.process, input)
      for (const { object, source } of yield* readManifests(context, input)) {
        const resource = yield* context.api.resourceFor(object, source)
        const namespace = requireNamespace(context, resource, object)
        const { name } = object.metadata
        const placed = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
        const text = lastAppliedText(placed)
        const live = yield* context.api.get(pathOf(resource, namespace, name))
        if (live.metadata.annotations?.[LAST_APPLIED] === undefined && !input.bool("create-annotation"))
          throw new KubectlError(
            `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
          )
        const dry = dryRun(input)
        if (dry === "client") yield* reporter.say(live, "configured")
        else
          yield* reporter.say(
            yield* sendPatch(
              context,
              { resource, namespace, name },
              { metadata: { annotations: { [LAST_APPLIED]: text } } },
              { type: "merge", dry },
            ),
            "configured",
          )
      }
      return 0
    },
  }),
  editLastApplied,
]
