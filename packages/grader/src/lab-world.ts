/** A lesson's world as its learner finds it, and a person at its terminals. */
import { createWorld, type ScriptResult, type ShellSession, type World } from "@drydock/world"
import type { GradedLab } from "./contract.ts"
import { setupProblem } from "./create-grader.ts"

/** Virtual ms that one typed command or set-up script may take. */
export const COMMAND_LIMIT = 600_000

/** 2026-01-05 08:00 UTC: when worlds of tests and gradings begin. */
export const STARTED_AT = Date.UTC(2026, 0, 5, 8)

/** Runs by so many virtual ms, or until `stop`. */
export const runFor = (world: World, virtual: number, stop?: () => boolean): void => {
  world.run({ until: world.sim.now() + virtual, ...(stop && { stop }) })
}

const awaited = (world: World, start: (done: (result: ScriptResult) => void) => void): ScriptResult => {
  let result: ScriptResult | undefined
  start((given) => {
    result = given
  })
  runFor(world, COMMAND_LIMIT * 2, () => result !== undefined)
  return result ?? { stdout: "", stderr: "", exit: 124, timedOut: true, took: COMMAND_LIMIT }
}

/** Boots, lays the files, runs the set-up and strikes the faults. `problems`: what of the set-up failed, a sentence each. */
export const labWorld = (lab: GradedLab, options: { seed: string; startedAt?: number }): { world: World; problems: string[] } => {
  const world = createWorld({
    topology: lab.topology,
    seed: options.seed,
    startedAt: options.startedAt ?? STARTED_AT,
    addons: lab.addons,
    files: lab.files.map(({ path, content = "", mode, machine }) => ({
      path,
      content,
      ...(mode && { mode: Number.parseInt(mode, 8) }),
      ...(machine && { machine }),
    })),
  })
  world.boot()
  const problems: string[] = []
  for (const [index, step] of lab.setup.entries()) {
    const { machine, script } = typeof step === "string" ? { machine: undefined, script: step } : step
    const result = awaited(world, (done) => world.script({ ...(machine && { machine }), script, timeout: COMMAND_LIMIT }, done))
    if (result.exit !== 0) problems.push(`the set-up (step ${index + 1}) ${setupProblem(result)}`)
  }
  for (const { name, target, after, parameters } of lab.faults) {
    const strike = () => world.input({ kind: "fault", name, target, ...(parameters && { parameters }) })
    if (after === undefined) strike()
    else world.sim.schedule(after * 1000, strike)
  }
  return { world, problems }
}

export type Typist = (command: string, limits?: { timeout: number; interruptAfter?: number }, machine?: string) => ScriptResult

/** A person at the terminals: one login shell a machine, whose state stays. @param patience virtual ms that a command may take */
export const typist = (world: World, patience = COMMAND_LIMIT): Typist => {
  const shells = new Map<string | undefined, ShellSession>()
  return (command, limits = { timeout: patience }, machine) => {
    let shell = shells.get(machine)
    if (!shell) shells.set(machine, (shell = world.shellSession(machine ? { machine } : {})))
    return awaited(world, (done) => (shell as ShellSession).run(command, limits, done))
  }
}
