/** Breaking a world on purpose, and mending it again: one entry a fault. */
import type { Fabric, SimulatedMachine, Started } from "@drydock/machine"
import type { Simulation } from "@drydock/sim"

export interface Stage {
  readonly sim: Simulation
  readonly fabric: Fabric
  readonly machines: ReadonlyMap<string, SimulatedMachine>
}

/** What a fault strikes: `machine` of "machine/what", and the rest. */
interface Blow {
  readonly stage: Stage
  readonly machine: SimulatedMachine
  readonly what: string
  readonly parameters: Parameters
}

class Parameters {
  readonly #fault: string
  readonly #given: Readonly<Record<string, unknown>>

  constructor(fault: string, given: Readonly<Record<string, unknown>>, known: readonly string[]) {
    this.#fault = fault
    this.#given = given
    const unknown = Object.keys(given).find((name) => name !== "for" && !known.includes(name))
    if (unknown !== undefined)
      throw new Error(`fault "${fault}" has no parameter "${unknown}"; it has ${[...known, "for"].map((name) => `"${name}"`).join(", ")}`)
  }

  number(name: string, fallback: number, least = 0): number {
    const value = this.#given[name] ?? fallback
    if (typeof value !== "number" || !Number.isFinite(value) || value < least)
      throw new Error(`fault "${this.#fault}": "${name}" must be a number${least > Number.NEGATIVE_INFINITY ? `, at least ${least}` : ""}`)
    return value
  }

  text(name: string): string | undefined {
    const value = this.#given[name]
    if (value !== undefined && typeof value !== "string") throw new Error(`fault "${this.#fault}": "${name}" must be text`)
    return value
  }
}

/** Undoes a fault; called once. */
type Mend = () => void

interface FaultOptions {
  /** What `target` names. */
  readonly target: string
  readonly summary: string
  /** Names of its parameters; all have "for": seconds after which it is mended by itself. */
  readonly parameters: readonly string[]
  /** Throws an Error with one clear line when the target is no good. Undefined: nothing has to be mended. */
  strike(blow: Blow): Mend | undefined
}

const others = ({ stage, machine, what }: Blow): string[] => {
  if (what !== "" && what !== "*") {
    if (!stage.machines.has(what)) throw new Error(`there is no machine "${what}"`)
    return [what]
  }
  return [...stage.machines.keys()].filter((name) => name !== machine.name)
}

const mendAll =
  (mends: readonly Mend[]): Mend =>
  () => {
    for (const mend of mends) mend()
  }

/** A file that takes up the disk, where a log would. */
const BALLAST = "/var/log/debug.log.1"
const PERCENT = 95

const fillDisk = ({ machine, parameters }: Blow): Mend => {
  const path = parameters.text("path") ?? BALLAST
  const { size, used } = machine.disk
  const wanted = Math.floor((size * parameters.number("percent", PERCENT)) / 100) - used
  if (wanted > 0) machine.files.allocate(path, wanted)
  return () => {
    if (machine.files.exists(path)) machine.files.remove(path)
  }
}

const fillMemory = ({ machine, parameters }: Blow): Mend => {
  const wanted = Math.floor((machine.capacity.memory * parameters.number("percent", PERCENT)) / 100) - machine.memoryUsed
  let hog: Started | undefined
  if (wanted > 0)
    hog = machine.start(
      function* (process) {
        process.use({ memory: wanted })
        const never = process.queue()
        for (;;) yield* process.wait({ queues: [never] })
      },
      { argv: ["/usr/bin/java", "-Xmx32g", "-jar", "/opt/report.jar"] },
    )
  return () => hog?.kill("SIGKILL")
}

/** Of a process that shows what it is, as "nginx: master process …", what stands before that. */
const nameOf = ([command = ""]: readonly string[]): string | undefined => command.replace(/: .*$/s, "").split("/").at(-1)

/** Every so many bytes one is replaced. */
const CORRUPT_EVERY = 16

const FAULTS: Readonly<Record<string, FaultOptions>> = {
  kill: {
    target: "machine/unit or machine/program",
    summary: "ends a unit's main process, or every process of that name, by a signal",
    parameters: ["signal"],
    strike({ machine, what, parameters }) {
      const signal = (parameters.text("signal") ?? "SIGKILL") as "SIGKILL"
      const { mainPid, loaded } = machine.systemd.state(what)
      const pids =
        loaded === "loaded" && mainPid > 0
          ? [mainPid]
          : machine.processes().flatMap(({ pid, argv }) => (nameOf(argv) === what ? [pid] : []))
      if (pids.length === 0) throw new Error(`nothing called "${what}" runs on ${machine.name}`)
      for (const pid of pids) machine.kill(pid, signal)
      return loaded === "loaded" ? () => machine.systemd.start(what) : undefined
    },
  },
  partition: {
    target: "machine/machine, or machine for all others",
    summary: "nothing passes between the two",
    parameters: [],
    strike(blow) {
      const { stage, machine } = blow
      const names = others(blow)
      for (const name of names) stage.fabric.setLink(machine.name, name, false)
      return mendAll(names.map((name) => () => stage.fabric.setLink(machine.name, name, true)))
    },
  },
  slow: {
    target: "machine/machine, or machine for all others",
    summary: "what passes between the two takes longer: latency in ms, one way",
    parameters: ["latency"],
    strike(blow) {
      const { stage, machine, parameters } = blow
      const latency = parameters.number("latency", 1_000)
      const names = others(blow)
      for (const name of names) stage.fabric.setLatency(machine.name, name, latency)
      return mendAll(names.map((name) => () => stage.fabric.setLatency(machine.name, name, 0)))
    },
  },
  fill: {
    target: "machine/disk or machine/memory",
    summary: "takes up the disk by a file, or memory by a process, to a share in percent",
    parameters: ["percent", "path"],
    strike(blow) {
      if (blow.what === "disk" || blow.what === "") return fillDisk(blow)
      if (blow.what === "memory") return fillMemory(blow)
      throw new Error(`"${blow.what}" cannot be filled; "disk" and "memory" can`)
    },
  },
  skew: {
    target: "machine",
    summary: "sets the machine's clock ahead by seconds, or behind",
    parameters: ["seconds"],
    strike({ machine, parameters }) {
      machine.skewClock(parameters.number("seconds", 3_600, Number.NEGATIVE_INFINITY) * 1_000)
      return () => machine.skewClock(0)
    },
  },
  corrupt: {
    target: "machine/path of a file",
    summary: "replaces bytes of a file by others",
    parameters: ["every"],
    strike({ stage, machine, what, parameters }) {
      const path = `/${what.replace(/^\/+/, "")}`
      if (!machine.files.exists(path)) throw new Error(`there is no file ${path} on ${machine.name}`)
      const before = machine.files.readBytes(path).slice()
      const { mode } = machine.files.stat(path)
      const random = stage.sim.random("faults")
      const every = parameters.number("every", CORRUPT_EVERY, 1)
      const broken = before.map((byte, index) => (index % every === every - 1 ? 33 + random.integer(90) : byte))
      machine.files.write(path, broken, { mode })
      return () => machine.files.write(path, before, { mode })
    },
  },
  "stop-unit": {
    target: "machine/unit",
    summary: "stops a unit",
    parameters: [],
    strike({ machine, what }) {
      machine.systemd.stop(what)
      return () => machine.systemd.start(what)
    },
  },
  "start-unit": {
    target: "machine/unit",
    summary: "starts a unit",
    parameters: [],
    strike({ machine, what }) {
      machine.systemd.start(what)
      return undefined
    },
  },
  "power-off": {
    target: "machine",
    summary: "takes the machine's power away",
    parameters: [],
    strike({ machine }) {
      machine.halt()
      return () => machine.boot()
    },
  },
  "power-on": {
    target: "machine",
    summary: "gives it back",
    parameters: [],
    strike({ machine }) {
      machine.boot()
      return undefined
    },
  },
}

export interface FaultDescription {
  name: string
  target: string
  summary: string
  parameters: readonly string[]
}

/** What can be broken, for lesson authors and pages; "heal" undoes what was done to a target. */
export const faults: readonly FaultDescription[] = [
  ...Object.entries(FAULTS).map(([name, { target, summary, parameters }]) => ({
    name,
    target,
    summary,
    parameters: [...parameters, "for"],
  })),
  { name: "heal", target: "a target that was struck", summary: "mends what was done to it, or one fault of it", parameters: ["fault"] },
]

interface Struck {
  name: string
  target: string
  mend: Mend
}

const sorted = (target: string): string => target.split("/").sort().join("/")

/** The faults of one world that are in effect. */
export class ActiveFaults {
  readonly #stage: Stage
  #struck: Struck[] = []

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** Faults that are in effect, oldest first. */
  get active(): readonly { name: string; target: string }[] {
    return this.#struck.map(({ name, target }) => ({ name, target }))
  }

  /** Throws an Error with one clear line when there is no such fault, machine or parameter. */
  apply(name: string, target: string, given: Readonly<Record<string, unknown>> = {}): void {
    if (name === "heal") return this.#heal(target, new Parameters(name, given, ["fault"]).text("fault"))
    const fault = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined
    if (!fault) throw new Error(`there is no fault "${name}"; there are ${faults.map((one) => one.name).join(", ")}`)
    const slash = target.indexOf("/")
    const machine = this.#stage.machines.get(slash < 0 ? target : target.slice(0, slash))
    if (!machine) throw new Error(`there is no machine "${slash < 0 ? target : target.slice(0, slash)}"`)
    const parameters = new Parameters(name, given, fault.parameters)
    const seconds = parameters.number("for", 0)
    const mend = fault.strike({ stage: this.#stage, machine, what: slash < 0 ? "" : target.slice(slash + 1), parameters })
    if (!mend) return
    const struck = { name, target, mend }
    this.#struck.push(struck)
    if (seconds > 0) this.#stage.sim.schedule(seconds * 1_000, () => this.#mend(struck))
  }

  #mend(struck: Struck): void {
    if (!this.#struck.includes(struck)) return
    this.#struck = this.#struck.filter((one) => one !== struck)
    struck.mend()
  }

  #heal(target: string, fault: string | undefined): void {
    const found = this.#struck.filter((one) => sorted(one.target) === sorted(target) && (fault === undefined || one.name === fault))
    if (found.length === 0) throw new Error(`nothing is broken at "${target}"${fault === undefined ? "" : ` by "${fault}"`}`)
    for (const one of found.reverse()) this.#mend(one)
  }
}
