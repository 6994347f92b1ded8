/** kubectl get */
import { bodyJson, bodyText, type Steps } from "@drydock/machine"
import { jsonPathValues } from "@drydock/gotemplate"
import { KubectlError, type KubeObject, pathOf, serverError, TABLE } from "../api.ts"
import { FILES, fileObjects, OUTPUT, query, SELECTION, type Target, targets } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import type { Parsed } from "../flags.ts"
import { objectsText, type Table, tableText } from "../printing.ts"

function* watch(target: Target, input: Parsed, { api, process, namespace }: Context, since: string, everywhere: boolean): Steps<number> {
  const output = input.text("output")
  const human = output === undefined || output === "wide"
  const path = pathOf(target.resource, everywhere ? undefined : namespace)
  const fields = [input.text("field-selector"), target.name && `metadata.name=${target.name}`].filter(Boolean).join(",")
  const response = yield* api.send(
    "GET",
    path + query({ watch: "true", resourceVersion: since, labelSelector: input.text("selector"), fieldSelector: fields }),
    human ? { accept: TABLE } : {},
  )
  if (response.status >= 400 || !response.stream) throw serverError(response)
  for (;;) {
    const chunk = response.stream.tryTake()
    if (chunk === null) return 0
    if (chunk === undefined) {
      yield* process.wait({ queues: [response.stream.readQueue] })
      continue
    }
    const { type, object } = bodyJson(chunk) as { type: string; object: Table & KubeObject }
    if (type === "BOOKMARK") continue
    if (human) {
      const text = tableText(
        { ...object, columnDefinitions: object.columnDefinitions ?? [] },
        {
          wide: output === "wide",
          noHeaders: true,
          showLabels: false,
          labelColumns: [],
          allNamespaces: everywhere,
          prefix: "",
          showKind: false,
        },
      )
      yield* process.print(text)
    } else yield* process.print(objectsText(process, output, [{ resource: target.resource, object }], true))
  }
}

export const get = defineSubcommand({
  path: ["get"],
  summary: "Display one or many resources",
  flags: {
    ...SELECTION,
    ...FILES,
    ...OUTPUT,
    watch: { short: "w", type: "bool" },
    "watch-only": { type: "bool" },
    "no-headers": { type: "bool" },
    "show-labels": { type: "bool" },
    "label-columns": { short: "L", type: "list" },
    "sort-by": { type: "string" },
    "show-kind": { type: "bool" },
    raw: { type: "string" },
    "ignore-not-found": { type: "bool" },
    "chunk-size": { type: "string" },
    template: { type: "string" },
    subresource: { type: "string" },
    "output-watch-events": { type: "bool" },
    "server-print": { type: "string" },
  },
  *run(input, context) {
    const { api, process, namespace } = context
    const raw = input.text("raw")
    if (raw !== undefined) {
      const response = yield* api.send("GET", raw)
      if (response.status >= 400) throw serverError(response)
      yield* process.print(bodyText(response.body))
      return 0
    }
    const everywhere = input.bool("all-namespaces")
    let output = input.text("output")
    if (output === "go-template" || output === "jsonpath") output = `${output}=${input.text("template") ?? ""}`
    const human = output === undefined || output === "wide"
    const wanted: (Target & { namespace: string | undefined })[] = []
    if (input.has("filename"))
      for (const object of yield* fileObjects(context, input))
        wanted.push({
          resource: yield* api.resourceFor(object),
          name: object.metadata.name,
          namespace: object.metadata.namespace ?? namespace,
        })
    else
      for (const target of yield* targets(context, input.words)) wanted.push({ ...target, namespace: everywhere ? undefined : namespace })
    const several = wanted.length > 1 && new Set(wanted.map(({ resource }) => resource.plural)).size > 1
    const objects: { resource: Target["resource"]; object: KubeObject }[] = []
    const tables: { target: Target; table: Table }[] = []
    let status = 0
    for (const target of wanted) {
      const path =
        target.name === undefined
          ? pathOf(target.resource, target.namespace) +
            query({ labelSelector: input.text("selector"), fieldSelector: input.text("field-selector") })
          : pathOf(target.resource, target.namespace, target.name)
      try {
        if (human) {
          const table = yield* api.json<Table>(
            "GET",
            `${path}${input.has("sort-by") ? `${path.includes("?") ? "&" : "?"}includeObject=Object` : ""}`,
            { accept: TABLE },
          )
          const last = tables.at(-1)
          if (last && target.name !== undefined && last.target.resource === target.resource) last.table.rows.push(...table.rows)
          else tables.push({ target, table: { ...table, rows: [...table.rows] } })
        } else {
          const answer = yield* api.json<KubeObject & { items?: KubeObject[] }>("GET", path)
          if (target.name === undefined)
            objects.push(
              ...(answer.items ?? []).map((object) => ({
                resource: target.resource,
                object: { ...object, apiVersion: answer.apiVersion, kind: target.resource.kind },
              })),
            )
          else objects.push({ resource: target.resource, object: answer })
        }
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        if (error.status?.reason === "NotFound" && input.bool("ignore-not-found")) continue
        if (wanted.length === 1) throw error
        yield* process.error(`${error.message}\n`)
        status = 1
      }
    }
    const sortBy = input.text("sort-by")
    const order = (a: unknown, b: unknown) => {
      const [x, y] = [a, b].map((object) => jsonPathValues(sortBy ?? "", object)[0]) as [never, never]
      return x === undefined ? -1 : y === undefined ? 1 : x < y ? -1 : x > y ? 1 : 0
    }
    if (!human) {
      if (sortBy) objects.sort((a, b) => order(a.object, b.object))
      const single = wanted.length === 1 && wanted[0].name !== undefined && !input.has("filename")
      if (single && objects.length === 0) return status
      yield* process.print(objectsText(process, output as string, objects, single || (input.has("filename") && objects.length === 1)))
      return status
    }
    const filled = tables.filter(({ table }) => table.rows.length > 0)
    if (filled.length === 0 && status === 0 && !input.bool("watch")) {
      if (input.bool("ignore-not-found")) return 0
      yield* process.error(
        everywhere || !wanted[0]?.resource.namespaced ? "No resources found\n" : `No resources found in ${namespace} namespace.\n`,
      )
      return 0
    }
    for (const [at, { target, table }] of filled.entries()) {
      if (sortBy) table.rows.sort((a, b) => order(a.object, b.object))
      const showKind = several || input.bool("show-kind")
      yield* process.print(
        (at > 0 ? "\n" : "") +
          tableText(table, {
            wide: output === "wide",
            noHeaders: input.bool("no-headers"),
            showLabels: input.bool("show-labels"),
            labelColumns: input.list("label-columns"),
            allNamespaces: everywhere && target.resource.namespaced,
            prefix: `${target.resource.singular}${target.resource.group ? `.${target.resource.group}` : ""}/`,
            showKind,
          }),
      )
    }
    if (!input.bool("watch")) return status
    return yield* watch(wanted[0], input, context, tables[0]?.table.metadata.resourceVersion ?? "", everywhere)
  },
})
