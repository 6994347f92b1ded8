/** apply --prune: what was applied before and is in the files no more. As kubectl/pkg/cmd/apply/prune.go. */
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "../../api.ts"
import { query } from "../../builder.ts"
import type { Context } from "../../define-subcommand.ts"
import { apiVersion, pathOf } from "../../discovery.ts"
import { KubectlError } from "../../errors.ts"
import type { DryRun } from "../../flag-groups.ts"
import type { Input } from "../../flags.ts"
import { LAST_APPLIED } from "../../last-applied.ts"
import { klog } from "../../klog.ts"
import { objectName } from "../../printing/objects.ts"

const DEFAULT = [
  "core/v1/ConfigMap",
  "core/v1/Endpoints",
  "core/v1/Namespace",
  "core/v1/PersistentVolumeClaim",
  "core/v1/PersistentVolume",
  "core/v1/Pod",
  "core/v1/ReplicationController",
  "core/v1/Secret",
  "core/v1/Service",
  "batch/v1/Job",
  "batch/v1/CronJob",
  "networking.k8s.io/v1/Ingress",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/ReplicaSet",
  "apps/v1/StatefulSet",
]

/** The types that are looked at. Throws KubectlError for what is none. */
export function* pruneTypes(context: Context, input: Input): Steps<Resource[]> {
  const { api, process } = context
  const given = input.has("prune-allowlist")
  const parsed = (given ? input.list("prune-allowlist") : DEFAULT).map((one) => {
    const [group, version, kind, ...more] = one.split("/")
    if (!version || !kind || more.length > 0)
      throw new KubectlError(`invalid GroupVersionKind format: ${one}, please follow <group/version/kind>`)
    return { kind, version: group === "core" ? version : `${group}/${version}` }
  })
  if (!given)
    yield* process.error(
      klog(
        process,
        "W",
        "prune.go:71",
        "Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.",
      ),
    )
  const all = yield* api.resources()
  return parsed.map(({ kind, version }) => {
    const resource = all.find((candidate) => candidate.kind === kind && apiVersion(candidate) === version)
    if (!resource) throw new KubectlError(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(version)}`)
    return resource
  })
}

/** Objects that were applied once, are chosen by the selector, and are not among `kept` (UIDs). */
export function* prunable(
  context: Context,
  input: Input,
  types: readonly Resource[],
  namespaces: Iterable<string>,
  kept: ReadonlySet<unknown>,
): Steps<{ resource: Resource; object: KubeObject }[]> {
  const found: { resource: Resource; object: KubeObject }[] = []
  const labelSelector = input.text("selector")
  for (const resource of types)
    for (const namespace of resource.namespaced ? namespaces : [undefined]) {
      const { items } = yield* context.api.get<{ items: KubeObject[] }>(pathOf(resource, namespace) + query({ labelSelector }))
      for (const object of items)
        if (object.metadata.annotations?.[LAST_APPLIED] !== undefined && !kept.has(object.metadata.uid))
          found.push({ resource, object: { ...object, apiVersion: apiVersion(resource), kind: resource.kind } })
    }
  return found
}

export function* prune(
  context: Context,
  input: Input,
  types: readonly Resource[],
  seen: readonly { resource: Resource; object: KubeObject }[],
  dry: DryRun,
): Steps<void> {
  const { api, process } = context
  const kept = new Set(seen.map(({ object }) => object.metadata.uid))
  const namespaces = new Set([
    ...(context.namespaceGiven ? [context.namespace] : []),
    ...seen.map(({ object }) => object.metadata.namespace).filter((name) => name !== undefined),
  ])
  const suffix = dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""
  for (const { resource, object } of yield* prunable(context, input, types, namespaces, kept)) {
    const { namespace, name } = object.metadata
    if (dry !== "client")
      yield* api.json("DELETE", pathOf(resource, namespace, name) + query({ dryRun: dry === "server" ? "All" : undefined }), {
        body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" },
      })
    yield* process.print(`${objectName(object)} pruned${suffix}\n`)
  }
}
