/** python3: its command line, and a program from its first line to its exit code. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { installBuiltins } from "./builtins/install.ts"
import { compileProgram } from "./compile/program.ts"
import { LIBRARY } from "./library/index.ts"
import { mainModule, runBody } from "./run-body.ts"
import { runModuleByName } from "./run-module.ts"
import { TextFile } from "./objects/files.ts"
import { List, Module, type Task } from "./objects/values.ts"
import { importModule } from "./run/importing.ts"
import { Interpreter } from "./run/interpreter.ts"
import type { Release } from "./run/release.ts"
import { syntaxException } from "./run/syntax-exception.ts"
import { runPrompt } from "./prompt.ts"
import { PythonSyntaxError } from "./syntax/syntax-error.ts"

interface CommandLine {
  readonly kind: "command" | "module" | "file" | "input" | "prompt" | "version" | "help"
  readonly text: string
  readonly args: readonly string[]
  readonly unbuffered: boolean
  readonly stays: boolean
}

const USAGE = "usage: python3 [option] ... [-c cmd | -m mod | file | -] [arg] ...\n"

/** Throws a text: what is wrong with it. */
const parseCommandLine = (args: readonly string[], terminal: boolean): CommandLine => {
  let unbuffered = false
  let stays = false
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    const rest = (from: number) => args.slice(from)
    if (word === "-") return { kind: "input", text: "-", args: rest(at + 1), unbuffered, stays }
    if (word === "--version") return { kind: "version", text: "", args: [], unbuffered, stays }
    if (word === "--help") return { kind: "help", text: "", args: [], unbuffered, stays }
    if (!word.startsWith("-")) return { kind: "file", text: word, args: rest(at + 1), unbuffered, stays }
    for (let letter = 1; letter < word.length; letter++) {
      const option = word[letter]
      if (option === "c" || option === "m") {
        const attached = word.slice(letter + 1)
        const text = attached === "" ? args[at + 1] : attached
        if (text === undefined) throw `Argument expected for the -${option} option\n${USAGE}Try \`python -h' for more information.\n`
        return { kind: option === "c" ? "command" : "module", text, args: rest(attached === "" ? at + 2 : at + 1), unbuffered, stays }
      }
      if (option === "V") return { kind: "version", text: "", args: [], unbuffered, stays }
      if (option === "h" || option === "?") return { kind: "help", text: "", args: [], unbuffered, stays }
      if (option === "u") unbuffered = true
      else if (option === "i") stays = true
      else if (option === "W" || option === "X") {
        if (letter === word.length - 1) at++
        break
      } else if (!"bBdEIOPqRsSvx".includes(option)) throw `Unknown option: -${option}\n${USAGE}Try \`python -h' for more information.\n`
    }
  }
  return { kind: terminal ? "prompt" : "input", text: "", args: [], unbuffered, stays }
}

function* runText(python: Interpreter, text: string, fileName: string, file?: string): Task<void> {
  const main = mainModule(python, file)
  try {
    yield* compileProgram(text, fileName).run(python, main.attrs)
  } catch (error) {
    if (error instanceof PythonSyntaxError) throw syntaxException(error, fileName, text)
    throw error
  }
}

/** A new interpreter with its streams, as Py_Initialize leaves it. */
export const openInterpreter = (process: Process, release: Release, unbuffered: boolean): Interpreter => {
  const python = new Interpreter(process, release, LIBRARY)
  python.load = (name) => importModule(python, name)
  installBuiltins(python)
  const builtins = new Module("builtins", python.builtins)
  python.modules.set("builtins", builtins)
  const terminal = (fd: number) => process.fds.get(fd)?.kind === "tty"
  const early = unbuffered || (process.env.get("PYTHONUNBUFFERED") ?? "") !== ""
  python.stdin = new TextFile(process, 0, "<stdin>", "r")
  python.stdout = new TextFile(process, 1, "<stdout>", "w", early ? "none" : terminal(1) ? "line" : "full")
  python.stderr = new TextFile(process, 2, "<stderr>", "w", early ? "none" : "line")
  process.onSignal("SIGINT", (signal) => python.signalled(signal))
  process.onSignal("SIGPIPE", "ignore")
  return python
}

function* atExit(python: Interpreter): Task<void> {
  for (let next = python.exitCallbacks.pop(); next; next = python.exitCallbacks.pop()) yield* python.call(next.callee, next.args)
}

/** The whole of a run, once it is known what to run; the exit code. */
function* runProgram(python: Interpreter, line: CommandLine, called: string): Task {
  const { process } = python
  const files = process.files
  let code: number
  switch (line.kind) {
    case "command":
      python.argv.items = ["-c", ...line.args]
      python.path.items.unshift("")
      if (python.release.minor >= 13) python.sources.set("<string>", line.text.split("\n"))
      code = yield* runBody(python, () => runText(python, line.text, "<string>"))
      break
    case "module":
      python.argv.items = [line.text, ...line.args]
      python.path.items.unshift(process.cwd)
      code = yield* runModuleByName(python, line.text, called)
      break
    case "file": {
      const absolute = line.text.startsWith("/") ? line.text : `${process.cwd.replace(/\/$/, "")}/${line.text}`
      let text: string
      try {
        if (files.stat(line.text).type === "directory") {
          yield* process.error(`${called}: can't find '__main__' module in '${absolute}'\n`)
          return 1
        }
        text = new TextDecoder().decode(files.readBytes(line.text))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        const number = error.code === "EACCES" ? 13 : 2
        yield* process.error(`${called}: can't open file '${absolute}': [Errno ${number}] ${error.message}\n`)
        return 2
      }
      python.argv.items = [line.text, ...line.args]
      python.path.items.unshift(absolute.slice(0, absolute.lastIndexOf("/")) || "/")
      python.sources.set(line.text, text.split("\n"))
      code = yield* runBody(python, () => runText(python, text, line.text, absolute))
      break
    }
    default: {
      python.argv.items = [line.text, ...line.args]
      python.path.items.unshift("")
      const text = new TextDecoder().decode(yield* process.readAll(0))
      code = yield* runBody(python, () => runText(python, text, "<stdin>"))
    }
  }
  if (line.stays && process.tty) return yield* runPrompt(python, (python.modules.get("__main__") as Module).attrs)
  return code
}

/** Ends the interpreter: callbacks, then what the streams still hold. */
function* finish(python: Interpreter, code: number): Task {
  const ended = yield* runBody(python, () => atExit(python))
  try {
    yield* python.flush()
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (error.code === "EPIPE")
      yield* quietly(
        python,
        "Exception ignored in: <_io.TextIOWrapper name='<stdout>' mode='w' encoding='utf-8'>\nBrokenPipeError: [Errno 32] Broken pipe\n",
      )
    return 120
  }
  return code === 0 ? ended : code
}

function* quietly(python: Interpreter, text: string): Task<void> {
  try {
    yield* python.process.error(text)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}

/** Runs one command line of a Python. */
export function* runPython(process: Process, release: Release): Steps<number> {
  const [called, ...args] = process.argv
  const name = called.includes("/") ? called : release.executable.replace(/[^/]*$/, "") + called
  let line: CommandLine
  try {
    line = parseCommandLine(args, process.fds.get(0)?.kind === "tty")
  } catch (error) {
    if (typeof error !== "string") throw error
    yield* process.error(error.replace(/^usage: python3/m, `usage: ${called}`))
    return 2
  }
  if (line.kind === "version") {
    yield* process.print(`Python ${release.version}\n`)
    return 0
  }
  if (line.kind === "help") {
    yield* process.print(USAGE)
    return 0
  }
  const python = openInterpreter(process, release, line.unbuffered)
  const { library } = release
  python.path = new List([library.replace(/python(\d)\.(\d+)$/, "python$1$2.zip"), library, `${library}/lib-dynload`])
  const base = process.env.get("PYTHONPATH")
  if (base !== undefined && base !== "") python.path.items.unshift(...base.split(":"))
  const whole = function* (): Task {
    yield* importModule(python, "sys")
    const code =
      line.kind === "prompt"
        ? yield* runPrompt(python, mainModule(python).attrs)
        : yield* runProgram(python, line, line.kind === "file" || line.kind === "module" ? name : called)
    return yield* finish(python, Number(code))
  }
  const code = Number(yield* python.driver.run(whole()))
  if (code === 130 && python.interrupted) {
    // An interrupt that nobody caught ends it as the signal would have, for the shell to see.
    process.onSignal("SIGINT", "default")
    process.kill(process.pid, "SIGINT")
    yield* process.yield()
  }
  return code & 255
}
