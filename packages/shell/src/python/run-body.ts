/** The main module, and how a program ends that runs in it. */
import { exitCode } from "./library/sys.ts"
import { Module, PyException, type Task } from "./objects/values.ts"
import type { Interpreter } from "./run/interpreter.ts"
import { formatException } from "./run/traceback.ts"

/** What happens when a program ends by an exception: its exit code. */
function* told(python: Interpreter, error: PyException): Task<number> {
  const { process } = python
  if (error.cls.mro.some(({ name }) => name === "SystemExit")) {
    const { code, message } = exitCode(error)
    if (message !== undefined) {
      const text = yield* python.str(message)
      yield* python.flush()
      yield* process.error(`${text}\n`)
    }
    return code
  }
  if (error.cls.name === "MemoryError") {
    try {
      yield* python.overflow()
    } catch (again) {
      if (!(again instanceof PyException)) throw again
    }
  }
  const text = yield* formatException(python, error)
  yield* python.flush()
  yield* process.error(text)
  if (error.cls.name !== "KeyboardInterrupt") return 1
  python.interrupted = true
  return 130
}

/** Runs a program's body; its exit code. */
export function* runBody(python: Interpreter, body: () => Task<void>): Task<number> {
  try {
    yield* body()
    return 0
  } catch (error) {
    if (error instanceof PyException) return yield* told(python, error)
    throw error
  }
}

/** The main module, with what is in it before its first line. */
export const mainModule = (python: Interpreter, fileName?: string): Module => {
  const main = new Module("__main__")
  const { map } = main.attrs
  map
    .set("__name__", "__main__")
    .set("__doc__", null)
    .set("__package__", null)
    .set("__builtins__", python.modules.get("builtins") ?? null)
  if (fileName !== undefined) map.set("__file__", fileName)
  python.modules.set("__main__", main)
  return main
}
