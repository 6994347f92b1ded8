/** What came for one world and is not applied yet, in order, each message of a page once. */
import type { LabInput, Origin } from "../link.ts"

/** One thing to do at one instant of the world. */
export interface Pending {
  input: LabInput
  origin?: Origin
  /** UTF-16 units of its keys that were applied already. */
  applied: number
  /** Who asked, for errors. */
  socket?: number
  /** Called when it was applied; with a reason when it could not be. */
  after?: (refused: string | undefined) => void
  described?: (text: string) => void
}

export class Inbox {
  #queue: Pending[] = []
  /** By page: the newest message that was applied, and how much of the next. */
  readonly #applied = new Map<string, { seq: number; part: number }>()

  get size(): number {
    return this.#queue.length
  }

  get first(): Pending | undefined {
    return this.#queue[0]
  }

  push(pending: Pending): void {
    this.#queue.push(pending)
  }

  shift(): void {
    this.#queue.shift()
  }

  /** Drops keys that wait for a terminal (^C empties what was typed ahead); they count as done. */
  dropKeys(terminal: string): Pending[] {
    const dropped = this.#queue.filter(({ input }) => input.kind === "keys" && input.terminal === terminal)
    this.#queue = this.#queue.filter((pending) => !dropped.includes(pending))
    return dropped
  }

  acknowledged(client: string): number {
    return this.#applied.get(client)?.seq ?? 0
  }

  isDone({ client, seq }: Origin): boolean {
    return seq <= this.acknowledged(client)
  }

  /** How much of a message a run before this one has applied. */
  partOf({ client, seq }: Origin): number {
    const applied = this.#applied.get(client)
    return applied && applied.seq === seq - 1 ? applied.part : 0
  }

  note({ client, seq, part }: Origin): void {
    if (part === undefined) this.#applied.set(client, { seq: Math.max(seq, this.acknowledged(client)), part: 0 })
    else this.#applied.set(client, { seq: this.acknowledged(client), part })
  }
}
