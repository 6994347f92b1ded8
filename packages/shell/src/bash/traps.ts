/** Traps: what runs when signals came, and at the end. */
import { ProcessExit, type Signal, type Steps } from "@drydock/machine"
import type { Shell } from "./shell.ts"

/** Runs an action; $? and PIPESTATUS stay as they were. */
export function* runTrap(shell: Shell, action: string): Steps<void> {
  const { status, pipeStatus, line } = shell
  shell.inTrap = true
  try {
    yield* shell.runText(action, line)
  } finally {
    shell.inTrap = false
  }
  Object.assign(shell, { status, pipeStatus })
}

export function* runTraps(shell: Shell): Steps<void> {
  while (shell.pendingSignals.length > 0) {
    const signal = shell.pendingSignals.shift() as Signal
    const trap = shell.traps.get(signal)
    if (trap) yield* runTrap(shell, trap)
  }
}

export function* runExitTrap(shell: Shell): Steps<void> {
  const trap = shell.traps.get("EXIT")
  if (trap === undefined) return
  shell.traps.delete("EXIT")
  const { status } = shell
  try {
    yield* shell.runText(trap)
    shell.status = status
  } catch (error) {
    if (!(error instanceof ProcessExit)) throw error
    shell.status = error.code
  }
}
