/** Processes parked on a condition. */
import type { WaitQueue } from "./process.ts"

/** What can be parked: the kernel's process. */
export interface Parked {
  wakeUp(): void
}

export class Queue implements WaitQueue {
  #parked: Set<Parked> | undefined
  /** Besides processes, one callback (an end of a stream that is no process). */
  onWake: (() => void) | undefined

  add(parked: Parked): void {
    ;(this.#parked ??= new Set()).add(parked)
  }

  remove(parked: Parked): void {
    this.#parked?.delete(parked)
  }

  /** Whether a process waits here. */
  get parked(): boolean {
    return (this.#parked?.size ?? 0) > 0
  }

  wake(): void {
    if (this.#parked && this.#parked.size > 0) {
      const woken = [...this.#parked]
      this.#parked.clear()
      for (const parked of woken) parked.wakeUp()
    }
    this.onWake?.()
  }
}
