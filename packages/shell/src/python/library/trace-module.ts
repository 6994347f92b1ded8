/** traceback and atexit. */
import { List, PyException, type Task, type Value } from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { exceptionLines, formatException, formatTrace } from "../run/traceback.ts"
import { defineModule } from "./define-module.ts"

const current = (python: Interpreter, values: readonly Value[]): PyException | undefined =>
  values.find((value): value is PyException => value instanceof PyException) ?? python.handling

function* formatted(python: Interpreter, values: readonly Value[]): Task<string> {
  const error = current(python, values)
  return error ? yield* formatException(python, error) : "NoneType: None\n"
}

const lines = (text: string): List => new List(text.match(/[^\n]*\n/g) ?? [])

export const traceback = defineModule({
  name: "traceback",
  functions: {
    format_exc: [
      "*args",
      function* (python) {
        return yield* formatted(python, [])
      },
    ],
    format_exception: [
      undefined,
      function* (python, values) {
        return lines(yield* formatted(python, values))
      },
    ],
    format_exception_only: [
      undefined,
      function* (python, values) {
        const error = current(python, values)
        return new List([error ? yield* exceptionLines(python, error) : "NoneType: None\n"])
      },
    ],
    print_exc: [
      undefined,
      function* (python, values) {
        const text = yield* formatted(python, values)
        yield* python.flush()
        yield* python.process.error(text)
        return null
      },
    ],
    print_exception: [
      undefined,
      function* (python, values) {
        yield* python.process.error(yield* formatted(python, values))
        return null
      },
    ],
    format_tb: [undefined, (python) => lines(formatTrace(python, python.handling?.trace ?? []))],
    print_stack: [undefined, () => null],
    format_stack: [undefined, () => new List([])],
  },
})

export const atexit = defineModule({
  name: "atexit",
  functions: {
    register: [
      undefined,
      (python, [callee, ...args]) => {
        python.exitCallbacks.push({ callee, args })
        return callee
      },
    ],
    unregister: ["func", () => null],
  },
})
