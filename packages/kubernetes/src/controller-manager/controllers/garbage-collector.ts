/** garbage-collector-controller: deletes what its owners left, orphans what they let go. As pkg/controller/garbagecollector. */
import { customResourceDefinition, kinds, pod } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import type { Kind } from "../../api/define-kind.ts"
import type { KubernetesObject, OwnerReference, Stored } from "../../apimachinery/object.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { customKinds } from "../custom-kinds.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"

/** Kinds that own or are owned in practice; the others never carry references. */
const OWNERS = new Set([
  "Pod",
  "ReplicaSet",
  "ReplicationController",
  "Deployment",
  "DaemonSet",
  "StatefulSet",
  "Job",
  "CronJob",
  "Service",
  "ControllerRevision",
  "EndpointSlice",
  "Node",
  "PersistentVolumeClaim",
  "ConfigMap",
  "Secret",
])
/** Built-in kinds, and those of custom resource definitions as they come. */
const collected = ({ memory }: ReconcileContext): Kind<KubernetesObject>[] => {
  let known = memory.get("kinds") as Kind<KubernetesObject>[] | undefined
  if (!known) memory.set("kinds", (known = kinds.filter((kind) => OWNERS.has(kind.kind) && !kind.storedAs)))
  return known
}

const kindOf = (context: ReconcileContext, test: (kind: Kind<KubernetesObject>) => boolean): Kind<KubernetesObject> | undefined =>
  collected(context).find(test) ?? kinds.find(test)

const ownersOf = (object: Stored<KubernetesObject>): OwnerReference[] => (object.metadata.ownerReferences ?? []) as OwnerReference[]

const dependentsOf = (uid: string, context: ReconcileContext): { kind: Kind<KubernetesObject>; object: Stored<KubernetesObject> }[] =>
  collected(context).flatMap((kind) =>
    context.informers
      .for(kind)
      .byIndex("owners", uid)
      .map((object) => ({ kind, object })),
  )

const tolerateMissing = (work: () => void): void => {
  try {
    work()
  } catch (error) {
    if (!(error instanceof StatusError && (error.code === 404 || error.code === 409))) throw error
  }
}

const exists = (reference: OwnerReference, namespace: string | undefined, context: ReconcileContext): boolean => {
  const kind = kindOf(context, (one) => one.kind === reference.kind && one.apiVersion === reference.apiVersion)
  if (!kind) return true
  return context.informers.for(kind).get(kind.namespaced ? namespace : undefined, reference.name)?.metadata.uid === reference.uid
}

const process = (kind: Kind<KubernetesObject>, object: Stored<KubernetesObject>, context: ReconcileContext): void => {
  const { client } = context
  const { finalizers = [], deletionTimestamp } = object.metadata
  const withoutFinalizer = (name: string) => {
    const next = editable(object)
    next.metadata.finalizers = finalizers.filter((one) => one !== name)
    tolerateMissing(() => client.update(kind, next))
  }
  if (deletionTimestamp && finalizers.includes("orphan")) {
    for (const dependent of dependentsOf(object.metadata.uid, context)) {
      const next = editable(dependent.object)
      const left = ownersOf(dependent.object).filter(({ uid }) => uid !== object.metadata.uid)
      if (left.length > 0) next.metadata.ownerReferences = left as never
      else delete next.metadata.ownerReferences
      tolerateMissing(() => client.update(dependent.kind, next))
    }
    return withoutFinalizer("orphan")
  }
  if (deletionTimestamp && finalizers.includes("foregroundDeletion")) {
    const dependents = dependentsOf(object.metadata.uid, context).filter((dependent) =>
      ownersOf(dependent.object).some(({ uid, blockOwnerDeletion }) => uid === object.metadata.uid && blockOwnerDeletion),
    )
    if (dependents.length === 0) return withoutFinalizer("foregroundDeletion")
    for (const dependent of dependents)
      if (!dependent.object.metadata.deletionTimestamp)
        tolerateMissing(() =>
          client.delete(dependent.kind, dependent.object.metadata, { propagation: "Foreground", uid: dependent.object.metadata.uid }),
        )
    return
  }
  const owners = ownersOf(object)
  if (owners.length === 0 || deletionTimestamp) return
  if (owners.some((owner) => exists(owner, object.metadata.namespace, context))) return
  tolerateMissing(() =>
    client.delete(kind, object.metadata, {
      propagation: finalizers.includes("orphan") ? "Orphan" : "Background",
      uid: object.metadata.uid,
    }),
  )
}

export const garbageCollectorController = defineController({
  name: "garbage-collector-controller",
  for: pod,
  when: () => false,
  start(context) {
    const observe = (kind: Kind<KubernetesObject>): void => {
      context.informers.index(kind, "owners", (object) => ownersOf(object).map(({ uid }) => uid))
      context.informers.for(kind).onChange((change) => {
        const again = (one: Kind<KubernetesObject>, object: Stored<KubernetesObject>) =>
          context.requeue(
            { namespace: `${one.apiVersion}|${one.plural}|${object.metadata.namespace ?? ""}`, name: object.metadata.name },
            0,
          )
        if (change.type === "deleted") {
          for (const dependent of dependentsOf(change.object.metadata.uid, context)) again(dependent.kind, dependent.object)
          for (const owner of ownersOf(change.object)) {
            const ownerKind = kindOf(context, (one) => one.kind === owner.kind && one.apiVersion === owner.apiVersion)
            const object =
              ownerKind &&
              context.informers.for(ownerKind).get(ownerKind.namespaced ? change.object.metadata.namespace : undefined, owner.name)
            if (ownerKind && object?.metadata.deletionTimestamp) again(ownerKind, object)
          }
        } else if (change.object.metadata.deletionTimestamp || (change.type === "added" && ownersOf(change.object).length > 0))
          again(kind, change.object)
      })
    }
    for (const kind of collected(context)) observe(kind)
    context.informers.for(customResourceDefinition).onChange(({ type, object }) => {
      if (type === "deleted") return
      for (const kind of customKinds([object])) {
        if (collected(context).some((one) => one.apiVersion === kind.apiVersion && one.kind === kind.kind)) continue
        collected(context).push(kind)
        observe(kind)
      }
    })
  },
  reconcile(_object, context, key) {
    const [apiVersion, plural, namespace] = (key.namespace ?? "").split("|")
    const kind = kindOf(context, (one) => one.apiVersion === apiVersion && one.plural === plural)
    const object = kind && context.informers.for(kind).get(namespace || undefined, key.name)
    if (kind && object) process(kind, object, context)
  },
})
