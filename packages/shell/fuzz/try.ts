/** One round of fuzzing: a script or keys in a machine of their own, and what came of it. */
import { ENVIRONMENT, openTerminal, shellMachine } from "../src/shell-machine.ts"
import { keysFrom, scriptFrom } from "./scripts.ts"

/** Everything that was shown, and the machine's clock: equal for equal seeds. Throws what no program may throw. */
export const tryScript = (seed: number): string => {
  const machine = shellMachine({ fuelPerSecond: 20_000 })
  let shown = ""
  const decoder = new TextDecoder()
  const add = (data: Uint8Array) => {
    if (shown.length < 100_000) shown += decoder.decode(data)
  }
  machine.start("/usr/bin/bash", {
    argv: ["bash", "-c", scriptFrom(seed)],
    env: ENVIRONMENT,
    cwd: "/tmp",
    stdin: "one\ntwo\n",
    onStdout: add,
    onStderr: add,
    onExit: (status) => (shown += `[${JSON.stringify(status)}]`),
  })
  machine.sim.run({ until: machine.sim.now() + 1_500 })
  return `${shown}@${machine.sim.now()}`
}

export const tryKeys = (seed: number): string => {
  const machine = shellMachine({ fuelPerSecond: 20_000 })
  const terminal = openTerminal({ machine })
  const keys = keysFrom(seed)
  for (let at = 0; at < keys.length; at += 40) terminal.type(keys.subarray(at, at + 40), 50)
  terminal.type("\x03\x03\x1c", 300)
  return `${terminal.output.slice(0, 100_000)}@${machine.sim.now()}`
}

/** A program that ended by an error of its own, as the kernel tells it. */
export const CRASH = /Segmentation fault|SIGSEGV/
