/** kubectl wait. As kubectl/pkg/cmd/wait. */
import { goValue, JsonPathError, parseJsonPath, relaxed } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { find, type Info, targets } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { isReason, KubectlError, throwAll } from "../errors.ts"
import { ALL, FILES, PRINT, SELECTION, without } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { namesFiles } from "../manifests.ts"
import { Reporter } from "../printing/report.ts"
import { followObject } from "../streams.ts"

/** Whether an object is as it should be; undefined: it is not there. */
type Condition = (object: KubeObject | undefined) => boolean

const WEEK = 7 * 24 * 3_600_000
const POLL = 1_000

interface ConditionEntry {
  type: string
  status: string
  observedGeneration?: number
}

const named =
  (name: string, value: string): Condition =>
  (object) => {
    if (!object) return false
    const { conditions = [], observedGeneration } = (object.status ?? {}) as { conditions?: ConditionEntry[]; observedGeneration?: number }
    const found = conditions.find(({ type }) => type.toLowerCase() === name.toLowerCase())
    if (!found) return false
    const generation = object.metadata.generation as number | undefined
    const observed = found.observedGeneration ?? observedGeneration
    // What was observed of an older spec says nothing of this one.
    if (generation !== undefined && observed !== undefined && observed < generation) return false
    return found.status.toLowerCase() === value.toLowerCase()
  }

/** "path=value" at a single "=". */
const splitAtEquals = (text: string): string[] => {
  const parts = [""]
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "=" && text[at + 1] === "=") {
      parts[parts.length - 1] += "=="
      at++
    } else if (text[at] === "=") parts.push("")
    else parts[parts.length - 1] += text[at]
  }
  return parts
}

const byPath = (text: string): Condition => {
  const parts = splitAtEquals(text)
  if (parts.length > 2)
    throw new KubectlError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    )
  if (parts[0] === "") throw new KubectlError("jsonpath expression cannot be empty")
  let parsed: ReturnType<typeof parseJsonPath>
  try {
    parsed = parseJsonPath(relaxed(parts[0]))
  } catch (error) {
    if (error instanceof JsonPathError) throw new KubectlError(error.message)
    throw error
  }
  const wanted = parts[1]?.replace(/^['"]+|['"]+$/g, "")
  if (wanted === "")
    throw new KubectlError("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3")
  return (object) => {
    if (!object) return false
    const found = parsed.values(object)
    if (wanted === undefined) return found.length > 0
    if (found.length === 0) return false
    if (found.length > 1) throw new KubectlError("given jsonpath expression matches more than one value")
    if (typeof found[0] === "object" && found[0] !== null)
      throw new KubectlError("jsonpath leads to a nested object or list which is not supported")
    return goValue(found[0]).trim().toLowerCase() === wanted.trim().toLowerCase()
  }
}

const conditionOf = (text: string): Condition => {
  const lower = text.toLowerCase()
  if (lower === "delete") return (object) => object === undefined
  if (lower === "create") return (object) => object !== undefined
  if (text.startsWith("condition=")) {
    const [name, value = "true"] = text.slice("condition=".length).split("=")
    return named(name, value)
  }
  if (text.startsWith("jsonpath=")) return byPath(text.slice("jsonpath=".length))
  throw new KubectlError(`unrecognized condition: ${JSON.stringify(text)}`)
}

type Place = Pick<Info, "resource" | "namespace" | "name">

/** What to wait for: with --for=create or delete also what is not there. */
function* placesOf(
  context: Context,
  input: Input,
  conditions: readonly string[],
  deadline: number,
): Steps<(Place & { object?: KubeObject })[]> {
  const creating = conditions.includes("create")
  const deleting = conditions.includes("delete")
  if (namesFiles(input) && (creating || deleting))
    return (yield* find(context, input, { local: true })).map(({ resource, namespace, name }) => ({ resource, namespace, name }))
  if (namesFiles(input) || (!creating && !deleting))
    try {
      return yield* find(context, input, { everything: false })
    } catch (error) {
      // What is missing may be the namespace.
      if (isReason(error, "NotFound") && context.namespaceGiven) yield* context.api.get(`/api/v1/namespaces/${context.namespace}`)
      throw error
    }
  const words = input.words
  const selected = input.bool("all") || input.has("selector") || input.has("field-selector")
  if (selected) {
    for (;;) {
      const found = yield* find(context, input, {})
      if (found.length > 0 || !creating) return found
      if (context.process.now() >= deadline) throw new KubectlError("timed out waiting for the condition")
      yield* context.process.sleep(POLL)
    }
  }
  const places = yield* targets(context, words)
  if (places.some(({ name }) => name === undefined)) throw new KubectlError("resource(s) were provided, but no name was specified")
  return places.map(({ resource, name }) => ({
    resource,
    name: name as string,
    namespace: resource.namespaced ? context.namespace : undefined,
  }))
}

export const wait = defineSubcommand({
  path: ["wait"],
  group: "Advanced Commands",
  summary: "Wait for a specific condition on one or many resources",
  description: "Until a condition holds, a field has a value, or an object comes or goes.",
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  examples: [
    ["A pod that is ready", "kubectl wait --for=condition=Ready pod/busybox1"],
    ["A field's value", "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1"],
    ["A pod that is gone", "kubectl wait --for=delete pod/busybox1 --timeout=60s"],
  ],
  flags: {
    ...SELECTION,
    ...ALL,
    ...without(FILES, "kustomize"),
    recursive: { short: "R", type: "bool", default: "true", help: "Also look into the subdirectories of what -f names." },
    ...PRINT,
    for: { type: "string", help: "What to wait for: create, delete, condition=name[=value] or jsonpath='{path}'[=value]." },
    local: { type: "bool", help: "Look at the file only." },
    timeout: { type: "duration", default: "30s", help: "How long to wait; zero: look once; negative: a week." },
  },
  *run(input, context) {
    const { process } = context
    const texts = [input.text("for")]
    if (texts[0] === "") throw new KubectlError('unrecognized condition: ""')
    const conditions = texts.map(conditionOf)
    const lower = texts.map((text) => text.toLowerCase())
    const timeout = input.duration("timeout")
    const deadline = process.now() + (timeout < 0 ? WEEK : timeout)
    const reporter = new Reporter(process, input)
    const places = yield* placesOf(context, input, lower, deadline)
    if (places.length === 0) {
      if (lower.includes("delete")) return 0
      throw new KubectlError("no matching resources found")
    }
    const errors: KubectlError[] = []
    for (const place of places) {
      const { resource, name } = place
      let last: KubeObject | undefined = place.object
      const uid = place.object?.metadata.uid
      try {
        for (const [at, condition] of conditions.entries()) {
          const removal = lower[at] === "delete"
          // The time is for all of them together.
          const late = !removal && lower[at] !== "create" && timeout > 0 && process.now() >= deadline
          const met =
            !late &&
            (yield* followObject(
              context,
              place,
              function* (object) {
                last = object ?? last
                // Another object of the same name is not the one that was to go.
                if (removal && object && uid !== undefined && object.metadata.uid !== uid) return true
                return condition(object)
              },
              deadline,
            ))
          if (!met)
            throw new KubectlError(
              lower[at] === "create"
                ? "timed out waiting for the condition"
                : timeout === 0
                  ? `condition not met for ${resource.plural}/${name}`
                  : `timed out waiting for the condition on ${resource.plural}/${name}`,
            )
        }
        // What never was there is gone without a word.
        if (last) yield* reporter.say(last, "condition met")
      } catch (error) {
        if (!(error instanceof KubectlError) || isReason(error, "Forbidden")) throw error
        errors.push(error)
      }
    }
    throwAll(errors)
    return 0
  },
})
