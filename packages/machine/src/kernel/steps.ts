/** How whatever runs on the simulated machine gives way and goes on. */

/** A step of a program that may wait. */
export type Steps<T> = Generator<Wait, T, Wake>

/** Why a process gives way. Resumed when a queue is woken, at `until`, or when a signal with a handler arrives. */
export interface Wait {
  readonly queues: readonly WaitQueue[]
  /** Virtual time, ms since the epoch. */
  readonly until?: number
}

/** "ready": a queue was woken. "signal": a handler ran; the call in progress ends with EINTR where POSIX says so. */
export type Wake = "ready" | "timeout" | "signal"

/** Processes waiting for one condition. Waking resumes them through the kernel's run queue, never in place. */
export interface WaitQueue {
  wake(): void
}
