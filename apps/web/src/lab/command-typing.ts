/** Commands that clicks run, typed where a line editor waits for them: not before a terminal's first prompt. */
import { takesPaste, typedCommand } from "./typed-command.ts"

/** A terminal that shows no prompt for so long (a program runs in it since before this page) is typed into all the same, wall ms. */
export const PATIENCE_MS = 4_000

export class CommandTyping {
  readonly #type: (terminal: string, text: string) => void
  /** Terminals in which a line editor waits. */
  readonly #waiting = new Set<string>()
  /** Terminals that have shown a prompt, or were waited for long enough. */
  readonly #begun = new Set<string>()
  readonly #held = new Map<string, { readonly commands: string[]; readonly timer: ReturnType<typeof setTimeout> }>()

  constructor(type: (terminal: string, text: string) => void) {
    this.#type = type
  }

  run(terminal: string, command: string): void {
    if (this.#begun.has(terminal)) return this.#type(terminal, typedCommand(command, this.#waiting.has(terminal)))
    const held = this.#held.get(terminal)
    if (held) held.commands.push(command)
    else this.#held.set(terminal, { commands: [command], timer: setTimeout(() => this.#begin(terminal), PATIENCE_MS) })
  }

  /** A terminal has written. @param reset its screen begins anew */
  heard(terminal: string, output: string, reset: boolean): void {
    if (takesPaste(output, !reset && this.#waiting.has(terminal))) {
      this.#waiting.add(terminal)
      this.#begin(terminal)
    } else this.#waiting.delete(terminal)
  }

  #begin(terminal: string): void {
    this.#begun.add(terminal)
    const held = this.#held.get(terminal)
    if (!held) return
    this.#held.delete(terminal)
    clearTimeout(held.timer)
    for (const command of held.commands) this.run(terminal, command)
  }

  /** Another world: nothing of the old one holds. */
  clear(): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer)
    this.#held.clear()
    this.#begun.clear()
    this.#waiting.clear()
  }
}
