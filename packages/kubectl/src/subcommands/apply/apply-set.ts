/** apply --applyset: a parent object remembers what was applied, so that the next apply can prune. As kubectl/pkg/cmd/apply/applyset.go. */
import { sha256Hex } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import { CLIENT, type KubeObject, type Resource } from "../../api.ts"
import { query } from "../../builder.ts"
import { encodeBase64Bytes } from "../../bytes.ts"
import type { Context } from "../../define-subcommand.ts"
import { apiVersion, pathOf } from "../../discovery.ts"
import { AggregateFailure, isReason, KubectlError } from "../../errors.ts"
import type { DryRun } from "../../flag-groups.ts"
import { klog } from "../../klog.ts"
import { objectName } from "../../printing/objects.ts"

const PREFIX = "applyset.kubernetes.io"
const PART_OF = `${PREFIX}/part-of`
const ID = `${PREFIX}/id`
const TOOLING = `${PREFIX}/tooling`
const KINDS = `${PREFIX}/contains-group-kinds`
const NAMESPACES = `${PREFIX}/additional-namespaces`
const PARENT_CRD = `${PREFIX}/is-parent-type`
const MANAGER = "kubectl-applyset"

export interface Member {
  readonly resource: Resource
  readonly namespace: string | undefined
}

export interface ApplySet {
  readonly parent: Resource
  readonly namespace: string | undefined
  readonly name: string
  readonly id: string
  /** What the parent remembers of the last time. */
  kinds: readonly Resource[]
  namespaces: readonly string[]
}

const kindOf = ({ kind, group }: Resource): string => (group ? `${kind}.${group}` : kind)

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const idOf = (name: string, namespace: string, { kind, group }: Resource): string => {
  const hash = encodeBase64Bytes(bytesOf(sha256Hex([name, namespace, kind, group].join("."))))
  return `applyset-${hash.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}-v1`
}

/** Secrets and config maps may be parents, and custom resources whose definition says so. */
function* permitted({ api }: Context, { group, plural }: Resource): Steps<boolean> {
  if (group === "" && (plural === "secrets" || plural === "configmaps")) return true
  const { items } = yield* api.get<{ items: KubeObject[] }>(
    `/apis/apiextensions.k8s.io/v1/customresourcedefinitions${query({ labelSelector: PARENT_CRD })}`,
  )
  return items.some(({ metadata }) => metadata.name === `${plural}.${group}`)
}

/** "[RESOURCE][.GROUP]/NAME", by default a secret; throws KubectlError when it cannot be a parent. */
export function* parseApplySet(context: Context, reference: string): Steps<ApplySet> {
  const slash = reference.indexOf("/")
  const name = reference.slice(slash + 1)
  if (name === "") throw new KubectlError(`invalid parent reference ${JSON.stringify(reference)}: name cannot be blank`)
  let parent: Resource
  try {
    parent = yield* context.api.resource(slash < 0 ? "secrets" : reference.slice(0, slash))
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    throw new KubectlError(`invalid parent reference ${JSON.stringify(reference)}: ${error.message}`)
  }
  // The namespace is what -n says; the context's does not count.
  const namespace = parent.namespaced && context.namespaceGiven ? context.namespace : undefined
  const faults: string[] = []
  if (parent.namespaced && namespace === undefined) faults.push("namespace is required to use namespace-scoped ApplySet")
  if (!(yield* permitted(context, parent)))
    faults.push(`resource "${apiVersion(parent)}, Resource=${parent.plural}" is not permitted as an ApplySet parent`)
  if (faults.length === 1) throw new KubectlError(faults[0])
  if (faults.length > 1) throw new AggregateFailure(faults.map((fault) => new KubectlError(fault)))
  return { parent, namespace, name, id: idOf(name, namespace ?? "", parent), kinds: [], namespaces: [] }
}

export const withMembership = ({ id }: ApplySet, object: KubeObject): KubeObject => {
  if (object.metadata.labels?.[PART_OF] !== undefined)
    throw new KubectlError(`ApplySet label ${JSON.stringify(PART_OF)} already set in input data`)
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [PART_OF]: id } } }
}

/** "secrets./name" */
const parentText = ({ parent, name }: ApplySet): string => `${parent.plural}.${parent.group}/${name}`

/** What the parent remembers. Throws when it belongs to somebody else. */
function* recall({ api }: Context, set: ApplySet): Steps<void> {
  let found: KubeObject
  try {
    found = yield* api.get(pathOf(set.parent, set.namespace, set.name))
  } catch (error) {
    if (!isReason(error, "NotFound")) throw error
    if (set.parent.group !== "") throw new KubectlError("custom resource ApplySet parents cannot be created automatically")
    return
  }
  const { labels = {}, annotations = {} } = found.metadata
  const title = `ApplySet parent object ${JSON.stringify(parentText(set))}`
  const tooling = annotations[TOOLING]
  if (tooling === undefined) throw new KubectlError(`${title} already exists and is missing required annotation ${JSON.stringify(TOOLING)}`)
  const tool = tooling.includes("/") ? tooling.slice(0, tooling.lastIndexOf("/")) : tooling
  if (tool !== "kubectl")
    throw new KubectlError(`${title} already exists and is managed by tooling ${JSON.stringify(tool)} instead of "kubectl"`)
  if (labels[ID] === undefined) throw new KubectlError(`${title} exists and does not have required label ${ID}`)
  if (labels[ID] !== set.id)
    throw new KubectlError(`${title} exists and has incorrect value for label ${JSON.stringify(ID)} (got: ${labels[ID]}, want: ${set.id})`)
  const all = yield* api.resources()
  set.kinds = (annotations[KINDS] ?? "")
    .split(",")
    .filter(Boolean)
    .flatMap((text) => all.filter((one) => one.preferred && kindOf(one) === text).slice(0, 1))
  set.namespaces = [...(annotations[NAMESPACES] ?? "").split(",").filter(Boolean), ...(set.namespace === undefined ? [] : [set.namespace])]
}

function* remember(
  { api, process }: Context,
  set: ApplySet,
  kinds: readonly Resource[],
  namespaces: readonly string[],
  dry: DryRun,
): Steps<void> {
  if (dry === "client") return
  const { parent, namespace, name } = set
  const body = {
    kind: parent.kind,
    apiVersion: apiVersion(parent),
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { [ID]: set.id },
      annotations: {
        [TOOLING]: `kubectl/${CLIENT.gitVersion}`,
        [KINDS]: [...new Set(kinds.map(kindOf))].sort().join(","),
        [NAMESPACES]: [...new Set(namespaces)]
          .filter((one) => one !== namespace)
          .sort()
          .join(","),
      },
    },
  }
  const send = (force: boolean) =>
    api.json(
      "PATCH",
      pathOf(parent, namespace, name) +
        query({ dryRun: dry === "server" ? "All" : undefined, fieldManager: MANAGER, fieldValidation: "Strict", force: String(force) }),
      { body, type: "application/apply-patch+yaml" },
    )
  try {
    try {
      yield* send(false)
    } catch (error) {
      if (!isReason(error, "Conflict")) throw error
      yield* process.error(
        klog(
          process,
          "W",
          "applyset.go:455",
          `WARNING: failed to update ApplySet: ${(error as KubectlError).message}\nApplySet field manager ${MANAGER} should own these fields. Retrying with conflicts forced.`,
        ),
      )
      yield* send(true)
    }
  } catch (error) {
    if (error instanceof KubectlError) throw new KubectlError(`failed to update ApplySet: ${error.message}`)
    throw error
  }
}

const namespacesOf = (members: readonly Member[]): string[] =>
  members.flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace]))

/** Before anything is applied the parent covers what was and what will be: nothing is lost when this stops half-way. */
export function* beforeApply(context: Context, set: ApplySet, members: readonly Member[], dry: DryRun): Steps<void> {
  yield* recall(context, set)
  const kinds = [...set.kinds, ...members.map(({ resource }) => resource)]
  yield* remember(context, set, kinds, [...set.namespaces, ...namespacesOf(members)], dry)
}

/** Deletes members that were not applied this time, then lets the parent forget them. `kept`: UIDs. */
export function* pruneApplySet(
  context: Context,
  set: ApplySet,
  members: readonly Member[],
  kept: ReadonlySet<unknown>,
  dry: DryRun,
): Steps<void> {
  const { api, process } = context
  const suffix = dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""
  for (const resource of set.kinds)
    for (const namespace of resource.namespaced ? new Set(set.namespaces) : [undefined]) {
      const { items } = yield* api.get<{ items: KubeObject[] }>(
        pathOf(resource, namespace) + query({ labelSelector: `${PART_OF}=${set.id}` }),
      )
      for (const { metadata } of items) {
        if (kept.has(metadata.uid)) continue
        if (dry !== "client")
          yield* api.json("DELETE", pathOf(resource, namespace, metadata.name) + query({ dryRun: dry === "server" ? "All" : undefined }), {
            body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" },
          })
        yield* process.print(`${objectName({ apiVersion: apiVersion(resource), kind: resource.kind, metadata })} pruned${suffix}\n`)
      }
    }
  yield* remember(
    context,
    set,
    members.map(({ resource }) => resource),
    namespacesOf(members),
    dry,
  )
}
