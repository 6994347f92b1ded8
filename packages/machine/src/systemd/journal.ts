/** journald: a bounded list of lines with followers. */
import { sharedText } from "@drydock/sim"
import type { Journal, JournalEntry } from "../contract.ts"

const KEPT = 5_000

export class BoundedJournal implements Journal {
  #entries: JournalEntry[] = []
  /** How far the machine's clock is ahead of the world's, ms. */
  skew = 0
  readonly #followers = new Set<(entry: JournalEntry) => void>()

  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  append(given: JournalEntry): void {
    // A line that was cut out of what a program wrote would keep all of that.
    const entry = { ...given, at: given.at + this.skew, message: sharedText(given.message) }
    this.#entries.push(entry)
    // Dropped in blocks: shifting at every line would cost its length each time.
    if (this.#entries.length > KEPT + 500) this.#entries = this.#entries.slice(-KEPT)
    for (const added of [...this.#followers]) added(entry)
  }

  follow(added: (entry: JournalEntry) => void): () => void {
    this.#followers.add(added)
    return () => this.#followers.delete(added)
  }
}
