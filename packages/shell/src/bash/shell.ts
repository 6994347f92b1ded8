/** The interpreter: one shell's state, and how it runs what was parsed. */
import {
  type ArithmeticWord,
  type Assignment,
  type AndOr,
  type Case,
  type Command,
  type CommandNode,
  type CompoundList,
  type For,
  type Function as FunctionNode,
  type If,
  parse,
  type ParsedScript,
  type PipelineNode,
  type Redirection,
  type Statement,
  type TestExpression,
  type While,
  type Word,
} from "unbash"
import { type ExitStatus, type OpenFile, type Process, ProcessExit, SIGNALS, type Signal, type Steps, SystemError } from "@drydock/machine"
import { ArithmeticError, evaluate, evaluateText } from "./arithmetic.ts"
import type { Builtin } from "./define-builtin.ts"
import { assignmentText, ExpansionError, fields, pattern, text } from "./expand.ts"
import { Jobs } from "./jobs.ts"
import { compileRegex } from "../text/regex.ts"
import { matchPattern } from "./pattern.ts"
import { applyRedirects } from "./redirect.ts"
import { testBinary, testUnary } from "./conditions.ts"
import { ReadonlyError, Variables } from "./variables.ts"

export class BreakLoop extends Error {
  left: number
  readonly again: boolean
  constructor(levels: number, again: boolean) {
    super("break")
    this.left = levels
    this.again = again
  }
}

export class ReturnFrom extends Error {
  readonly code: number
  constructor(code: number) {
    super("return")
    this.code = code
  }
}

/** ^C came at an interactive shell: back to the prompt. */
export class Interrupted extends Error {}

/** Depth of functions and sourced files (FUNCNEST is unset in bash; the stack of a real one ends somewhere too). */
const MAX_DEPTH = 400
const MAX_SUBSTITUTION_BYTES = 8 * 1024 * 1024

export interface ShellOptions {
  errexit: boolean
  nounset: boolean
  xtrace: boolean
  pipefail: boolean
  noglob: boolean
  noclobber: boolean
  allexport: boolean
  verbose: boolean
  noexec: boolean
  nullglob: boolean
  dotglob: boolean
  extglob: boolean
  expand_aliases: boolean
  lastpipe: boolean
  monitor: boolean
  histexpand: boolean
}

const OPTIONS: ShellOptions = {
  errexit: false,
  nounset: false,
  xtrace: false,
  pipefail: false,
  noglob: false,
  noclobber: false,
  allexport: false,
  verbose: false,
  noexec: false,
  nullglob: false,
  dotglob: false,
  extglob: false,
  expand_aliases: false,
  lastpipe: false,
  monitor: false,
  histexpand: true,
}

export interface ShellSetup {
  process: Process
  name: string
  builtins: ReadonlyMap<string, Builtin>
  interactive: boolean
}

export class Shell {
  process: Process
  readonly builtins: ReadonlyMap<string, Builtin>
  variables = new Variables()
  functions = new Map<string, FunctionNode>()
  aliases = new Map<string, string>()
  traps = new Map<string, string>()
  options: ShellOptions = { ...OPTIONS }
  positional: string[] = []
  name: string
  interactive: boolean
  status = 0
  pipeStatus: readonly number[] = [0]
  lastBackground = ""
  jobs = new Jobs()
  history: string[] = []
  directoryStack: string[] = []
  hashed = new Map<string, string>()
  /** Source text and first line of what runs, for messages. */
  source = ""
  firstLine = 1
  line = 1
  depth = 0
  /** Above 0 inside conditions, where set -e does not act. */
  guarded = 0
  pendingSignals: Signal[] = []
  getoptsAt = 1
  /** Commands read by an interactive shell so far (\\#). */
  commandNumber = 0
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
  substitutionStatus = 0
  readonly startedAt: number
  subshell = 0
  /** "bash", or what an error in a script begins with. */
  errorName: string

  constructor(setup: ShellSetup) {
    this.process = setup.process
    this.builtins = setup.builtins
    this.name = setup.name
    this.errorName = setup.name
    this.interactive = setup.interactive
    this.startedAt = setup.process.now()
    for (const [name, value] of setup.process.env) {
      const variable = this.variables.declare(name, false)
      variable.value = value
      variable.exported = true
    }
  }

  /** A copy for a child process. */
  fork(process: Process): Shell {
    const child = new Shell({ process, name: this.name, builtins: this.builtins, interactive: false })
    Object.assign(child, {
      variables: this.variables.copy(),
      functions: new Map(this.functions),
      aliases: new Map(this.aliases),
      options: { ...this.options, monitor: false },
      positional: [...this.positional],
      status: this.status,
      pipeStatus: this.pipeStatus,
      lastBackground: this.lastBackground,
      source: this.source,
      firstLine: this.firstLine,
      line: this.line,
      depth: this.depth,
      guarded: this.guarded,
      subshell: this.subshell + 1,
      directoryStack: [...this.directoryStack],
      errorName: this.errorName,
      history: this.history,
      plainErrors: this.plainErrors || this.interactive,
      startedAt: this.startedAt,
    })
    return child
  }

  *tick(units = 1): Steps<void> {
    if (this.hungUp) throw new ProcessExit(129)
    if (this.interrupted) {
      this.interrupted = false
      throw new Interrupted()
    }
    if (this.process.charge(units)) yield* this.process.yield()
  }

  /** $?, $#, $1 …: undefined when `name` is an ordinary variable. */
  special(name: string): string | undefined {
    switch (name) {
      case "?":
        return String(this.status)
      case "#":
        return String(this.positional.length)
      case "$":
        return String(this.subshell > 0 ? this.rootPid : this.process.pid)
      case "!":
        return this.lastBackground
      case "0":
        return this.name
      case "-":
        return `${this.options.errexit ? "e" : ""}h${this.interactive ? "i" : ""}${this.options.monitor ? "m" : ""}${this.options.nounset ? "u" : ""}${this.options.xtrace ? "x" : ""}Bc`
      case "PIPESTATUS":
        return String(this.pipeStatus[0] ?? 0)
      case "RANDOM":
        return String(Math.floor(this.process.random() * 32_768))
      case "SECONDS":
        return String(Math.floor((this.process.now() - this.startedAt) / 1_000))
      case "EPOCHSECONDS":
        return String(Math.floor(this.process.now() / 1_000))
      case "LINENO":
        return String(this.line)
      case "BASHPID":
        return String(this.process.pid)
      case "UID":
      case "EUID":
        return String(this.process.credentials.uid)
      case "PPID":
        return String(this.process.ppid)
      case "BASH_SUBSHELL":
        return String(this.subshell)
      case "HOSTNAME":
        return this.variables.get("HOSTNAME") ?? this.process.hostname
      default:
        if (/^\d+$/.test(name)) return this.positional[Number(name) - 1] ?? (name === "0" ? this.name : undefined)
        return undefined
    }
  }

  rootPid = 0

  // Messages

  get prefix(): string {
    return this.interactive || this.plainErrors ? `${this.errorName}: ` : `${this.errorName}: line ${this.line}: `
  }

  *complain(message: string): Steps<void> {
    yield* this.process.error(`${this.prefix}${message}\n`)
  }

  #setLine(pos: number): void {
    let line = this.firstLine
    const { source } = this
    for (let at = source.indexOf("\n"); at >= 0 && at < pos; at = source.indexOf("\n", at + 1)) line++
    this.line = line
  }

  // Running text

  /** Runs text to its end; a syntax error sets status 2. */
  *runText(source: string, firstLine = 1): Steps<number> {
    const outer = { source: this.source, firstLine: this.firstLine, line: this.line }
    const script = this.parse(source)
    if ("error" in script) {
      this.line = firstLine + script.line
      yield* this.complain(script.error)
      if (!this.interactive) yield* this.process.error(`${this.prefix}\`${source.split("\n")[script.line] ?? ""}'\n`)
      this.status = 2
      return 2
    }
    this.source = source
    this.firstLine = firstLine
    try {
      for (const statement of script.commands) yield* this.statement(statement)
    } finally {
      Object.assign(this, outer)
    }
    return this.status
  }

  /** Aliases are words replaced before parsing; only the first word of a command counts. */
  #expandAliases(source: string): string {
    if (this.aliases.size === 0) return source
    return source.replace(
      /(^|[;&|\n(]\s*|\b(?:then|do|else)\s+|^sudo\s+)([A-Za-z_][\w.-]*)(?=[\s;&|)]|$)/g,
      (all, before: string, word: string) => {
        const seen = new Set<string>()
        let result = word
        for (let at = word; this.aliases.has(at) && !seen.has(at); at = result.split(/\s/)[0]) {
          seen.add(at)
          result = (this.aliases.get(at) ?? at) + result.slice(at.length)
        }
        return seen.size > 0 ? before + result : all
      },
    )
  }

  parse(source: string): ParsedScript | { error: string; line: number; incomplete: boolean } {
    const script = parse(this.options.expand_aliases ? this.#expandAliases(source) : source)
    const [error] = script.errors ?? []
    if (!error) return script
    const line = source.slice(0, error.pos).split("\n").length - 1
    const incomplete =
      /unterminated|expected '(fi|done|esac|\}|\))|expected command after|unexpected end|here-document/i.test(error.message) &&
      source.slice(error.pos).trim().length <= source.trim().length
    const token = /unexpected '?([^']+)'?/.exec(error.message)?.[1] ?? source.slice(error.pos).trim().split(/\s/)[0] ?? ""
    return {
      error:
        incomplete && token === ""
          ? "syntax error: unexpected end of file"
          : /unterminated (\w+) quote/.test(error.message)
            ? `unexpected EOF while looking for matching \`${error.message.includes("double") ? '"' : "'"}'`
            : `syntax error near unexpected token \`${token || "newline"}'`,
      line,
      incomplete,
    }
  }

  // Statements

  *statement(statement: Statement): Steps<number> {
    this.#setLine(statement.pos)
    yield* this.tick()
    yield* this.runTraps()
    if (statement.background) return yield* this.background(statement)
    return yield* this.andOr(statement.command)
  }

  *list(list: CompoundList): Steps<number> {
    this.status = 0
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
      yield* this.afterCommand(node.type)
      return this.status
    }
    const negated = node.prefixes.some(({ type }) => type === "Negation")
    const timed = node.prefixes.some(({ type }) => type === "Time")
    const begun = this.process.now()
    if (negated) this.guarded++
    try {
      if (node.commands.length === 1) yield* this.command(node.commands[0])
      else if (node.commands.length > 1) yield* this.pipes(node.commands, node.operators)
      else this.status = 0
    } finally {
      if (negated) this.guarded--
    }
    if (timed) {
      const seconds = (this.process.now() - begun) / 1_000
      const format = (value: number) => `${Math.floor(value / 60)}m${(value % 60).toFixed(3)}s`
      yield* this.process.error(`\nreal\t${format(seconds)}\nuser\t${format(0)}\nsys\t${format(0)}\n`)
    }
    if (negated) this.status = this.status === 0 ? 1 : 0
    else yield* this.afterCommand("Pipeline")
    return this.status
  }

  *afterCommand(type: string): Steps<void> {
    if (
      this.status === 0 ||
      this.guarded > 0 ||
      !["Command", "Pipeline", "Subshell", "TestCommand", "ArithmeticCommand", "Redirected"].includes(type)
    )
      return
    const trap = this.traps.get("ERR")
    if (trap) {
      const { status } = this
      yield* this.runText(trap)
      this.status = status
    }
    if (this.options.errexit) throw new ProcessExit(this.status)
  }

  *pipes(commands: readonly CommandNode[], operators: readonly string[]): Steps<void> {
    const children: Process[] = []
    let input: OpenFile | undefined
    const fds = this.process.fds
    let group: number | "new" | undefined = this.options.monitor ? "new" : undefined
    for (const [at, command] of commands.entries()) {
      const last = at === commands.length - 1
      const pipe = last ? undefined : this.process.pipe()
      const own = new Map(fds)
      if (input) own.set(0, input)
      if (pipe) {
        own.set(1, pipe.write)
        if (operators[at] === "|&") own.set(2, pipe.write)
      }
      // Held until both sides exist: an end that nobody holds is closed.
      pipe?.read.retain()
      const child = this.forkRun(own, group, function* (shell) {
        return yield* shell.inChild(command)
      })
      if (group === "new") group = child.pid
      input?.release()
      input = pipe?.read
      children.push(child)
    }
    const statuses = yield* this.foreground(
      children,
      group === undefined || group === "new" ? undefined : group,
      this.source.slice(commands[0].pos, commands[commands.length - 1].end),
    )
    this.pipeStatus = statuses
    this.status = this.options.pipefail ? (statuses.findLast((status) => status !== 0) ?? 0) : (statuses.at(-1) ?? 0)
  }

  /** Runs one command as the whole of a child. */
  *inChild(command: CommandNode): Steps<number> {
    this.guarded = 0
    yield* this.command(command)
    yield* this.runExitTrap()
    return this.status
  }

  /** Starts a child that is a copy of this shell. */
  forkRun(fds: ReadonlyMap<number, OpenFile>, group: number | "new" | undefined, work: (shell: Shell) => Steps<number>): Process {
    const environment = this.variables.exported()
    // The copy is made now, as fork(2) makes it, not when the child first runs.
    const shell = this.fork(this.process)
    shell.rootPid = this.subshell > 0 ? this.rootPid : this.process.pid
    return this.process.spawn(
      function* (process) {
        shell.process = process
        if (group !== undefined)
          for (const signal of ["SIGINT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGQUIT"] as const) process.onSignal(signal, "default")
        try {
          return yield* work(shell)
        } catch (error) {
          if (error instanceof ReturnFrom) return error.code
          if (error instanceof BreakLoop) return 0
          return yield* shell.fatal(error)
        }
      },
      { argv: this.process.argv, env: environment, fds, ...(group !== undefined && { processGroup: group }) },
    )
  }

  /** Says what an error of a learner's script is and sets $?; false when `error` is none. */
  *report(error: unknown): Steps<boolean> {
    if (!(error instanceof ExpansionError || error instanceof ArithmeticError || error instanceof ReadonlyError)) return false
    yield* this.complain(error.message)
    this.status = error instanceof ExpansionError && /unbound variable/.test(error.message) ? 127 : 1
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
    if (!(yield* this.report(error))) throw error
    yield* this.runExitTrap()
    return this.status
  }

  *runExitTrap(): Steps<void> {
    const trap = this.traps.get("EXIT")
    if (trap === undefined) return
    this.traps.delete("EXIT")
    const { status } = this
    try {
      yield* this.runText(trap)
      this.status = status
    } catch (error) {
      if (!(error instanceof ProcessExit)) throw error
      this.status = error.code
    }
  }

  *runTraps(): Steps<void> {
    while (this.pendingSignals.length > 0) {
      const signal = this.pendingSignals.shift() as Signal
      const trap = this.traps.get(signal)
      if (trap === undefined) continue
      const { status } = this
      yield* this.runText(trap)
      this.status = status
    }
  }

  /** Waits for children of one job in the foreground; their exit codes. A stopped job goes to the list. */
  *foreground(children: readonly Process[], group: number | undefined, command: string): Steps<number[]> {
    const { tty } = this.process
    const takesTerminal = this.options.monitor && group !== undefined && tty !== undefined
    if (takesTerminal && tty) tty.foregroundGroup = group
    const statuses = new Map<number, number>()
    let stopped: Signal | undefined
    for (const child of children) {
      while (!statuses.has(child.pid) && !stopped) {
        const waited = yield* this.wait(child.pid, this.options.monitor)
        if (!waited) break
        if (waited.kind === "stopped") stopped = waited.signal
        else if (waited.kind !== "continued") {
          statuses.set(child.pid, codeOf(waited))
          if (waited.kind === "signaled" && child === children.at(-1)) yield* this.tellSignal(waited.signal, waited.coreDumped)
        }
      }
    }
    if (takesTerminal && tty) tty.foregroundGroup = this.process.processGroup
    if (stopped) {
      const job = this.jobs.add({
        group: group ?? children[0].pid,
        pids: children.map(({ pid }) => pid),
        command,
        state: "Stopped",
        foreground: false,
      })
      yield* this.process.error(`\n${this.jobs.format(job)}\n`)
      return [128 + SIGNALS[stopped].number]
    }
    return children.map(({ pid }) => statuses.get(pid) ?? 127)
  }

  *tellSignal(signal: Signal, dumped: boolean | undefined): Steps<void> {
    if (signal === "SIGINT") {
      if (this.interactive) {
        this.status = 130
        throw new Interrupted()
      } else throw new ProcessExit(130)
    } else if (signal !== "SIGPIPE" && this.interactive)
      yield* this.process.error(`${SIGNALS[signal].text}${dumped ? " (core dumped)" : ""}\n`)
  }

  /** waitpid that survives handled signals. */
  *wait(pid: number, untraced: boolean): Steps<ExitStatus | undefined> {
    for (;;) {
      try {
        return (yield* this.process.waitFor({ pid, untraced }))?.status
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (error.code === "ECHILD") return this.jobs.endedStatus(pid)
        if (error.code !== "EINTR") throw error
        yield* this.runTraps()
      }
    }
  }

  *background(statement: Statement): Steps<number> {
    const monitor = this.options.monitor
    const own = new Map(this.process.fds)
    const { command } = statement
    const source = this.source.slice(statement.pos, statement.end).replace(/\s*&\s*$/, "")
    if (!monitor) {
      const fd = yield* this.process.open("/dev/null", "r")
      const quiet = this.process.fds.get(fd) as OpenFile
      own.set(0, quiet)
    }
    const child = this.forkRun(own, monitor ? "new" : undefined, function* (shell) {
      if (!monitor) {
        shell.process.onSignal("SIGINT", "ignore")
        shell.process.onSignal("SIGQUIT", "ignore")
      }
      yield* shell.andOr(command)
      return shell.status
    })
    this.lastBackground = String(child.pid)
    const job = this.jobs.add({ group: child.pid, pids: [child.pid], command: source, state: "Running", foreground: false })
    if (this.interactive) yield* this.process.error(`[${job.id}] ${child.pid}\n`)
    this.status = 0
    return 0
  }

  // Commands

  *command(node: CommandNode | CompoundList): Steps<number> {
    switch (node.type) {
      case "Command":
        return yield* this.simple(node)
      case "CompoundList":
        return yield* this.list(node)
      case "BraceGroup":
        return yield* this.list(node.body)
      case "Redirected": {
        const { command, redirects } = node
        return yield* this.redirected(redirects, () => this.command(command))
      }
      case "Subshell": {
        const child = this.forkRun(this.process.fds, this.options.monitor ? "new" : undefined, function* (shell) {
          shell.guarded = 0
          yield* shell.list(node.body)
          yield* shell.runExitTrap()
          return shell.status
        })
        const [status] = yield* this.foreground(
          [child],
          this.options.monitor ? child.pid : undefined,
          this.source.slice(node.pos, node.end),
        )
        this.status = status
        return status
      }
      case "If":
        return yield* this.ifCommand(node)
      case "While":
        return yield* this.whileCommand(node)
      case "For":
        return yield* this.forCommand(node)
      case "ArithmeticFor": {
        if (node.initialize) yield* evaluate(this, node.initialize)
        this.status = 0
        while (!node.test || (yield* evaluate(this, node.test)) !== 0n) {
          if (yield* this.loopBody(node.body)) break
          if (node.update) yield* evaluate(this, node.update)
        }
        return this.status
      }
      case "Case":
        return yield* this.caseCommand(node)
      case "Select":
        return yield* this.selectCommand(node)
      case "Function":
        this.functions.set(node.name.value, node)
        this.status = 0
        return 0
      case "TestCommand":
        this.status = (yield* this.test(node.expression)) ? 0 : 1
        return this.status
      case "ArithmeticCommand":
        try {
          this.status = node.expression && (yield* evaluate(this, node.expression)) !== 0n ? 0 : 1
        } catch (error) {
          if (!(error instanceof ArithmeticError)) throw error
          yield* this.complain(`((: ${error.message}`)
          this.status = 1
        }
        return this.status
      case "Coproc":
        yield* this.complain("coproc: not supported in this shell")
        this.status = 1
        return 1
    }
  }

  *condition(list: CompoundList): Steps<boolean> {
    this.guarded++
    try {
      return (yield* this.list(list)) === 0
    } finally {
      this.guarded--
    }
  }

  *ifCommand(node: If): Steps<number> {
    if (yield* this.condition(node.clause)) return yield* this.list(node.then)
    for (const branch of node.elif) if (yield* this.condition(branch.clause)) return yield* this.list(branch.then)
    if (node.else) return yield* this.list(node.else)
    this.status = 0
    return 0
  }

  /** Runs a loop's body once; true when the loop ends. */
  *loopBody(body: CompoundList): Steps<boolean> {
    try {
      yield* this.tick()
      yield* this.list(body)
      return false
    } catch (error) {
      if (!(error instanceof BreakLoop)) throw error
      if (--error.left > 0) throw error
      this.status = 0
      return !error.again
    }
  }

  *whileCommand(node: While): Steps<number> {
    let last = 0
    for (;;) {
      yield* this.tick()
      if ((yield* this.condition(node.clause)) !== (node.kind === "while")) break
      const ended = yield* this.loopBody(node.body)
      last = this.status
      if (ended) break
    }
    this.status = last
    return last
  }

  *forCommand(node: For): Steps<number> {
    const items: string[] = []
    if (node.wordlist) for (const word of node.wordlist) items.push(...(yield* fields(this, word)))
    else items.push(...this.positional)
    this.status = 0
    for (const item of items) {
      this.variables.set(node.name.value, item)
      if (yield* this.loopBody(node.body)) break
    }
    return this.status
  }

  *selectCommand(node: { name: Word; wordlist: readonly Word[] | undefined; body: CompoundList }): Steps<number> {
    const items: string[] = []
    if (node.wordlist) for (const word of node.wordlist) items.push(...(yield* fields(this, word)))
    else items.push(...this.positional)
    for (;;) {
      yield* this.process.error(`${items.map((item, at) => `${at + 1}) ${item}\n`).join("")}${this.variables.get("PS3") ?? "#? "}`)
      const reply = yield* this.process.readLine(0)
      if (reply === undefined) return this.status
      this.variables.set("REPLY", reply)
      this.variables.set(node.name.value, items[Number(reply) - 1] ?? "")
      if (yield* this.loopBody(node.body)) return this.status
    }
  }

  *caseCommand(node: Case): Steps<number> {
    const word = yield* text(this, node.word)
    this.status = 0
    let falls = false
    for (const item of node.items) {
      let matched = falls
      for (const one of matched ? [] : item.pattern)
        if (matchPattern(yield* pattern(this, one), word)) {
          matched = true
          break
        }
      if (!matched) continue
      yield* this.list(item.body)
      if (item.terminator === ";&") falls = true
      else if (item.terminator === ";;&") falls = false
      else break
    }
    return this.status
  }

  *test(expression: TestExpression): Steps<boolean> {
    switch (expression.type) {
      case "TestGroup":
        return yield* this.test(expression.expression)
      case "TestNot":
        return (yield* this.test(expression.operand)) !== (expression.negations.length % 2 === 1)
      case "TestLogical":
        for (const operand of expression.operands) {
          const result = yield* this.test(operand)
          if (expression.operator === "&&" ? !result : result) return result
        }
        return expression.operator === "&&"
      case "TestUnary":
        return testUnary(this, expression.operator, yield* text(this, expression.operand))
      case "TestBinary": {
        const left = yield* text(this, expression.left)
        const { operator } = expression
        if (operator === "==" || operator === "=" || operator === "!=")
          return matchPattern(yield* pattern(this, expression.right), left) === (operator !== "!=")
        if (operator === "=~") return yield* this.matchRegex(left, expression.right)
        const right = yield* text(this, expression.right)
        if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator))
          return compareNumbers(operator, yield* evaluateText(this, left), yield* evaluateText(this, right))
        return testBinary(this, operator, left, right)
      }
    }
  }

  *matchRegex(value: string, word: Word): Steps<boolean> {
    yield* this.tick()
    const source = word.parts?.some(({ type }) => type === "SingleQuoted" || type === "DoubleQuoted")
      ? yield* this.regexSource(word)
      : word.parts
        ? yield* text(this, word)
        : word.text
    const match = compileRegex(source, { extended: true }).exec(value)
    this.variables.setArray(
      "BASH_REMATCH",
      (match ?? []).map((group, at) => [String(at), group ?? ""] as const),
      false,
    )
    return match !== undefined
  }

  /** Quoted parts of a =~ pattern match themselves. */
  *regexSource(word: Word): Steps<string> {
    let source = ""
    for (const part of word.parts ?? []) {
      const value = yield* text(this, { parts: [part], value: "" })
      source += part.type === "SingleQuoted" || part.type === "DoubleQuoted" ? value.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : value
    }
    return source
  }

  // Simple commands

  *assign(assignment: Assignment, into?: Map<string, string>): Steps<void> {
    const { name, value, append, index } = assignment
    if (value.type === "ArrayValue") {
      const variable = this.variables.find(name)
      const elements: [string, string][] = []
      let next =
        append && variable?.array
          ? Math.max(-1, ...[...variable.array.keys()].map(Number).filter(Number.isFinite)) + 1
          : append && variable?.value !== undefined
            ? 1
            : 0
      for (const element of value.elements) {
        const keyed = /^\[(.*?)\]=([\s\S]*)$/.exec(element.text)
        if (keyed) {
          const [key, item] = [yield* this.textOf(keyed[1]), yield* this.textOf(keyed[2])]
          elements.push([variable?.associative ? key : String(yield* evaluateText(this, key)), item])
          if (!variable?.associative) next = Number(elements[elements.length - 1][0]) + 1
        } else for (const field of yield* fields(this, element)) elements.push([String(next++), field])
      }
      this.variables.setArray(name, elements, append === true)
      return
    }
    let result = yield* assignmentText(this, value)
    if (index) {
      const variable = this.variables.find(name)
      const key = variable?.associative ? yield* text(this, index) : String(yield* evaluateText(this, yield* text(this, index)))
      this.variables.setElement(name, key, append ? (variable?.array?.get(key) ?? "") + result : result)
      return
    }
    const variable = this.variables.find(name)
    if (variable?.integer)
      result = String((append ? yield* evaluateText(this, variable.value ?? "0") : 0n) + (yield* evaluateText(this, result)))
    else if (append) result = (this.variables.get(name) ?? "") + result
    if (into) {
      if (variable?.readonly) throw new ReadonlyError(`${name}: readonly variable`)
      into.set(name, result)
    } else {
      this.variables.set(name, result)
      if (this.options.allexport) this.variables.declare(name, false).exported = true
    }
  }

  /** Shell text as one expanded string. */
  *textOf(source: string): Steps<string> {
    const [statement] = parse(`: ${source}`).commands
    const command = statement?.command
    const [word] = command?.type === "Command" ? command.suffix : []
    return word?.type === "Word" ? yield* text(this, word) : ""
  }

  *expandArithmeticWord(word: ArithmeticWord): Steps<string> {
    return word.parts ? yield* text(this, { parts: word.parts, value: word.value }) : yield* this.textOf(`"${word.value}"`)
  }

  *simple(node: Command): Steps<number> {
    const words = node.name ? yield* fields(this, node.name) : []
    const declares = node.name !== undefined && DECLARES.has(node.name.value)
    for (const argument of node.args) {
      if (argument.type === "Assignment") {
        if (declares && argument.value.type === "ArrayValue") {
          words.push(argument.name)
          this.pendingArrays.push(argument)
        } else if (argument.value.type === "ArrayValue") words.push(argument.text)
        else words.push(`${argument.name}${argument.append ? "+" : ""}=${yield* assignmentText(this, argument.value)}`)
      } else words.push(...(yield* fields(this, argument)))
    }
    const assignments = node.prefix.filter((part): part is Assignment => part.type === "Assignment")
    if (words.length === 0) {
      const before = this.substitutionStatus
      this.substitutionStatus = 0
      for (const assignment of assignments) yield* this.assign(assignment)
      const { substitutionStatus } = this
      this.substitutionStatus = before
      if (this.options.xtrace && assignments.length > 0)
        yield* this.process.error(assignments.map(({ name }) => `+ ${name}=${this.variables.get(name) ?? ""}\n`).join(""))
      this.status = substitutionStatus
      if (node.redirects.length > 0)
        return yield* this.redirected(node.redirects, function* () {
          return 0
        })
      return this.status
    }
    if (this.options.xtrace) yield* this.process.error(`${this.variables.get("PS4") ?? "+ "}${words.map(quoteWord).join(" ")}\n`)
    const own = new Map<string, string>()
    for (const assignment of assignments) yield* this.assign(assignment, own)
    const [name] = words
    const special = this.functions.get(name)
    const builtin = special ? undefined : this.builtins.get(name)
    if (special || builtin) {
      const saved = [...own].map(([key, value]) => {
        const variable = this.variables.find(key)
        const before = variable && { ...variable }
        this.variables.set(key, value)
        this.variables.declare(key, false).exported = true
        return [key, before] as const
      })
      const run = () => (special ? this.call(special, words) : this.runBuiltin(builtin as Builtin, words))
      try {
        // `exec` keeps its redirections.
        if (name === "exec" && words.length === 1) {
          const problem = yield* applyRedirects(this, node.redirects)
          this.status = problem ? 1 : 0
          return this.status
        }
        return yield* this.redirected(node.redirects, run)
      } finally {
        for (const [key, before] of saved) {
          this.variables.unset(key)
          if (before) Object.assign(this.variables.declare(key, false), before)
        }
      }
    }
    return yield* this.external(words, own, node)
  }

  *runBuiltin(builtin: Builtin, words: readonly string[]): Steps<number> {
    try {
      this.status = yield* builtin.run(this, words.slice(1), words[0])
    } catch (error) {
      if (error instanceof SystemError && error.code === "EPIPE") throw new ProcessExit(141)
      if (error instanceof SystemError) {
        if (error.code === "EINTR") this.status = 130
        else {
          yield* this.complain(`${words[0]}: ${error.code === "EBADF" || error.code === "ENOSPC" ? "write error: " : ""}${error.message}`)
          this.status = 1
        }
      } else throw error
    }
    return this.status
  }

  *call(node: FunctionNode, words: readonly string[]): Steps<number> {
    if (this.depth >= MAX_DEPTH) {
      yield* this.complain(`${words[0]}: maximum function nesting level exceeded (${MAX_DEPTH})`)
      this.status = 1
      throw new ProcessExit(1)
    }
    const outer = this.positional
    this.positional = words.slice(1)
    this.depth++
    this.variables.push()
    const names = this.variables.declare("FUNCNAME", true)
    names.array = new Map([["0", words[0]]])
    try {
      yield* this.command(node.body)
    } catch (error) {
      if (!(error instanceof ReturnFrom)) throw error
      this.status = error.code
    } finally {
      this.variables.pop()
      this.depth--
      this.positional = outer
    }
    return this.status
  }

  /** Finds an executable by PATH; undefined when there is none. */
  findCommand(name: string): string | undefined {
    if (name.includes("/")) return name
    const { files } = this.process
    for (const directory of (this.variables.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(":")) {
      const path = `${directory || "."}/${name}`
      if (files.access(path, { execute: true }) && files.stat(path).type === "file") return path
    }
    return undefined
  }

  *external(words: readonly string[], own: ReadonlyMap<string, string>, node: Command): Steps<number> {
    const [name] = words
    const saved = new Map(this.process.fds)
    for (const file of saved.values()) file.retain()
    const problem = yield* applyRedirects(this, node.redirects)
    const restore = () => {
      for (const file of this.process.fds.values()) file.release()
      this.process.fds.clear()
      for (const [fd, file] of saved) this.process.fds.set(fd, file)
    }
    if (problem) {
      restore()
      this.status = 1
      return 1
    }
    const path = this.findCommand(name)
    let child: Process | undefined
    let code = 127
    let message: string | undefined
    if (path === undefined) message = `${name}: command not found`
    else {
      const environment = this.variables.exported()
      for (const [key, value] of own) environment.set(key, value)
      try {
        if (this.process.files.exists(path) && this.process.files.stat(path).type === "directory") {
          code = 126
          message = `${name}: Is a directory`
        } else
          child = this.process.spawnFile(path, {
            argv: words,
            env: environment,
            cwd: this.process.cwd,
            umask: this.process.umask,
            ...(this.options.monitor && { processGroup: "new" as const }),
          })
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (error.code === "ENOEXEC")
          child = this.forkRun(this.process.fds, this.options.monitor ? "new" : undefined, function* (shell) {
            shell.positional = words.slice(1)
            shell.name = shell.errorName = path
            return yield* shell.runText(shell.process.files.readText(path))
          })
        else {
          code = error.code === "ENOENT" ? 127 : 126
          message = error.code === "EAGAIN" ? "fork: retry: Resource temporarily unavailable" : `${name}: ${error.message}`
          if (error.code === "EAGAIN") code = 254
        }
      }
    }
    if (message !== undefined) yield* this.complain(message)
    if (child && this.options.monitor)
      for (const signal of ["SIGINT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGQUIT"] as const) child.onSignal(signal, "default")
    restore()
    if (!child) {
      this.status = code
      return code
    }
    const [status] = yield* this.foreground([child], this.options.monitor ? child.pid : undefined, this.source.slice(node.pos, node.end))
    this.status = status
    return status
  }

  *redirected(redirects: readonly Redirection[], run: () => Steps<number>): Steps<number> {
    if (redirects.length === 0) {
      this.status = yield* run()
      return this.status
    }
    const saved = new Map(this.process.fds)
    for (const file of saved.values()) file.retain()
    try {
      const problem = yield* applyRedirects(this, redirects)
      this.status = problem ? 1 : yield* run()
    } finally {
      for (const file of this.process.fds.values()) file.release()
      this.process.fds.clear()
      for (const [fd, file] of saved) this.process.fds.set(fd, file)
    }
    return this.status
  }

  // Substitutions

  #freeFd(): number {
    let fd = 60
    while (this.process.fds.has(fd)) fd++
    return fd
  }

  *substitute(script: ParsedScript | undefined): Steps<string> {
    if (!script) return ""
    const [only] = script.commands
    const { read, write } = this.process.pipe()
    const own = new Map(this.process.fds)
    own.set(1, write)
    const fd = this.#freeFd()
    read.retain()
    const source = script.source ?? this.source
    const child = this.forkRun(own, undefined, function* (shell) {
      shell.source = source
      shell.guarded = 0
      // $(< file)
      if (
        script.commands.length === 1 &&
        only.command.type === "Command" &&
        !only.command.name &&
        only.command.redirects.length === 1 &&
        only.command.redirects[0].operator === "<"
      ) {
        const problem = yield* applyRedirects(shell, only.command.redirects)
        if (problem) return 1
        yield* shell.process.write(1, yield* shell.process.readAll(0))
        return 0
      }
      for (const statement of script.commands) yield* shell.statement(statement)
      yield* shell.runExitTrap()
      return shell.status
    })
    this.process.fds.set(fd, read)
    let output = ""
    const decoder = new TextDecoder()
    try {
      for (;;) {
        let chunk: Uint8Array
        try {
          chunk = yield* this.process.read(fd)
        } catch (error) {
          if (!(error instanceof SystemError && error.code === "EINTR")) throw error
          yield* this.runTraps()
          continue
        }
        if (chunk.length === 0) break
        output += decoder.decode(chunk, { stream: true })
        if (output.length > MAX_SUBSTITUTION_BYTES) throw new ExpansionError("command substitution: cannot allocate memory")
      }
    } finally {
      this.process.close(fd)
    }
    const status = yield* this.wait(child.pid, false)
    this.status = status ? codeOf(status) : 0
    this.substitutionStatus = this.status
    return output.replaceAll("\0", "").replace(/\n+$/, "")
  }

  *processSubstitution(operator: "<" | ">", script: ParsedScript | undefined): Steps<string> {
    const { read, write } = this.process.pipe()
    const fd = this.#freeFd()
    const own = new Map(this.process.fds)
    const [mine, theirs] = operator === "<" ? [read, write] : [write, read]
    own.set(operator === "<" ? 1 : 0, theirs)
    mine.retain()
    const { source } = this
    this.forkRun(own, undefined, function* (shell) {
      shell.source = source
      for (const statement of script?.commands ?? []) yield* shell.statement(statement)
      return shell.status
    })
    this.process.fds.set(fd, mine)
    return `/dev/fd/${fd}`
  }
}

const DECLARES = new Set(["declare", "typeset", "local", "export", "readonly"])

export const codeOf = (status: ExitStatus): number =>
  status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0

export const compareNumbers = (operator: string, a: bigint, b: bigint): boolean => {
  switch (operator) {
    case "-eq":
      return a === b
    case "-ne":
      return a !== b
    case "-lt":
      return a < b
    case "-le":
      return a <= b
    case "-gt":
      return a > b
    default:
      return a >= b
  }
}

/** A word as set -x and %q print it. */
export const quoteWord = (word: string): string =>
  word === ""
    ? "''"
    : /^[\w@%+=:,./-]+$/.test(word)
      ? word
      : /[\n\t]/.test(word)
        ? `$'${word.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}'`
        : `'${word.replaceAll("'", "'\\''")}'`
