/** A program's text to code that runs in a module's frame. */
import type { Dict, Task, Value } from "../objects/values.ts"
import { raised } from "../objects/raise.ts"
import { Frame } from "../run/frame.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { parseExpression, parseProgram } from "../syntax/parse.ts"
import type { Statement } from "../syntax/nodes.ts"
import { expressionCode } from "./expressions.ts"
import { bindBody, Scope } from "./scope.ts"
import { blockStep } from "./statements.ts"

const COMPILERS = { expression: expressionCode, block: blockStep }

export interface Program {
  /** Gives the value of its last expression statement. */
  run(python: Interpreter, globals: Dict, names?: Dict): Task
}

/** UTF-16 units; what is compiled takes some hundred times as much. */
const LONGEST = 300_000

const readable = (text: string): string => {
  if (text.length > LONGEST) throw raised("MemoryError")
  return text
}

const programOf = (statements: readonly Statement[], fileName: string): Program => {
  const scope = new Scope("module", COMPILERS, "<module>")
  bindBody(scope, statements)
  const block = blockStep(statements, scope)
  return {
    *run(python, globals, names) {
      const frame = new Frame(python, { globals, names: names ?? globals, fileName, name: "<module>" })
      try {
        yield* block.run(frame)
      } catch (error) {
        throw python.caught(error, frame)
      }
      return frame.result
    },
  }
}

/** Throws PythonSyntaxError, MemoryError. */
export const compileProgram = (text: string, fileName: string): Program => programOf(parseProgram(readable(text)), fileName)

/** One statement of a prompt, whether it is an expression whose value is shown. */
export const compileInteractive = (text: string, fileName: string): { program: Program; shows: boolean } => {
  const statements = parseProgram(text)
  return { program: programOf(statements, fileName), shows: statements.length === 1 && statements[0].kind === "expression" }
}

/** Of eval(). Throws PythonSyntaxError. */
export const compileEvaluation = (text: string, fileName: string): Program => {
  const code = expressionCode(parseExpression(readable(text)), new Scope("module", COMPILERS, "<module>"))
  return {
    *run(python, globals, names): Task<Value> {
      const frame = new Frame(python, { globals, names: names ?? globals, fileName, name: "<module>" })
      try {
        return yield* code.run(frame)
      } catch (error) {
        throw python.caught(error, frame)
      }
    },
  }
}
