/** The interpreter: one shell's state, and how it runs statements. */
import type {
  AndOr,
  Assignment,
  Command,
  CommandNode,
  CompoundList,
  Function as FunctionNode,
  ParsedScript,
  PipelineNode,
  Statement,
  Word,
} from "unbash"
import { type Process, ProcessExit, type Signal, type Steps, SystemError } from "@drydock/machine"
import { evaluateSource } from "./arithmetic/evaluate.ts"
import { ArithmeticError } from "./arithmetic/parse.ts"
import * as assignments from "./assignments.ts"
import * as compound from "./compound.ts"
import { Interrupted } from "./control-flow.ts"
import type { Builtin } from "./define-builtin.ts"
import type { Dialect } from "./dialects/dialect.ts"
import * as speech from "./dialects/speech.ts"
import { text as expandWord } from "./expand.ts"
import { ScriptError } from "./expansion-error.ts"
import { Jobs } from "./jobs.ts"
import type { Settings } from "./line-editor/settings.ts"
import { defaultOptions, type ShellOptions } from "./options.ts"
import { decodePrompt } from "./prompt.ts"
import type { CompletionSpec } from "./programmable-completion.ts"
import * as processes from "./processes.ts"
import { redirected, simpleCommand } from "./simple-command.ts"
import { specialParameter } from "./special-parameters.ts"
import { commandLine } from "./print-function.ts"
import { runText, type TextKind } from "./run-text.ts"
import { formatTimes } from "./time-format.ts"
import { runDebugTrap, runExitTrap, runTrap, runTraps } from "./traps.ts"
import { ReadonlyError, Variables } from "./variables.ts"

export interface ShellFunction {
  readonly node: FunctionNode
  /** The text that the node's positions refer to, and its first line's number. */
  readonly source: string
  readonly firstLine: number
  readonly file: string
  exported: boolean
  readonly?: boolean
  /** declare -ft: DEBUG and RETURN traps act within. */
  traced?: boolean
}

/** A call in progress, for FUNCNAME and caller. */
export interface Frame {
  readonly name: string
  /** Line of the call. */
  readonly line: number
  /** File in which the function stands. */
  readonly file: string
  /** Options to be brought back at the end (`local -`). */
  options?: ShellOptions
}

export interface ShellSetup {
  process: Process
  name: string
  builtins: ReadonlyMap<string, Builtin>
  interactive: boolean
  /** Default: bash itself. */
  dialect?: Dialect
}

/** Node types whose failure set -e and ERR see. */
const CHECKED = new Set(["Command", "Pipeline", "Subshell", "TestCommand", "ArithmeticCommand", "Redirected"])

export class Shell {
  process: Process
  readonly builtins: ReadonlyMap<string, Builtin>
  /** Of a shell that is not bash. */
  readonly dialect: Dialect | undefined
  /** What the builtin in progress complained of, in a dialect: its status then, and whether a script ends. */
  complaint: { status: number; ends: boolean } | undefined
  variables = new Variables()
  functions = new Map<string, ShellFunction>()
  aliases = new Map<string, string>()
  /** Counts changes of aliases: what comes on later lines is then parsed again. */
  aliasVersion = 0
  traps = new Map<string, string>()
  /** A copy lists its parent's traps, though they are reset, until it sets one itself. */
  listedTraps: ReadonlyMap<string, string> | undefined
  options: ShellOptions = defaultOptions()
  positional: string[] = []
  name: string
  interactive: boolean
  status = 0
  pipeStatus: readonly number[] = [0]
  lastBackground = ""
  /** What ends the text of -c, or is run in the background by this copy: a program takes the shell's place. */
  lastNode: unknown
  /** $_ */
  lastArgument = ""
  jobs = new Jobs()
  history: string[] = []
  /** When the last of them were entered, ms since the epoch; those before came from the file. */
  historyTimes: number[] = []
  directoryStack: string[] = []
  /** Where it works, by the path that led there: $PWD. */
  directory: string
  /** Programs that were looked up, and how often they ran since (`hash`). */
  hashed = new Map<string, { path: string; hits: number }>()
  /** Where programs were found along a PATH, by this shell or its copies. */
  #found: { along: string | undefined; paths: Map<string, string> } = { along: undefined, paths: new Map() }
  /** What `complete` was told, by command. */
  completions = new Map<string, CompletionSpec>()
  /** Source text and first line of what runs, for messages. */
  source = ""
  firstLine = 1
  line = 1
  /** File that is read: a script, or what `source` reads. */
  file = ""
  depth = 0
  /** Files in the course of being read by `source`. */
  sourced = 0
  /** Loops around what runs, within this function. */
  loops = 0
  frames: Frame[] = []
  /** Above 0 inside conditions, where set -e does not act. */
  guarded = 0
  pendingSignals: Signal[] = []
  /** What RANDOM was set to, and went on to. */
  randomSeed: number | undefined
  getoptsAt = 1
  /** Commands read by an interactive shell so far (\#). */
  commandNumber = 0
  /** Times that a prompt was shown. */
  prompts = 0
  /** SIGINT came while the shell itself worked; acted upon at the next step. */
  interrupted = false
  hungUp = false
  /** `exit` was refused once because of stopped jobs. */
  warnedOfJobs = false
  /** History lines up to here are in the history file (history -a). */
  savedHistory: number | undefined
  /** Errors name no line: an interactive shell and its subshells. */
  plainErrors = false
  /** Array assignments among the arguments of declare and its kin. */
  pendingArrays: Assignment[] = []
  /** Descriptors of <(…) that the command in progress holds. */
  substituted: number[] = []
  /** Descriptors made by {name}>file, which outlive the redirection of a command; one set for each command in progress. */
  keptDescriptors: Set<number>[] = []
  substitutionStatus = 0
  /** Virtual ms that SECONDS counts from. */
  startedAt: number
  subshell = 0
  rootPid = 0
  /** "bash", or what an error in a script begins with. */
  errorName: string
  /** The text of -c. */
  executionString = ""
  /** "c" for -c, "s" for standard input: the last letter of $-. */
  from: "c" | "s" | "" = ""
  /** What $BASH_COMMAND is: the command that runs, or was to run when a trap came in between. */
  commandText: (() => string) | undefined
  /** Depth of eval, substitutions and traps: so often set -x repeats the first character of PS4. */
  level = 0
  /** Builtins that `enable -n` put out of use. */
  disabled = new Set<string>()
  /** Set by `ulimit`, by option letter. */
  limits = new Map<string, string>()
  /** Completion options that `compopt` may still change: those of the completion in progress. */
  completing: { options: Set<string> } | undefined
  /** Files of completions that were read because somebody asked for them. */
  loadedCompletions: Set<string> | undefined
  #lineStarts: readonly number[] | undefined
  /** In a command substitution: signals that end commands are not told. */
  substituting = false
  /** What `bind` and ~/.inputrc said. */
  readline: Settings | undefined
  /** -bash, bash -l: leaving it reads ~/.bash_logout. */
  login = false
  /** A trap's action runs. */
  inTrap = false

  constructor(setup: ShellSetup) {
    this.process = setup.process
    this.builtins = setup.builtins
    this.dialect = setup.dialect
    this.name = setup.name
    this.errorName = setup.name
    this.interactive = setup.interactive
    this.startedAt = setup.process.now()
    this.directory = setup.process.cwd
  }

  /** A copy for a child process. */
  fork(process: Process): Shell {
    const child = new Shell({
      process,
      name: this.name,
      builtins: this.builtins,
      interactive: false,
      ...(this.dialect && { dialect: this.dialect }),
    })
    child.#found = this.#found
    return Object.assign(child, {
      variables: this.variables.copy(),
      functions: new Map(this.functions),
      aliases: new Map(this.aliases),
      // Traps of signals are reset, ignored ones stay; EXIT and the like are the parent's own.
      traps:
        this.traps.size === 0
          ? new Map<string, string>()
          : new Map(
              [...this.traps].filter(
                ([name, action]) =>
                  action === "" ||
                  (this.options.errtrace && name === "ERR") ||
                  (this.options.functrace && (name === "DEBUG" || name === "RETURN")),
              ),
            ),
      completions: this.completions.size === 0 ? this.completions : new Map(this.completions),
      readline: this.readline,
      listedTraps: this.traps.size === 0 ? this.listedTraps : this.traps,
      commandText: this.commandText,
      level: this.level,
      substituting: this.substituting,
      disabled: this.disabled,
      limits: new Map(this.limits),
      options: { ...this.options, monitor: false },
      positional: [...this.positional],
      status: this.status,
      pipeStatus: this.pipeStatus,
      lastBackground: this.lastBackground,
      lastArgument: this.lastArgument,
      jobs: this.jobs.snapshot(),
      source: this.source,
      firstLine: this.firstLine,
      line: this.line,
      file: this.file,
      depth: this.depth,
      sourced: this.sourced,
      loops: this.loops,
      frames: [...this.frames],
      guarded: this.guarded,
      subshell: this.subshell + 1,
      directoryStack: [...this.directoryStack],
      directory: this.directory,
      hashed: this.hashed.size === 0 ? new Map() : new Map(this.hashed),
      login: this.login,
      errorName: this.errorName,
      from: this.from,
      executionString: this.executionString,
      history: this.history,
      historyTimes: this.historyTimes,
      plainErrors: this.plainErrors || this.interactive,
      startedAt: this.startedAt,
    })
  }

  *tick(units = 1): Steps<void> {
    if (this.hungUp) throw new ProcessExit(129)
    if (this.interrupted) {
      this.interrupted = false
      throw new Interrupted()
    }
    // Every step goes through the calls around it.
    if (this.process.charge(units + (this.frames.length >> 2))) yield* this.process.yield()
  }

  /** $?, $#, $1 …: undefined when `name` is an ordinary variable. */
  special(name: string): string | undefined {
    if (this.dialect && /^[A-Z]/.test(name) && !this.dialect.parameters.has(name)) return undefined
    return specialParameter(this, name)
  }

  // Messages

  get prefix(): string {
    if (this.interactive || this.plainErrors) return `${this.errorName}: `
    const frame = this.frames.at(-1)
    const file = this.sourced > 0 && !frame ? this.file : frame?.file
    return `${file || this.errorName}: line ${this.line}: `
  }

  /** Whether a script runs that was given as a file: then "main" is below all functions. */
  get runsFile(): boolean {
    return this.from === "" && !this.interactive
  }

  *complain(message: string): Steps<void> {
    if (this.dialect) yield* speech.complain(this, this.dialect, message)
    else yield* this.say(`${this.prefix}${message}\n`)
  }

  /** Text for descriptor 2; nobody reads it where that is closed. */
  *say(text: string): Steps<void> {
    if (this.process.fds.has(2)) yield* this.process.error(text)
  }

  /** As complain, of another line than the one that runs. */
  *complainAt(line: number, message: string): Steps<void> {
    const { line: own } = this
    this.line = line
    try {
      yield* this.complain(message)
    } finally {
      this.line = own
    }
  }

  /** A line of set -x. */
  *trace(text: string): Steps<void> {
    this.options.xtrace = false
    let prefix: string
    try {
      prefix = yield* decodePrompt(this, this.variables.get("PS4") ?? "+ ")
    } finally {
      this.options.xtrace = true
    }
    const [first = ""] = prefix
    const fd = Number(this.variables.get("BASH_XTRACEFD") ?? 2)
    const line = `${first.repeat(this.level + 1)}${prefix.slice(first.length)}${text}\n`
    if (fd === 2 || !this.process.fds.has(fd)) yield* this.process.error(line)
    else yield* this.process.write(fd, line)
  }

  /** What a DEBUG trap does before a command, whose text is `command`; true when that is to be skipped. */
  *debugTrap(command: string | (() => string)): Steps<boolean> {
    if (!this.inTrap) this.commandText = typeof command === "string" ? () => command : command
    if (this.traps.size > 0 && this.traps.has("DEBUG") && !this.inTrap) return yield* runDebugTrap(this)
    return false
  }

  setSource(source: string, firstLine: number): void {
    if (source === this.source && firstLine === this.firstLine) return
    this.source = source
    this.firstLine = firstLine
    this.#lineStarts = undefined
  }

  #setLine(pos: number): void {
    if (!this.#lineStarts) {
      const starts = [0]
      for (let at = this.source.indexOf("\n"); at >= 0; at = this.source.indexOf("\n", at + 1)) starts.push(at + 1)
      this.#lineStarts = starts
    }
    const starts = this.#lineStarts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle] <= pos) low = middle
      else high = middle - 1
    }
    this.line = this.firstLine + low
  }

  // Running text

  /** Runs text to its end, line by line; a syntax error sets status 2. */
  *runText(text: string, firstLine = 1, kind: TextKind = ""): Steps<number> {
    return yield* runText(this, text, firstLine, kind)
  }

  // Statements

  *statement(statement: Statement): Steps<number> {
    this.#setLine(statement.pos)
    yield* this.tick()
    if (this.pendingSignals.length > 0) yield* this.runTraps()
    if (this.options.noexec && !this.interactive) return 0
    if (statement.background) return yield* processes.background(this, statement)
    return yield* this.andOr(statement.command)
  }

  *list(list: CompoundList): Steps<number> {
    if (list.commands.length === 0) this.status = 0
    for (const statement of list.commands) yield* this.statement(statement)
    return this.status
  }

  *andOr(node: AndOr | PipelineNode): Steps<number> {
    if (node.type !== "AndOr") return yield* this.pipeline(node)
    for (const [at, command] of node.commands.entries()) {
      const operator = at > 0 ? node.operators[at - 1] : undefined
      if (operator === "&&" && this.status !== 0) continue
      if (operator === "||" && this.status === 0) continue
      const last = at === node.commands.length - 1
      if (!last) this.guarded++
      try {
        yield* this.pipeline(command)
      } finally {
        if (!last) this.guarded--
      }
    }
    return this.status
  }

  *pipeline(node: PipelineNode): Steps<number> {
    if (node.type !== "Pipeline") {
      this.#setLine(node.pos)
      yield* this.command(node)
      this.pipeStatus = [this.status]
      if (this.status !== 0) yield* this.#failed(node.type)
      return this.status
    }
    const negations = node.prefixes.filter(({ type }) => type === "Negation").length
    const timed = node.prefixes.find(({ type }) => type === "Time")
    const begun = this.process.now()
    if (negations > 0) this.guarded++
    try {
      if (node.commands.length === 1) {
        yield* this.command(node.commands[0])
        this.pipeStatus = [this.status]
      } else if (node.commands.length > 1) yield* processes.pipeline(this, node.commands, node.operators)
      else this.status = 0
    } finally {
      if (negations > 0) this.guarded--
    }
    if (timed) {
      const posix = timed.type === "Time" && timed.posix !== undefined
      const format = posix ? "real %2R\nuser %2U\nsys %2S" : this.variables.get("TIMEFORMAT")
      yield* this.process.error(formatTimes(format, this.process.now() - begun))
    }
    if (negations > 0) {
      if (negations % 2 === 1) this.status = this.status === 0 ? 1 : 0
    } else if (this.status !== 0) yield* this.#failed("Pipeline")
    return this.status
  }

  *#failed(type: string): Steps<void> {
    if (this.guarded > 0 || !CHECKED.has(type)) return
    const trap = this.traps.get("ERR")
    if (trap && !this.inTrap) yield* runTrap(this, trap)
    if (this.options.errexit) throw new ProcessExit(this.status)
  }

  // Traps and ends

  *runTraps(): Steps<void> {
    yield* runTraps(this)
  }

  *runExitTrap(): Steps<void> {
    yield* runExitTrap(this)
  }

  /** Says what an error of a learner's script is and sets $?; false when `error` is none. */
  *report(error: unknown): Steps<boolean> {
    if (!(error instanceof ScriptError)) return false
    if (this.dialect) {
      yield* speech.report(this, this.dialect, error)
      return true
    }
    const prefix = (!this.interactive && !this.plainErrors ? error.prefix : undefined) ?? this.prefix
    yield* this.say(`${prefix}${error.message}\n`)
    this.status = error.ends && this.from === "c" && this.subshell === 0 ? 127 : 1
    return true
  }

  /** What an error that ends a (non-interactive) shell prints, and its exit code. */
  *fatal(error: unknown): Steps<number> {
    if (error instanceof ProcessExit) {
      this.status = error.code
      yield* this.runExitTrap()
      return this.status
    }
    if (error instanceof Interrupted) return 130
    if (error instanceof SystemError && error.code === "EAGAIN") {
      yield* this.complain("fork: Resource temporarily unavailable")
      this.status = 254
      return this.status
    }
    if (!(yield* this.report(error))) throw error
    yield* this.runExitTrap()
    return this.status
  }

  // Commands

  *command(node: CommandNode | CompoundList | Command): Steps<number> {
    switch (node.type) {
      case "Command":
        return yield* simpleCommand(this, node)
      case "CompoundList":
        return yield* this.list(node)
      case "BraceGroup":
        return yield* this.list(node.body)
      case "Redirected": {
        const { command, redirects } = node
        return yield* redirected(this, redirects, () => this.command(command))
      }
      case "Subshell":
        return yield* processes.subshell(this, node)
      case "If":
        return yield* compound.ifCommand(this, node)
      case "While":
        return yield* compound.whileCommand(this, node)
      case "For":
        return yield* compound.forCommand(this, node)
      case "ArithmeticFor":
        return yield* compound.arithmeticFor(this, node)
      case "Case":
        return yield* compound.caseCommand(this, node)
      case "Select":
        return yield* compound.selectCommand(this, node)
      case "Function": {
        const before = this.functions.get(node.name.value)
        if (before?.readonly) {
          yield* this.complain(`${node.name.value}: readonly function`)
          this.status = 1
          return 1
        }
        this.functions.set(node.name.value, {
          node,
          source: this.source,
          firstLine: this.firstLine,
          file: this.file || (this.from === "c" ? "environment" : "main"),
          exported: before?.exported ?? false,
          traced: before?.traced ?? false,
        })
        this.status = 0
        return 0
      }
      case "TestCommand":
        if (this.dialect && !this.dialect.tests) {
          yield* this.complain("[[: command not found")
          this.status = 127
          return 127
        }
        yield* this.debugTrap(() => commandLine(node, this.source))
        try {
          this.status = (yield* compound.test(this, node.expression)) ? 0 : 1
        } catch (error) {
          if (!(error instanceof compound.ConditionError || error instanceof ArithmeticError)) throw error
          if (error instanceof ArithmeticError) yield* this.complain(`[[: ${error.message}`)
          this.status = error instanceof ArithmeticError ? 1 : 2
        }
        return this.status
      case "ArithmeticCommand":
        if (this.options.xtrace) yield* this.trace(`(( ${node.body} ))`)
        yield* this.debugTrap(`((${node.body}))`)
        try {
          this.status = (yield* evaluateSource(this, node.body)) !== 0n ? 0 : 1
        } catch (error) {
          if (!(error instanceof ArithmeticError || error instanceof ReadonlyError)) throw error
          yield* this.complain(`${error instanceof ArithmeticError ? "((: " : ""}${error.message}`)
          this.status = 1
        }
        return this.status
      case "Coproc":
        return yield* processes.coprocess(this, node)
    }
  }

  // Expansion goes round in circles: words hold arithmetic, arithmetic holds commands, commands hold words. These are where it comes back.

  /** Shell text as one expanded string. */
  textOf(source: string): Steps<string> {
    return assignments.textOf(this, source)
  }

  /** The key that a subscript means for the array `name`. */
  subscript(name: string, index: string): Steps<string> {
    return assignments.subscript(this, name, index)
  }

  expandWord(word: Word): Steps<string> {
    return expandWord(this, word)
  }

  /** What $(script) stands for. */
  substitute(script: ParsedScript | undefined): Steps<string> {
    return processes.substitute(this, script)
  }

  /** The path that <(script) or >(script) stands for. */
  processSubstitution(operator: "<" | ">", script: ParsedScript | undefined): Steps<string> {
    return processes.processSubstitution(this, operator, script)
  }

  // Files and descriptors

  /** Finds an executable by PATH; undefined when there is none. */
  findCommand(name: string, along = this.variables.get("PATH")): string | undefined {
    if (name.includes("/")) return name
    const { files } = this.process
    if (along === undefined) return undefined
    for (const directory of along.split(":")) {
      const path = `${directory || "."}/${name}`
      if (files.access(path, { execute: true }) && files.stat(path).type === "file") return path
    }
    return undefined
  }

  /** As findCommand, by way of the table that `hash` shows: what ran once is not looked for again while PATH stays. */
  lookUp(name: string): string | undefined {
    if (name.includes("/")) return name
    const along = this.variables.get("PATH")
    if (along !== this.#found.along) {
      // The same table for all copies.
      Object.assign(this.#found, { along, paths: new Map() })
      if (this.hashed.size > 0) this.hashed = new Map()
    }
    const known = this.hashed.get(name)
    const found = known?.path ?? this.#found.paths.get(name)
    const path = found !== undefined && this.process.files.access(found, { execute: true }) ? found : this.findCommand(name)
    if (path === undefined) return undefined
    this.#found.paths.set(name, path)
    if (known?.path === path) known.hits++
    else this.hashed.set(name, { path, hits: 1 })
    return path
  }

  /** A descriptor for the shell's own use, where scripts have none. */
  freeFd(): number {
    let fd = 63
    while (this.process.fds.has(fd)) fd--
    return fd
  }
}
