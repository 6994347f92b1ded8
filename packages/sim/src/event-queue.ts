/** A binary heap of events ordered by (time, sequence), so that equal times run in the order they were scheduled. */

/** One scheduled event; keep it to cancel it. */
export interface Timer {
  /** Virtual time in ms since the epoch at which it runs. */
  readonly at: number
  readonly sequence: number
  /** Undefined once it ran or was cancelled. */
  action: (() => void) | undefined
  /** A background event (heartbeat, resync) never counts as "something is still going on". */
  readonly background: boolean
}

const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence)

export class EventQueue {
  #heap: Timer[] = []
  #sequence = 0
  #foreground = 0

  /** Events that are still to run and not marked as background. */
  get foreground(): number {
    return this.#foreground
  }

  add(at: number, action: () => void, background = false): Timer {
    const timer: Timer = { at, sequence: this.#sequence++, action, background }
    if (!background) this.#foreground++
    const heap = this.#heap
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(timer, heap[parent])) break
      heap[index] = heap[parent]
      index = parent
    }
    heap[index] = timer
    return timer
  }

  cancel(timer: Timer | undefined): void {
    if (timer?.action === undefined) return
    // It stays in the heap and is skipped when it comes up: removal from the middle would cost more than the slot.
    timer.action = undefined
    if (!timer.background) this.#foreground--
  }

  /** The next event that was not cancelled, left in place. */
  peek(): Timer | undefined {
    while (this.#heap.length > 0 && this.#heap[0].action === undefined) this.#removeFirst()
    return this.#heap[0]
  }

  /** Takes the next event out and returns it with its action; the caller runs it. */
  take(): { at: number; action: () => void } | undefined {
    const timer = this.peek()
    if (!timer) return undefined
    this.#removeFirst()
    const action = timer.action as () => void
    timer.action = undefined
    if (!timer.background) this.#foreground--
    return { at: timer.at, action }
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as Timer
    const size = heap.length
    if (size === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= size) break
      if (child + 1 < size && before(heap[child + 1], heap[child])) child++
      if (!before(heap[child], last)) break
      heap[index] = heap[child]
      index = child
    }
    heap[index] = last
  }
}
