/** kubectl apply. As kubectl/pkg/cmd/apply/apply.go. */
import { isObject } from "@drydock/kubernetes/apimachinery"
import { RECORD, recorded } from "../../change-cause.ts"
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "../../api.ts"
import { query, requireNamespace } from "../../builder.ts"
import { type Context, defineSubcommand } from "../../define-subcommand.ts"
import { pathOf } from "../../discovery.ts"
import { isReason, KubectlError, ServerError, throwAll, UsageError } from "../../errors.ts"
import { DRY_RUN, type DryRun, dryRun, FILES, fieldManager, fieldValidation, PRINT, SELECTOR, VALIDATE } from "../../flag-groups.ts"
import type { Input } from "../../flags.ts"
import { LAST_APPLIED, withLastApplied } from "../../last-applied.ts"
import { type Manifest, namesFiles, readManifests } from "../../manifests.ts"
import { matchesSelector } from "../../labels.ts"
import { schemaFor, threeWayPatch } from "../../patching/strategic.ts"
import { sendPatch } from "../../patching/send-patch.ts"
import { Reporter } from "../../printing/report.ts"
import { beforeApply, parseApplySet, pruneApplySet, withMembership } from "./apply-set.ts"
import { describePlace, type Place, sourced } from "./place.ts"
import { prune, pruneTypes } from "./prune.ts"
import { serverSide } from "./server-side.ts"

const RETRIES = 5

/** Members that are null are none, in what is created. */
const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withoutNulls)
    : isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, member]) => member !== null)
            .map(([key, member]) => [key, withoutNulls(member)]),
        )
      : value

function* getLive(context: Context, place: Place): Steps<KubeObject | undefined> {
  try {
    if (!place.name) throw new KubectlError("resource name may not be empty")
    return yield* context.api.get(pathOf(place.resource, place.namespace, place.name))
  } catch (error) {
    if (isReason(error, "NotFound")) return undefined
    throw sourced(error, `retrieving current configuration of:\n${describePlace(place)}\nfrom server for:`, place.source)
  }
}

/** Client-side apply of one object: what there is then, and whether it was made, changed or left. */
function* clientSide(
  context: Context,
  input: Input,
  place: Place,
  given: KubeObject,
  dry: DryRun,
  validation: string,
): Steps<{ object: KubeObject; done: string }> {
  const { api, process } = context
  const wanted = withLastApplied(given)
  const found = yield* getLive(context, place)
  const manager = input.has("field-manager") ? input.text("field-manager") : "kubectl-client-side-apply"
  if (!found) {
    const made = withoutNulls(wanted) as KubeObject
    if (dry === "client") return { object: made, done: "created" }
    try {
      const object = yield* api.json<KubeObject>(
        "POST",
        pathOf(place.resource, place.namespace) +
          query({ dryRun: dry === "server" ? "All" : undefined, fieldManager: manager, fieldValidation: validation }),
        { body: made },
      )
      return { object, done: "created" }
    } catch (error) {
      throw sourced(error, "creating", place.source)
    }
  }
  let live: KubeObject = found
  if (dry === "client") return { object: live, done: "configured" }
  if (live.metadata.annotations?.[LAST_APPLIED] === undefined)
    yield* process.error(
      `Warning: resource ${place.resource.plural}/${place.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  const schema = schemaFor(given)
  for (let attempt = 0; ; attempt++) {
    const text: string | undefined = live.metadata.annotations?.[LAST_APPLIED]
    const patch = threeWayPatch(text ? (JSON.parse(text) as KubeObject) : undefined, wanted, live, schema)
    if (!patch) return { object: live, done: "unchanged" }
    try {
      const object = yield* sendPatch(context, place, patch, {
        type: schema ? "strategic" : "merge",
        dry,
        fieldManager: manager,
        fieldValidation: validation,
      })
      if (object.metadata.deletionTimestamp)
        yield* process.error(`Warning: Detected changes to resource ${place.name} which is currently being deleted.\n`)
      return { object, done: "configured" }
    } catch (error) {
      if (isReason(error, "Conflict") && attempt < RETRIES) {
        live = yield* api.get(pathOf(place.resource, place.namespace, place.name))
        continue
      }
      if (input.bool("force") && (isReason(error, "Conflict") || isReason(error, "Invalid")))
        return { object: yield* recreate(context, place, wanted), done: "configured" }
      const message = `applying patch:\n${JSON.stringify(patch)}\nto:\n${describePlace(place)}\nfor:`
      throw error instanceof ServerError && error.reason === "Invalid"
        ? error
        : sourced(sourced(error, "patching", place.source), message, place.source)
    }
  }
}

function* recreate({ api, process }: Context, place: Place, object: KubeObject): Steps<KubeObject> {
  const path = pathOf(place.resource, place.namespace, place.name)
  yield* api.json("DELETE", path, { body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" } })
  for (;;) {
    try {
      yield* api.get(path)
    } catch (error) {
      if (isReason(error, "NotFound")) break
      throw error
    }
    yield* process.sleep(1_000)
  }
  return yield* api.json<KubeObject>("POST", pathOf(place.resource, place.namespace), { body: object })
}

export const APPLY_FLAGS = {
  ...FILES,
  ...PRINT,
  ...DRY_RUN,
  ...SELECTOR,
  ...VALIDATE,
} as const

export const apply = defineSubcommand({
  path: ["apply"],
  group: "Advanced Commands",
  summary: "Apply a configuration to a resource by file name or stdin",
  description:
    "What is not there is created; what is there is changed to what the files say. Fields that an earlier apply set and the files no longer name are removed; all others stay.\n\nJSON and YAML are accepted.",
  usage: "(-f FILENAME | -k DIRECTORY)",
  examples: [
    ["What a file says", "kubectl apply -f ./pod.json"],
    ["A kustomization", "kubectl apply -k dir/"],
    ["What comes through a pipe", "cat pod.json | kubectl apply -f -"],
  ],
  flags: {
    ...APPLY_FLAGS,
    ...fieldManager("kubectl-client-side-apply"),
    ...RECORD,
    applyset: { type: "string", hidden: true, help: "The object that remembers what was applied, for --prune" },
    all: { type: "bool", help: "With --prune: all objects in the namespace that were applied before" },
    cascade: {
      type: "string",
      default: "background",
      bare: "background",
      help: "What becomes of dependents when --force deletes: background, orphan or foreground.",
    },
    force: { type: "bool", help: "Delete and create what cannot be changed." },
    "force-conflicts": { type: "bool", help: "With --server-side: take fields over from other managers." },
    "grace-period": { type: "int", default: "-1", help: "Seconds that a deleted object gets to end." },
    "openapi-patch": { type: "bool", default: "true", help: "Let the server's schema say how lists are merged." },
    overwrite: { type: "bool", default: "true", help: "Change what was changed by others as well" },
    prune: { type: "bool", help: "Delete what was applied before and is in the files no more." },
    "prune-allowlist": { type: "array", help: "The types that --prune looks at, as group/version/kind" },
    "server-side": { type: "bool", help: "Have the server merge." },
    subresource: { type: "string", help: "The subresource to apply to." },
    timeout: { type: "duration", help: "How long to wait for a deletion" },
    wait: { type: "bool", help: "Wait for deleted objects to be gone" },
  },
  *run(input, context) {
    const { process } = context
    if (input.words.length > 0) throw new UsageError("apply", `Unexpected args: [${input.words.join(" ")}]`)
    if (!namesFiles(input)) throw new KubectlError("must specify one of -f and -k")
    if (input.bool("force-conflicts") && !input.bool("server-side"))
      throw new KubectlError("--force-conflicts only works with --server-side")
    const dry = dryRun(input)
    const grouped = input.has("applyset")
    if (grouped && process.env.get("KUBECTL_APPLYSET") !== "true")
      throw new KubectlError("error: unknown flag: --applyset\nSee 'kubectl apply --help' for usage.", { raw: true })
    if (grouped && !input.bool("prune")) throw new KubectlError("--applyset requires --prune")
    if (input.bool("server-side") && input.bool("force")) throw new KubectlError("--force cannot be used with --server-side")
    if (dry === "server" && input.bool("force")) throw new KubectlError("--dry-run=server cannot be used with --force")
    if (input.has("subresource") && !input.bool("server-side"))
      throw new KubectlError("--subresource can only be specified for --server-side")
    if (input.bool("prune") && input.bool("all") && input.has("selector"))
      throw new KubectlError("cannot set --all and --selector at the same time")
    if (dry === "client" && input.bool("server-side"))
      throw new KubectlError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    if (input.bool("prune") && !grouped && !input.bool("all") && !input.has("selector"))
      throw new KubectlError(
        "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
      )
    const set = grouped ? yield* parseApplySet(context, input.text("applyset")) : undefined
    for (const flag of grouped ? ["all", "selector", "prune-allowlist"] : [])
      if (input.has(flag)) throw new KubectlError(`--${flag} is incompatible with --applyset`)
    const pruned = input.bool("prune") && !grouped ? yield* pruneTypes(context, input) : []
    const validation = fieldValidation(input)
    const reporter = new Reporter(process, input)
    const errors: KubectlError[] = []
    const results: KubeObject[] = []
    const seen: { resource: Resource; object: KubeObject }[] = []
    const manifests = (yield* readManifests(context, input)).filter(
      ({ object }: Manifest) => !input.has("selector") || matchesSelector(input.text("selector"), object),
    )
    if (manifests.length === 0) throw new KubectlError("no objects passed to apply")
    // All files are understood before anything is sent.
    const places: { place: Place; object: KubeObject }[] = []
    for (const { object, source } of manifests)
      try {
        const resource = yield* context.api.resourceFor(object, source)
        const namespace = requireNamespace(context, resource, object)
        const placed: KubeObject = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
        const named = { resource, namespace, name: object.metadata.name ?? "", source }
        places.push({ place: named, object: recorded(context, input, placed) })
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        errors.push(error)
      }
    if (set) {
      for (const one of places) one.object = withMembership(set, one.object)
      yield* beforeApply(
        context,
        set,
        places.map(({ place }) => place),
        dry,
      )
    }
    for (const { place, object } of places)
      try {
        if (!place.name && object.metadata.generateName)
          throw new KubectlError(`from ${String(object.metadata.generateName)}: cannot use generate name with apply`)
        const result = input.bool("server-side")
          ? { object: yield* serverSide(context, input, place, object, dry, validation), done: "serverside-applied" }
          : yield* clientSide(context, input, place, object, dry, validation)
        seen.push({ resource: place.resource, object: result.object })
        if (reporter.format && reporter.format !== "name") results.push(result.object)
        else yield* reporter.say(result.object, result.done)
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        errors.push(error)
      }
    throwAll(errors)
    if (results.length === 1) yield* reporter.say(results[0], "")
    else if (results.length > 1)
      yield* reporter.say({ apiVersion: "v1", items: results, kind: "List", metadata: {} } as unknown as KubeObject, "")
    if (set)
      yield* pruneApplySet(
        context,
        set,
        places.map(({ place }) => place),
        new Set(seen.map(({ object }) => object.metadata.uid)),
        dry,
      )
    else if (input.bool("prune")) yield* prune(context, input, pruned, seen, dry)
    return 0
  },
})
