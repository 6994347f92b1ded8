/** python3 -m: modules that are programs. */
import type { Task } from "./objects/values.ts"
import type { Interpreter } from "./run/interpreter.ts"
import { jsonTool } from "./library/json-tool.ts"
import { compileProgram } from "./compile/program.ts"
import { mainModule, runBody } from "./run-body.ts"
import { importModule } from "./run/importing.ts"
import { syntaxException } from "./run/syntax-exception.ts"
import { PythonSyntaxError } from "./syntax/syntax-error.ts"

/** Runs a module as the main one; the exit code. */
export function* runModuleByName(python: Interpreter, name: string, called: string): Task<number> {
  const { files, cwd } = python.process
  if (name === "json.tool" || name === "json") return yield* jsonTool(python, python.argv.items.slice(1).map(String))
  const path = [`${cwd}/${name.replaceAll(".", "/")}.py`, `${cwd}/${name.replaceAll(".", "/")}/__main__.py`].find((one) =>
    files.exists(one),
  )
  if (path !== undefined) {
    const text = files.readText(path)
    python.argv.items[0] = path
    return yield* runBody(python, function* () {
      try {
        yield* compileProgram(text, path).run(python, mainModule(python, path).attrs)
      } catch (error) {
        if (error instanceof PythonSyntaxError) throw syntaxException(error, path, text)
        throw error
      }
    })
  }
  const found = python.library.get(name)
  if (!found) {
    yield* python.process.error(`${called}: No module named ${name}\n`)
    return 1
  }
  return yield* runBody(python, function* () {
    mainModule(python)
    const module = yield* importModule(python, name)
    const main = module.attrs.map.get("_main")
    if (main !== undefined) yield* python.call(main, [])
  })
}
