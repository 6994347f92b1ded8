/** kubectl get */
import { bodyText, type Process, type Steps } from "@drydock/machine"
import { ageSince } from "@drydock/kubernetes/api"
import { type KubeObject, type Resource, TABLE } from "../api.ts"
import { listError, plan, query, requireNamespace } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { pathOf } from "../discovery.ts"
import { isReason, KubectlError, serverError, throwAll } from "../errors.ts"
import { FILES, GET_FORMATS, GET_PRINT, SELECTION } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { klog } from "../klog.ts"
import { namesFiles, readManifests } from "../manifests.ts"
import { type ObjectPrinter, objectPrinter, printObject } from "../printing/objects.ts"
import { sortBy } from "../printing/sorting.ts"
import { type Table, TablePrinter } from "../printing/table.ts"
import { eachEvent } from "../streams.ts"

interface Query {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string | undefined
}

interface Part {
  readonly resource: Resource
  table: Table
}

const CHUNKS_AT_MOST = 10_000

/** What is asked for, in order. */
function* queries(context: Context, input: Input, errors: KubectlError[]): Steps<{ all: Query[]; single: boolean }> {
  const planned = yield* plan(context, input, { everything: true, subresource: input.text("subresource") })
  const everywhere = input.bool("all-namespaces")
  if (!planned.files)
    return {
      all: planned.targets.map(({ resource, name }) => ({
        resource,
        name,
        namespace: resource.namespaced && !everywhere ? context.namespace : undefined,
      })),
      single: planned.targets.length === 1 && planned.targets[0].name !== undefined,
    }
  const all: Query[] = []
  for (const { object, source } of yield* readManifests(context, input))
    try {
      const resource = yield* context.api.resourceFor(object, source)
      all.push({ resource, namespace: requireNamespace(context, resource, object), name: object.metadata.name })
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      errors.push(error)
    }
  return { all, single: all.length === 1 }
}

/** One query's pages. */
function* pages<T extends { metadata?: { continue?: string } }>(
  context: Context,
  input: Input,
  { resource, namespace, name }: Query,
  accept?: string,
): Steps<T[]> {
  const options = accept === undefined ? {} : { accept }
  const include = accept !== undefined && input.text("sort-by") !== "" ? "Object" : undefined
  const subresource = input.text("subresource") || undefined
  if (name !== undefined)
    return [yield* context.api.json<T>("GET", pathOf(resource, namespace, name, subresource) + query({ includeObject: include }), options)]
  const found: T[] = []
  const limit = input.text("sort-by") ? 0 : Number(input.text("chunk-size"))
  let next: string | undefined
  try {
    for (let page = 0; page < CHUNKS_AT_MOST; page++) {
      const answer: T = yield* context.api.json<T>(
        "GET",
        pathOf(resource, namespace) +
          query({
            labelSelector: input.text("selector"),
            fieldSelector: input.text("field-selector"),
            includeObject: include,
            limit: limit > 0 ? String(limit) : undefined,
            continue: next,
          }),
        options,
      )
      found.push(answer)
      next = answer.metadata?.continue
      if (!next) break
    }
  } catch (error) {
    throw listError(error, resource, input)
  }
  return found
}

/** Objects as a Table of names and ages, for --server-print=false. */
const plainTable = (objects: readonly KubeObject[], now: number): Table => ({
  kind: "Table",
  columnDefinitions: [
    { name: "Name", format: "name", type: "string", priority: 0 },
    { name: "Age", type: "string", priority: 0 },
  ],
  rows: objects.map((object) => ({
    cells: [object.metadata.name, ageSince(object.metadata.creationTimestamp as string | undefined, now)],
    object,
  })),
})

/**
 * Several answers are put in order as wholes, one answer's rows by the objects in them. As RuntimeSorter and SortingPrinter: what goes wrong with
 * the rows is not said, they are not printed.
 */
const sortTables = (process: Process, parts: Part[], input: Input): void => {
  if (!input.text("sort-by")) return
  const path = input.text("sort-by")
  if (parts.length > 1) parts.splice(0, parts.length, ...sortBy(process, parts, path, ({ table }) => table))
  for (const part of parts)
    try {
      if ((part.table.rows?.length ?? 0) > 1)
        part.table = { ...part.table, rows: sortBy(process, part.table.rows ?? [], path, ({ object }) => object) }
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      part.table = { ...part.table, rows: [] }
    }
}

function* printTables(context: Context, input: Input): Steps<void> {
  const { process } = context
  const errors: KubectlError[] = []
  const { all } = yield* queries(context, input, errors)
  const serverPrint = input.bool("server-print")
  const parts: Part[] = []
  for (const one of all)
    try {
      if (serverPrint)
        // A subresource may be of a kind that has no columns.
        for (const table of yield* pages<Table>(context, input, one, TABLE))
          parts.push({
            resource: one.resource,
            table: table.kind === "Table" ? table : plainTable([table as unknown as KubeObject], process.now()),
          })
      else {
        const answers = yield* pages<KubeObject & { items?: KubeObject[]; metadata: { continue?: string } }>(context, input, one)
        const objects = answers.flatMap((answer) => (one.name === undefined ? (answer.items ?? []) : [answer]))
        parts.push({ resource: one.resource, table: plainTable(objects, process.now()) })
      }
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      if (input.bool("ignore-not-found") && isReason(error, "NotFound")) continue
      errors.push(error)
    }
  // A selector looks at what files brought: Tables have no labels.
  if (serverPrint && namesFiles(input) && input.text("selector")) parts.length = 0
  sortTables(context.process, parts, input)
  const withKind =
    input.bool("show-kind") ||
    new Set(parts.map(({ resource }) => resource)).size > 1 ||
    (all.length > 1 && new Set(all.map(({ resource }) => resource)).size > 1)
  let written = false
  let at = 0
  while (at < parts.length) {
    const { resource } = parts[at]
    const printer = tablePrinter(input, resource, withKind)
    const rows: string[][] = []
    for (; at < parts.length && parts[at].resource === resource; at++) rows.push(...printer.rows(parts[at].table))
    const text = printer.align(rows)
    if (text === "") continue
    yield* process.print((written && !input.bool("no-headers") ? "\n" : "") + text)
    written = true
  }
  if (!written && !input.bool("ignore-not-found") && errors.length === 0) {
    const namespaced = !input.bool("all-namespaces") && all.length > 0 && all.every(({ resource }) => resource.namespaced)
    yield* process.error(namespaced ? `No resources found in ${context.namespace} namespace.\n` : "No resources found\n")
  }
  throwAll(errors)
}

const tablePrinter = (input: Input, resource: Resource, withKind: boolean, remember = false): TablePrinter =>
  new TablePrinter(
    resource,
    {
      wide: input.text("output") === "wide",
      showLabels: input.bool("show-labels"),
      labelColumns: input.list("label-columns"),
      withNamespace: input.bool("all-namespaces") && resource.namespaced,
      withKind,
    },
    { headed: input.bool("no-headers"), remember },
  )

function* printObjects(context: Context, input: Input, printer: ObjectPrinter): Steps<void> {
  const { api, process } = context
  const errors: KubectlError[] = []
  const { all, single } = yield* queries(context, input, errors)
  const objects: KubeObject[] = []
  for (const one of all)
    try {
      for (const answer of yield* pages<KubeObject & { items?: KubeObject[]; metadata: { continue?: string } }>(context, input, one))
        if (one.name !== undefined) objects.push(answer)
        else for (const item of answer.items ?? []) objects.push({ ...item, apiVersion: answer.apiVersion, kind: one.resource.kind })
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      if (input.bool("ignore-not-found") && isReason(error, "NotFound")) continue
      if (single) throw error
      errors.push(error)
    }
  if (objects.length === 0 && (input.bool("ignore-not-found") || errors.length > 0)) return throwAll(errors)
  const sorted = input.text("sort-by") ? sortBy(context.process, objects, input.text("sort-by"), (object) => object) : objects
  const list = { apiVersion: "v1", kind: "List", metadata: { resourceVersion: "" }, items: sorted }
  if (api.verbosity >= 2 && input.bool("server-print") && !/yaml|json|custom-columns/.test(input.text("output")))
    yield* process.error(
      klog(
        process,
        "I",
        "table_printer.go:45",
        "Unable to decode server response into a Table. Falling back to hardcoded types: attempt to decode non-Table object",
      ),
    )
  yield* printObject(process, printer, single && sorted.length === 1 ? sorted[0] : list)
  throwAll(errors)
}

/** -w: what there is, and what becomes of it. */
function* watch(context: Context, input: Input, printer: ObjectPrinter | undefined): Steps<void> {
  const { api, process } = context
  if (input.text("sort-by"))
    yield* process.error(
      input.bool("watch")
        ? "warning: --watch requested, --sort-by will be ignored for watch events received\n"
        : "warning: --watch-only requested, --sort-by will be ignored\n",
    )
  const { all } = yield* queries(context, input, [])
  const [one] = all
  if (!one || new Set(all.map(({ resource }) => resource)).size > 1) throw new KubectlError("you may only specify a single resource type")
  // They are fetched before they are counted.
  if (all.length > 1) for (const each of all) yield* pages<Table>(context, input, each)
  if (all.length > 1)
    throw new KubectlError(`watch is only supported on individual resources and resource collections - ${all.length} resources were found`)
  const events = input.bool("output-watch-events")
  const tables = printer ? undefined : tablePrinter(input, one.resource, input.bool("show-kind"), true)
  const show = function* (type: string, object: KubeObject | Table): Steps<void> {
    if (tables) yield* process.print(tables.align(tables.rows(object as Table, events ? type : undefined)))
    else if (printer) yield* printObject(process, printer, events ? { type, object } : object)
  }
  const accept = tables ? TABLE : undefined
  const { name } = one
  let since: string
  if (name === undefined) {
    const [first] = yield* pages<Table & { items?: KubeObject[]; apiVersion: string }>(context, input, one, accept)
    since = first.metadata?.resourceVersion ?? ""
    if (!input.bool("watch-only")) {
      if (tables) yield* show("ADDED", first)
      else for (const item of first.items ?? []) yield* show("ADDED", { ...item, apiVersion: first.apiVersion, kind: one.resource.kind })
    }
  } else {
    const [object] = yield* pages<Table>(context, input, one, accept)
    since = tables
      ? (object.rows?.[0]?.object?.metadata.resourceVersion as string)
      : ((object as unknown as KubeObject).metadata.resourceVersion as string)
    if (!input.bool("watch-only")) yield* show("ADDED", object)
  }
  const fields = [input.text("field-selector"), name && `metadata.name=${name}`].filter(Boolean).join(",")
  const response = yield* api.send(
    "GET",
    pathOf(one.resource, one.namespace) +
      query({ watch: "true", resourceVersion: since, labelSelector: input.text("selector"), fieldSelector: fields }),
    accept === undefined ? {} : { accept },
  )
  yield* eachEvent<KubeObject & Table>(context, response, function* ({ type, object }) {
    yield* show(type, object)
    return false
  })
}

export const get = defineSubcommand({
  path: ["get"],
  group: "Basic Commands (Intermediate)",
  summary: "Display one or many resources",
  description:
    'Prints a table of the resources\' most important fields. Label and field selectors filter it; -o asks for other forms, -A for all namespaces.\n\nUse "kubectl api-resources" for a complete list of supported resources.',
  usage:
    "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
  examples: [
    ["All pods, with their nodes and addresses", "kubectl get pods -o wide"],
    ["One deployment as YAML", "kubectl get deployment web -o yaml"],
    ["Several types at once", "kubectl get rc,services"],
    ["What a file names", "kubectl get -f pod.yaml -o json"],
    ["One field", "kubectl get pod web-1 -o jsonpath={.status.phase}"],
  ],
  flags: {
    ...SELECTION,
    ...FILES,
    ...GET_PRINT,
    "chunk-size": { type: "int", default: "500", help: "Ask for long lists in pieces of this size; 0: in one." },
    "ignore-not-found": { type: "bool", help: "An object that is not there is no error." },
    "label-columns": { short: "L", type: "list", help: "Labels to show as columns" },
    "no-headers": { type: "bool", help: "Without the line of column names" },
    "output-watch-events": { type: "bool", help: "With --watch: also what happened: ADDED, MODIFIED or DELETED" },
    raw: { type: "string", help: "The path to ask the server for, as it is" },
    "server-print": { type: "bool", default: "true", help: "Let the server choose the columns" },
    "show-kind": { type: "bool", help: "Names with their type" },
    "show-labels": { type: "bool", help: "All labels in a last column" },
    "sort-by": { type: "string", help: "JSONPath of the field to sort by, e.g. .metadata.name" },
    subresource: { type: "string", help: "The subresource to get: status, scale, resize" },
    watch: { short: "w", type: "bool", help: "Then go on with what changes" },
    "watch-only": { type: "bool", help: "Only what changes" },
  },
  *run(input, context) {
    if (input.text("raw")) {
      if (input.words.length > 0) throw new KubectlError("arguments may not be passed when --raw is specified")
      if (!/^(?:\/|\w+:\/\/)/.test(input.text("raw")))
        throw new KubectlError(`--raw must be a valid URL path: parse ${JSON.stringify(input.text("raw"))}: invalid URI for request`)
      const response = yield* context.api.send("GET", input.text("raw"), { accept: "application/json, */*", raw: true })
      if (response.status >= 400) throw serverError(response)
      yield* context.process.print(bodyText(response.body))
      return 0
    }
    if (input.words.length === 0 && !input.has("filename") && !input.has("kustomize")) {
      yield* context.process.error(
        'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
      )
      throw new KubectlError(
        "error: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples",
        { raw: true },
      )
    }
    if (input.bool("output-watch-events") && !input.bool("watch") && !input.bool("watch-only"))
      throw new KubectlError("--output-watch-events option can only be used with --watch or --watch-only")
    const output = input.text("output")
    if (input.bool("show-labels") && output !== "" && output !== "wide")
      throw new KubectlError(`--show-labels option cannot be used with ${output} printer`)
    const printer = objectPrinter(context.process, input, GET_FORMATS)
    if (input.bool("watch") || input.bool("watch-only")) yield* watch(context, input, printer)
    else if (printer) yield* printObjects(context, input, printer)
    else yield* printTables(context, input)
    return 0
  },
})
