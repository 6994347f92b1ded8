/** Objects of kinds that definitions make, as controllers outside the cluster's own binary handle them. */
import type { AnyStored, KubernetesObject, NamespacedName } from "../apimachinery/object.ts"
import type { Kind } from "../api/define-kind.ts"
import type { Client, Informers } from "../client/contract.ts"

export interface CustomObject extends KubernetesObject {
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
  [field: string]: unknown
}

export type StoredCustom = AnyStored & CustomObject

/** Finds the kind anew each time: its definition may come and go. */
export class CustomObjects {
  readonly #kind: () => Kind<never> | undefined
  readonly #client: Client
  readonly #informers: Informers

  constructor(kind: () => Kind<never> | undefined, client: Client, informers: Informers) {
    this.#kind = kind
    this.#client = client
    this.#informers = informers
  }

  get served(): boolean {
    return this.#kind() !== undefined
  }

  list(): readonly StoredCustom[] {
    const kind = this.#kind()
    return kind ? (this.#informers.for(kind as unknown as Kind<CustomObject>).list() as unknown as StoredCustom[]) : []
  }

  get(namespace: string | undefined, name: string): StoredCustom | undefined {
    const kind = this.#kind()
    return kind ? (this.#informers.for(kind as unknown as Kind<CustomObject>).get(namespace, name) as unknown as StoredCustom) : undefined
  }

  /** Calls back for each change, from the first time that the kind is served; true once it listens. */
  watch(changed: (object: StoredCustom, gone: boolean) => void): boolean {
    const kind = this.#kind()
    if (!kind) return false
    this.#informers
      .for(kind as unknown as Kind<CustomObject>)
      .onChange(({ type, object }) => changed(object as unknown as StoredCustom, type === "deleted"))
    return true
  }

  create(object: CustomObject): void {
    const kind = this.#kind()
    if (kind && !this.#client.find(kind as never, object.metadata as NamespacedName)) this.#client.create(kind as never, object as never)
  }

  setStatus(object: StoredCustom, status: Record<string, unknown>): void {
    const kind = this.#kind()
    if (!kind || JSON.stringify(object.status ?? {}) === JSON.stringify(status)) return
    this.#client.updateStatus(kind as never, { ...object, status } as never)
  }

  delete(name: NamespacedName): void {
    const kind = this.#kind()
    if (kind) this.#client.delete(kind as never, name)
  }
}
