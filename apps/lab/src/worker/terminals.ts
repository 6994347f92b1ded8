/** The terminals of one world: which machine each is on, and what it printed. */
import type { World } from "@drydock/world"
import { OutputRing } from "./output-ring.ts"

export interface LabTerminal {
  readonly name: string
  readonly machine: string
  readonly ring: OutputRing
  columns: number
  rows: number
}

/** Terminals a session may have open at once. */
export const MAX_TERMINALS = 16

export class Terminals {
  readonly open = new Map<string, LabTerminal>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.onOutput((terminal, data) => this.open.get(terminal)?.ring.push(data))
  }

  opened(name: string, machine: string, columns: number, rows: number): void {
    this.open.set(name, { name, machine, ring: new OutputRing(), columns, rows })
  }

  resized(name: string, columns: number, rows: number): void {
    const terminal = this.open.get(name)
    if (terminal) Object.assign(terminal, { columns, rows })
  }

  closed(name: string): void {
    this.open.delete(name)
  }

  /** Terminals whose shell has ended. */
  ended(): string[] {
    return [...this.open.keys()].filter((name) => this.#world.tty(name)?.session === 0)
  }
}
