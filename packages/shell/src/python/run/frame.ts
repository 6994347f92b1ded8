/** One activation of a function, class body, comprehension or module: its names, and where it has got to. */
import type { Dict, PyFunction, Value } from "../objects/values.ts"
import type { Span } from "../syntax/nodes.ts"
import type { Interpreter } from "./interpreter.ts"

export const NOWHERE: Span = { line: 1, column: 0, endLine: 1, endColumn: 0 }

export class Frame {
  readonly python: Interpreter
  /** Of the scope that encloses it in the text. */
  readonly parent: Frame | undefined
  readonly globals: Dict
  readonly slots: (Value | undefined)[]
  /** Names of a class body or module; undefined in functions. */
  readonly names: Dict | undefined
  readonly fileName: string
  /** In tracebacks: "<module>" or the function's. */
  readonly name: string
  /** The frame that stands in tracebacks for it: comprehensions are part of what they stand in. */
  readonly home: Frame
  /** What is being computed. */
  at: Span = NOWHERE
  result: Value = null
  callee: PyFunction | undefined

  constructor(
    python: Interpreter,
    options: {
      parent?: Frame | undefined
      globals: Dict
      slots?: number
      names?: Dict | undefined
      fileName: string
      name: string
      inline?: boolean
    },
  ) {
    this.python = python
    this.parent = options.parent
    this.globals = options.globals
    this.slots = options.slots ? new Array<Value | undefined>(options.slots).fill(undefined) : []
    this.names = options.names
    this.fileName = options.fileName
    this.name = options.name
    this.home = options.inline && options.parent ? options.parent.home : this
  }
}
