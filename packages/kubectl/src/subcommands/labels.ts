/** kubectl label and kubectl annotate: texts that are attached to objects by key. */
import { CHANGE_CAUSE, changeCause, RECORD } from "../change-cause.ts"
import { deepCopy } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../api.ts"
import { find, type Info } from "../builder.ts"
import { defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import { AggregateFailure, KubectlError, throwAll } from "../errors.ts"
import { ALL, DRY_RUN, dryRun, FILES, fieldManager, PRINT, SELECTION } from "../flag-groups.ts"
import { labelValueFault } from "../labels.ts"
import { namesFiles } from "../manifests.ts"
import { sendPatch } from "../patching/send-patch.ts"
import { Reporter } from "../printing/report.ts"

interface Noun {
  readonly verb: "label" | "annotate"
  readonly noun: "label" | "annotation"
  readonly field: "labels" | "annotations"
}

interface Changes {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}

/** The words from the first change on. As cmdutil.GetResourcesAndPairs. */
const split = (words: readonly string[], noun: string): { resources: readonly string[]; pairs: readonly string[] } => {
  const isPair = (word: string) => (word.includes("=") && !word.startsWith("=")) || (word.endsWith("-") && word !== "-")
  const first = words.findIndex(isPair)
  if (first < 0) return { resources: words, pairs: [] }
  const pairs = words.slice(first)
  const stray = pairs.find((word) => !isPair(word))
  if (stray !== undefined) throw new KubectlError(`all resources must be specified before ${noun} changes: ${stray}`)
  return { resources: words.slice(0, first), pairs }
}

const changesOf = (pairs: readonly string[], noun: Noun["noun"]): Changes => {
  const set = new Map<string, string>()
  const remove: string[] = []
  for (const pair of pairs) {
    const equals = pair.indexOf("=")
    if (equals >= 0) {
      const value = pair.slice(equals + 1)
      if (noun === "label") {
        if (value.includes("=")) throw new KubectlError(`invalid label spec: ${pair}`)
        const fault = labelValueFault(value)
        if (fault) throw new KubectlError(`invalid label value: ${JSON.stringify(pair)}: ${fault}`)
      } else if (equals === 0) throw new KubectlError(`invalid annotation format: ${pair}`)
      set.set(pair.slice(0, equals), value)
    } else remove.push(pair.slice(0, -1))
  }
  for (const key of remove)
    if (set.has(key))
      throw new KubectlError(
        noun === "label"
          ? "can not both modify and remove a label in the same command"
          : `can not both modify and remove the following annotation(s) in the same command: ${key}`,
      )
  return { set, remove }
}

const keyed = ({ verb, noun, field }: Noun, more: Pick<Subcommand, "summary" | "description" | "examples">): Subcommand =>
  defineSubcommand({
    path: [verb],
    group: "Settings Commands",
    ...more,
    usage: `[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]`,
    flags: {
      ...SELECTION,
      ...ALL,
      ...FILES,
      ...PRINT,
      ...DRY_RUN,
      ...fieldManager(`kubectl-${verb}`),
      ...RECORD,
      list: { type: "bool", help: `Show the ${noun}s as they are.` },
      local: { type: "bool", help: "Change what is in the file, not what is on the server." },
      overwrite: { type: "bool", help: `Change ${noun}s that have another value already.` },
      "resource-version": { type: "string", help: "Only if the object still has this version." },
    },
    *run(input, context) {
      const { process } = context
      const { resources, pairs } = split(input.words, noun)
      const { set, remove } = changesOf(pairs, noun)
      const list = input.bool("list")
      const dry = dryRun(input)
      if (list && input.has("output")) throw new KubectlError("--list and --output may not be specified together")
      if (input.bool("all") && input.has("selector")) throw new KubectlError("cannot set --all and --selector at the same time")
      if (input.bool("local")) {
        if (resources.length > 0)
          throw new KubectlError("can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set")
        if (!namesFiles(input)) throw new KubectlError("one or more files must be specified as -f pod.yaml or --filename=pod.json")
      } else if (resources.length === 0 && !namesFiles(input))
        throw new KubectlError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
      if (set.size === 0 && remove.length === 0 && !list) throw new KubectlError(`at least one ${noun} update is required`)
      const common = new Reporter(process, input)
      const errors: KubectlError[] = []
      const infos = yield* find(context, input, { errors, local: input.bool("local") }, resources)
      const single = infos.length === 1 && !input.has("selector") && !input.bool("all")
      if (input.text("resource-version") && !single) throw new KubectlError("--resource-version may only be used with a single resource")
      const change = function* (info: Info) {
        // label asks for a printer anew for each object: no separators.
        const reporter = noun === "label" ? new Reporter(process, input) : common
        const present = info.object.metadata[field] ?? {}
        if (!input.bool("overwrite")) {
          const clashes = [...set].filter(([key, value]) => Object.hasOwn(present, key) && present[key] !== value)
          const faults = clashes.map(
            ([key]) =>
              new KubectlError(
                noun === "label"
                  ? `'${key}' already has a value (${present[key]}), and --overwrite is false`
                  : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${present[key]})`,
              ),
          )
          if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateFailure(faults)
        }
        if (noun === "label" && dry !== "client" && !input.bool("local") && !list)
          for (const key of remove) if (!Object.hasOwn(present, key)) yield* process.print(`label ${JSON.stringify(key)} not found.\n`)
        const added = [...set].filter(([key, value]) => present[key] !== value)
        const gone = remove.filter((key) => Object.hasOwn(present, key))
        const changed = deepCopy(info.object) as KubeObject
        const values: Record<string, string> = { ...present, ...Object.fromEntries(added) }
        for (const key of gone) delete values[key]
        changed.metadata[field] = values
        const done =
          noun === "annotation"
            ? "annotated"
            : added.length > 0 && gone.length > 0
              ? "modified"
              : added.length > 0
                ? "labeled"
                : gone.length > 0
                  ? "unlabeled"
                  : "not labeled"
        if (list) {
          const text = Object.entries(values)
            .map(([key, value]) => `${single ? "" : " "}${key}=${value}\n`)
            .join("")
          const { kind, group } = info.resource
          return yield* process.print(single ? text : `Listing ${noun}s for ${kind}.${group}/${info.name}:\n${text}`)
        }
        const version = input.text("resource-version")
        if (dry === "client" || input.bool("local") || (added.length === 0 && gone.length === 0 && !version))
          return yield* reporter.say(changed, done)
        const cause = changeCause(context, input)
        const body = {
          metadata: {
            ...(cause !== undefined && { annotations: { [CHANGE_CAUSE]: cause } }),
            ...(version && { resourceVersion: version }),
            [field]: {
              ...(cause !== undefined && field === "annotations" && { [CHANGE_CAUSE]: cause }),
              ...Object.fromEntries(added),
              ...Object.fromEntries(gone.map((key) => [key, null])),
            },
          },
        }
        yield* reporter.say(yield* sendPatch(context, info, body, { type: "merge", dry, fieldManager: input.text("field-manager") }), done)
      }
      for (const info of infos)
        try {
          yield* change(info)
        } catch (error) {
          if (!(error instanceof KubectlError)) throw error
          errors.push(error)
        }
      throwAll(errors)
      return 0
    },
  })

export const label = keyed(
  { verb: "label", noun: "label", field: "labels" },
  {
    summary: "Update the labels on a resource",
    description: "A key followed by - is removed. Values that are set already are only changed with --overwrite.",
    examples: [
      ["Set one", "kubectl label pods foo unhealthy=true"],
      ["Change one", "kubectl label --overwrite pods foo status=unhealthy"],
      ["Remove one", "kubectl label pods foo bar-"],
    ],
  },
)

export const annotate = keyed(
  { verb: "annotate", noun: "annotation", field: "annotations" },
  {
    summary: "Update the annotations on a resource",
    description: "A key followed by - is removed. Values that are set already are only changed with --overwrite.",
    examples: [
      ["Set one", "kubectl annotate pods foo description='my frontend'"],
      ["Remove one", "kubectl annotate pods foo description-"],
    ],
  },
)
