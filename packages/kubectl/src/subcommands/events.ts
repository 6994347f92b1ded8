/** kubectl events */
import type { Steps } from "@drydock/machine"
import type { Resource } from "../api.ts"
import { query } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { apiVersion } from "../discovery.ts"
import { KubectlError, ServerError } from "../errors.ts"
import { type EventObject, eventAge, eventTime } from "../events.ts"
import { FORMATS, PRINT } from "../flag-groups.ts"
import { goSort } from "../printing/go-sort.ts"
import { objectPrinter, printObject } from "../printing/objects.ts"
import { typed } from "../printing/typed.ts"
import { alignRows, TABLE_STYLE } from "../printing/tabwriter.ts"
import { eachEvent } from "../streams.ts"

function* selectorOf({ api }: Context, text: string): Steps<string> {
  const [type, name, ...more] = text.split("/")
  if (name === undefined) throw new KubectlError("--for must be in resource/name form")
  if (more.length > 0) throw new KubectlError("arguments in resource/name form may not have more than one slash")
  let resource: Resource
  try {
    resource = yield* api.resource(type)
  } catch (error) {
    if (error instanceof KubectlError && !error.raw && !(error instanceof ServerError)) throw new KubectlError(error.message, { raw: true })
    throw error
  }
  return `involvedObject.kind=${resource.kind},involvedObject.apiVersion=${apiVersion(resource)},involvedObject.name=${name}`
}

const rowOf = (event: EventObject, now: number, everywhere: boolean): string[] => [
  ...(everywhere ? [event.metadata.namespace ?? ""] : []),
  eventAge(event, now),
  event.type ?? "",
  event.reason ?? "",
  `${event.involvedObject.kind ?? ""}/${event.involvedObject.name ?? ""}`,
  (event.message ?? "").trim(),
]

export const events = defineSubcommand({
  path: ["events"],
  group: "Troubleshooting and Debugging Commands",
  summary: "List events",
  description: "Oldest first. They are kept for an hour.",
  usage:
    "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
  examples: [
    ["In the namespace", "kubectl events"],
    ["Of a pod, and what comes", "kubectl events --for pod/web-pod-13je7 --watch"],
    ["Warnings only", "kubectl events --types=Warning"],
  ],
  flags: {
    ...PRINT,
    "all-namespaces": { short: "A", type: "bool", help: "In all namespaces." },
    "chunk-size": { type: "int", default: "500", help: "Ask for long lists in pieces of this size." },
    for: { type: "string", help: "Only of this object, as type/name" },
    "no-headers": { type: "bool", help: "Without the line of column names" },
    types: { type: "list", help: "Only these types: Normal, Warning" },
    watch: { short: "w", type: "bool", help: "Then go on with what comes" },
  },
  *run(input, context) {
    const { api, process, namespace } = context
    const types = input.list("types").map((type) => type.toLowerCase())
    if (types.some((type) => type !== "normal" && type !== "warning")) throw new KubectlError("valid --types are Normal or Warning")
    const everywhere = input.bool("all-namespaces")
    const path = everywhere ? "/api/v1/events" : `/api/v1/namespaces/${namespace}/events`
    const fieldSelector = input.has("for") ? yield* selectorOf(context, input.text("for")) : undefined
    const printer = objectPrinter(process, input, FORMATS, { wide: false })
    const wanted = ({ type = "" }: EventObject) => types.length === 0 || types.includes(type.toLowerCase())
    const widths: number[] = []
    let headed = input.bool("no-headers")
    const table = (list: readonly EventObject[]): string => {
      const head = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
      const rows = [
        ...(headed ? [] : [everywhere ? ["NAMESPACE", ...head] : head]),
        ...list.map((event) => rowOf(event, process.now(), everywhere)),
      ]
      headed = true
      return `${alignRows(rows, TABLE_STYLE, widths)}\n`
    }
    if (input.bool("watch")) {
      yield* eachEvent<EventObject>(
        context,
        yield* api.send("GET", path + query({ watch: "true", fieldSelector })),
        function* ({ type, object }) {
          if (type === "DELETED" || !wanted(object)) return false
          if (printer) yield* printObject(process, printer, typed(object))
          else yield* process.print(table([object]))
          return false
        },
      )
      return 0
    }
    const answer = yield* api.get<{ items: EventObject[]; metadata: object }>(
      path + query({ fieldSelector, limit: input.text("chunk-size") }),
    )
    const items = goSort(answer.items.filter(wanted), (a, b) => eventTime(a) < eventTime(b))
    if (items.length === 0) {
      yield* process.error(everywhere ? "No events found.\n" : `No events found in ${namespace} namespace.\n`)
      return 0
    }
    // A list of events has no name, and its items are not asked for theirs.
    if (printer?.format === "name") return 0
    if (printer)
      yield* printObject(
        process,
        printer,
        typed({
          apiVersion: "v1",
          kind: "EventList",
          metadata: {},
          items: items.map((item) => ({ ...item, apiVersion: "v1", kind: "Event" })),
        }),
      )
    else yield* process.print(table(items))
    return 0
  },
})
