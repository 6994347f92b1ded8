/** Brings teachers' messages to the labs they are for: one question to the database for all sessions of this server. */
import type { ClassMessage, ClassRepository } from "@drydock/db"

const EVERY_MS = 2_000

export interface BellOptions {
  readonly classes: Pick<ClassRepository, "news">
  /** Somebody may be there to be told. */
  readonly wanted: () => boolean
  readonly deliver: (message: ClassMessage, to: readonly string[]) => void
  readonly warn: (text: string) => void
}

export class MessageBell {
  readonly #options: BellOptions
  readonly #timer: NodeJS.Timeout
  /** Of the newest message that was seen; undefined when nobody was there to be told: a page asks for what came before it. */
  #after: number | undefined
  #asking = false
  #failing = false

  constructor(options: BellOptions, everyMs = EVERY_MS) {
    this.#options = options
    this.#timer = setInterval(() => void this.ask(), everyMs)
    this.#timer.unref()
  }

  async ask(): Promise<void> {
    const { classes, wanted, deliver, warn } = this.#options
    if (!wanted()) {
      this.#after = undefined
      return
    }
    if (this.#asking) return
    this.#asking = true
    try {
      const { newest, messages } = await classes.news(this.#after)
      this.#after = newest
      this.#failing = false
      for (const { to, ...message } of messages) deliver(message, to)
    } catch (error) {
      if (!this.#failing) warn(`messages to classes cannot be read: ${(error as Error).message}`)
      this.#failing = true
    } finally {
      this.#asking = false
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
