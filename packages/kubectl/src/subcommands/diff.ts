/** kubectl diff. As kubectl/pkg/cmd/diff. */
import { type Steps, SystemError } from "@drydock/machine"
import type { KubeObject, Resource } from "../api.ts"
import { query, requireNamespace } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { pathOf } from "../discovery.ts"
import { errorText, isReason, KubectlError, SilentExit, UsageError } from "../errors.ts"
import { FILES, fieldManager, SELECTOR } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { klog } from "../klog.ts"
import { LAST_APPLIED } from "../last-applied.ts"
import { labelFilter, namesFiles, readManifests } from "../manifests.ts"
import { schemaFor, threeWayPatch } from "../patching/strategic.ts"
import { sendPatch } from "../patching/send-patch.ts"
import { toYaml } from "../printing/yaml.ts"
import { prunable, pruneTypes } from "./apply/prune.ts"

const shown = (object: KubeObject, input: Input): string => {
  if (input.bool("show-managed-fields")) return toYaml(object)
  const { managedFields: _, ...metadata } = object.metadata
  return toYaml({ ...object, metadata })
}

const fileOf = (resource: Resource, namespace: string | undefined, name: string): string =>
  `${resource.group ? `${resource.group}.` : ""}${resource.version}.${resource.kind}.${namespace ?? ""}.${name}`

/** A secret's values are stars, and different stars when they differ. */
const masked = (live: KubeObject | undefined, merged: KubeObject): [KubeObject | undefined, KubeObject] => {
  if (merged.kind !== "Secret") return [live, merged]
  const [before, after] = [live?.data, merged.data].map((data) => (data ?? {}) as Record<string, string>)
  const stars = (data: Record<string, string>, other: Record<string, string>, label: string) =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, other[key] === undefined || other[key] === value ? "***" : `*** (${label})`]),
    )
  return [live && { ...live, data: stars(before, after, "before") }, { ...merged, data: stars(after, before, "after") }]
}

/** What the object would be after an apply; undefined before it exists. */
function* mergedOf(
  context: Context,
  input: Input,
  resource: Resource,
  namespace: string | undefined,
  given: KubeObject,
  live: KubeObject | undefined,
): Steps<KubeObject> {
  const place = { resource, namespace, name: given.metadata.name }
  const manager = input.has("field-manager") || !input.bool("server-side") ? input.text("field-manager") : "kubectl"
  if (input.bool("server-side"))
    try {
      return yield* context.api.json<KubeObject>(
        "PATCH",
        pathOf(resource, namespace, given.metadata.name) +
          query({ dryRun: "All", fieldManager: manager, force: String(input.bool("force-conflicts")) }),
        { body: given, type: "application/apply-patch+yaml" },
      )
    } catch (error) {
      // Any conflict is taken for a change that came between, and tried again to no avail.
      const type = `${resource.group}/${resource.version}, Kind=${resource.kind}`
      const text = `Object (${type}: ${given.metadata.name}) keeps changing, diffing without lock`
      if (isReason(error, "Conflict")) yield* context.process.error(klog(context.process, "W", "diff.go:721", text))
      throw error
    }
  // What apply would write into its annotation is no difference to tell; without annotations of its own it has an empty map of them, as what
  // was applied last has.
  const { [LAST_APPLIED]: _, ...annotations } = given.metadata.annotations ?? {}
  const wanted: KubeObject = { ...given, metadata: { ...given.metadata, annotations } }
  if (!live)
    return yield* context.api.json<KubeObject>("POST", pathOf(resource, namespace) + query({ dryRun: "All", fieldManager: manager }), {
      body: wanted,
    })
  const schema = schemaFor(given)
  const text = live.metadata.annotations?.[LAST_APPLIED]
  const patch = threeWayPatch(text ? JSON.parse(text) : undefined, wanted, live, schema)
  return patch
    ? yield* sendPatch(context, place, patch, { type: schema ? "strategic" : "merge", dry: "server", fieldManager: manager })
    : live
}

export const diff = defineSubcommand({
  path: ["diff"],
  group: "Advanced Commands",
  summary: "Diff the live version against a would-be applied version",
  description:
    "Nothing is changed. The exit code is 0 without differences, 1 with some, more for an error. KUBECTL_EXTERNAL_DIFF names another diff program.",
  usage: "-f FILENAME",
  // 1 would say that something differs.
  misused: { code: 2, hint: "See 'kubectl diff -h' for help and examples" },
  examples: [["What a file would change", "kubectl diff -f pod.json"]],
  flags: {
    ...FILES,
    ...SELECTOR,
    ...fieldManager("kubectl-client-side-apply"),
    concurrency: { type: "int", default: "1", help: "How many objects at once." },
    "force-conflicts": { type: "bool", help: "With --server-side: take fields over from other managers." },
    prune: { type: "bool", help: "Also what apply --prune would delete." },
    "prune-allowlist": { type: "array", help: "The types that --prune looks at" },
    "server-side": { type: "bool", help: "Have the server merge." },
    "show-managed-fields": { type: "bool", help: "With managedFields." },
  },
  *run(input, context) {
    const { api, process } = context
    if (input.words.length > 0) throw new UsageError("diff", `Unexpected args: [${input.words.join(" ")}]`, 2)
    if (!namesFiles(input)) throw new KubectlError("error: must specify one of -f and -k", { code: 2 })
    const stamp = () => Math.floor(process.random() * 4_000_000_000)
    const [before, after] = [`/tmp/LIVE-${stamp()}`, `/tmp/MERGED-${stamp()}`]
    process.files.mkdir(before)
    process.files.mkdir(after)
    try {
      const wanted = labelFilter(input.text("selector"))
      const types = input.bool("prune") ? yield* pruneTypes(context, input) : []
      const visited = { namespaces: new Set<string>(), uids: new Set<unknown>() }
      for (const { object, source } of yield* readManifests(context, input)) {
        if (!wanted(object)) continue
        const resource = yield* api.resourceFor(object, source)
        const namespace = requireNamespace(context, resource, object)
        const placed = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
        let live: KubeObject | undefined
        try {
          live = yield* api.get(pathOf(resource, namespace, object.metadata.name))
        } catch (error) {
          if (!isReason(error, "NotFound")) throw error
        }
        const [old, merged] = masked(live, yield* mergedOf(context, input, resource, namespace, placed, live))
        if (namespace) visited.namespaces.add(namespace)
        visited.uids.add(live?.metadata.uid)
        const file = fileOf(resource, namespace, object.metadata.name)
        process.files.write(`${before}/${file}`, old ? shown(old, input) : "")
        process.files.write(`${after}/${file}`, shown(merged, input))
      }
      // What an apply would prune is there before, and then not.
      for (const { resource, object } of yield* prunable(context, input, types, visited.namespaces, visited.uids))
        process.files.write(`${before}/${fileOf(resource, object.metadata.namespace, object.metadata.name)}`, shown(object, input))
      return yield* runDiff(context, before, after)
    } catch (error) {
      if (!(error instanceof KubectlError) || error instanceof SilentExit) throw error
      throw new KubectlError(errorText(error), { code: error.code + 1, raw: true })
    } finally {
      for (const directory of [before, after]) process.files.remove(directory, { recursive: true })
    }
  },
})

/** The diff program's exit code: 0 or 1; more is an error. */
function* runDiff({ process }: Context, before: string, after: string): Steps<number> {
  const external = process.env.get("KUBECTL_EXTERNAL_DIFF")
  const [program, ...args] = external
    ? external.split(/\s+/).filter((word, at) => at === 0 || /^[a-zA-Z0-9-=]+$/.test(word))
    : ["diff", "-u", "-N"]
  for (const directory of (process.env.get("PATH") ?? "/usr/bin:/bin").split(":")) {
    const path = program.includes("/") ? program : `${directory}/${program}`
    if (!process.files.exists(path)) continue
    try {
      const child = process.spawnFile(path, { argv: [program, ...args, before, after] })
      const ended = yield* process.waitFor({ pid: child.pid })
      const code = ended?.status.kind === "exited" ? ended.status.code : 2
      if (code > 1) throw new KubectlError(`exit status ${code}`, { code })
      return code
    } catch (error) {
      if (error instanceof SystemError) throw new KubectlError(`failed to run ${JSON.stringify(program)}: ${error.message}`, { code: 2 })
      throw error
    }
  }
  throw new KubectlError(`failed to run ${JSON.stringify(program)}: executable file not found in $PATH`)
}
