/** So many a second, with a burst. */
export class TokenBucket {
  readonly #rate: number
  readonly #burst: number
  #tokens: number
  #at: number

  /** @param now wall ms */
  constructor(rate: number, burst: number, now: number) {
    this.#rate = rate
    this.#burst = burst
    this.#tokens = burst
    this.#at = now
  }

  /** Takes one; otherwise ms until there is one again. */
  take(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1_000) * this.#rate)
    this.#at = now
    this.#tokens -= 1
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#rate) * 1_000)
  }

  /** Takes so many if they are there; otherwise takes none and gives the ms until they will be. */
  afford(now: number, amount: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1_000) * this.#rate)
    this.#at = now
    if (this.#tokens < amount) return Math.ceil(((amount - this.#tokens) / this.#rate) * 1_000)
    this.#tokens -= amount
    return 0
  }
}
