/** The controller manager: runs every controller over one set of informers, once it leads. */
import type { Simulation, Timer } from "@drydock/sim"
import { event, pod } from "../api/index.ts"
import { keyOf, type KubernetesObject, type NamespacedName, type Stored } from "../apimachinery/object.ts"
import { type Door, DoorClient } from "../client/client.ts"
import type { Client, EventRecorder, Informers } from "../client/contract.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import { WorkQueue } from "../client/work-queue.ts"
import type { Component } from "../cluster-contract.ts"
import type { Trace } from "../ports/trace.ts"
import type { SignRequest } from "./controllers/certificate-signing.ts"
import { controllers } from "./controllers/index.ts"
import type { ControllerOptions, ReconcileContext } from "./define-controller.ts"
import { elect } from "./leader-election.ts"
import { BY_OWNER, controllerOf, ownerIndex } from "./owners.ts"

export interface ControllerManagerOptions {
  sim: Simulation
  door: Door
  trace: Trace
  spanOf: (revision: number) => number | undefined
  /** Host name, part of the leader's identity. */
  host: string
  /** PEM of the cluster's authority, for kube-root-ca.crt. */
  authority: string
  /** Signs certificate requests with the cluster's authority. */
  sign?: SignRequest
  /** --cluster-cidr: the range that node-ipam hands out. */
  podCidr?: string
  /** Names of controllers that are switched off (--controllers=-name). */
  disabled?: ReadonlySet<string>
}

type Definition = ControllerOptions<KubernetesObject>

/** One controller's own view. A class: a literal with an accessor would be a table of its own for each of two dozen. */
class ControllerContext implements ReconcileContext {
  readonly #shared: { client: Client; informers: Informers; sim: Simulation; options: ControllerManagerOptions; now: () => number }
  readonly #definition: Definition
  readonly #queue: WorkQueue
  #events: EventRecorder | undefined
  #memory: Map<string, unknown> | undefined

  constructor(
    shared: { client: Client; informers: Informers; sim: Simulation; options: ControllerManagerOptions; now: () => number },
    definition: Definition,
    queue: WorkQueue,
  ) {
    this.#shared = shared
    this.#definition = definition
    this.#queue = queue
  }

  /** Made for the first event: most controllers of a quiet cluster never tell of anything. */
  get events(): EventRecorder {
    const { client, sim } = this.#shared
    const { component, name } = this.#definition
    return (this.#events ??= new Recorder({ client, sim, kind: event as never, component: component ?? name }))
  }

  get client(): Client {
    return this.#shared.client
  }

  get informers(): Informers {
    return this.#shared.informers
  }

  // Taken apart by its users: what is called must not need `this`.
  get now(): () => number {
    return this.#shared.now
  }

  get random(): () => number {
    return () => this.#shared.sim.random(`controller/${this.#definition.name}`).number()
  }

  get requeue(): ReconcileContext["requeue"] {
    return ({ namespace, name }, delay) => this.#queue.addAfter(namespace === undefined ? name : `${namespace}/${name}`, delay)
  }

  /** Most remember nothing. */
  get memory(): Map<string, unknown> {
    const { authority, podCidr, sign } = this.#shared.options
    return (this.#memory ??= new Map<string, unknown>([
      ["authority", authority],
      ["podCidr", podCidr],
      ["sign", sign],
    ]))
  }
}

const ownersKey = ({ for: { namespaced } }: Definition, { metadata }: KubernetesObject, name: string): string =>
  namespaced ? `${metadata?.namespace}/${name}` : name

export const runControllerManager = (options: ControllerManagerOptions): Component => {
  const { sim, door, trace } = options
  const identity = { name: "system:kube-controller-manager", groups: ["system:authenticated"] }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim, spanOf: options.spanOf })
  const queues: WorkQueue[] = []
  const timers: (Timer | undefined)[] = []
  let stopped = false
  const shared = { client, informers, sim, options, now: () => sim.now() }

  const start = (definition: Definition, index: number): void => {
    const informer = informers.for(definition.for)
    const queue = new WorkQueue(sim, (key, span) => {
      const slash = key.indexOf("/")
      const name: NamespacedName =
        slash < 0 ? { name: key } : { namespace: key.slice(0, key.lastIndexOf("/")), name: key.slice(key.lastIndexOf("/") + 1) }
      const object = informer.get(name.namespace, name.name)
      const outer = trace.current
      trace.current = span ?? trace.span()
      try {
        if (span !== undefined && object)
          trace.emit({
            from: "kube-controller-manager",
            to: "kube-controller-manager",
            instance: definition.name,
            verb: "reconcile",
            object: { kind: definition.for.kind, ...(name.namespace && { namespace: name.namespace }), name: name.name },
          })
        const result = definition.reconcile(object, context, name)
        if (result?.requeueAfter !== undefined) queue.addAfter(key, result.requeueAfter, result.background)
      } finally {
        trace.current = outer
      }
    })
    queues.push(queue)
    const context: ReconcileContext = new ControllerContext(shared, definition, queue)
    definition.start?.(context)
    informer.onChange((change) => {
      if (definition.when?.(change) ?? true) queue.add(keyOf(change.object), change.span)
    })
    for (const owned of (definition.owns ?? []) as readonly Definition["for"][]) {
      informers.index(owned, BY_OWNER, ownerIndex)
      informers.for(owned).onChange((change) => {
        for (const object of change.old ? [change.old, change.object] : [change.object]) {
          const owner = controllerOf(object as Stored<KubernetesObject>)
          if (owner?.kind === definition.for.kind)
            if (definition.batch === undefined) queue.add(ownersKey(definition, object, owner.name), change.span)
            else queue.addAfter(ownersKey(definition, object, owner.name), definition.batch)
        }
      })
    }
    for (const trigger of (definition.triggers ?? []) as unknown as readonly {
      kind: Definition["for"]
      keys: (change: unknown, context: ReconcileContext) => readonly NamespacedName[]
    }[])
      informers.for(trigger.kind).onChange((change) => {
        for (const { namespace, name } of trigger.keys(change, context)) queue.add(namespace ? `${namespace}/${name}` : name, change.span)
      })
    for (const object of informer.list())
      if (definition.when?.({ type: "added", object, old: undefined, span: undefined }) ?? true) queue.add(keyOf(object))
    const { every } = definition
    if (!every) return
    const tick = () => {
      if (stopped) return
      try {
        every.run(context)
      } catch {
        // The API server is away or refused: the next tick tries again.
      }
      timers[index] = sim.scheduleBackground(every.interval, tick)
    }
    timers[index] = sim.scheduleBackground(every.interval, tick)
  }

  const election = elect({
    sim,
    client,
    name: "kube-controller-manager",
    identity: `${options.host}_${sim.random("controller-manager").uuid()}`,
    lead() {
      informers.index(pod, "orphans", (one) => (controllerOf(one) ? [] : [one.metadata.namespace ?? ""]))
      for (const [index, definition] of (controllers as unknown as readonly Definition[]).entries())
        if (!options.disabled?.has(definition.name)) start(definition, index)
    },
  })

  return {
    name: "kube-controller-manager",
    stop() {
      stopped = true
      election.stop()
      for (const queue of queues) queue.stop()
      for (const timer of timers) sim.cancel(timer)
      informers.stop()
    },
  }
}
