/** kubectl delete */
import { bodyText, type Steps } from "@drydock/machine"
import { listObjects, plan, requireNamespace } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { deleteOne, type Doomed, waitGone } from "../deletion.ts"
import { isReason, KubectlError, serverError, throwAll } from "../errors.ts"
import { ALL, DRY_RUN, dryRun, FILES, SELECTION } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { labelFilter, readManifests } from "../manifests.ts"

const POLICIES: Readonly<Record<string, "Background" | "Foreground" | "Orphan">> = {
  background: "Background",
  foreground: "Foreground",
  orphan: "Orphan",
  true: "Background",
  false: "Orphan",
}

/** What is to be deleted. */
export function* doomed(context: Context, input: Input, errors: KubectlError[]): Steps<Doomed[]> {
  const planned = yield* plan(context, input, {})
  if (planned.files) {
    const found: Doomed[] = []
    const wanted = labelFilter(input.text("selector"))
    for (const { object, source } of yield* readManifests(context, input)) {
      if (!wanted(object)) continue
      try {
        const resource = yield* context.api.resourceFor(object, source)
        found.push({ resource, namespace: requireNamespace(context, resource, object), name: object.metadata.name, source })
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        errors.push(error)
      }
    }
    return found
  }
  const found: Doomed[] = []
  for (const { resource, name } of planned.targets) {
    const namespace = resource.namespaced && !input.bool("all-namespaces") ? context.namespace : undefined
    if (name !== undefined) found.push({ resource, namespace, name, source: "" })
    else
      try {
        for (const { metadata } of yield* listObjects(context, resource, namespace, input))
          found.push({ resource, namespace: metadata.namespace, name: metadata.name, source: "" })
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        // Types that cannot be listed do not stop `delete all`.
        if (!isReason(error, "MethodNotAllowed")) errors.push(error)
      }
  }
  return found
}

/** As cobra's booleans: cascade true is what "background" is now. */
const BOOLEAN_CASCADES: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  [
    ["1", "t", "T", "true", "TRUE", "True"],
    ["0", "f", "F", "false", "FALSE", "False"],
  ].flatMap((words, no) => words.map((word) => [word, no === 0 ? "background" : "orphan"])),
)

export const deleteCommand = defineSubcommand({
  path: ["delete"],
  group: "Basic Commands (Intermediate)",
  summary: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
  description:
    "Most objects get time to end by themselves; --now shortens it, --force does not wait for it. Names, labels, --all and files are ways to say what is meant: one at a time.",
  usage: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])",
  examples: [
    ["What a file names", "kubectl delete -f ./pod.json"],
    ["By name", "kubectl delete pod,service baz foo"],
    ["By label", "kubectl delete pods,services -l name=myLabel"],
    ["At once", "kubectl delete pod foo --now"],
  ],
  flags: {
    ...SELECTION,
    ...ALL,
    ...FILES,
    ...DRY_RUN,
    cascade: {
      type: "string",
      default: "background",
      bare: "background",
      help: "What becomes of dependents: background, orphan or foreground.",
    },
    force: { type: "bool", help: "Do not wait for the node to confirm. Data may be lost." },
    "grace-period": { type: "int", default: "-1", help: "Seconds that the object gets to end; negative: its own; 0: only with --force." },
    "ignore-not-found": { type: "bool", help: "What is not there is no error; the default with --all." },
    interactive: { short: "i", type: "bool", help: "Ask first." },
    now: { type: "bool", help: "The same as --grace-period=1." },
    output: { short: "o", type: "string", help: "name: print names alone." },
    raw: { type: "string", help: "The path to DELETE, as it is." },
    timeout: { type: "duration", help: "How long to wait; zero: as long as it takes" },
    wait: { type: "bool", default: "true", help: "Come back when the objects are gone." },
  },
  *run(input, context) {
    const { api, process } = context
    const output = input.text("output")
    if (output && output !== "name") throw new KubectlError(`unexpected -o output mode: ${output}. We only support '-o name'`)
    const cascade = BOOLEAN_CASCADES[input.text("cascade")] ?? input.text("cascade")
    if (cascade !== input.text("cascade"))
      yield* process.error(
        `warning: --cascade=${input.text("cascade")} is deprecated (boolean value) and can be replaced with --cascade=${cascade}.\n`,
      )
    const policy = POLICIES[cascade]
    if (!policy) throw new KubectlError(`invalid cascade value (${input.text("cascade")}). Must be "background", "foreground", or "orphan"`)
    if (input.has("raw")) {
      const response = yield* api.send("DELETE", input.text("raw"))
      if (response.status >= 400) throw serverError(response)
      yield* process.print(bodyText(response.body))
      return 0
    }
    let gracePeriod = input.int("grace-period")
    let wait = input.bool("wait")
    if (input.bool("now")) {
      if (gracePeriod !== -1) throw new KubectlError("--now and --grace-period cannot be specified together")
      gracePeriod = 1
    }
    if (gracePeriod === 0 && !input.bool("force")) {
      // So that nobody loses data by habit: one second, and certainty.
      gracePeriod = 1
      wait = true
    }
    if (input.bool("force") && gracePeriod < 0) gracePeriod = 0
    if (gracePeriod > 0 && input.bool("force"))
      throw new KubectlError("--force and --grace-period greater than 0 cannot be specified together")
    const dry = dryRun(input)
    const errors: KubectlError[] = []
    const all = yield* doomed(context, input, errors)
    if (gracePeriod === 0)
      yield* process.error(
        "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n",
      )
    if (input.bool("interactive") && !(yield* confirm(context, all))) {
      yield* process.print("deletion is cancelled\n")
      return 0
    }
    const ignore = input.bool("ignore-not-found") || (input.bool("all") && !input.has("ignore-not-found"))
    const options = { gracePeriod, policy, dry, names: output === "name" }
    const uids: { one: Doomed; uid: unknown }[] = []
    for (const one of all)
      try {
        uids.push({ one, uid: yield* deleteOne(context, one, options) })
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        if (ignore && isReason(error, "NotFound")) continue
        errors.push(error)
      }
    throwAll(errors)
    if (all.length === 0) yield* process.print("No resources found\n")
    if (!wait || dry !== "none") return 0
    for (const { one, uid } of uids) yield* waitGone(context, one, uid, input.duration("timeout"))
    return 0
  },
})

function* confirm({ process }: Context, all: readonly Doomed[]): Steps<boolean> {
  yield* process.print(
    `You are about to delete the following ${all.length} resource(s):\n${all.map(({ resource, name }) => `${resource.kind.toLowerCase()}${resource.group ? `.${resource.group}` : ""}/${name}\n`).join("")}Do you want to continue? (y/N): `,
  )
  return (yield* process.readLine(0))?.trim().toLowerCase() === "y"
}
