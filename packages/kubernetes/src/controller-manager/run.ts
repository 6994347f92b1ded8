/** The controller manager: runs every controller over one set of informers, once it leads. */
import type { Simulation, Timer } from "@drydock/sim"
import { event, pod } from "../api/index.ts"
import { keyOf, type KubernetesObject, type NamespacedName } from "../apimachinery/object.ts"
import { type Door, DoorClient } from "../client/client.ts"
import type { Change, Client, EventRecorder, Informers } from "../client/contract.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import { WorkQueue } from "../client/work-queue.ts"
import type { Component } from "../cluster-contract.ts"
import type { Trace } from "../ports/trace.ts"
import type { SignRequest } from "./controllers/certificate-signing.ts"
import type { MintToken } from "./controllers/service-account-tokens.ts"
import { controllers } from "./controllers/index.ts"
import type { ControllerOptions, ReconcileContext, Trigger } from "./define-controller.ts"
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
  /** Makes the tokens that Secrets ask for. */
  mint?: MintToken
  /** Signs certificate requests with the cluster's authority. */
  sign?: SignRequest
  /** --cluster-cidr: the range that node-ipam hands out. */
  podCidr?: string
  /** Names of controllers that are switched off (--controllers=-name). */
  disabled?: ReadonlySet<string>
}

type Definition = ControllerOptions<KubernetesObject>

/** What all controllers of one manager have in common. */
interface Shared {
  readonly client: Client
  readonly informers: Informers
  readonly sim: Simulation
  readonly options: ControllerManagerOptions
  readonly now: () => number
  /** Those that were made, to be stopped. */
  readonly queues: WorkQueue[]
  stopped: boolean
}

/** One controller as it runs, and its own view of the cluster. A class: a literal with an accessor would be a table of its own for each of three dozen. */
class RunningController implements ReconcileContext {
  readonly #shared: Shared
  readonly #definition: Definition
  #queue: WorkQueue | undefined
  #events: EventRecorder | undefined
  #memory: Map<string, unknown> | undefined
  #timer: Timer | undefined

  constructor(shared: Shared, definition: Definition) {
    this.#shared = shared
    this.#definition = definition
  }

  /** Made for the first key: of many kinds a quiet cluster has none. */
  get queue(): WorkQueue {
    const { sim, queues } = this.#shared
    if (!this.#queue) queues.push((this.#queue = new WorkQueue(sim, (key, span) => this.#work(key, span))))
    return this.#queue
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
    return ({ namespace, name }, delay) => this.queue.addAfter(namespace === undefined ? name : `${namespace}/${name}`, delay)
  }

  /** Most remember nothing. */
  get memory(): Map<string, unknown> {
    const { authority, podCidr, sign, mint } = this.#shared.options
    return (this.#memory ??= new Map<string, unknown>([
      ["authority", authority],
      ["podCidr", podCidr],
      ["sign", sign],
      ["mint", mint],
    ]))
  }

  #work(key: string, span: number | undefined): void {
    const { informers, options } = this.#shared
    const { trace } = options
    const definition = this.#definition
    const slash = key.lastIndexOf("/")
    const name: NamespacedName = slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
    const object = informers.for(definition.for).get(name.namespace, name.name)
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
      const result = definition.reconcile(object, this, name)
      if (result?.requeueAfter !== undefined) this.queue.addAfter(key, result.requeueAfter, result.background)
    } finally {
      trace.current = outer
    }
  }

  #changed(change: Change<KubernetesObject>): void {
    if (this.#definition.when?.(change) ?? true) this.queue.add(keyOf(change.object), change.span)
  }

  /** What it owns changed: its owner, or its former one, is looked at. */
  #ownedChanged(change: Change<KubernetesObject>): void {
    const definition = this.#definition
    for (const object of change.old ? [change.old, change.object] : [change.object]) {
      const owner = controllerOf(object)
      if (owner?.kind !== definition.for.kind) continue
      const key = ownersKey(definition, object, owner.name)
      if (definition.batch === undefined) this.queue.add(key, change.span)
      else this.queue.addAfter(key, definition.batch)
    }
  }

  start(): void {
    const definition = this.#definition
    const { informers } = this.#shared
    const informer = informers.for(definition.for)
    definition.start?.(this)
    informer.onChange((change) => this.#changed(change))
    for (const owned of (definition.owns ?? []) as readonly Definition["for"][]) {
      informers.index(owned, BY_OWNER, ownerIndex)
      informers.for(owned).onChange((change) => this.#ownedChanged(change))
    }
    for (const trigger of (definition.triggers ?? []) as unknown as readonly Trigger[])
      informers.for(trigger.kind).onChange((change) => {
        for (const { namespace, name } of trigger.keys(change, this)) this.queue.add(namespace ? `${namespace}/${name}` : name, change.span)
      })
    for (const object of informer.list()) this.#changed({ type: "added", object, old: undefined, span: undefined })
    if (definition.every) this.#tickLater()
  }

  #tickLater(): void {
    const { every } = this.#definition
    const { sim } = this.#shared
    if (!every) return
    this.#timer = sim.scheduleBackground(every.interval, () => {
      if (this.#shared.stopped) return
      try {
        every.run(this)
      } catch {
        // The API server is away or refused: the next tick tries again.
      }
      this.#tickLater()
    })
  }

  stop(): void {
    this.#shared.sim.cancel(this.#timer)
  }
}

const ownersKey = ({ for: { namespaced } }: Definition, { metadata }: KubernetesObject, name: string): string =>
  namespaced ? `${metadata?.namespace}/${name}` : name

export const runControllerManager = (options: ControllerManagerOptions): Component => {
  const { sim, door } = options
  const identity = { name: "system:kube-controller-manager", groups: ["system:authenticated"] }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim, spanOf: options.spanOf })
  const shared: Shared = { client, informers, sim, options, now: () => sim.now(), queues: [], stopped: false }
  const timed: RunningController[] = []

  const election = elect({
    sim,
    client,
    name: "kube-controller-manager",
    identity: `${options.host}_${sim.random("controller-manager").uuid()}`,
    lead() {
      informers.index(pod, "orphans", (one) => (controllerOf(one) ? [] : [one.metadata.namespace ?? ""]))
      for (const definition of controllers as unknown as readonly Definition[]) {
        if (options.disabled?.has(definition.name)) continue
        const running = new RunningController(shared, definition)
        running.start()
        if (definition.every) timed.push(running)
      }
    },
  })

  return {
    name: "kube-controller-manager",
    stop() {
      shared.stopped = true
      election.stop()
      for (const queue of shared.queues) queue.stop()
      for (const running of timed) running.stop()
      informers.stop()
    },
  }
}
