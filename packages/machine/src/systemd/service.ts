/** One unit and what runs for it: starting, stopping, restarting, failing, as systemd's service.c has it. */
import type { Timer } from "@drydock/sim"
import type { Journal, Machine, Started, UnitState } from "../contract.ts"
import { SystemError } from "../kernel/errno.ts"
import type { Credentials, ExitStatus } from "../kernel/process.ts"
import { Accounts } from "../users/accounts.ts"
import { exitText, resultOf } from "./exit-texts.ts"
import { nextElapse, parseCalendar } from "./calendar.ts"
import { PATH_KINDS, watchPaths } from "./path-unit.ts"
import { execWords, parseTimeSpan, unitValue } from "./unit-file.ts"
import type { LoadedUnit } from "./unit-files.ts"

/** DefaultTimeoutStopSec, DefaultRestartSec, DefaultStartLimitIntervalSec (ms) and DefaultStartLimitBurst. */
const STOP_TIMEOUT = 90_000
const RESTART_DELAY = 100
const LIMIT_INTERVAL = 10_000
const LIMIT_BURST = 5
/** A line without an end is cut, as by LineMax. */
const LINE_MAX = 48 * 1024

const decoder = new TextDecoder()

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

/** What every service is given. */
const STANDARD: readonly (readonly [string, string])[] = [
  ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  ["LANG", "C.UTF-8"],
]
const standardEnvironment = (): Map<string, string> => new Map(STANDARD)

export class Service {
  readonly name: string
  loaded: LoadedUnit | undefined
  active: UnitState = "inactive"
  sub = "dead"
  result = "success"
  since: number
  main: Started | undefined
  /** Restarts by itself since it was last started by somebody. */
  restarts = 0
  lastExit: ExitStatus | undefined
  lastPid: number | undefined
  /** Of a path unit: how to stop waiting. */
  #unwatch: (() => void) | undefined
  readonly #machine: Machine
  readonly #journal: Journal
  readonly #changed: (service: Service) => void
  #timer: Timer | undefined
  #stopping = false
  #startAfterStop = false
  #timedOut = false
  #starts: number[] = []
  #abandoned = false

  constructor(name: string, machine: Machine, journal: Journal, changed: (service: Service) => void) {
    this.name = name
    this.#machine = machine
    this.#journal = journal
    this.#changed = changed
    this.since = machine.sim.now()
  }

  get title(): string {
    const description = this.#value("Unit.Description")
    return description ? `${this.name} - ${description}` : this.name
  }

  #value(key: string): string | undefined {
    return this.loaded && unitValue(this.loaded.file, key)
  }

  #log(message: string, priority = 6): void {
    this.#journal.append({ at: this.#machine.sim.now(), unit: this.name, identifier: "systemd", pid: 1, priority, message })
  }

  #set(active: UnitState, sub: string): void {
    const same = this.active === active
    this.active = active
    this.sub = sub
    if (!same) this.since = this.#machine.sim.now()
    this.#changed(this)
  }

  start(): void {
    if (this.active === "active" || (this.active === "activating" && this.sub !== "auto-restart")) return
    if (this.#stopping) {
      this.#startAfterStop = true
      return
    }
    const unmet = this.#unmetCondition()
    if (unmet !== undefined) return this.#log(`${this.title} was skipped because of an unmet condition check (${unmet}).`)
    this.#machine.sim.cancel(this.#timer)
    this.restarts = 0
    if (this.#limited()) return this.#refuse("start-limit-hit")
    this.#begin()
  }

  /** As unit_test_condition: all must hold, and one of those behind a "|" if there are any. "ConditionPathExists=/x", or undefined. */
  #unmetCondition(): string | undefined {
    const triggers: { text: string; holds: boolean }[] = []
    for (const key of ["ConditionPathExists", "ConditionPathExistsGlob", "ConditionFileNotEmpty"])
      for (const value of this.#lines(`Unit.${key}`)) {
        const [, trigger, negated, path] = /^(\|?)(!?)(.*)$/.exec(value) ?? []
        const there = this.#matches(key, path ?? "")
        const one = { text: `${key}=${negated}${path}`, holds: there !== (negated === "!") }
        if (trigger === "|") triggers.push(one)
        else if (!one.holds) return one.text
      }
    return triggers.length === 0 || triggers.some(({ holds }) => holds) ? undefined : triggers[0].text
  }

  #matches(key: string, path: string): boolean {
    const { files } = this.#machine
    if (key === "ConditionPathExistsGlob" && path.endsWith("/*")) {
      const directory = path.slice(0, -2)
      return files.exists(directory) && files.list(directory).length > 0
    }
    return files.exists(path) && (key !== "ConditionFileNotEmpty" || files.stat(path).size > 0)
  }

  /** Whether it was started too often lately. */
  #limited(): boolean {
    const interval = parseTimeSpan(this.#value("Unit.StartLimitIntervalSec") ?? this.#value("Unit.StartLimitInterval"), LIMIT_INTERVAL)
    const burst = Number(this.#value("Unit.StartLimitBurst") ?? LIMIT_BURST)
    const now = this.#machine.sim.now()
    this.#starts = this.#starts.filter((at) => now - at < interval)
    if (interval > 0 && this.#starts.length >= burst) return true
    if (interval > 0) this.#starts.push(now)
    return false
  }

  #refuse(result: string): void {
    this.#log(`${this.name}: Start request repeated too quickly.`, 4)
    this.#log(`${this.name}: Failed with result '${result}'.`, 4)
    this.result = result
    this.#set("failed", "failed")
    this.#log(`Failed to start ${this.title}.`, 3)
  }

  #begin(): void {
    this.result = "success"
    this.#timedOut = false
    if (this.name.endsWith(".timer")) {
      this.#set("active", "waiting")
      this.#log(`Started ${this.title}.`)
      return this.#await()
    }
    if (this.name.endsWith(".path")) {
      this.#set("active", "waiting")
      this.#log(`Started ${this.title}.`)
      return this.#watchPaths()
    }
    if (this.name.endsWith(".target")) {
      this.#set("active", "active")
      return this.#log(`Reached target ${this.title}.`)
    }
    const type = this.#value("Service.Type") ?? "simple"
    const missing = this.#lines("Service.EnvironmentFile").some((value) => !value.startsWith("-") && !this.#machine.files.exists(value))
    if (missing) {
      this.#log(`${this.name}: Failed to load environment files: No such file or directory`, 4)
      this.#log(`${this.name}: Failed to run 'start' task: No such file or directory`, 4)
      return this.#over("resources", true)
    }
    const before = this.#lines("Service.ExecStartPre")
    if (before.length > 0 || ["oneshot", "notify", "forking"].includes(type)) {
      this.#log(`Starting ${this.title}...`)
      this.#set("activating", before.length > 0 ? "start-pre" : "start")
    }
    this.#sequence(before, () => this.#launch(type, this.#lines("Service.ExecStart")))
  }

  /** Of a timer: when it starts its unit next and last did, ms since the epoch. */
  next: number | undefined
  last: number | undefined

  /** The unit that a timer or a path starts. */
  get activates(): string {
    return this.#value(this.name.endsWith(".path") ? "Path.Unit" : "Timer.Unit") ?? this.name.replace(/\.(?:timer|path)$/, ".service")
  }

  #watchPaths(): void {
    const paths = PATH_KINDS.flatMap((kind) => this.#lines(`Path.${kind}`).map((path) => ({ kind, path })))
    this.#unwatch = watchPaths(this.#machine.files, paths, () => {
      // In an event of its own: whoever changed the file goes on first.
      this.#timer = this.#machine.sim.schedule(0, () => this.#activate())
    })
  }

  #activate(): void {
    try {
      this.#machine.systemd.start(this.activates)
    } catch (error) {
      this.#log(`Failed to queue unit startup job: ${error instanceof Error ? error.message : "unknown"}`, 4)
    }
  }

  #await(): void {
    const now = this.#machine.sim.now()
    const due: number[] = []
    for (const text of this.#lines("Timer.OnCalendar")) {
      const calendar = parseCalendar(text)
      const at = calendar && nextElapse(calendar, now)
      if (at !== undefined) due.push(at)
    }
    const span = (key: string) => parseTimeSpan(this.#value(key), Number.POSITIVE_INFINITY)
    const started = [span("Timer.OnActiveSec"), span("Timer.OnBootSec"), span("Timer.OnStartupSec")].map((ms) => this.since + ms)
    due.push(...started.filter((at) => at > now && at !== Number.POSITIVE_INFINITY))
    const again = Math.min(span("Timer.OnUnitActiveSec"), span("Timer.OnUnitInactiveSec"))
    if (this.last !== undefined && again !== Number.POSITIVE_INFINITY) due.push(this.last + again)
    this.next = due.length > 0 ? Math.min(...due) : undefined
    if (this.next === undefined) return this.#set("active", "elapsed")
    this.#timer = this.#machine.sim.schedule(Math.max(0, this.next - now), () => {
      this.last = this.#machine.sim.now()
      this.#activate()
      if (this.active === "active") this.#await()
    })
  }

  #lines(key: string): readonly string[] {
    return this.loaded?.file.values.get(key) ?? []
  }

  /** Runs control commands one after the other; a "-" before one lets it fail. */
  #sequence(lines: readonly string[], then: () => void): void {
    const [line, ...rest] = lines
    if (line === undefined) return then()
    this.#spawn(line, (status) => {
      this.lastPid = this.main?.pid
      this.lastExit = status
      this.main = undefined
      if (resultOf(status) !== "success" && !line.startsWith("-")) {
        this.#log(`${this.name}: Control process exited, ${exitText(status)}`, 5)
        return this.#over(resultOf(status), true)
      }
      if (this.#stopping) return this.#stopped("success")
      this.#sequence(rest, then)
    })
  }

  #launch(type: string, lines: readonly string[]): void {
    if (type === "oneshot") return this.#sequence(lines, () => this.#finished())
    const line = lines[0]
    if (line === undefined) return this.#set("active", "exited")
    const started = this.#spawn(line, (status) => this.#exited(status))
    if (!started) return
    this.#set("active", "running")
    this.#log(`Started ${this.title}.`)
  }

  /** A oneshot has run. */
  #finished(): void {
    const remains = ["yes", "true", "on", "1"].includes(this.#value("Service.RemainAfterExit") ?? "no")
    if (!remains) this.#log(`${this.name}: Deactivated successfully.`)
    this.#log(`Finished ${this.title}.`)
    this.#set(remains ? "active" : "inactive", remains ? "exited" : "dead")
  }

  #credentials(): Credentials | undefined {
    const name = this.#value("Service.User")
    const accounts = new Accounts(this.#machine.files)
    const user = name === undefined ? undefined : accounts.user(name)
    const group = accounts.group(this.#value("Service.Group") ?? "")
    const credentials = user && accounts.credentials(user)
    return credentials && group ? { ...credentials, gid: group.gid } : credentials
  }

  #spawn(line: string, ended: (status: ExitStatus) => void): boolean {
    const environment = this.environment()
    const words = execWords(line.replace(/^[-@+!:]+/, ""), environment)
    const [path] = words
    const name = path?.split("/").at(-1) ?? this.name
    const credentials = this.#credentials()
    try {
      if (this.#value("Service.User") !== undefined && !credentials) throw new SystemError("ESRCH")
      this.main = this.#machine.start(path, {
        argv: words,
        // Most services say nothing of it, and most never look.
        env: this.#isPlain ? standardEnvironment : environment,
        cwd: this.#value("Service.WorkingDirectory")?.replace(/^[-~]+/, "") || "/",
        onStdout: this.#logLines(name),
        onStderr: this.#logLines(name),
        onExit: (status) => {
          if (!this.#abandoned) ended(status)
        },
        ...(credentials && { credentials }),
      })
      return true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      const user = error.code === "ESRCH"
      if (user) this.#log(`${this.name}: Failed to determine user credentials: No such process`, 3)
      else this.#log(`${this.name}: Unable to locate executable '${path}': ${error.message}`, 3)
      const step = user ? "USER" : "EXEC"
      this.#log(`${this.name}: Failed at step ${step} spawning ${path}: ${error.message}`, 3)
      ended({ kind: "exited", code: user ? 217 : 203 })
      return false
    }
  }

  #logLines(identifier: string): (data: Uint8Array) => void {
    let rest: Uint8Array | undefined
    return (data) => {
      const whole = rest ? joined(rest, data) : data
      const end = whole.length >= LINE_MAX ? whole.length : whole.lastIndexOf(10) + 1
      rest = end < whole.length ? whole.slice(end) : undefined
      if (end === 0) return
      const text = decoder.decode(whole.subarray(0, end))
      for (const message of (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n"))
        this.#journal.append({ at: this.#machine.sim.now(), unit: this.name, identifier, pid: this.main?.pid ?? 0, priority: 6, message })
    }
  }

  get #isPlain(): boolean {
    return !this.main && this.#lines("Service.Environment").length === 0 && this.#lines("Service.EnvironmentFile").length === 0
  }

  environment(): Map<string, string> {
    const environment = standardEnvironment()
    if (this.main) environment.set("MAINPID", String(this.main.pid))
    const assign = (text: string) => {
      for (const word of execWords(text, new Map())) {
        const equals = word.indexOf("=")
        if (equals > 0) environment.set(word.slice(0, equals), word.slice(equals + 1))
      }
    }
    for (const value of this.#lines("Service.Environment")) assign(value)
    for (const value of this.#lines("Service.EnvironmentFile")) {
      const path = value.replace(/^-/, "")
      if (!this.#machine.files.exists(path)) continue
      for (const line of this.#machine.files.readText(path).split("\n")) if (!/^\s*(#|;|$)/.test(line)) assign(line)
    }
    return environment
  }

  /** KillMode=control-group: what the main process left behind goes with it. */
  #killRest(session: number): void {
    if ((this.#value("Service.KillMode") ?? "control-group") !== "control-group") return
    for (const { pid, session: other, state } of this.#machine.processes())
      if (other === session && state !== "Z") this.#machine.kill(pid, "SIGTERM")
  }

  #exited(status: ExitStatus): void {
    const pid = this.main?.pid
    this.main = undefined
    this.lastExit = status
    this.lastPid = pid
    this.#machine.sim.cancel(this.#timer)
    if (pid !== undefined) this.#killRest(pid)
    const result = this.#timedOut ? "timeout" : resultOf(status)
    if (result !== "success") this.#log(`${this.name}: Main process exited, ${exitText(status)}`, 5)
    if (this.#stopping) return this.#stopped(result)
    this.#over(result, false)
  }

  #stopped(result: string): void {
    this.#stopping = false
    this.result = result
    if (result === "success") this.#log(`${this.name}: Deactivated successfully.`)
    else this.#log(`${this.name}: Failed with result '${result}'.`, 4)
    this.#log(`Stopped ${this.title}.`)
    this.#set(result === "success" ? "inactive" : "failed", result === "success" ? "dead" : "failed")
    if (!this.#startAfterStop) return
    this.#startAfterStop = false
    this.start()
  }

  /** It ended without having been asked to. */
  #over(result: string, starting: boolean): void {
    this.result = result
    const policy = this.#value("Service.Restart") ?? "no"
    const abnormal = ["signal", "core-dump", "timeout"].includes(result)
    const again =
      policy === "always" ||
      (policy === "on-failure" && result !== "success") ||
      (policy === "on-abnormal" && abnormal) ||
      (policy === "on-abort" && ["signal", "core-dump"].includes(result)) ||
      (policy === "on-success" && result === "success")
    if (result === "success") this.#log(`${this.name}: Deactivated successfully.`)
    else this.#log(`${this.name}: Failed with result '${result}'.`, 4)
    if (starting && !again) this.#log(`Failed to start ${this.title}.`, 3)
    if (!again) return this.#set(result === "success" ? "inactive" : "failed", result === "success" ? "dead" : "failed")
    this.#set("activating", "auto-restart")
    this.#timer = this.#machine.sim.schedule(parseTimeSpan(this.#value("Service.RestartSec"), RESTART_DELAY), () => {
      this.restarts++
      this.#log(`${this.name}: Scheduled restart job, restart counter is at ${this.restarts}.`)
      if (this.#limited()) return this.#refuse(result === "success" ? "start-limit-hit" : result)
      this.#begin()
    })
  }

  stop(): void {
    this.#startAfterStop = false
    if (this.#stopping) return
    this.#machine.sim.cancel(this.#timer)
    this.#unwatch?.()
    this.#unwatch = undefined
    if (!this.main) {
      this.next = undefined
      if (this.active === "inactive" || this.active === "failed") return
      this.#log(this.name.endsWith(".target") ? `Stopped target ${this.title}.` : `Stopped ${this.title}.`)
      return this.#set("inactive", "dead")
    }
    this.#stopping = true
    this.#log(`Stopping ${this.title}...`)
    this.#set("deactivating", "stop-sigterm")
    const { main } = this
    main.kill(this.#killSignal())
    const timeout = parseTimeSpan(this.#value("Service.TimeoutStopSec"), STOP_TIMEOUT)
    if (timeout === Number.POSITIVE_INFINITY) return
    this.#timer = this.#machine.sim.schedule(timeout, () => {
      this.#timedOut = true
      this.#log(`${this.name}: State 'stop-sigterm' timed out. Killing.`, 4)
      this.#log(`${this.name}: Killing process ${main.pid} (${main.process.argv[0]?.split("/").at(-1)}) with signal SIGKILL.`, 5)
      main.kill("SIGKILL")
    })
  }

  #killSignal(): "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGKILL" {
    const named = this.#value("Service.KillSignal")
    return named === "SIGINT" || named === "SIGQUIT" || named === "SIGKILL" ? named : "SIGTERM"
  }

  restart(): void {
    if (!this.main && !this.#stopping) {
      if (this.active === "active") this.#set("inactive", "dead")
      return this.start()
    }
    this.stop()
    this.#startAfterStop = true
  }

  /** ExecReload=; false when it has none. */
  reload(): boolean {
    const [line] = this.#lines("Service.ExecReload")
    if (line === undefined || !this.main) return false
    const words = execWords(line.replace(/^[-@+!:]+/, ""), this.environment())
    this.#log(`Reloading ${this.title}...`)
    try {
      this.#machine.start(words[0], { argv: words, env: this.environment(), onExit: () => this.#log(`Reloaded ${this.title}.`) })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#log(`Reload failed for ${this.title}.`, 3)
    }
    return true
  }

  resetFailed(): void {
    this.#starts = []
    this.result = "success"
    if (this.active === "failed") this.#set("inactive", "dead")
  }

  /** The power is gone: nothing is logged, nothing starts again. */
  abandon(): void {
    this.#abandoned = true
    this.#unwatch?.()
    this.#machine.sim.cancel(this.#timer)
    this.main = undefined
    this.active = "inactive"
  }
}
