/** What one request's writes carry with them through the registry: who writes, what admission says, what is told afterwards. */
import type { AnyStored } from "../apimachinery/object.ts"
import { AdmissionCall } from "./admission-call.ts"
import { pluginsFor } from "./admission-plugins.ts"
import type { AdmissionPlugin, AdmissionRequest, AnyKind, Context, Server } from "./context.ts"
import type { ManagedFieldsEntry } from "./managed-fields/managers.ts"
import { managerOf } from "./manager-name.ts"
import { writeOptions } from "./options.ts"
import type { OutsideAnswers } from "./outside.ts"
import type { WriteContext } from "./registry.ts"
import { confirmNoEscalation } from "./role-escalation.ts"
import type { RevisionSpans } from "./revision-spans.ts"

/** The server as its writes see it. */
export interface WriteHost extends Server {
  readonly admission: readonly AdmissionPlugin[]
  readonly spans: RevisionSpans
  /** A write by the server itself. */
  ownWrite(kind: AnyKind): WriteContext
  /** Right after a write: what the server itself keeps of the stored objects. */
  afterWrite(kind: AnyKind, before: AnyStored | undefined, after: AnyStored | undefined): void
}

/** Every heartbeat makes one: methods, not closures. */
export class RequestWrite implements WriteContext {
  manager: string
  dryRun: boolean
  given: readonly ManagedFieldsEntry[] | undefined
  managers: ((final: unknown) => readonly ManagedFieldsEntry[]) | undefined
  fresh = false
  readonly subresource: string
  readonly #host: WriteHost
  readonly #kind: AnyKind
  readonly #context: Context
  readonly #operation: AdmissionRequest["operation"]

  constructor(host: WriteHost, kind: AnyKind, context: Context, operation: AdmissionRequest["operation"], subresource: string) {
    const { query } = context
    this.#host = host
    this.#kind = kind
    this.#context = context
    this.#operation = operation
    this.subresource = subresource
    this.manager = managerOf(context)
    this.dryRun = query.has("dryRun") && writeOptions(query, "CreateOptions", false).dryRun
  }

  get user(): string {
    return this.#context.user.name
  }

  get as(): AnyKind | undefined {
    return this.#kind.storedAs ? this.#kind : undefined
  }

  get outside(): OutsideAnswers | undefined {
    return this.#context.outside
  }

  get external(): boolean {
    return this.#context.external
  }

  /** Heartbeats and leader election would drown what a reader of the trace looks for. */
  get #told(): boolean {
    return this.#kind.plural !== "leases" && this.#kind.plural !== "events"
  }

  warn(text: string): void {
    this.#context.warnings.push(text)
  }

  #ask(object: object, old: AnyStored | undefined, validating: boolean): void {
    // Of parts of an object their own handlers ask: it is not the object that is written.
    if (this.subresource !== "" && this.subresource !== "status") return
    const host = this.#host
    const plugins = pluginsFor(host.admission, this.#kind, validating, this.subresource === "status")
    const operation = this.#operation === "delete" ? "delete" : old ? "update" : "create"
    let asked = false
    for (const plugin of plugins) if (concerned(plugin, operation, host)) asked = true
    if (!asked) return
    new AdmissionCall({
      operation,
      kind: this.#kind,
      subresource: this.subresource,
      object: object as AdmissionRequest["object"],
      old,
      dryRun: this.dryRun,
      context: this.#context,
      server: host,
      ownWrite: (other) => host.ownWrite(other),
    }).pass(plugins.filter((plugin) => concerned(plugin, operation, host)))
  }

  admit(object: AnyStored, old: AnyStored | undefined): void {
    this.#ask(object, old, false)
    if (this.subresource === "status") return
    confirmNoEscalation(this.#host, this.#kind, this.#context, object)
    const { options } = this.#host
    options.allocate?.(this.#kind, object, old)
    if (!this.#told) return
    const { namespace } = this.#context.info
    options.trace.emit({
      span: this.#context.span,
      from: "kube-apiserver",
      to: "kube-apiserver",
      verb: "admit",
      detail: `${options.admission.length} plugins`,
      object: { kind: this.#kind.kind, ...(namespace && { namespace }), name: object.metadata.name ?? "" },
    })
  }

  review(object: AnyStored, old: AnyStored | undefined): void {
    this.#ask(object, old, true)
  }

  stored(before: AnyStored | undefined, after: AnyStored | undefined): void {
    const host = this.#host
    host.afterWrite(this.#kind, before, after)
    if (!this.#told) return
    const { revision } = host.etcd
    const { span } = this.#context
    host.spans.set(revision, span)
    const { metadata } = (after ?? before) as AnyStored
    host.options.trace.emit({
      span,
      from: "kube-apiserver",
      to: "etcd",
      verb: after ? "store" : "delete",
      object: {
        kind: this.#kind.kind,
        ...(metadata.namespace && { namespace: metadata.namespace }),
        name: metadata.name,
        uid: metadata.uid,
        resourceVersion: String(revision),
      },
      detail: `revision ${revision}`,
      before,
      after,
    })
  }
}

const concerned = ({ operations, idle }: AdmissionPlugin, operation: AdmissionRequest["operation"], host: WriteHost): boolean =>
  (operations?.includes(operation) ?? true) && !idle?.(host)
