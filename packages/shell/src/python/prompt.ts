/** The prompt: statements typed one after another, their values shown. */
import { compileInteractive } from "./compile/program.ts"
import type { Dict, Task } from "./objects/values.ts"
import { PyException } from "./objects/values.ts"
import type { Interpreter } from "./run/interpreter.ts"
import { syntaxException } from "./run/syntax-exception.ts"
import { formatException } from "./run/traceback.ts"
import { exitCode } from "./library/sys.ts"
import { PythonSyntaxError } from "./syntax/syntax-error.ts"

/** Whether more lines belong to what was typed. */
const incomplete = (text: string): boolean => {
  const lines = text.split("\n")
  const last = lines[lines.length - 1]
  try {
    compileInteractive(`${text}\n`, "<stdin>")
  } catch (error) {
    if (!(error instanceof PythonSyntaxError)) throw error
    return error.incomplete && last.trim() !== ""
  }
  // A block ends with an empty line.
  const opens = lines.length > 1 || /:\s*(?:#.*)?$/.test(lines[0]) || /^@/.test(lines[0])
  return opens && last.trim() !== "" && /^(?:if|for|while|def|class|try|with|async|match|@)/.test(lines[0].trimStart())
}

function* evaluate(python: Interpreter, globals: Dict, text: string): Task<number | undefined> {
  try {
    let shown: ReturnType<typeof compileInteractive>
    try {
      shown = compileInteractive(text, "<stdin>")
    } catch (error) {
      if (error instanceof PythonSyntaxError) throw syntaxException(error, "<stdin>", text)
      throw error
    }
    const value = yield* shown.program.run(python, globals)
    if (shown.shows && value !== null) {
      globals.map.set("_", value)
      yield* python.stdout?.write(python, `${yield* python.repr(value)}\n`) ?? none()
    }
  } catch (error) {
    if (!(error instanceof PyException)) throw error
    if (error.cls.name === "SystemExit") {
      const { code, message } = exitCode(error)
      if (message !== undefined) yield* python.process.error(`${yield* python.str(message)}\n`)
      return code
    }
    yield* python.flush()
    yield* python.process.error(`${error.cls.name === "KeyboardInterrupt" ? "\n" : ""}${yield* formatException(python, error)}`)
  }
  return undefined
}

function* none(): Task<void> {}

/** Reads and evaluates until exit() or the end of the input; the exit code. */
export function* runPrompt(python: Interpreter, globals: Dict): Task<number> {
  const { process, release } = python
  yield* process.print(
    `Python ${release.version} ${release.build} on linux\nType "help", "copyright", "credits" or "license" for more information.\n`,
  )
  let typed = ""
  for (;;) {
    yield* python.flush()
    yield* process.print(typed === "" ? ">>> " : "... ")
    let line: string | undefined
    try {
      line = yield* python.system(() => process.readLine(0))
    } catch (error) {
      if (!(error instanceof PyException) || error.cls.name !== "KeyboardInterrupt") throw error
      yield* process.print("\nKeyboardInterrupt\n")
      typed = ""
      continue
    }
    if (line === undefined) {
      yield* process.print("\n")
      return 0
    }
    typed = typed === "" ? line : `${typed}\n${line}`
    if (typed.trim() === "") {
      typed = ""
      continue
    }
    if (incomplete(typed)) continue
    const code = yield* evaluate(python, globals, typed)
    typed = ""
    if (code !== undefined) return code
  }
}
