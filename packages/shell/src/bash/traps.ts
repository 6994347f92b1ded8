/** Traps: what runs when signals came, before commands, after functions, and at the end. */
import { ProcessExit, type Signal, type Steps } from "@drydock/machine"
import type { Shell } from "./shell.ts"

/** Runs an action, whose status is returned; $? and PIPESTATUS stay as they were. */
export function* runTrap(shell: Shell, action: string): Steps<number> {
  const { status, pipeStatus, line, inTrap } = shell
  shell.inTrap = true
  shell.level++
  try {
    yield* shell.runText(action, line)
  } finally {
    shell.inTrap = inTrap
    shell.level--
  }
  const { status: result } = shell
  Object.assign(shell, { status, pipeStatus })
  return result
}

export function* runTraps(shell: Shell): Steps<void> {
  while (shell.pendingSignals.length > 0) {
    const signal = shell.pendingSignals.shift() as Signal
    const trap = shell.traps.get(signal)
    if (trap) yield* runTrap(shell, trap)
    else if (trap === undefined && shell.traps.has("EXIT")) yield* endBy(shell, signal)
  }
}

/** A signal that nothing but the EXIT trap was waiting for: after it, the shell ends as the signal says. */
function* endBy(shell: Shell, signal: Signal): Steps<void> {
  yield* runExitTrap(shell)
  shell.process.onSignal(signal, "default")
  shell.process.kill(shell.process.pid, signal)
  yield* shell.process.yield()
}

/** Whether the command that comes is not to run: extdebug, and an action that failed. */
export function* runDebugTrap(shell: Shell): Steps<boolean> {
  const trap = shell.traps.get("DEBUG")
  return trap ? (yield* runTrap(shell, trap)) !== 0 && shell.options.extdebug : false
}

export function* runReturnTrap(shell: Shell): Steps<void> {
  const trap = shell.traps.get("RETURN")
  if (trap && !shell.inTrap) yield* runTrap(shell, trap)
}

/** Puts away what a function does not inherit: DEBUG and RETURN without functrace, ERR without errtrace; how to bring it back. */
export const hideTraps = (shell: Shell, traced: boolean): (() => void) | undefined => {
  if (shell.traps.size === 0) return undefined
  const hidden: [string, string][] = []
  for (const name of ["DEBUG", "RETURN", "ERR"]) {
    const inherited = name === "ERR" ? shell.options.errtrace : shell.options.functrace || traced
    const action = shell.traps.get(name)
    if (inherited || action === undefined) continue
    hidden.push([name, action])
    shell.traps.delete(name)
  }
  if (hidden.length === 0) return undefined
  return () => {
    for (const [name, action] of hidden) if (!shell.traps.has(name)) shell.traps.set(name, action)
  }
}

/** The action of EXIT, after which $? is what it was, unless the action itself exits. */
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
