/** What happens to a CustomResourceDefinition: names accepted, served, and emptied when it goes. As k8s.io/apiextensions-apiserver/pkg/controller. */
import type { Simulation } from "@drydock/sim"
import { customResourceDefinition, type CustomResourceDefinition } from "../../api/index.ts"
import { deepCopy } from "../../apimachinery/frozen.ts"
import { type AnyStored, formatTime } from "../../apimachinery/object.ts"
import { StatusError } from "../../apimachinery/status.ts"
import type { AnyKind } from "../context.ts"
import type { Registry, WriteContext } from "../registry.ts"
import { kindsOf } from "../../api/custom-resources/custom-kind.ts"

const KIND = customResourceDefinition as unknown as AnyKind
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
/** How long the controllers of a real server take to notice, ms. */
const NOTICE_MS = 20

interface Condition {
  type: string
  status: "True" | "False"
  lastTransitionTime: string
  reason: string
  message: string
}

interface Host {
  sim: Simulation
  registry: Registry
  definitions(): readonly CustomResourceDefinition[]
  setCustomKinds(kinds: readonly AnyKind[]): void
  /** A write on the server's own behalf. */
  write(kind: AnyKind): WriteContext
  instances(kind: AnyKind): readonly AnyStored[]
}

const isEstablished = (definition: CustomResourceDefinition): boolean =>
  (definition.status?.conditions ?? []).some(({ type, status }) => type === "Established" && status === "True")

export class CustomResources {
  readonly #host: Host
  readonly #made = new Map<string, { of: CustomResourceDefinition; kinds: readonly AnyKind[] }>()

  constructor(host: Host) {
    this.#host = host
  }

  /** A definition was written or went. */
  changed(definition: CustomResourceDefinition): void {
    this.serve()
    const { name } = definition.metadata
    this.#host.sim.schedule(NOTICE_MS, () => this.#sync(name))
  }

  /** Serves the kinds of every established definition. */
  serve(): void {
    const kinds: AnyKind[] = []
    const names = new Set<string>()
    for (const definition of this.#host.definitions()) {
      if (!isEstablished(definition)) continue
      const { name } = definition.metadata
      names.add(name)
      let made = this.#made.get(name)
      if (made?.of.spec !== definition.spec) this.#made.set(name, (made = { of: definition, kinds: kindsOf(definition) }))
      kinds.push(...made.kinds)
    }
    for (const name of this.#made.keys()) if (!names.has(name)) this.#made.delete(name)
    this.#host.setCustomKinds(kinds)
  }

  #sync(name: string): void {
    const { registry } = this.#host
    const definition = registry.find(KIND, undefined, name) as unknown as CustomResourceDefinition | undefined
    if (!definition) return
    try {
      if (definition.metadata.deletionTimestamp) this.#empty(definition)
      else this.#accept(definition)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      this.#host.sim.schedule(NOTICE_MS, () => this.#sync(name))
    }
  }

  /** The first name of another definition of the group that is taken already. */
  #conflict(definition: CustomResourceDefinition): { reason: string; name: string } | undefined {
    const { names, group } = definition.spec
    for (const other of this.#host.definitions()) {
      if (other.metadata.name === definition.metadata.name || other.spec.group !== group) continue
      const taken = other.status?.acceptedNames
      if (!taken) continue
      const used = new Set([taken.plural, taken.singular, ...(taken.shortNames ?? [])].filter(Boolean))
      const kinds = new Set([taken.kind, taken.listKind].filter(Boolean))
      if (used.has(names.plural)) return { reason: "PluralConflict", name: names.plural }
      if (names.singular && used.has(names.singular)) return { reason: "SingularConflict", name: names.singular }
      const short = (names.shortNames ?? []).find((one) => used.has(one))
      if (short) return { reason: "ShortNamesConflict", name: short }
      if (kinds.has(names.kind)) return { reason: "KindConflict", name: names.kind }
      if (names.listKind && kinds.has(names.listKind)) return { reason: "ListKindConflict", name: names.listKind }
    }
    return undefined
  }

  #accept(definition: CustomResourceDefinition): void {
    const { sim, registry } = this.#host
    const conflict = this.#conflict(definition)
    const now = formatTime(sim.now())
    const before = (definition.status?.conditions ?? []) as Condition[]
    const condition = (type: string, holds: boolean, reason: string, message: string): Condition => {
      const old = before.find((one) => one.type === type)
      const status = holds ? "True" : "False"
      return { lastTransitionTime: old?.status === status ? old.lastTransitionTime : now, message, reason, status, type }
    }
    const established = before.find(({ type }) => type === "Established")
    const conditions = conflict
      ? [
          condition("NamesAccepted", false, conflict.reason, `${JSON.stringify(conflict.name)} is already in use`),
          established?.status === "True" ? established : condition("Established", false, "NotAccepted", "not all names are accepted"),
        ]
      : [
          condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
          established?.status === "True"
            ? established
            : condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted"),
        ]
    const storage = definition.spec.versions.find((version) => version.storage)?.name
    const stored = definition.status?.storedVersions ?? []
    registry.update(
      KIND,
      undefined,
      definition.metadata.name,
      "status",
      (current) => {
        const next = deepCopy(current) as unknown as { status: Record<string, unknown> }
        next.status = {
          ...next.status,
          conditions: [...conditions, ...before.filter(({ type }) => type !== "NamesAccepted" && type !== "Established")],
          acceptedNames: conflict ? (definition.status?.acceptedNames ?? { plural: "", kind: "" }) : { ...definition.spec.names },
          storedVersions: storage === undefined || stored.includes(storage) ? stored : [...stored, storage],
        }
        return next as never
      },
      this.#host.write(KIND),
    )
  }

  /** Deletes every instance, then lets the definition go. */
  #empty(definition: CustomResourceDefinition): void {
    const { registry, sim } = this.#host
    const [kind] = kindsOf(definition)
    let left = 0
    if (kind)
      for (const one of this.#host.instances(kind)) {
        const { gone } = registry.delete(
          kind,
          one.metadata.namespace,
          one.metadata.name,
          { propagation: "Background", gracePeriodSeconds: undefined },
          this.#host.write(kind),
        )
        if (!gone) left++
      }
    if (left > 0) {
      sim.scheduleBackground(1_000, () => this.#sync(definition.metadata.name))
      return
    }
    if (!definition.metadata.finalizers?.includes(CLEANUP)) return
    registry.update(
      KIND,
      undefined,
      definition.metadata.name,
      "main",
      (current) => {
        const next = deepCopy(current)
        next.metadata.finalizers = (next.metadata.finalizers ?? []).filter((one) => one !== CLEANUP)
        return next
      },
      this.#host.write(KIND),
    )
  }
}
