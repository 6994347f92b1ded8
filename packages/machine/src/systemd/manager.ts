/** systemd: runs the units that files describe, restarts them, keeps their state. */
import type { Timer } from "@drydock/sim"
import type { Journal, Machine, Started, Systemd, UnitState } from "../contract.ts"
import { SystemError } from "../kernel/errno.ts"
import { execWords, parseTimeSpan, parseUnit, type UnitFile, unitValue } from "./unit-file.ts"

const DIRECTORIES = ["/etc/systemd/system", "/usr/lib/systemd/system"]
const WANTS = "/etc/systemd/system/multi-user.target.wants"

interface Unit {
  name: string
  file: UnitFile | undefined
  active: UnitState
  sub: string
  since: number
  result: string
  started: Started | undefined
  restart: Timer | undefined
  stopping: boolean
}

export class Manager implements Systemd {
  readonly #machine: Machine
  readonly #journal: Journal
  #units = new Map<string, Unit>()
  /** Called when a unit's state changed. */
  onChange: ((unit: string, active: UnitState) => void) | undefined

  constructor(machine: Machine, journal: Journal) {
    this.#machine = machine
    this.#journal = journal
  }

  #name(unit: string): string {
    return /\.(service|socket|timer|target|mount|slice)$/.test(unit) ? unit : `${unit}.service`
  }

  #load(name: string): UnitFile | undefined {
    const { files } = this.#machine
    const path = DIRECTORIES.map((directory) => `${directory}/${name}`).find((candidate) => files.exists(candidate))
    if (!path) return undefined
    const texts = [files.readText(path)]
    for (const directory of [...DIRECTORIES].reverse()) {
      const dropIns = `${directory}/${name}.d`
      if (files.exists(dropIns))
        for (const { name: file } of files.list(dropIns)) if (file.endsWith(".conf")) texts.push(files.readText(`${dropIns}/${file}`))
    }
    return parseUnit(texts)
  }

  #unit(unit: string): Unit {
    const name = this.#name(unit)
    let found = this.#units.get(name)
    if (!found) {
      found = {
        name,
        file: this.#load(name),
        active: "inactive",
        sub: "dead",
        since: this.#machine.sim.now(),
        result: "success",
        started: undefined,
        restart: undefined,
        stopping: false,
      }
      this.#units.set(name, found)
    } else if (!found.file) found.file = this.#load(name)
    return found
  }

  #log(message: string, unit: Unit): void {
    this.#journal.append({ at: this.#machine.sim.now(), unit: unit.name, identifier: "systemd", pid: 1, priority: 6, message })
  }

  #set(unit: Unit, active: UnitState, sub: string): void {
    unit.active = active
    unit.sub = sub
    unit.since = this.#machine.sim.now()
    this.onChange?.(unit.name, active)
  }

  #description(unit: Unit): string {
    return (unit.file && unitValue(unit.file, "Unit.Description")) ?? unit.name
  }

  start(name: string): void {
    const unit = this.#unit(name)
    if (!unit.file) throw new SystemError("ENOENT")
    if (unit.active === "active") return
    this.#machine.sim.cancel(unit.restart)
    unit.stopping = false
    unit.result = "success"
    this.#launch(unit)
  }

  #launch(unit: Unit): void {
    const file = unit.file as UnitFile
    const environment = this.#environment(file)
    const line = unitValue(file, "Service.ExecStart")
    if (!line) return this.#set(unit, "active", "exited")
    const words = execWords(line.replace(/^[-@+!:]+/, ""), environment)
    const type = unitValue(file, "Service.Type") ?? "simple"
    const identifier = words[0]?.split("/").at(-1) ?? unit.name
    const log = (priority: number) => {
      let rest = ""
      return (data: Uint8Array) => {
        const lines = (rest + new TextDecoder().decode(data)).split("\n")
        rest = lines.pop() as string
        for (const message of lines)
          this.#journal.append({ at: this.#machine.sim.now(), unit: unit.name, identifier, pid: unit.started?.pid ?? 0, priority, message })
      }
    }
    try {
      unit.started = this.#machine.start(words[0], {
        argv: words,
        env: environment,
        onStdout: log(6),
        onStderr: log(6),
        onExit: (status) =>
          this.#exited(
            unit,
            status.kind === "exited" ? { code: status.code } : { signal: status.kind === "signaled" ? status.signal : "SIGKILL" },
          ),
      })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#log(`${unit.name}: Failed at step EXEC spawning ${words[0]}: ${error.message}`, unit)
      this.#log(`${unit.name}: Main process exited, code=exited, status=203/EXEC`, unit)
      return this.#failed(unit, "exit-code")
    }
    this.#set(unit, type === "oneshot" ? "activating" : "active", type === "oneshot" ? "start" : "running")
    if (type !== "oneshot") this.#log(`Started ${unit.name} - ${this.#description(unit)}.`, unit)
  }

  #environment(file: UnitFile): Map<string, string> {
    const environment = new Map([
      ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ["LANG", "C.UTF-8"],
    ])
    const assign = (text: string) => {
      for (const word of execWords(text, new Map())) {
        const equals = word.indexOf("=")
        if (equals > 0) environment.set(word.slice(0, equals), word.slice(equals + 1))
      }
    }
    for (const value of file.values.get("Service.Environment") ?? []) assign(value)
    for (const value of file.values.get("Service.EnvironmentFile") ?? []) {
      const path = value.replace(/^-/, "")
      if (this.#machine.files.exists(path))
        for (const line of this.#machine.files.readText(path).split("\n"))
          if (line.trim() !== "" && !line.trim().startsWith("#")) assign(line)
    }
    return environment
  }

  #exited(unit: Unit, how: { code: number } | { signal: string }): void {
    unit.started = undefined
    const file = unit.file as UnitFile
    if (unit.stopping) {
      unit.stopping = false
      this.#log(`${unit.name}: Deactivated successfully.`, unit)
      this.#log(`Stopped ${unit.name} - ${this.#description(unit)}.`, unit)
      return this.#set(unit, "inactive", "dead")
    }
    const clean = "code" in how && how.code === 0
    if (unitValue(file, "Service.Type") === "oneshot" && clean) {
      this.#log(`Finished ${unit.name} - ${this.#description(unit)}.`, unit)
      const remains = unitValue(file, "Service.RemainAfterExit") === "yes"
      return this.#set(unit, remains ? "active" : "inactive", remains ? "exited" : "dead")
    }
    if (!clean)
      this.#log(
        `${unit.name}: Main process exited, ${"code" in how ? `code=exited, status=${how.code}/${how.code === 1 ? "FAILURE" : "n/a"}` : `code=killed, status=${SIGNAL_NUMBERS[how.signal] ?? 9}/${how.signal.slice(3)}`}`,
        unit,
      )
    const policy = unitValue(file, "Service.Restart") ?? "no"
    if (clean) this.#set(unit, "inactive", "dead")
    else this.#failed(unit, "code" in how ? "exit-code" : "signal")
    if (policy === "always" || (policy === "on-failure" && !clean)) {
      this.#set(unit, "activating", "auto-restart")
      unit.restart = this.#machine.sim.schedule(parseTimeSpan(unitValue(file, "Service.RestartSec"), 100), () => {
        if (!this.#machine.running) return
        this.#log(`${unit.name}: Scheduled restart job, restart counter is at 1.`, unit)
        this.#launch(unit)
      })
    }
  }

  #failed(unit: Unit, result: string): void {
    unit.result = result
    this.#log(`${unit.name}: Failed with result '${result}'.`, unit)
    this.#set(unit, "failed", "failed")
  }

  stop(name: string): void {
    const unit = this.#unit(name)
    if (!unit.file) throw new SystemError("ENOENT")
    this.#machine.sim.cancel(unit.restart)
    if (!unit.started) {
      if (unit.active !== "inactive") this.#set(unit, "inactive", "dead")
      return
    }
    unit.stopping = true
    this.#log(`Stopping ${unit.name} - ${this.#description(unit)}...`, unit)
    this.#set(unit, "deactivating", "stop-sigterm")
    unit.started.kill("SIGTERM")
  }

  restart(name: string): void {
    const unit = this.#unit(name)
    if (!unit.started) return this.start(name)
    const stopped = this.onChange
    this.onChange = (changed, active) => {
      stopped?.(changed, active)
      if (changed !== unit.name || active !== "inactive") return
      this.onChange = stopped
      this.start(name)
    }
    this.stop(name)
  }

  enable(name: string): void {
    const unit = this.#name(name)
    if (!this.#load(unit)) throw new SystemError("ENOENT")
    const { files } = this.#machine
    files.mkdir(WANTS, { parents: true })
    if (!files.exists(`${WANTS}/${unit}`))
      files.symlink(DIRECTORIES.map((directory) => `${directory}/${unit}`).find((path) => files.exists(path)) as string, `${WANTS}/${unit}`)
  }

  disable(name: string): void {
    const { files } = this.#machine
    const path = `${WANTS}/${this.#name(name)}`
    if (files.exists(path)) files.remove(path)
  }

  daemonReload(): void {
    for (const unit of this.#units.values()) unit.file = this.#load(unit.name)
  }

  state(name: string): ReturnType<Systemd["state"]> {
    const unit = this.#unit(name)
    return {
      active: unit.active,
      sub: unit.sub,
      enabled: this.#machine.files.exists(`${WANTS}/${unit.name}`)
        ? "enabled"
        : unit.file && !unit.file.values.has("Install.WantedBy")
          ? "static"
          : "disabled",
      loaded: unit.file ? "loaded" : "not-found",
      mainPid: unit.started?.pid ?? 0,
      since: unit.since,
      result: unit.result,
    }
  }

  units(): readonly string[] {
    const { files } = this.#machine
    const names = new Set(this.#units.keys())
    for (const directory of DIRECTORIES)
      if (files.exists(directory)) for (const { name } of files.list(directory)) if (name.endsWith(".service")) names.add(name)
    return [...names].filter((name) => this.#unit(name).file).sort()
  }

  /** Starts what multi-user.target wants. */
  boot(): void {
    const { files } = this.#machine
    this.#units = new Map()
    if (!files.exists(WANTS)) return
    for (const { name } of files.list(WANTS)) this.start(name)
  }
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGKILL: 9, SIGTERM: 15, SIGSEGV: 11, SIGINT: 2, SIGABRT: 6 }
