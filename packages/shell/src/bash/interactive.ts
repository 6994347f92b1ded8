/** An interactive bash: prompts, the line editor, history, jobs, and what is told of each finished command. */
import { type Process, ProcessExit, type Steps, SystemError, type Tty, type WaitQueue } from "@drydock/machine"
import { editAndRun } from "./builtins/history.ts"
import { complete } from "./completion.ts"
import { isIncomplete } from "./completeness.ts"
import type { Dialect } from "./dialects/dialect.ts"
import { addHistory, expandHistory, HistoryError, joinLines, loadHistory, saveHistory } from "./history.ts"
import { LineEditor, type LineState } from "./line-editor/line-editor.ts"
import { Settings } from "./line-editor/settings.ts"
import { WORD_BREAKS } from "./programmable-completion.ts"
import { promptText } from "./prompt.ts"
import { BreakLoop, Interrupted, ReturnFrom } from "./control-flow.ts"
import type { Shell } from "./shell.ts"
import { loginFiles, readFile } from "./start-files.ts"

/** Told of each command line that a session finished. */
export type CommandHook = (process: Process, line: string, exit: number, startedAt: number) => void

export interface InteractiveHooks {
  readonly onCommand?: CommandHook
  /** Of a shell that is not bash. */
  readonly dialect?: Dialect
}

/** Where a session's commands come from. */
export interface CommandSource {
  next(): { text: string } | undefined
  readonly queue: WaitQueue
  done(exit: number): void
}

/** As bash's initialize_job_signals: what the terminal sends to the foreground does not end the shell. */
const takeSignals = (shell: Shell, editor: LineEditor | undefined): void => {
  const { process } = shell
  for (const signal of ["SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGQUIT", "SIGTERM"] as const) process.onSignal(signal, "ignore")
  process.onSignal("SIGINT", () => {
    shell.interrupted = true
    editor?.interrupt()
  })
  process.onSignal("SIGWINCH", () => editor?.resized())
  process.onSignal("SIGHUP", () => {
    shell.hungUp = true
  })
}

/** Runs a command line; the exit code when it ended the shell. */
function* runLine(shell: Shell, text: string): Steps<number | undefined> {
  shell.interrupted = false
  shell.guarded = 0
  try {
    yield* shell.runText(text)
  } catch (error) {
    if (error instanceof ProcessExit) return error.code
    if (error instanceof BreakLoop || error instanceof ReturnFrom) shell.status = 0
    else if (error instanceof Interrupted || (error instanceof SystemError && error.code === "EINTR")) {
      shell.status = 130
      yield* shell.process.error("\n")
    } else if (!(yield* shell.report(error))) throw error
  }
  return undefined
}

function* tellJobs(shell: Shell): Steps<void> {
  for (const job of yield* shell.jobs.poll(shell.process)) {
    yield* shell.process.error(`${shell.jobs.format(job)}\n`)
    shell.jobs.remove(job)
  }
  for (const job of shell.jobs.stoppedSince()) yield* shell.process.error(`\n${shell.jobs.format(job)}\n`)
}

function* startUp(shell: Shell, login: boolean): Steps<void> {
  shell.options.expand_aliases = true
  try {
    if (login) yield* loginFiles(shell)
    else {
      yield* readFile(shell, "/etc/bash.bashrc")
      yield* readFile(shell, `${shell.variables.get("HOME") ?? ""}/.bashrc`)
    }
  } catch (error) {
    if (error instanceof ProcessExit) throw error
    if (!(error instanceof Interrupted) && !(yield* shell.report(error))) throw error
  }
}

/** As initialize_shell_variables and bash_history do for interactive shells. */
const defaults = (shell: Shell): void => {
  const { variables } = shell
  const ifUnset = (name: string, value: string) => {
    if (variables.get(name) === undefined) variables.set(name, value)
  }
  ifUnset("PS1", "\\s-\\v\\$ ")
  ifUnset("PS2", "> ")
  ifUnset("HISTFILE", `${variables.get("HOME") ?? ""}/.bash_history`)
  ifUnset("COMP_WORDBREAKS", WORD_BREAKS)
  ifUnset("HISTSIZE", "500")
  ifUnset("HISTFILESIZE", "500")
}

class Session {
  readonly #shell: Shell
  readonly #tty: Tty
  readonly #editor: LineEditor
  readonly #hooks: InteractiveHooks
  readonly #login: boolean
  /** Lines of the history that came from the file. */
  #loaded = 0

  constructor(shell: Shell, tty: Tty, hooks: InteractiveHooks, login: boolean) {
    this.#shell = shell
    this.#tty = tty
    this.#hooks = hooks
    this.#login = login
    this.#editor = new LineEditor(shell.process, tty)
  }

  *run(): Steps<number> {
    const shell = this.#shell
    const { process } = shell
    takeSignals(shell, this.#editor)
    // A shell that is started by another leads a group of its own, in the foreground.
    if (process.processGroup !== process.pid && process.session !== process.pid) process.setProcessGroup(process.pid, process.pid)
    if (this.#tty.session === process.session) this.#tty.foregroundGroup = process.processGroup
    shell.options.monitor = true
    defaults(shell)
    shell.plainErrors = true
    this.#size()
    shell.options.emacs = true
    this.#readInputrc()
    yield* startUp(shell, this.#login)
    shell.interactive = true
    shell.history.push(...loadHistory(process, shell.variables.get("HISTFILE") ?? ""))
    this.#loaded = shell.history.length
    let code: number
    try {
      code = yield* this.#commands()
    } catch (error) {
      // Nobody reads what a shell without a terminal still says.
      if (!(shell.hungUp && error instanceof SystemError)) throw error
      code = 129
    } finally {
      this.#save()
    }
    if (shell.hungUp) for (const { group } of shell.jobs.list) this.#hangUp(group)
    return code
  }

  *#commands(): Steps<number> {
    const shell = this.#shell
    for (;;) {
      if (shell.hungUp) return 129
      yield* tellJobs(shell)
      this.#size()
      yield* this.#promptCommand()
      const line = yield* this.#read()
      if (line.kind === "end") {
        if (line.hungUp) {
          shell.hungUp = true
          return 129
        }
        yield* shell.process.error(this.#login ? "logout\n" : "exit\n")
        if (yield* this.#mayLeave()) return shell.status
        continue
      }
      if (line.kind === "interrupted") {
        shell.status = 130
        continue
      }
      if (line.text.trim() === "") continue
      const startedAt = shell.process.now()
      shell.prompts++
      shell.commandNumber++
      if (!/^\s*(exit|logout)\b/.test(line.text)) shell.warnedOfJobs = false
      const modes = { ...this.#tty.modes }
      const before = yield* promptText(shell, "PS0")
      if (before !== "") yield* shell.process.error(before)
      const ended = yield* runLine(shell, line.text)
      if (!shell.hungUp) this.#tty.setModes(modes)
      this.#hooks.onCommand?.(shell.process, line.text, ended ?? shell.status, startedAt)
      if (ended !== undefined) return ended
    }
  }

  /** A whole command: lines are asked for (PS2) until it is one. */
  *#read(): Steps<{ kind: "line"; text: string } | { kind: "end"; hungUp: boolean } | { kind: "interrupted" }> {
    const shell = this.#shell
    const lines: string[] = []
    for (;;) {
      shell.interrupted = false
      const edited = yield* this.#editor.read({
        prompt: yield* promptText(shell, lines.length === 0 ? "PS1" : "PS2"),
        history: shell.history,
        complete: (text) => complete(shell, text),
        settings: shell.readline,
        vi: shell.options.vi,
        run: (command, line) => this.#onLine(command, line),
        reread: () => this.#readInputrc(),
      })
      shell.interrupted = false
      if (edited.kind === "interrupted") return edited
      if (edited.kind === "end") {
        if (edited.hungUp || lines.length === 0) return edited
        yield* shell.complain("syntax error: unexpected end of file")
        shell.status = 2
        return { kind: "line", text: "" }
      }
      if (edited.kind === "edit") {
        const editor = shell.variables.get("VISUAL") ?? shell.variables.get("EDITOR") ?? "vi"
        yield* editAndRun(shell, edited.text, editor, (text) => addHistory(shell, text))
        return { kind: "line", text: "" }
      }
      let { text } = edited
      if (shell.options.histexpand) {
        try {
          const only = { print: false }
          const expanded = expandHistory(text, shell.history, only)
          if (expanded !== text) yield* shell.process.error(`${expanded}\n`)
          if (only.print) {
            addHistory(shell, expanded)
            return { kind: "line", text: "" }
          }
          text = expanded
        } catch (error) {
          if (!(error instanceof HistoryError)) throw error
          yield* shell.process.error(`${shell.errorName}: ${error.message}\n`)
          return { kind: "line", text: "" }
        }
      }
      lines.push(text)
      const whole = lines.join("\n")
      if (whole.trim() !== "" && isIncomplete(whole)) continue
      if (whole.trim() !== "") {
        const before = shell.history.length
        addHistory(shell, joinLines(lines))
        // Lines that fell off the front were the oldest.
        if (shell.history.length <= before) this.#loaded = Math.max(0, this.#loaded - 1)
      }
      return { kind: "line", text: whole }
    }
  }

  /** ~/.inputrc, or what INPUTRC names. */
  #readInputrc(): void {
    const { process, variables } = this.#shell
    const path = variables.get("INPUTRC") ?? `${variables.get("HOME") ?? ""}/.inputrc`
    if (!process.files.access(path, { read: true })) return
    this.#shell.readline ??= new Settings()
    this.#shell.readline.read(process.files.readText(path))
    if (this.#shell.readline.get("editing-mode") === "vi") Object.assign(this.#shell.options, { vi: true, emacs: false })
  }

  /** A command of `bind -x`: the line is READLINE_LINE to it, and what it leaves there is the line. */
  *#onLine(command: string, { text, point }: LineState): Steps<LineState> {
    const shell = this.#shell
    const { variables, status, pipeStatus } = shell
    variables.set("READLINE_LINE", text)
    variables.set("READLINE_POINT", String(point))
    yield* runLine(shell, command)
    Object.assign(shell, { status, pipeStatus })
    const changed = { text: variables.get("READLINE_LINE") ?? "", point: Number(variables.get("READLINE_POINT")) || 0 }
    for (const name of ["READLINE_LINE", "READLINE_POINT"]) variables.unset(name)
    return changed
  }

  /** PROMPT_COMMAND, which changes neither $? nor PIPESTATUS. */
  *#promptCommand(): Steps<void> {
    const shell = this.#shell
    const variable = shell.variables.find("PROMPT_COMMAND")
    const commands = variable?.array ? [...variable.array.values()] : variable?.value ? [variable.value] : []
    const { status, pipeStatus } = shell
    for (const command of commands) {
      yield* runLine(shell, command)
      Object.assign(shell, { status, pipeStatus })
    }
  }

  *#mayLeave(): Steps<boolean> {
    const shell = this.#shell
    if (shell.warnedOfJobs || !shell.jobs.list.some(({ state }) => state === "Stopped")) return true
    shell.warnedOfJobs = true
    yield* shell.process.error("There are stopped jobs.\n")
    return false
  }

  /** checkwinsize. */
  #size(): void {
    const { variables } = this.#shell
    if (variables.get("COLUMNS") !== String(this.#tty.columns)) variables.set("COLUMNS", String(this.#tty.columns))
    if (variables.get("LINES") !== String(this.#tty.rows)) variables.set("LINES", String(this.#tty.rows))
  }

  #save(): void {
    const shell = this.#shell
    const file = shell.variables.get("HISTFILE")
    if (file) saveHistory(shell.process, file, shell.history.slice(shell.savedHistory ?? this.#loaded), shell.variables)
  }

  #hangUp(group: number): void {
    try {
      this.#shell.process.kill(-group, "SIGHUP")
      this.#shell.process.kill(-group, "SIGCONT")
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
}

/** A shell on its terminal until it is left. */
export function* interact(shell: Shell, tty: Tty, hooks: InteractiveHooks, login: boolean): Steps<number> {
  const code = yield* new Session(shell, tty, hooks, login).run()
  shell.interactive = false
  yield* shell.runExitTrap()
  return shell.hungUp ? 129 : code
}

/** Commands of `source`, one after the other, in a shell that has job control and history but no prompt. */
export function* commandLoop(shell: Shell, source: CommandSource, onCommand: CommandHook | undefined): Steps<number> {
  const { process } = shell
  takeSignals(shell, undefined)
  shell.plainErrors = true
  yield* startUp(shell, true)
  shell.interactive = true
  shell.options.monitor = true
  for (;;) {
    const command = source.next()
    if (!command) {
      yield* process.wait({ queues: [source.queue] })
      continue
    }
    const startedAt = process.now()
    shell.history.push(command.text)
    const ended = yield* runLine(shell, command.text)
    yield* tellJobs(shell)
    onCommand?.(process, command.text, ended ?? shell.status, startedAt)
    source.done(ended ?? shell.status)
    if (ended !== undefined) return ended
  }
}
