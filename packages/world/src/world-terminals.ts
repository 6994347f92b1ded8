/** The terminals of a world's learner: each a login shell of a machine, and a new one when the machine was down. */
import type { SimulatedMachine, Terminal } from "@drydock/machine"
import { loginOf } from "./login.ts"

interface Opened {
  machine: SimulatedMachine
  user: string | undefined
  tty: Terminal
}

export class WorldTerminals {
  readonly #opened = new Map<string, Opened>()
  readonly #output: (terminal: string, data: Uint8Array) => void

  constructor(output: (terminal: string, data: Uint8Array) => void) {
    this.#output = output
  }

  get(terminal: string): Terminal | undefined {
    return this.#opened.get(terminal)?.tty
  }

  open(terminal: string, options: { machine: SimulatedMachine; user: string | undefined; columns: number; rows: number }): void {
    const { machine, user, columns, rows } = options
    const tty = machine.openTty({ columns, rows })
    this.#opened.set(terminal, { machine, user, tty })
    tty.onOutput = (data) => this.#output(terminal, data)
    const { env, credentials, home } = loginOf(machine, user)
    machine.start("/usr/bin/bash", { argv: ["-bash"], env: new Map([...env, ["TERM", "xterm-256color"]]), credentials, cwd: home, tty })
  }

  close(terminal: string): void {
    const opened = this.#opened.get(terminal)
    opened?.machine.closeTty(opened.tty)
    this.#opened.delete(terminal)
  }

  /** The machine is up again: whoever sat at it logs in anew. */
  reopen(machine: SimulatedMachine): void {
    for (const [terminal, { machine: own, user, tty }] of [...this.#opened])
      if (own === machine && tty.hungUp) this.open(terminal, { machine, user, columns: tty.columns, rows: tty.rows })
  }
}
