/** Simple commands: words, assignments before them, functions, builtins, programs. */
import type { Assignment, Command, Redirection } from "unbash"
import { type Process, ProcessExit, type Steps, SystemError } from "@drydock/machine"
import { assign } from "./assignments.ts"
import { escapeBraces, expandBraces } from "./braces.ts"
import { ReturnFrom } from "./control-flow.ts"
import { ScriptError } from "./expansion-error.ts"
import type { Builtin } from "./define-builtin.ts"
import { exportFunctions } from "./environment.ts"
import { assignmentText, fields } from "./expand.ts"
import { foreground, FORK, forkRun, takesJobSignals } from "./processes.ts"
import { traced } from "./quoting.ts"
import { applyRedirects } from "./redirect.ts"
import type { Shell, ShellFunction } from "./shell.ts"
import { isSpecialBuiltin, refuseOptions } from "./builtins/usage.ts"
import { ReadonlyError } from "./variables.ts"
import { hideTraps, runReturnTrap } from "./traps.ts"

/** Depth of functions and sourced files (FUNCNEST is unset in bash; the stack of a real one ends somewhere too). */
const MAX_DEPTH = 400

const DECLARES = new Set(["declare", "typeset", "local", "export", "readonly"])

const isAssignment = (part: Assignment | Redirection): part is Assignment => part.type === "Assignment"

function* wordsOf(shell: Shell, node: Command): Steps<string[]> {
  const words = node.name ? yield* fields(shell, node.name) : []
  const declares = node.name !== undefined && DECLARES.has(node.name.value)
  for (const argument of node.args) {
    if (argument.type === "Word") {
      for (const field of yield* fields(shell, argument)) {
        words.push(field)
        if ((words.length & 8_191) === 0) yield* shell.tick(512)
      }
    } else if (
      argument.value.type !== "ArrayValue" &&
      shell.options.braceexpand &&
      argument.value.parts?.some(({ type }) => type === "BraceExpansion")
    )
      for (const alternative of yield* expandBraces(shell, argument.text)) words.push(yield* shell.textOf(escapeBraces(alternative)))
    else if (argument.value.type !== "ArrayValue")
      words.push(
        `${argument.name}${argument.index ? `[${argument.index.text}]` : ""}${argument.append ? "+" : ""}=${yield* assignmentText(shell, argument.value)}`,
      )
    else if (declares) {
      words.push(argument.name)
      shell.pendingArrays.push(argument)
    } else words.push(argument.text)
  }
  return words
}

/** Assignments without a command. */
function* assignments(shell: Shell, node: Command): Steps<number> {
  for (const assignment of node.prefix) {
    if (!isAssignment(assignment)) continue
    yield* assign(shell, assignment)
  }
  const { substitutionStatus } = shell
  shell.status = substitutionStatus
  if (node.prefix.length > 0) shell.lastArgument = ""
  if (node.redirects.length > 0)
    return yield* redirected(shell, node.redirects, function* () {
      return substitutionStatus
    })
  return shell.status
}

export function* simpleCommand(shell: Shell, node: Command): Steps<number> {
  const held = shell.substituted.length
  if (!shell.inTrap) {
    const { source } = shell
    shell.commandText = () => source.slice(node.pos, node.end)
    if (shell.traps.size > 0 && (yield* shell.debugTrap(shell.commandText))) return shell.status
  }
  const { substitutionStatus } = shell
  shell.substitutionStatus = 0
  try {
    const words = yield* wordsOf(shell, node)
    if (words.length === 0) return yield* assignments(shell, node)
    shell.substitutionStatus = substitutionStatus
    const own = new Map<string, string>()
    yield* prefixAssignments(shell, node, own)
    if (shell.options.xtrace) yield* shell.trace(words.map(traced).join(" "))
    return yield* runWords(shell, words, own, node)
  } finally {
    // Pipes of <(…) last as long as the command that they were made for.
    for (const fd of shell.substituted.splice(held)) if (shell.process.fds.has(fd)) shell.process.close(fd)
  }
}

/** One that may not be made is told of, and the command runs without it. */
function* prefixAssignment(shell: Shell, assignment: Assignment, own: Map<string, string>): Steps<void> {
  try {
    yield* assign(shell, assignment, own)
  } catch (error) {
    if (!(error instanceof ReadonlyError)) throw error
    yield* shell.complain(error.message)
  }
}

/** The assignments before a command, each of which sees those before it. */
function* prefixAssignments(shell: Shell, node: Command, own: Map<string, string>): Steps<void> {
  const list = node.prefix.filter(isAssignment)
  if (list.length === 0) return
  if (list.length === 1) return yield* prefixAssignment(shell, list[0], own)
  let restore: (() => void) | undefined
  try {
    for (const assignment of list) {
      yield* prefixAssignment(shell, assignment, own)
      restore?.()
      restore = temporarily(shell, own)
    }
  } finally {
    restore?.()
  }
}

function* runWords(shell: Shell, words: readonly string[], own: ReadonlyMap<string, string>, node: Command): Steps<number> {
  const [name] = words
  const called = shell.functions.get(name)
  const builtin = called || (shell.disabled.size > 0 && shell.disabled.has(name)) ? undefined : shell.builtins.get(name)
  const { prompts } = shell
  if (!called && !builtin) return yield* external(shell, words, own, node)
  // Before a special builtin of posix mode, and to what `export` and `readonly` are told, they stay.
  const declared = own.size > 0 && DECLARES.has(name) && words.some((word) => own.has(word))
  const stays = declared || (own.size > 0 && shell.options.posix && !called && isSpecialBuiltin(name))
  const restore = temporarily(shell, own, stays)
  try {
    // `exec` without a command keeps its redirections.
    if (name === "exec" && words.length === 1) {
      shell.status = (yield* applyRedirects(shell, node.redirects)) ? 1 : 0
      return shell.status
    }
    let began = false
    const status = yield* redirected(shell, node.redirects, () => {
      began = true
      return called ? callFunction(shell, called, words) : runBuiltin(shell, builtin as Builtin, words)
    })
    if (!began && shell.options.posix && !shell.interactive && !called && isSpecialBuiltin(name)) throw new ProcessExit(status)
    return status
  } finally {
    restore()
    if (prompts === shell.prompts) shell.lastArgument = words[words.length - 1]
  }
}

/** Puts the assignments before a command into effect; returns how to undo them. */
const temporarily = (shell: Shell, own: ReadonlyMap<string, string>, stays = false): (() => void) => {
  if (own.size === 0) return () => {}
  if (stays) {
    for (const [key, value] of own) shell.variables.set(key, value)
    return () => {}
  }
  const saved = [...own].map(([key, value]) => {
    const variable = shell.variables.find(key)
    const before = variable && { ...variable }
    shell.variables.set(key, value)
    shell.variables.declare(key, false).exported = true
    return [key, before] as const
  })
  return () => {
    for (const [key, before] of saved) {
      shell.variables.unset(key)
      if (before) Object.assign(shell.variables.declare(key, false), before)
    }
  }
}

/** Builtins that run commands: an assignment in these is a statement of its own. */
const RUNS_TEXT = new Set(["eval", "source", ".", "command", "builtin"])

export function* runBuiltin(shell: Shell, builtin: Builtin, words: readonly string[]): Steps<number> {
  shell.complaint = undefined
  try {
    const args = words.slice(1)
    shell.status = (yield* refuseOptions(shell, words[0], args)) ?? (yield* builtin.run(shell, args, words[0]))
  } catch (error) {
    if (error instanceof ReadonlyError && !RUNS_TEXT.has(words[0])) {
      yield* shell.complain(error.message)
      shell.status = 1
      return 1
    }
    if (!(error instanceof SystemError)) throw error
    if (error.code === "EPIPE") throw new ProcessExit(141)
    if (error.code === "EINTR") {
      yield* shell.tick()
      shell.status = 130
    } else {
      yield* shell.complain(`${words[0]}: ${error.code === "EBADF" || error.code === "ENOSPC" ? "write error: " : ""}${error.message}`)
      shell.status = 1
    }
  }
  if (shell.complaint && shell.dialect && shell.status !== 127) {
    const { status, ends } = shell.complaint
    shell.complaint = undefined
    shell.status = status
    if (ends && !shell.interactive) throw new ProcessExit(status)
  }
  return shell.status
}

export function* callFunction(shell: Shell, called: ShellFunction, words: readonly string[]): Steps<number> {
  if (shell.frames.length >= MAX_DEPTH) {
    yield* shell.complain(`${words[0]}: maximum function nesting level exceeded (${MAX_DEPTH})`)
    shell.status = 1
    throw new ProcessExit(1)
  }
  const nesting = Number(shell.variables.get("FUNCNEST") ?? 0)
  if (nesting > 0 && shell.depth >= nesting) throw new ScriptError(`${words[0]}: maximum function nesting level exceeded (${nesting})`)
  const { positional, source, firstLine, loops } = shell
  shell.positional = words.slice(1)
  shell.frames.push({ name: words[0], line: shell.line, file: called.file })
  shell.depth++
  shell.loops = 0
  shell.variables.push()
  try {
    shell.setSource(called.source, called.firstLine)
    const restore = hideTraps(shell, called.traced === true)
    try {
      if (shell.traps.size > 0) yield* shell.debugTrap(words.join(" "))
      let returned: number | undefined
      try {
        yield* shell.command(called.node.body)
      } catch (error) {
        if (!(error instanceof ReturnFrom)) throw error
        returned = error.code
      }
      // To the RETURN trap $? is that of the last command before `return`.
      if (shell.traps.size > 0) yield* runReturnTrap(shell)
      if (returned !== undefined) shell.status = returned
    } finally {
      restore?.()
    }
  } catch (error) {
    if (error instanceof ScriptError) error.prefix ??= shell.prefix
    throw error
  } finally {
    shell.variables.pop()
    shell.depth--
    shell.loops = loops
    shell.positional = positional
    const { options } = shell.frames.at(-1) ?? {}
    if (options) shell.options = options
    shell.frames.pop()
    shell.setSource(source, firstLine)
  }
  return shell.status
}

/** Runs `run` with the descriptors that the redirections make. */
export function* redirected(shell: Shell, redirects: readonly Redirection[], run: () => Steps<number>): Steps<number> {
  if (redirects.length === 0) {
    shell.status = yield* run()
    return shell.status
  }
  const restore = saveDescriptors(shell)
  try {
    shell.status = (yield* applyRedirects(shell, redirects)) ? 1 : yield* run()
  } finally {
    restore()
  }
  return shell.status
}

/** Holds the descriptors as they are; returns how to bring them back. */
const saveDescriptors = (shell: Shell): (() => void) => {
  const { fds } = shell.process
  const saved = new Map(fds)
  for (const file of saved.values()) file.retain()
  shell.keptDescriptors.push(new Set())
  return () => {
    // {name}>file lasts.
    const kept = [...(shell.keptDescriptors.pop() ?? [])].flatMap((fd) => {
      const file = fds.get(fd)
      return file ? [[fd, file] as const] : []
    })
    for (const [fd, file] of fds) if (!kept.some(([one]) => one === fd)) file.release()
    fds.clear()
    for (const [fd, file] of saved) fds.set(fd, file)
    for (const [fd, file] of kept) fds.set(fd, file)
  }
}

/** Runs a program; `node` is the command that called for it, with its redirections. */
export function* external(shell: Shell, words: readonly string[], own: ReadonlyMap<string, string>, node?: Command): Steps<number> {
  if (node && shell.lastNode === node && !awaitsSignals(shell)) yield* become(shell, words, own, node)
  const restore = saveDescriptors(shell)
  const { monitor } = shell.options
  let started: Started
  try {
    if (yield* applyRedirects(shell, node?.redirects ?? [])) {
      shell.status = 1
      return 1
    }
    started = startProgram(shell, words, own)
    const handler = "message" in started && started.code === 127 ? shell.functions.get("command_not_found_handle") : undefined
    if (handler) {
      // In a child, as for any command.
      const child = forkRun(shell, shell.process.fds, monitor ? "new" : undefined, (copy) =>
        callFunction(copy, handler, ["command_not_found_handle", ...words]),
      )
      started = { child }
    }
    if ("message" in started) {
      yield* shell.complain(started.message)
      shell.status = started.code
      return started.code
    }
    if (monitor) takesJobSignals(started.child, shell.traps)
  } finally {
    restore()
  }
  const { child } = started
  const [status] = yield* foreground(
    shell,
    [child],
    monitor ? child.pid : undefined,
    node ? shell.source.slice(node.pos, node.end) : words.join(" "),
  )
  shell.status = status
  shell.lastArgument = words[words.length - 1]
  return status
}

/** A trap is left to run: not one that only ignores. */
const awaitsSignals = (shell: Shell): boolean => {
  for (const command of shell.traps.values()) if (command !== "") return true
  return false
}

/** The shell's process becomes the program, when there is such a program: nothing is left to do for the shell in it. */
function* become(shell: Shell, words: readonly string[], own: ReadonlyMap<string, string>, node: Command): Steps<void> {
  const { process } = shell
  const path = own.has("PATH") ? shell.findCommand(words[0], own.get("PATH")) : shell.lookUp(words[0])
  if (path === undefined || !process.files.exists(path) || process.files.stat(path).type === "directory") return
  if (yield* applyRedirects(shell, node.redirects)) throw new ProcessExit(1)
  const environment = shell.variables.exported()
  exportFunctions(shell, environment)
  for (const [key, value] of own) environment.set(key, value)
  environment.set("_", path)
  try {
    throw new ProcessExit(yield* process.exec(path, words, environment))
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    // A script without #! is for the shell itself to run.
    if (error.code === "ENOEXEC") return
    yield* shell.complain(`${words[0]}: ${error.message}`)
    throw new ProcessExit(126)
  }
}

type Started = { child: Process } | { message: string; code: number }

const startProgram = (shell: Shell, words: readonly string[], own: ReadonlyMap<string, string>): Started => {
  const [name] = words
  const along = own.get("PATH")
  const path = along === undefined ? shell.lookUp(name) : shell.findCommand(name, along)
  if (path === undefined)
    return {
      message: `${name}: ${(along ?? shell.variables.get("PATH") ?? "") === "" ? "No such file or directory" : "command not found"}`,
      code: 127,
    }
  const { process } = shell
  process.charge(FORK)
  const environment = shell.variables.exported()
  exportFunctions(shell, environment)
  for (const [key, value] of own) environment.set(key, value)
  environment.set("_", path)
  const { monitor } = shell.options
  try {
    if (process.files.exists(path) && process.files.stat(path).type === "directory")
      return { message: `${name}: Is a directory`, code: 126 }
    const child = process.spawnFile(path, {
      argv: words,
      env: environment,
      cwd: process.cwd,
      umask: process.umask,
      ...(monitor && { processGroup: "new" as const }),
    })
    return { child }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (error.code === "ENOEXEC") {
      // A script without #! is run by a copy of this shell.
      const child = forkRun(shell, process.fds, monitor ? "new" : undefined, function* (copy) {
        copy.positional = words.slice(1)
        copy.name = copy.errorName = copy.file = path
        copy.from = ""
        return yield* copy.runText(copy.process.files.readText(path))
      })
      return { child }
    }
    if (error.code === "EAGAIN") return { message: "fork: retry: Resource temporarily unavailable", code: 254 }
    if (error.code === "ENOENT" && process.files.exists(path)) {
      const [first = ""] = process.files.readText(path).split("\n", 1)
      if (first.startsWith("#!")) return { message: `${name}: cannot execute: required file not found`, code: 127 }
    }
    return { message: `${name}: ${error.message}`, code: error.code === "ENOENT" ? 127 : 126 }
  }
}
