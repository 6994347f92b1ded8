/** Which request wrote which revision: how a trace goes on from a write to those who watch it. */

/** Revisions that are remembered, at least. */
const REMEMBERED = 1_000

export class RevisionSpans {
  /** Revision of the first of `#spans`. */
  #first = 0
  /** By revision, one after the other; 0 where nobody is told. */
  #spans: number[] = []

  set(revision: number, span: number): void {
    // After a restore revisions begin anew; after many that nobody is told the old ones are of no use.
    if (revision < this.#first || revision > this.#first + this.#spans.length + REMEMBERED) {
      this.#first = revision
      this.#spans = []
    }
    for (let missing = this.#first + this.#spans.length; missing < revision; missing++) this.#spans.push(0)
    this.#spans[revision - this.#first] = span
    if (this.#spans.length <= 2 * REMEMBERED) return
    this.#spans = this.#spans.slice(-REMEMBERED)
    this.#first = revision + 1 - this.#spans.length
  }

  get(revision: number): number | undefined {
    return this.#spans[revision - this.#first] || undefined
  }
}
