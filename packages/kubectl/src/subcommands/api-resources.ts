/** kubectl api-resources, api-versions */
import { defineSubcommand } from "../define-subcommand.ts"
import { apiVersion, qualifiedName, type Resource } from "../discovery.ts"
import { KubectlError, UsageError } from "../errors.ts"
import { asBuilt, objectPrinter, printObject } from "../printing/objects.ts"
import { columns } from "../printing/tabwriter.ts"

/** As metav1.APIResourceList, whose fields come in this order. */
const resourceList = (all: readonly Resource[]): object =>
  asBuilt({
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: "",
    resources: all.map(({ plural, singular, namespaced, group, version, kind, verbs, shortNames, categories }) => ({
      name: plural,
      singularName: singular,
      namespaced,
      ...(group && { group }),
      version,
      kind,
      verbs: [...verbs].sort(),
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
    })),
  })

const OUTPUTS = ["json", "kyaml", "name", "wide", "yaml"]

export const apiResources = defineSubcommand({
  path: ["api-resources"],
  group: "Other Commands",
  summary: "Print the supported API resources on the server",
  usage: "",
  examples: [
    ["All types", "kubectl api-resources"],
    ["With verbs", "kubectl api-resources -o wide"],
    ["Of one group", "kubectl api-resources --api-group=rbac.authorization.k8s.io"],
  ],
  flags: {
    "api-group": { type: "string", help: "Only of this group." },
    cached: { type: "bool", help: "What was found before will do." },
    categories: { type: "list", help: "Only of these categories." },
    namespaced: { type: "bool", default: "true", help: "Only types that are, or are not, in namespaces." },
    "no-headers": { type: "bool", help: "Without the line of column names" },
    output: { short: "o", type: "string", help: "json, kyaml, name, wide or yaml" },
    "show-managed-fields": { type: "bool", help: "Keep managedFields in JSON and YAML output." },
    "sort-by": { type: "string", help: "name or kind" },
    verbs: { type: "list", help: "Only types that know all these verbs." },
  },
  *run(input, { api, process }) {
    if (input.words.length > 0) throw new UsageError("api-resources", `unexpected arguments: [${input.words.join(" ")}]`)
    const [output, sortBy] = [input.text("output"), input.text("sort-by")]
    if (output && !OUTPUTS.includes(output))
      throw new KubectlError(
        `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${OUTPUTS.join(",")}`,
      )
    if (sortBy && sortBy !== "name" && sortBy !== "kind") throw new KubectlError("--sort-by accepts only name or kind")
    const all = (yield* api.resources({ fresh: !input.bool("cached") })).filter(
      (one) =>
        one.preferred &&
        (!input.has("namespaced") || one.namespaced === input.bool("namespaced")) &&
        (!input.has("api-group") || one.group === input.text("api-group")) &&
        input.list("verbs").every((verb) => one.verbs.includes(verb)) &&
        input.list("categories").every((category) => one.categories.includes(category)),
    )
    const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
    all.sort((a, b) => {
      if (sortBy === "kind") return compare(a.kind, b.kind)
      return (sortBy === "name" ? 0 : compare(a.group, b.group)) || compare(a.plural, b.plural)
    })
    if (output === "name") yield* process.print(all.map((one) => `${qualifiedName(one)}\n`).join(""))
    else if (output && output !== "wide") {
      const printer = objectPrinter(process, input, OUTPUTS)
      if (printer) yield* printObject(process, printer, resourceList(all))
    } else {
      const wide = output === "wide"
      const head = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(wide ? ["VERBS", "CATEGORIES"] : [])]
      yield* process.print(
        columns([
          ...(input.bool("no-headers") ? [] : [head]),
          ...all.map((one) => [
            one.plural,
            one.shortNames.join(","),
            apiVersion(one),
            String(one.namespaced),
            one.kind,
            ...(wide ? [[...one.verbs].sort().join(","), one.categories.join(",")] : []),
          ]),
        ]),
      )
    }
    return 0
  },
})

export const apiVersions = defineSubcommand({
  path: ["api-versions"],
  group: "Other Commands",
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  examples: [["All versions", "kubectl api-versions"]],
  flags: {},
  *run(input, { api, process }) {
    if (input.words.length > 0) throw new UsageError("api-versions", `unexpected arguments: [${input.words.join(" ")}]`)
    yield* api.get("/api?timeout=32s")
    const groups = yield* api.get<{ groups: { versions: { groupVersion: string }[] }[] }>("/apis?timeout=32s")
    const all = ["v1", ...groups.groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))].sort()
    yield* process.print(all.map((one) => `${one}\n`).join(""))
    return 0
  },
})
