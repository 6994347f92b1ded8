/** kubectl create -f */
import { bodyText } from "@drydock/machine"
import type { KubeObject } from "../../api.ts"
import { query, requireNamespace } from "../../builder.ts"
import { CREATE_FLAGS } from "../../create-object.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { pathOf } from "../../discovery.ts"
import { KubectlError, ServerError, serverError, throwAll, UsageError } from "../../errors.ts"
import { dryRun, FILES, fieldValidation, SELECTOR } from "../../flag-groups.ts"
import { withLastApplied } from "../../last-applied.ts"
import { namesFiles, readManifests } from "../../manifests.ts"
import { Reporter } from "../../printing/report.ts"
import { editBefore } from "../../edit/edit-before.ts"

export const createCommand = defineSubcommand({
  path: ["create"],
  group: "Basic Commands (Beginner)",
  summary: "Create a resource from a file or from stdin",
  description: "JSON and YAML are accepted. The subcommands make one object of a type out of flags.",
  usage: "-f FILENAME",
  examples: [
    ["What a file holds", "kubectl create -f ./pod.json"],
    ["What comes through a pipe", "cat pod.json | kubectl create -f -"],
  ],
  flags: {
    ...CREATE_FLAGS,
    ...FILES,
    ...SELECTOR,
    edit: { type: "bool", help: "Edit the object before it is created" },
    "windows-line-endings": { type: "bool", help: "With --edit: lines end as they do on Windows" },
    raw: { type: "string", help: "The path to POST the file to, as it is" },
  },
  *run(input, context) {
    const { api, process } = context
    if (!namesFiles(input)) {
      if (input.words.length > 0) throw new UsageError("create", `Unexpected args: [${input.words.join(" ")}]`)
      yield* process.error("error: must specify one of -f and -k\n")
      return 1
    }
    if (input.words.length > 0) throw new UsageError("create", `Unexpected args: [${input.words.join(" ")}]`)
    if (input.has("raw") && input.bool("edit")) throw new KubectlError("--raw and --edit are mutually exclusive")
    if (input.has("raw")) {
      const [file] = input.list("filename")
      const text = file === "-" ? new TextDecoder().decode(yield* process.readAll(0)) : process.files.readText(file)
      const response = yield* api.send("POST", input.text("raw"), { body: text })
      if (response.status >= 400) throw serverError(response)
      yield* process.print(bodyText(response.body))
      return 0
    }
    const reporter = new Reporter(process, input)
    const validation = fieldValidation(input)
    const dry = dryRun(input)
    const given = yield* readManifests(context, input)
    const manifests = input.bool("edit") ? yield* editBefore(context, given) : given
    const errors: KubectlError[] = []
    let count = 0
    for (const { object, source } of manifests)
      try {
        const resource = yield* api.resourceFor(object, source)
        const namespace = requireNamespace(context, resource, object)
        count++
        const placed: KubeObject = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
        const whole = input.bool("save-config") ? withLastApplied(placed) : placed
        if (dry === "client") {
          yield* reporter.say(whole, "created")
          continue
        }
        const stored = yield* api.json<KubeObject>(
          "POST",
          pathOf(resource, namespace) +
            query({ dryRun: dry === "server" ? "All" : undefined, fieldManager: input.text("field-manager"), fieldValidation: validation }),
          { body: whole },
        )
        yield* reporter.say(stored, "created")
      } catch (error) {
        if (error instanceof ServerError) errors.push(error.from("creating", source))
        else if (error instanceof KubectlError) errors.push(error)
        else throw error
      }
    throwAll(errors)
    if (count === 0 && !input.bool("edit")) throw new KubectlError("no objects passed to create")
    return 0
  },
})
