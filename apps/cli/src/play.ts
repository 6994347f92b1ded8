/** `drydock play`: plays scenarios in fresh worlds, as fast as they go, and prints what every step printed. */
import { readFileSync, statSync } from "node:fs"
import { join, normalize } from "node:path"
import { performance } from "node:perf_hooks"
import { text as textOf } from "node:stream/consumers"
import { createWorld, type ScriptResult, type ShellSession, type World } from "@drydock/world"
import { type Command, UsageError } from "./command.ts"
import { fileMode, Scenario, type Step, type StepResult } from "./scenario.ts"

/** 2026-01-05 08:00 UTC: every scenario begins at the same virtual time. */
const STARTED_AT = Date.UTC(2026, 0, 5, 8)

/** The home of whom the steps run as. */
const HOME = "/root"

/** A URL's file under the first mirror whose prefix fits; nothing outside the mirror's directory. */
const internet =
  (mirrors: Readonly<Record<string, string>>) =>
  (asked: string): Uint8Array | undefined => {
    // k8s.io/examples is a redirection to kubernetes.io/examples: who mirrors the one has the other.
    const url = asked.replace(/^https:\/\/kubernetes\.io\/examples\//, "https://k8s.io/examples/")
    for (const [prefix, directory] of Object.entries(mirrors)) {
      if (!url.startsWith(prefix)) continue
      const path = normalize(decodeURIComponent(url.slice(prefix.length).split(/[?#]/)[0]))
      if (path.startsWith("..") || path.startsWith("/")) return undefined
      try {
        const file = join(directory, path)
        if (statSync(file).isFile()) return readFileSync(file)
      } catch {
        return undefined
      }
    }
    return undefined
  }

/** Advances the world until `settled`, event by event in larger and larger strides. */
const runUntil = (world: World, settled: () => boolean) => {
  while (!settled()) world.run({ until: world.sim.now() + 60_000, stop: settled })
}

const playStep = (world: World, step: Step, shells: Map<string, ShellSession>, pace: number): StepResult => {
  const machine = step.machine ?? [...world.machines.keys()][0]
  if (!world.machines.has(machine)) throw new UsageError(`step ${step.id}: there is no machine "${machine}"`)
  for (const file of step.files ?? []) placeFile(world, file)
  let begun = performance.now()
  let result: ScriptResult | undefined
  const done = (given: ScriptResult) => {
    result = given
  }
  const times = { timeout: step.timeout * 1000, ...(step.interruptAfter !== undefined && { interruptAfter: step.interruptAfter * 1000 }) }
  if (step.in === "shell") {
    let shell = shells.get(machine)
    if (!shell) shells.set(machine, (shell = world.shellSession({ machine })))
    else if (pace > 0) world.run({ until: world.sim.now() + pace * 1000 })
    begun = performance.now()
    shell.run(step.run, { ...times, prompts: true }, done)
  } else {
    world.script(
      {
        machine,
        script: step.run,
        ...(step.directory && { directory: step.directory }),
        ...(step.stdin !== undefined && { stdin: step.stdin }),
        ...times,
      },
      done,
    )
  }
  runUntil(world, () => result !== undefined)
  const { stdout, stderr, exit, timedOut, took } = result as unknown as ScriptResult
  return { id: step.id, stdout, stderr, exit, timedOut, virtualMs: Math.round(took), wallMs: Math.round(performance.now() - begun) }
}

const placeFile = (world: World, file: { path: string; content: string; mode?: string | number | null; machine?: string }) => {
  const machine = world.machines.get(file.machine ?? [...world.machines.keys()][0])
  if (!machine) throw new UsageError(`file ${file.path}: there is no machine "${file.machine}"`)
  const path = file.path.replace(/^~(?=\/)/, HOME)
  const parent = path.slice(0, path.lastIndexOf("/"))
  if (parent) machine.files.mkdir(parent, { parents: true })
  machine.files.write(path, file.content, { mode: fileMode(file.mode) ?? 0o644 })
}

const withStorage = ({ topology, addons, storage }: Scenario): string[] =>
  storage && typeof topology === "string" && topology.startsWith("kubeadm-") && !addons.includes("local-path")
    ? [...addons, "local-path"]
    : addons

/** Plays one scenario in a world of its own. */
export const play = (scenario: Scenario): { steps: StepResult[] } => {
  let world: World
  try {
    world = createWorld({
      topology: scenario.topology,
      seed: scenario.seed,
      startedAt: STARTED_AT,
      addons: withStorage(scenario),
      internet: internet(scenario.mirrors),
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  world.boot()
  for (const file of scenario.files) placeFile(world, file)
  const shells = new Map<string, ShellSession>()
  return { steps: scenario.steps.map((step) => playStep(world, step, shells, scenario.pace)) }
}

const parseScenario = (text: string, where: string): Scenario => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${where}: not JSON: ${(error as Error).message.split("\n")[0]}`)
  }
  const parsed = Scenario.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${where}: ${issue.path.join(".") || "scenario"}: ${issue.message}`)
}

export const playCommand: Command = {
  name: "play",
  positionals: "FILE|-",
  summary: "Plays a scenario (JSON) in a fresh world and prints what each step printed.",
  details: `A scenario is {topology, seed, files, addons, storage, mirrors: {urlPrefix: directory}, pace, steps: [{id, run, in, machine, directory,
stdin, files, timeout, interruptAfter}]}; times are virtual seconds.
Steps in a "process" follow each other at once. Before each step in the "shell" but the first, the time passes that a learner takes
to read and to type: \`pace\`, 20 s; 0 types everything at one instant. A shell step whose program stands at a prompt of its own
(kubectl exec -it POD -- sh) is over for now with exit code 0, and the next step is typed there; when that program does not know the
command, it is left with ^D and the login shell gets the command.`,
  options: { jsonl: { type: "boolean", summary: "one scenario a line in, one result a line out" } },
  async run({ options, positionals: [file, ...more] }) {
    if (file === undefined || more.length > 0) throw new UsageError("play takes one file, or - for standard input")
    let text: string
    try {
      // Not readFileSync(0): a pipe whose writer is slower than this program answers EAGAIN.
      text = file === "-" ? await textOf(process.stdin) : readFileSync(file, "utf8")
    } catch (error) {
      throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
    }
    const texts = options.jsonl ? text.split("\n").filter((line) => line.trim() !== "") : [text]
    const scenarios = texts.map((one, index) => parseScenario(one, options.jsonl ? `line ${index + 1}` : file))
    for (const scenario of scenarios) process.stdout.write(`${JSON.stringify(play(scenario))}\n`)
    return 0
  },
}
