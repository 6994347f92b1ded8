/** How a bash begins: its first variables, its start-up files, and how its end becomes an exit code. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { builtins } from "./builtins/index.ts"
import type { Builtin } from "./define-builtin.ts"
import type { Dialect } from "./dialects/dialect.ts"
import { BreakLoop, ReturnFrom } from "./control-flow.ts"
import { importEnvironment } from "./environment.ts"
import { Shell } from "./shell.ts"

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const fewer = new Map<Dialect, ReadonlyMap<string, Builtin>>()

/** The builtins that a dialect has, one table for all its shells. */
const builtinsOf = (dialect: Dialect): ReadonlyMap<string, Builtin> => {
  let own = fewer.get(dialect)
  if (!own) {
    own = new Map([...builtins].filter(([name]) => !dialect.lacks.has(name)))
    fewer.set(dialect, own)
  }
  return own
}

/** A shell with bash's first variables, or with the few of a dialect. */
export const makeShell = (process: Process, name: string, dialect?: Dialect): Shell => {
  const shell = new Shell({
    process,
    name,
    builtins: dialect ? builtinsOf(dialect) : builtins,
    interactive: false,
    ...(dialect && { dialect }),
  })
  const { variables } = shell
  importEnvironment(shell)
  variables.set("IFS", " \t\n")
  const led = process.env.get("PWD")
  if (led?.startsWith("/") && process.files.exists(led) && process.files.realpath(led) === process.cwd) shell.directory = led
  variables.set("PWD", shell.directory)
  variables.declare("PWD", false).exported = true
  if (dialect) variables.set("OPTIND", "1")
  else {
    Object.assign(variables.declare("OPTIND", false), { value: "1", integer: true })
    variables.set("OPTERR", "1")
  }
  variables.set("PS4", "+ ")
  if (variables.get("PATH") === undefined) variables.set("PATH", DEFAULT_PATH)
  shell.rootPid = process.pid
  const own = variables.declare("PPID", false)
  Object.assign(own, { value: String(process.ppid), readonly: dialect === undefined, integer: dialect === undefined })
  if (dialect) shell.options.braceexpand = false
  else bashVariables(shell)
  return shell
}

const bashVariables = (shell: Shell): void => {
  const { process, variables } = shell
  // Until a command ran: what the shell was started as.
  shell.lastArgument = variables.get("_") ?? shell.name
  variables.set("BASH_VERSION", "5.2.21(1)-release")
  variables.set("BASH", "/usr/bin/bash")
  variables.set("HOSTNAME", process.hostname)
  variables.set("OSTYPE", "linux-gnu")
  variables.set("HOSTTYPE", "x86_64")
  variables.set("MACHTYPE", "x86_64-pc-linux-gnu")
  Object.assign(variables.declare("SHELLOPTS", false), { value: "", readonly: true })
  Object.assign(variables.declare("BASHOPTS", false), { value: "", readonly: true })
  for (const [name, value] of [
    ["UID", process.credentials.uid],
    ["EUID", process.credentials.uid],
  ] as const)
    Object.assign(variables.declare(name, false), { value: String(value), readonly: true, integer: true, exported: false })
  const level = variables.declare("SHLVL", false)
  level.value = String((Number.parseInt(level.value ?? "0", 10) || 0) + 1)
  level.exported = true
}

/** Runs `work`, and turns what ends a shell into its exit code. */
export function* toEnd(shell: Shell, work: () => Steps<number>): Steps<number> {
  try {
    const status = yield* work()
    yield* shell.runTraps()
    shell.status = status
    yield* shell.runExitTrap()
    return shell.status
  } catch (error) {
    if (error instanceof ReturnFrom) return error.code
    if (error instanceof BreakLoop) return 0
    if (error instanceof SystemError && error.code === "EPIPE") return 141
    return yield* shell.fatal(error)
  }
}
