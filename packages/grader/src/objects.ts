/** The cluster's objects as expressions see them: read from the store itself, so that looking changes nothing and needs no API server. */
import { type Kind, kinds } from "@drydock/kubernetes/api"
import { matches, parseSelector } from "@drydock/kubernetes/apimachinery"
import type { World } from "@drydock/world"

export interface StoredObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
}

/** Where objects of a kind lie. */
export interface KindPlace {
  readonly kind: string
  readonly namespaced: boolean
  readonly prefix: string
}

/** An expression asked for something that is not there; the text says what. */
export class Missing extends Error {}

const names = ({ kind, plural, singular, shortNames }: Kind): string[] =>
  [kind, plural, singular, ...shortNames].map((name) => name.toLowerCase())

/** "pod", "Pods", "po" → where Pods lie. The first kind of a name wins (Event of the core group). */
const builtIn = new Map<string, KindPlace>()
for (const kind of kinds) {
  if (kind.virtual) continue
  const place = { kind: kind.kind, namespaced: kind.namespaced, prefix: `${kind.storagePrefix}/` }
  for (const name of names(kind)) if (!builtIn.has(name)) builtIn.set(name, place)
}

/** Names of the functions each kind gets: one object, several. */
export const kindFunctions = (): readonly { one: string; several: string; place: KindPlace }[] => {
  const seen = new Set<string>()
  return kinds.flatMap((kind) => {
    const [one, several] = [kind.kind.toLowerCase(), kind.plural]
    const place = builtIn.get(one)
    if (!place || seen.has(one) || kind.virtual) return []
    seen.add(one)
    // "endpoints" is its own plural.
    return [{ one, several: several === one ? `all_${several}` : several, place }]
  })
}

/** Reads objects, and remembers which kinds it was asked for. */
export class ObjectReader {
  readonly #world: World | undefined
  reads = new Set<string>()

  constructor(world: World | undefined) {
    this.#world = world
  }

  #etcd() {
    const cluster = this.#world?.cluster
    if (!cluster) throw new Missing("this lab has no cluster")
    return cluster.etcd
  }

  place(kind: string): KindPlace {
    const found = builtIn.get(kind.toLowerCase()) ?? this.#custom(kind)
    if (!found) {
      this.reads.add("CustomResourceDefinition")
      throw new Missing(`there is no kind ${kind}`)
    }
    return found
  }

  #custom(wanted: string): KindPlace | undefined {
    type Definition = { spec: { group: string; scope: string; names: { kind: string; plural: string } } }
    for (const { value } of this.#etcd().range<Definition>("/registry/customresourcedefinitions/").items) {
      const { group, scope, names: own } = value.spec
      if (own.kind.toLowerCase() !== wanted.toLowerCase() && own.plural !== wanted.toLowerCase()) continue
      const folder = group.includes(".") && !group.endsWith(".k8s.io") ? `${group}/` : ""
      return { kind: own.kind, namespaced: scope === "Namespaced", prefix: `/registry/${folder}${own.plural}/` }
    }
    return undefined
  }

  find(place: KindPlace, namespace: string, name: string): unknown {
    this.reads.add(place.kind)
    const key = place.namespaced ? `${place.prefix}${namespace}/${name}` : `${place.prefix}${name}`
    const stored = this.#etcd().get<StoredObject>(key)
    return stored && celValue(stored.value)
  }

  get(place: KindPlace, namespace: string, name: string): unknown {
    const found = this.find(place, namespace, name)
    if (found === undefined)
      throw new Missing(`no such ${place.kind} "${name}"${place.namespaced && namespace !== "default" ? ` in namespace ${namespace}` : ""}`)
    return found
  }

  /** @param namespace "*" for all */
  list(place: KindPlace, namespace: string, selector: string): unknown[] {
    this.reads.add(place.kind)
    const requirements = parseSelector(selector)
    const prefix = place.namespaced && namespace !== "*" ? `${place.prefix}${namespace}/` : place.prefix
    return this.#etcd()
      .range<StoredObject>(prefix)
      .items.filter(({ value }) => matches(requirements, value.metadata.labels))
      .map(({ value }) => celValue(value))
  }
}

/** Of a cluster that holds nothing. */
export class EmptyReader extends ObjectReader {
  constructor() {
    super(undefined)
  }

  override find(): undefined {
    return undefined
  }

  override list(): unknown[] {
    return []
  }
}

const converted = new WeakMap<object, unknown>()

const convert = (value: unknown): unknown => {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(convert)
  if (typeof value === "object" && value !== null) {
    const copy: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = convert(member)
    return copy
  }
  return value
}

/** A stored object with CEL's integers; made once an object, since what is stored never changes. */
export const celValue = (object: unknown): unknown => {
  if (typeof object !== "object" || object === null) return convert(object)
  let made = converted.get(object)
  if (made === undefined) converted.set(object, (made = convert(object)))
  return made
}
