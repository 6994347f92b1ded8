/** What every kind of check has in common: it hears what happens, says whether it wants to look, and looks. */
import type { TraceEvent } from "@drydock/kubernetes/ports"
import type { World } from "@drydock/world"
import type { StoredObject } from "./objects.ts"

/** An object of the store changed; `after` is undefined when it was deleted. */
export interface ObjectChange {
  readonly kind: string
  readonly before: StoredObject | undefined
  readonly after: StoredObject | undefined
}

export interface Observed {
  readonly passed: boolean
  readonly seen?: string
  /** 0 to 1, of what does not pass. */
  readonly credit?: number
}

export interface LiveCheck {
  readonly observed: Observed
  /** True when the check wants to look again. Asked whether or not its task is open. */
  changed?(change: ObjectChange): boolean
  happened?(event: TraceEvent): boolean
  /** The task became open: from now on it looks. */
  opened?(): void
  /** Looks now. What takes virtual time calls `later` when it has an answer. */
  look(later: () => void): void
  /** Earliest virtual time at which it may look again (ms since the epoch), when it is costly. */
  readonly notBefore?: number
  /** It looks just now: what it observed is from before. */
  readonly busy?: boolean
  stop?(): void
}

export interface CheckContext {
  readonly world: World
}
