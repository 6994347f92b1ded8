/** Children of a shell: pipelines, subshells, background jobs, substitutions, coprocesses. */
import type { CommandNode, Coproc, ParsedScript, Statement, Subshell } from "unbash"
import { type ExitStatus, type OpenFile, type Process, SIGNALS, type Signal, type Steps, SystemError } from "@drydock/machine"
import { BreakLoop, codeOf, Interrupted, ReturnFrom } from "./control-flow.ts"
import { ExpansionError } from "./expansion-error.ts"
import { applyRedirects } from "./redirect.ts"
import type { Shell } from "./shell.ts"
import { parseScript } from "./syntax.ts"

const MAX_SUBSTITUTION_BYTES = 8 * 1024 * 1024

/** What does not end or stop a shell with job control, and ends or stops its jobs. */
const JOB_SIGNALS = ["SIGINT", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGQUIT", "SIGTERM"] as const

/** What the shell ignores for its own sake its jobs do not; what a trap ignores they do. */
export const takesJobSignals = (process: Process, traps: ReadonlyMap<string, string>): void => {
  for (const signal of JOB_SIGNALS) if (traps.get(signal) !== "") process.onSignal(signal, "default")
}

/** Units of fuel that a new process costs. */
export const FORK = 120

/** Starts a child that is a copy of this shell. */
export const forkRun = (
  parent: Shell,
  fds: ReadonlyMap<number, OpenFile>,
  group: number | "new" | undefined,
  work: (shell: Shell) => Steps<number>,
): Process => {
  // What a fork costs, whatever comes of it.
  parent.process.charge(FORK)
  const environment = parent.variables.exported()
  // The copy is made now, as fork(2) makes it, not when the child first runs.
  const shell = parent.fork(parent.process)
  shell.rootPid = parent.subshell > 0 ? parent.rootPid : parent.process.pid
  return parent.process.spawn(
    function* (process) {
      shell.process = process
      if (group !== undefined) takesJobSignals(process, parent.traps)
      try {
        const status = yield* work(shell)
        yield* shell.runTraps()
        return status
      } catch (error) {
        if (error instanceof ReturnFrom) return error.code
        if (error instanceof BreakLoop) return 0
        if (error instanceof SystemError && error.code === "EPIPE") return 141
        return yield* shell.fatal(error)
      }
    },
    { argv: parent.process.argv, env: environment, fds, ...(group !== undefined && { processGroup: group }) },
  )
}

/** Runs one command as the whole of a child. */
function* inChild(shell: Shell, command: CommandNode): Steps<number> {
  if (command.type === "Command") {
    shell.traps.delete("DEBUG")
    shell.lastNode = command
  }
  yield* shell.command(command)
  yield* shell.runExitTrap()
  return shell.status
}

export function* pipeline(shell: Shell, commands: readonly CommandNode[], operators: readonly string[]): Steps<void> {
  const children: Process[] = []
  let input: OpenFile | undefined
  const { fds } = shell.process
  const inShell = shell.options.lastpipe && !shell.options.monitor
  let group: number | "new" | undefined = shell.options.monitor ? "new" : undefined
  let lastStatus: number | undefined
  for (const [at, command] of commands.entries()) {
    const last = at === commands.length - 1
    if (last && inShell && input) {
      lastStatus = yield* withInput(shell, input, command)
      break
    }
    const pipe = last ? undefined : shell.process.pipe()
    const own = new Map(fds)
    if (input) own.set(0, input)
    if (pipe) {
      own.set(1, pipe.write)
      if (operators[at] === "|&") own.set(2, pipe.write)
    }
    if (command.type === "Command" && shell.traps.size > 0) {
      const { source } = shell
      yield* shell.debugTrap(() => source.slice(command.pos, command.end))
    }
    // Held until both sides exist: an end that nobody holds is closed.
    pipe?.read.retain()
    const child = forkRun(shell, own, group, (copy) => inChild(copy, command))
    if (group === "new") group = child.pid
    input?.release()
    input = pipe?.read
    children.push(child)
  }
  const statuses = yield* foreground(
    shell,
    children,
    group === "new" ? undefined : group,
    shell.source.slice(commands[0].pos, commands[commands.length - 1].end),
  )
  if (lastStatus !== undefined) statuses.push(lastStatus)
  shell.pipeStatus = statuses
  shell.status = shell.options.pipefail ? (statuses.findLast((status) => status !== 0) ?? 0) : (statuses.at(-1) ?? 0)
}

/** lastpipe: the last command of a pipeline, in this shell. */
function* withInput(shell: Shell, input: OpenFile, command: CommandNode): Steps<number> {
  const { fds } = shell.process
  const before = fds.get(0)
  fds.set(0, input)
  try {
    yield* shell.command(command)
  } finally {
    fds.get(0)?.release()
    if (before) fds.set(0, before)
    else fds.delete(0)
  }
  return shell.status
}

export function* subshell(shell: Shell, node: Subshell): Steps<number> {
  const { monitor } = shell.options
  const child = forkRun(shell, shell.process.fds, monitor ? "new" : undefined, function* (copy) {
    yield* copy.list(node.body)
    yield* copy.runExitTrap()
    return copy.status
  })
  const [status] = yield* foreground(shell, [child], monitor ? child.pid : undefined, shell.source.slice(node.pos, node.end))
  shell.status = status
  return status
}

/** Waits for children of one job in the foreground; their exit codes. A stopped job goes to the list, with the number `id` that it had. */
export function* foreground(
  shell: Shell,
  children: readonly { readonly pid: number }[],
  group: number | undefined,
  command: string,
  id?: number,
): Steps<number[]> {
  const { tty } = shell.process
  const takesTerminal = shell.options.monitor && group !== undefined && tty !== undefined
  if (takesTerminal && tty) tty.foregroundGroup = group
  const statuses = new Map<number, number>()
  let stopped: Signal | undefined
  let killed: { signal: Signal; dumped: boolean | undefined } | undefined
  for (const child of children) {
    while (!statuses.has(child.pid) && !stopped) {
      const waited = yield* waitFor(shell, child.pid, shell.options.monitor)
      if (!waited) break
      if (waited.kind === "stopped") stopped = waited.signal
      else if (waited.kind !== "continued") {
        statuses.set(child.pid, codeOf(waited))
        killed = waited.kind === "signaled" && child === children.at(-1) ? { signal: waited.signal, dumped: waited.coreDumped } : undefined
      }
    }
  }
  if (takesTerminal && tty) tty.foregroundGroup = shell.process.processGroup
  if (killed) yield* tellSignal(shell, killed.signal, killed.dumped, { pid: children.at(-1)?.pid ?? 0, command })
  if (stopped) {
    const job = shell.jobs.add(
      { group: group ?? children[0].pid, pids: children.map(({ pid }) => pid), command, state: "Stopped", foreground: false },
      id,
    )
    yield* shell.process.error(`\n${shell.jobs.format(job)}\n`)
    return [128 + SIGNALS[stopped].number]
  }
  return children.map(({ pid }) => statuses.get(pid) ?? 127)
}

/** As notify_of_job_status words it: a shell without a terminal names itself, the line, the process and the command. */
export function* tellSignal(
  shell: Shell,
  signal: Signal,
  dumped: boolean | undefined,
  { pid, command, background = false }: { pid: number; command: string; background?: boolean },
): Steps<void> {
  if (signal === "SIGINT") {
    // A script that the signal was for as well is ended by it; one that is still here goes on.
    if (!shell.interactive) return
    shell.status = 130
    throw new Interrupted()
  }
  if (signal === "SIGPIPE" || shell.substituting) return
  const text = `${SIGNALS[signal].text}${dumped ? " (core dumped)" : ""}`
  if (!shell.interactive && !shell.plainErrors && signal !== "SIGTERM")
    yield* shell.process.error(`${shell.prefix}${String(pid).padStart(5)} ${text.padEnd(24)}${command}\n`)
  else if (!background) yield* shell.process.error(`${text}\n`)
}

/** A trap ran while `wait` waited: it ends with 128 and the signal's number. */
export class WaitInterrupted extends Error {
  readonly status: number
  constructor(signal: Signal) {
    super("wait")
    this.status = 128 + SIGNALS[signal].number
  }
}

/** waitpid that survives handled signals; with `yields` one that has a trap ends it by WaitInterrupted. */
export function* waitFor(shell: Shell, pid: number, untraced: boolean, yields = false): Steps<ExitStatus | undefined> {
  for (;;) {
    try {
      const status = (yield* shell.process.waitFor({ pid, untraced }))?.status
      if (status && status.kind !== "stopped" && status.kind !== "continued") shell.jobs.remember(pid, status)
      return status
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (error.code === "ECHILD") return shell.jobs.endedStatus(pid)
      if (error.code !== "EINTR") throw error
      const trapped = shell.pendingSignals.find((signal) => shell.traps.has(signal))
      yield* shell.runTraps()
      if (yields && trapped) throw new WaitInterrupted(trapped)
    }
  }
}

export function* background(shell: Shell, statement: Statement): Steps<number> {
  const { monitor } = shell.options
  const own = new Map(shell.process.fds)
  const { command } = statement
  const source = shell.source.slice(statement.pos, statement.end).replace(/\s*&\s*$/, "")
  let quiet: number | undefined
  if (!monitor) {
    quiet = yield* shell.process.open("/dev/null", "r")
    own.set(0, shell.process.fds.get(quiet) as OpenFile)
    own.delete(quiet)
  }
  const child = forkRun(shell, own, monitor ? "new" : undefined, function* (copy) {
    if (!monitor) {
      copy.process.onSignal("SIGINT", "ignore")
      copy.process.onSignal("SIGQUIT", "ignore")
    }
    copy.guarded = 0
    copy.lastNode = command
    // ( … ) & is this child itself: signals to $! are for its traps.
    if (command.type === "Subshell") yield* copy.list(command.body)
    else yield* copy.andOr(command)
    yield* copy.runExitTrap()
    return copy.status
  })
  if (quiet !== undefined) shell.process.close(quiet)
  shell.lastBackground = String(child.pid)
  const job = shell.jobs.add({ group: child.pid, pids: [child.pid], command: source, state: "Running", foreground: false })
  if (shell.interactive) yield* shell.process.error(`[${job.id}] ${child.pid}\n`)
  shell.status = 0
  return 0
}

/** `coproc NAME command`: its output in NAME[0], its input in NAME[1], its pid in NAME_PID. */
export function* coprocess(shell: Shell, node: Coproc): Steps<number> {
  const name = node.name?.value ?? "COPROC"
  const { process } = shell
  const [input, output] = [process.pipe(), process.pipe()]
  const own = new Map(process.fds)
  own.set(0, input.read)
  own.set(1, output.write)
  input.write.retain()
  output.read.retain()
  const child = forkRun(shell, own, shell.options.monitor ? "new" : undefined, function* (copy) {
    copy.guarded = 0
    yield* copy.command(node.body)
    return copy.status
  })
  const reads = shell.freeFd()
  process.fds.set(reads, output.read)
  const writes = shell.freeFd()
  process.fds.set(writes, input.write)
  shell.variables.setArray(
    name,
    [
      ["0", String(reads)],
      ["1", String(writes)],
    ],
    false,
  )
  shell.variables.set(`${name}_PID`, String(child.pid))
  shell.lastBackground = String(child.pid)
  const command = shell.source.slice(node.pos, node.end)
  const job = shell.jobs.add({ group: child.pid, pids: [child.pid], command, state: "Running", foreground: false })
  if (shell.interactive) yield* process.error(`[${job.id}] ${child.pid}\n`)
  shell.status = 0
  return 0
}

// Substitutions

/** The file of `$(< file)`. */
const onlyInput = (script: ParsedScript) => {
  const command = script.commands.length === 1 ? script.commands[0].command : undefined
  return command?.type === "Command" && !command.name && command.prefix.length <= 1 && command.redirects.length === 1
    ? command.redirects[0].operator === "<"
      ? command.redirects
      : undefined
    : undefined
}

/** Runs a substitution's script, aliases put in. */
function* runScript(shell: Shell, script: ParsedScript, source: string): Steps<number> {
  shell.source = source
  if (shell.options.expand_aliases && shell.aliases.size > 0 && script.commands.length > 0) {
    const own = source.slice(script.commands[0].pos, script.end)
    const parsed = parseScript(own, shell.aliases)
    if (parsed.source !== own && !parsed.error) {
      shell.source = parsed.source
      for (const statement of parsed.commands) yield* shell.statement(statement)
      return shell.status
    }
  }
  for (const statement of script.commands) yield* shell.statement(statement)
  return shell.status
}

const withoutZeros = (chunk: Uint8Array): Uint8Array => {
  const kept = chunk.slice()
  let count = 0
  for (let at = 0; at < chunk.length; at++) if (chunk[at] !== 0) kept[count++] = chunk[at]
  return kept.subarray(0, count)
}

export function* substitute(shell: Shell, script: ParsedScript | undefined): Steps<string> {
  if (!script) return ""
  const { read, write } = shell.process.pipe()
  const own = new Map(shell.process.fds)
  own.set(1, write)
  const fd = shell.freeFd()
  read.retain()
  const source = script.source ?? shell.source
  const input = onlyInput(script)
  const child = forkRun(shell, own, undefined, function* (copy) {
    copy.level++
    copy.substituting = true
    if (!copy.options.inherit_errexit && !copy.options.posix) copy.options.errexit = false
    if (input) {
      if (yield* applyRedirects(copy, input)) return 1
      yield* copy.process.write(1, yield* copy.process.readAll(0))
      return 0
    }
    yield* runScript(copy, script, source)
    yield* copy.runExitTrap()
    return copy.status
  })
  shell.process.fds.set(fd, read)
  let output = ""
  const decoder = new TextDecoder()
  let zeros = false
  try {
    for (;;) {
      let chunk: Uint8Array
      try {
        chunk = yield* shell.process.read(fd)
      } catch (error) {
        if (!(error instanceof SystemError && error.code === "EINTR")) throw error
        yield* shell.runTraps()
        yield* shell.tick()
        continue
      }
      if (chunk.length === 0) break
      // NUL bytes are dropped as they come: they cost a program nothing.
      if (chunk.includes(0)) {
        zeros = true
        const kept = withoutZeros(chunk)
        if (shell.process.charge(1 + (chunk.length >> 5))) yield* shell.process.yield()
        if (kept.length === 0) continue
        chunk = kept
      }
      output += decoder.decode(chunk, { stream: true })
      if (output.length > MAX_SUBSTITUTION_BYTES) throw new ExpansionError("command substitution: cannot allocate memory", true)
    }
  } finally {
    shell.process.close(fd)
  }
  const status = yield* waitFor(shell, child.pid, false)
  shell.status = status ? codeOf(status) : 0
  shell.substitutionStatus = shell.status
  if (zeros) {
    yield* shell.complain("warning: command substitution: ignored null byte in input")
  }
  let end = output.length
  while (end > 0 && output.charCodeAt(end - 1) === 10) end--
  return output.slice(0, end)
}

export function* processSubstitution(shell: Shell, operator: "<" | ">", script: ParsedScript | undefined): Steps<string> {
  const { read, write } = shell.process.pipe()
  const fd = shell.freeFd()
  const own = new Map(shell.process.fds)
  const [mine, theirs] = operator === "<" ? [read, write] : [write, read]
  own.set(operator === "<" ? 1 : 0, theirs)
  mine.retain()
  const source = script?.source ?? shell.source
  forkRun(shell, own, undefined, function* (copy) {
    if (script) yield* runScript(copy, script, source)
    return copy.status
  })
  shell.process.fds.set(fd, mine)
  shell.substituted.push(fd)
  yield* shell.tick()
  return `/dev/fd/${fd}`
}
