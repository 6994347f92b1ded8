/** The generic registry: one kind's objects in etcd, with create, update, delete as every kind has them. As k8s.io/apiserver/pkg/registry/generic/registry/store.go. */
import { sharedText, type Simulation } from "@drydock/sim"
import type { Kind } from "../api/define-kind.ts"
import { roomy } from "../apimachinery/roomy.ts"
import { deepCopy, deepEqual, deepFreeze, shareEqual } from "../apimachinery/frozen.ts"
import { flat } from "../apimachinery/flat.ts"
import { decimal, interned, internedParts } from "../apimachinery/interned.ts"
import { type AnyStored, formatTime, type KubernetesObject, type Stored } from "../apimachinery/object.ts"
import { alreadyExists, badRequest, conflict, invalid, MODIFIED, notFound, type FieldError } from "../apimachinery/status.ts"
import type { Etcd, KeyValue } from "../etcd/contract.ts"
import { type ManagedFieldsEntry, managersOf, noteEntries, noteWrite, withGiven } from "./managed-fields/managers.ts"
import { validateMetadata } from "./metadata-validation.ts"
import type { OutsideAnswers } from "./outside.ts"

/**
 * Puts the parts of `old` that did not change in place of their copies: what is one value for many objects stays one.
 * @returns whether nothing changed at all
 */
const keepEqual = (object: Loose, old: AnyStored): boolean => {
  const parts = object as Record<string, unknown>
  let same = true
  for (const field in parts) {
    if (field === "metadata") continue
    parts[field] = shareEqual(parts[field], old[field])
    if (parts[field] !== old[field]) same = false
  }
  const metadata = object.metadata as unknown as Record<string, unknown>
  const before = old.metadata as unknown as Record<string, unknown>
  for (const field in metadata) {
    metadata[field] = shareEqual(metadata[field], before[field])
    if (metadata[field] !== before[field]) same = false
  }
  if (same) for (const field in old) if (old[field] !== undefined && parts[field] === undefined) same = false
  if (same) for (const field in before) if (before[field] !== undefined && metadata[field] === undefined) same = false
  return same
}

/** A custom resource is a new generation whatever changes beside its metadata. */
const sameButMeta = (object: object, old: object): boolean => deepEqual({ ...object, metadata: undefined }, { ...old, metadata: undefined })

/** Kubernetes' alphabet for generated names: no vowels, nothing that looks like another. */
const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

type Loose = AnyStored & { metadata: AnyStored["metadata"]; spec?: Record<string, unknown>; status?: Record<string, unknown> }
type AnyKind = Kind<KubernetesObject>

/** How far down parts are shared with other objects, where the wholes differ. */
const SHARED_LEVELS = new Map([
  ["pods spec", 3],
  ["nodes status", 1],
])

/** What only the server changes. */
const KEPT = ["deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName"] as const

/** The server itself, when it makes what a cluster begins with. */
const BOOTSTRAP = "system:apiserver"
/** Frequent, and no admission plugin touches them. */
const UNADMITTED = new Set(["events", "leases", "endpoints", "endpointslices"])

export interface WriteContext {
  readonly user: string
  /** Who the fields belong to; "": nobody manages what is written. */
  manager: string
  readonly subresource: string
  /** The version that is written, where another one is stored. */
  readonly as?: AnyKind | undefined
  /** metadata.managedFields as a client sent it. */
  given?: readonly ManagedFieldsEntry[] | undefined
  /** Server-side apply: the managers once the final object is known. */
  managers?: ((final: unknown) => readonly ManagedFieldsEntry[]) | undefined
  dryRun: boolean
  /** Runs between defaulting and validation: admission. May change the object. */
  admit(object: Loose, old: Loose | undefined): void
  /** Runs after validation: admission that only says yes or no. */
  review?(object: Loose, old: Loose | undefined): void
  readonly outside?: OutsideAnswers | undefined
  warn?(text: string): void
  readonly external?: boolean
  /** The body is nobody else's: it may become the object. */
  fresh?: boolean
  /** Right after a write: before and after. */
  stored(before: AnyStored | undefined, after: AnyStored | undefined): void
}

export interface DeleteParameters {
  propagation: "Background" | "Foreground" | "Orphan"
  gracePeriodSeconds: number | undefined
  uid?: string | undefined
  resourceVersion?: string | undefined
  /** Added to the object's when it is first deleted. */
  finalizers?: readonly string[]
}

/**
 * Who writes the same few fields again and again and never takes one from somebody else. Of such writes in a row only the object before the
 * first is kept to work out later what they changed.
 */
const isComponent = (user: string): boolean =>
  user.startsWith("system:node:") || user === "system:kube-controller-manager" || user === "system:kube-scheduler"

/** Of all objects of a kind: every watch keeps it. */
const prefixes = new WeakMap<AnyKind, string>()

/** Admission changes metadata and spec where they are; other fields it puts another value in place of. */
const copyForAdmission = (object: Loose): Loose => ({
  ...object,
  metadata: deepCopy(object.metadata),
  ...(object.spec && { spec: deepCopy(object.spec) }),
})

/** A Namespace is emptied first: its spec's finalizers keep it until then. */
const isHeld = (kind: AnyKind, { spec }: AnyStored | Loose): boolean =>
  ((spec as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0 && kind.subresources.includes("finalize")

export class Registry {
  readonly #etcd: Etcd
  readonly #sim: Simulation

  constructor(etcd: Etcd, sim: Simulation) {
    this.#etcd = etcd
    this.#sim = sim
  }

  key(kind: AnyKind, namespace: string | undefined, name: string): string {
    return kind.namespaced ? `${kind.storagePrefix}/${namespace}/${name}` : `${kind.storagePrefix}/${name}`
  }

  find(kind: AnyKind, namespace: string | undefined, name: string): AnyStored | undefined {
    return this.#etcd.get<AnyStored>(this.key(kind, namespace, name))?.value
  }

  get(kind: AnyKind, namespace: string | undefined, name: string): AnyStored {
    const object = this.find(kind, namespace, name)
    if (!object) throw notFound(kind, name)
    return object
  }

  prefix(kind: AnyKind, namespace: string | undefined): string {
    if (kind.namespaced && namespace) return `${kind.storagePrefix}/${namespace}/`
    let prefix = prefixes.get(kind)
    if (prefix === undefined) prefixes.set(kind, (prefix = flat(`${kind.storagePrefix}/`)))
    return prefix
  }

  #put(
    kind: AnyKind,
    key: string,
    object: Loose,
    previous: KeyValue<AnyStored> | undefined,
    context: WriteContext,
    asked?: Loose,
  ): AnyStored {
    if (!context.dryRun) object.metadata.resourceVersion = decimal(this.#etcd.revision + 1)
    const stored: AnyStored = roomy(object)
    const by = { manager: context.manager, subresource: context.subresource, at: this.#sim.now(), ...(context.as && { as: context.as }) }
    if (context.managers) noteEntries(stored, context.managers(object), by.at)
    else if (context.given) noteEntries(stored, withGiven(kind, context.given, previous?.value, stored, by), by.at)
    else noteWrite(kind, stored, asked ? { ...by, asked } : by, previous?.value, kind.plural === "leases" || isComponent(context.user))
    const frozen = deepFreeze(stored)
    if (context.dryRun) return frozen
    const result = this.#etcd.txn(
      [{ key, target: "mod", result: "=", value: previous?.modRevision ?? 0 }],
      [{ op: "put", key, value: frozen }],
    )
    if (!result.succeeded) throw previous ? conflict(kind, object.metadata.name, MODIFIED) : alreadyExists(kind, object.metadata.name)
    context.stored(previous?.value, frozen)
    return frozen
  }

  create(kind: AnyKind, body: KubernetesObject, namespace: string | undefined, context: WriteContext): AnyStored {
    const object = (context.fresh ? body : deepCopy(body)) as unknown as Loose
    object.apiVersion = kind.apiVersion
    object.kind = kind.kind
    let metadata = (object.metadata ??= {} as Loose["metadata"])
    if (kind.namespaced) {
      if (metadata.namespace && metadata.namespace !== namespace)
        throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
      metadata.namespace = namespace as string
    } else delete metadata.namespace
    const { outside } = context
    const once = <T>(name: string, make: () => T): T => (outside ? outside.once(name, make) : make())
    const { generateName } = metadata
    if (!metadata.name && generateName) metadata.name = once("name", () => this.#generateName(kind, namespace, generateName))
    const now = this.#sim.now()
    kind.prepareForCreate?.(object as never, { now, user: context.user })
    // Hooks may put another metadata in place.
    metadata = object.metadata
    if (kind.generation) metadata.generation = 1
    delete metadata.deletionTimestamp
    delete metadata.deletionGracePeriodSeconds
    delete metadata.selfLink
    delete metadata.managedFields
    delete (metadata as { resourceVersion?: string }).resourceVersion
    metadata.uid = once("uid", () => this.#sim.random("uid").uuid())
    metadata.creationTimestamp = formatTime(now)
    kind.defaults?.(object as never)
    // Whoever creates an object manages what they asked for, not what admission adds to it.
    const asked = context.user === BOOTSTRAP || UNADMITTED.has(kind.plural) ? undefined : copyForAdmission(object)
    context.admit(object, undefined)
    kind.complete?.(object as never)
    const errors = [...validateMetadata(kind, metadata), ...(kind.validate?.(object as never, { now, user: context.user }) ?? [])]
    if (errors.length > 0) throw invalid(kind, metadata.name ?? "", errors)
    context.review?.(object, undefined)
    const key = this.key(kind, namespace, metadata.name)
    if (this.#etcd.get(key)) throw alreadyExists(kind, metadata.name)
    for (const [field, value] of Object.entries(object))
      if (field !== "metadata" && typeof value === "object" && value !== null)
        Object.assign(object, { [field]: internedParts(value, SHARED_LEVELS.get(`${kind.plural} ${field}`) ?? 0) })
    if (metadata.labels) metadata.labels = interned(metadata.labels, 2)
    if (metadata.annotations) metadata.annotations = interned(metadata.annotations, 2)
    // What every cluster begins with has the same names in each.
    const known = generateName === undefined && kind.plural !== "events"
    if (known) metadata.name = sharedText(metadata.name)
    return this.#put(
      kind,
      known ? sharedText(key) : flat(key),
      object,
      undefined,
      context,
      asked && !deepEqual(asked, object) ? asked : undefined,
    )
  }

  #generateName(kind: AnyKind, namespace: string | undefined, base: string): string {
    // Names are cut to 63 characters with their five random ones, as names.SimpleNameGenerator does.
    const stem = base.length > 58 ? base.slice(0, 58) : base
    for (let attempt = 0; attempt < 8; attempt++) {
      const name = stem + this.#sim.random("names").string(5, SUFFIX_ALPHABET)
      if (!this.find(kind, namespace, name)) return name
    }
    throw alreadyExists(kind, base)
  }

  /** `change` gets the frozen object and returns a mutable one that shall be stored. A given resourceVersion must be the current one. */
  update(
    kind: AnyKind,
    namespace: string | undefined,
    name: string,
    part: "main" | "status",
    change: (current: Loose) => Loose,
    context: WriteContext,
    allowCreate?: KubernetesObject,
  ): AnyStored {
    const key = this.key(kind, namespace, name)
    const existing = this.#etcd.get<AnyStored>(key)
    if (!existing) {
      if (allowCreate) return this.create(kind, allowCreate, namespace, context)
      throw notFound(kind, name)
    }
    const old = existing.value as Loose
    const object = change(old)
    if (kind.custom && part === "main" && !object.metadata?.resourceVersion)
      throw invalid(kind, name, [
        { type: "Invalid", field: "metadata.resourceVersion", value: 0, detail: "must be specified for an update" },
      ])
    object.apiVersion = kind.apiVersion
    object.kind = kind.kind
    const metadata = (object.metadata ??= {} as Loose["metadata"])
    if (metadata.name && metadata.name !== name)
      throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
    if (metadata.resourceVersion && metadata.resourceVersion !== "0" && metadata.resourceVersion !== old.metadata.resourceVersion)
      throw conflict(kind, name, MODIFIED)
    if (metadata.uid && metadata.uid !== old.metadata.uid)
      throw conflict(kind, name, `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`)
    if (metadata.managedFields) delete metadata.managedFields
    const now = this.#sim.now()
    metadata.name = name
    metadata.uid = old.metadata.uid
    metadata.creationTimestamp = old.metadata.creationTimestamp
    metadata.resourceVersion = old.metadata.resourceVersion
    if (kind.namespaced) metadata.namespace = namespace as string
    const kept = metadata as unknown as Record<string, unknown>
    for (const field of KEPT) {
      if (old.metadata[field] !== undefined) kept[field] = old.metadata[field]
      else if (kept[field] !== undefined) delete kept[field]
    }
    let same: boolean
    if (part === "status") {
      object.metadata = {
        ...deepCopy(old.metadata),
        ...(metadata.annotations && { annotations: metadata.annotations }),
        ...(metadata.labels && { labels: metadata.labels }),
      }
      for (const field of Object.keys(old))
        if (field !== "status" && field !== "metadata") (object as Record<string, unknown>)[field] = old[field]
      for (const field of Object.keys(object)) if (!(field in old) && field !== "status") delete (object as Record<string, unknown>)[field]
      kind.prepareForStatusUpdate?.(object as never, old as never, { now, user: context.user })
      if (context.subresource === "status") {
        context.admit(object, old)
        context.review?.(object, old)
      }
      same = keepEqual(object, old)
    } else {
      if (kind.subresources.includes("status")) {
        if (old.status === undefined) delete object.status
        else object.status = deepCopy(old.status)
      }
      kind.prepareForUpdate?.(object as never, old as never, { now, user: context.user })
      kind.defaults?.(object as never)
      const { metadata } = object
      if (kind.generation && (kind.custom || old.spec === undefined ? !sameButMeta(object, old) : !deepEqual(object.spec, old.spec)))
        metadata.generation = (old.metadata.generation ?? 0) + 1
      context.admit(object, old)
      same = keepEqual(object, old)
      const errors: FieldError[] = validateMetadata(kind, object.metadata, old.metadata)
      const own = kind.validate?.(object as never, { now, user: context.user, old })
      if (own && own.length > 0) errors.push(...own)
      const changes = kind.validateUpdate?.(object as never, old as Stored<never>, { now, user: context.user })
      if (changes && changes.length > 0) errors.push(...changes)
      if (errors.length > 0) throw invalid(kind, name, errors)
      context.review?.(object, old)
    }
    // A write that changes nothing writes nothing: no revision, no event.
    if (same && !this.#changesManagers(kind, old, context)) return old
    // The last finalizer of an object that is being deleted is gone: so is the object.
    if (
      object.metadata.deletionTimestamp &&
      !object.metadata.finalizers?.length &&
      !isHeld(kind, object) &&
      (object.metadata.deletionGracePeriodSeconds ?? 0) === 0
    ) {
      if (!context.dryRun) this.#remove(key, existing, context)
      return deepFreeze(object)
    }
    return this.#put(kind, key, object, existing, context)
  }

  /** Whether fields change hands although none changes its value. */
  #changesManagers(kind: AnyKind, old: AnyStored, context: WriteContext): boolean {
    const next = context.managers?.(old) ?? context.given
    if (!next) return false
    const timeless = (entries: readonly ManagedFieldsEntry[]) => entries.map(({ time: _, ...rest }) => rest)
    return !deepEqual(timeless(next), timeless(managersOf(kind, old)))
  }

  /** Writes `next` over `old` past the kind's strategy: for subresources that change what updates may not. */
  replace(kind: AnyKind, old: AnyStored, next: Loose, context: WriteContext): AnyStored {
    const key = this.key(kind, old.metadata.namespace, old.metadata.name)
    const existing = this.#etcd.get<AnyStored>(key)
    if (!existing) throw notFound(kind, old.metadata.name)
    keepEqual(next, existing.value)
    return this.#put(kind, key, next, existing, context)
  }

  /** Takes an object away, whatever its finalizers. */
  remove(kind: AnyKind, object: AnyStored, context: WriteContext): void {
    const key = this.key(kind, object.metadata.namespace, object.metadata.name)
    const existing = this.#etcd.get<AnyStored>(key)
    if (existing && !context.dryRun) this.#remove(key, existing, context)
  }

  #remove(key: string, existing: KeyValue<AnyStored>, context: WriteContext): void {
    this.#etcd.txn([], [{ op: "delete", key }])
    context.stored(existing.value, undefined)
  }

  /** Returns the object as it is now, and whether it is gone already. */
  delete(
    kind: AnyKind,
    namespace: string | undefined,
    name: string,
    parameters: DeleteParameters,
    context: WriteContext,
  ): { object: AnyStored; gone: boolean } {
    const key = this.key(kind, namespace, name)
    const existing = this.#etcd.get<AnyStored>(key)
    if (!existing) throw notFound(kind, name)
    const old = existing.value
    // As rest.BeforeDelete, which names the kind where others name the resource.
    const named = { group: kind.group, plural: kind.kind }
    if (parameters.uid && parameters.uid !== old.metadata.uid)
      throw conflict(
        named,
        name,
        `the UID in the precondition (${parameters.uid}) does not match the UID in record (${old.metadata.uid}). The object might have been deleted and then recreated`,
      )
    if (parameters.resourceVersion && parameters.resourceVersion !== old.metadata.resourceVersion)
      throw conflict(
        named,
        name,
        `the ResourceVersion in the precondition (${parameters.resourceVersion}) does not match the ResourceVersion in record (${old.metadata.resourceVersion}). The object might have been modified`,
      )
    const grace = kind.defaultGracePeriodSeconds ? (parameters.gracePeriodSeconds ?? kind.defaultGracePeriodSeconds(old as never)) : 0
    let finalizers = [...(old.metadata.finalizers ?? [])].filter((one) => one !== "orphan" && one !== "foregroundDeletion")
    finalizers.push(...(parameters.finalizers ?? []).filter((one) => !finalizers.includes(one)))
    if (parameters.propagation === "Foreground") finalizers.push("foregroundDeletion")
    else if (parameters.propagation === "Orphan") finalizers.push("orphan")
    if (old.metadata.deletionTimestamp) {
      finalizers = old.metadata.finalizers ?? []
      const shorter = grace < (old.metadata.deletionGracePeriodSeconds ?? 0)
      if (!shorter) return { object: old, gone: false }
    }
    if (grace === 0 && finalizers.length === 0 && !isHeld(kind, old)) {
      if (!context.dryRun) this.#remove(key, existing, context)
      return { object: old, gone: true }
    }
    const object = deepCopy(old) as Loose
    const now = this.#sim.now()
    object.metadata.deletionTimestamp = formatTime(now + grace * 1_000)
    object.metadata.deletionGracePeriodSeconds = grace
    if (finalizers.length > 0) object.metadata.finalizers = finalizers
    if (kind.generation) object.metadata.generation = (old.metadata.generation ?? 0) + 1
    // Nobody manages what a deletion leaves.
    context.manager = ""
    return { object: this.#put(kind, key, object, existing, context), gone: false }
  }
}
