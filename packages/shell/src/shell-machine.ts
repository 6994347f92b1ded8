/** A machine with bash and the tools on it, for tests: run a script, or type at a terminal. */
import type { MachineLimits, Program, SimulatedMachine, Terminal } from "@drydock/machine"
import { bareMachine } from "../../machine/src/bare-machine.ts"
import { shellEntries } from "./install.ts"

export const ENVIRONMENT = new Map([
  ["HOME", "/root"],
  ["USER", "root"],
  ["TERM", "xterm-256color"],
  ["LANG", "C.UTF-8"],
  ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
])

export const shellMachine = (limits: Partial<MachineLimits> = {}): SimulatedMachine => {
  const { machine } = bareMachine({ limits: { fuelPerSecond: 500_000, ...limits } })
  for (const { path, program, target, content, mode } of shellEntries("bash")) {
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (parent !== "") machine.files.mkdir(parent, { parents: true })
    if (program) machine.files.install(path, program as Program)
    else if (target !== undefined) machine.files.symlink(target, path)
    else if (content !== undefined) machine.files.write(path, content, mode === undefined ? {} : { mode })
  }
  return machine
}

export interface ScriptRun {
  stdout: string
  stderr: string
  exit: number | undefined
  /** Virtual ms. */
  took: number
}

/** Runs `script` by bash to its end, for at most `limit` virtual ms. */
export const runScript = (
  script: string,
  options: { machine?: SimulatedMachine; files?: Readonly<Record<string, string>>; stdin?: string; limit?: number } = {},
): ScriptRun => {
  const machine = options.machine ?? shellMachine()
  for (const [path, content] of Object.entries(options.files ?? {})) {
    machine.files.mkdir(`/root/${path}`.slice(0, `/root/${path}`.lastIndexOf("/")), { parents: true })
    machine.files.write(`/root/${path}`, content)
  }
  const run: ScriptRun = { stdout: "", stderr: "", exit: undefined, took: 0 }
  const began = machine.sim.now()
  const [out, errors] = [new TextDecoder(), new TextDecoder()]
  machine.start("/usr/bin/bash", {
    argv: ["bash", "-c", script],
    env: ENVIRONMENT,
    cwd: "/root",
    stdin: options.stdin ?? "",
    onStdout: (data) => (run.stdout += out.decode(data, { stream: true })),
    onStderr: (data) => (run.stderr += errors.decode(data, { stream: true })),
    onExit: (status) => {
      run.exit = status.kind === "exited" ? status.code : -1
      run.took = machine.sim.now() - began
    },
  })
  machine.sim.run({ until: began + (options.limit ?? 60_000) })
  return run
}

export interface TypedTerminal {
  readonly machine: SimulatedMachine
  readonly tty: Terminal
  /** Everything that was shown. */
  output: string
  exit: number | undefined
  /** Types `keys`, then lets `ms` of virtual time pass (default 200). */
  type(keys: string | Uint8Array, ms?: number): void
  run(ms: number): void
}

/** A login shell (or `program`) on a terminal. */
export const openTerminal = (
  options: {
    machine?: SimulatedMachine
    program?: Program | string
    argv?: readonly string[]
    columns?: number
    rows?: number
    bashrc?: string
  } = {},
): TypedTerminal => {
  const machine = options.machine ?? shellMachine()
  machine.files.write("/root/.profile", ". ~/.bashrc\n")
  machine.files.write("/root/.bashrc", options.bashrc ?? "PS1='$ '\n")
  const tty = machine.openTty({ columns: options.columns ?? 80, rows: options.rows ?? 24 })
  const decoder = new TextDecoder()
  const run = (ms: number) => void machine.sim.run({ until: machine.sim.now() + ms })
  const terminal: TypedTerminal = {
    machine,
    tty,
    output: "",
    exit: undefined,
    type: (keys, ms = 200) => {
      tty.input(keys)
      run(ms)
    },
    run,
  }
  tty.onOutput = (data) => (terminal.output += decoder.decode(data, { stream: true }))
  machine.start(options.program ?? "/usr/bin/bash", {
    argv: options.argv ?? ["-bash"],
    env: ENVIRONMENT,
    cwd: "/root",
    tty,
    onExit: (status) => (terminal.exit = status.kind === "exited" ? status.code : -1),
  })
  run(200)
  return terminal
}
