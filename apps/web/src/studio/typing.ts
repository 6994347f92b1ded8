/** What a test typed and what came of it, played into a terminal at a pace that can be followed. */

export interface Screen {
  write(text: string): void
}

const PROMPT = "\u001b[36mcontrolplane\u001b[0m \u001b[90m$\u001b[0m "
/** Between two keys, ms; a long command is typed in no more than this many portions. */
const KEY_MS = 18
const PORTIONS = 40

const onScreen = (text: string) => text.replaceAll("\r\n", "\n").replaceAll("\n", "\r\n")

export class Typing {
  readonly #screen: Screen
  readonly #wait: (ms: number) => Promise<void>
  #turn: Promise<void> = Promise.resolve()
  #waiting = 0
  #ended = false

  /** @param wait resolves after so many ms */
  constructor(screen: Screen, wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))) {
    this.#screen = screen
    this.#wait = wait
  }

  note(text: string): void {
    this.#next(async () => this.#screen.write(`\u001b[90m# ${onScreen(text)}\u001b[0m\r\n`))
  }

  command(text: string): void {
    this.#next(async () => {
      this.#screen.write(PROMPT)
      const portion = Math.max(1, Math.ceil(text.length / PORTIONS))
      for (let at = 0; at < text.length; at += portion) {
        this.#screen.write(onScreen(text.slice(at, at + portion)))
        // What is behind catches up.
        if (this.#waiting < 6) await this.#wait(KEY_MS)
      }
      this.#screen.write("\r\n")
    })
  }

  output(text: string, exit: number): void {
    this.#next(async () => {
      const shown = onScreen(text)
      this.#screen.write(shown === "" || shown.endsWith("\n") ? shown : `${shown}\r\n`)
      if (exit !== 0) this.#screen.write(`\u001b[31m(exit code ${exit})\u001b[0m\r\n`)
    })
  }

  /** Everything has been played. */
  done(): Promise<void> {
    return this.#turn
  }

  end(): void {
    this.#ended = true
  }

  #next(step: () => Promise<void>): void {
    this.#waiting++
    this.#turn = this.#turn.then(async () => {
      if (!this.#ended) await step()
      this.#waiting--
    })
  }
}
