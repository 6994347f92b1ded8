/** Finding modules: those of the library, then files beside the program. */
import { SystemError } from "@drydock/machine"
import { compileProgram, type Program } from "../compile/program.ts"
import { raised } from "../objects/raise.ts"
import { Dict, List, Module, type Task } from "../objects/values.ts"
import { PythonSyntaxError } from "../syntax/syntax-error.ts"
import type { Interpreter } from "./interpreter.ts"
import { syntaxException } from "./syntax-exception.ts"

/** A module of the library: native parts by `make`, the rest in Python. */
export interface LibraryModule {
  readonly name: string
  /** Fills the module before `source` runs in it. */
  readonly make?: (python: Interpreter, module: Module) => void
  readonly source?: string
}

const missing = (name: string, inside?: string) => {
  const error = raised(
    "ModuleNotFoundError",
    inside === undefined ? `No module named '${name}'` : `No module named '${name}'; '${inside}' is not a package`,
  )
  error.attrs?.map.set("name", name)
  return error
}

/** Compiled once for all interpreters. */
const compiled = new WeakMap<LibraryModule, Program>()

function* runSource(python: Interpreter, module: Module, text: string, fileName: string, of?: LibraryModule): Task<void> {
  try {
    const program = (of && compiled.get(of)) ?? compileProgram(text, fileName)
    if (of) compiled.set(of, program)
    yield* python.runModule(program, module.attrs)
  } catch (error) {
    python.modules.delete(module.name)
    if (error instanceof PythonSyntaxError) throw syntaxException(error, fileName, text)
    throw error
  }
}

function* fromLibrary(python: Interpreter, found: LibraryModule): Task<Module> {
  const module = new Module(found.name)
  const { map } = module.attrs
  map.set("__name__", found.name).set("__package__", found.name.split(".").slice(0, -1).join("."))
  python.modules.set(found.name, module)
  const fileName = `${python.release.library}/${found.name.replaceAll(".", "/")}.py`
  if (found.source !== undefined) map.set("__file__", fileName)
  found.make?.(python, module)
  if (found.source !== undefined) yield* runSource(python, module, found.source, fileName, found)
  return module
}

const textAt = (python: Interpreter, path: string): string | undefined => {
  try {
    return python.process.files.readText(path)
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

function* fromFiles(python: Interpreter, name: string, places: readonly string[]): Task<Module | undefined> {
  const { files } = python.process
  const last = name.slice(name.lastIndexOf(".") + 1)
  for (const place of places) {
    const base = `${place === "" ? python.process.cwd : place}/${last}`
    const packaged = files.exists(`${base}/__init__.py`)
    const path = packaged ? `${base}/__init__.py` : `${base}.py`
    const text =
      packaged || files.exists(path) ? textAt(python, path) : files.exists(base) && files.stat(base).type === "directory" ? "" : undefined
    if (text === undefined) continue
    const module = new Module(name)
    const directory = packaged || !files.exists(path)
    module.attrs.map
      .set("__name__", name)
      .set("__file__", path)
      .set("__package__", directory ? name : name.split(".").slice(0, -1).join("."))
    module.attrs.map.set("__builtins__", new Dict())
    if (directory) module.attrs.map.set("__path__", new List([base]))
    python.modules.set(name, module)
    yield* runSource(python, module, text, path)
    return module
  }
  return undefined
}

/** The module of a dotted name, imported when it is not yet. Throws ModuleNotFoundError. */
export function* importModule(python: Interpreter, name: string): Task<Module> {
  const known = python.modules.get(name)
  if (known) return known
  const dot = name.lastIndexOf(".")
  const parent = dot < 0 ? undefined : yield* importModule(python, name.slice(0, dot))
  const held = parent?.attrs.map.get(name.slice(dot + 1))
  if (held instanceof Module) return held
  const found = python.library.get(name)
  let module: Module | undefined
  if (found) module = yield* fromLibrary(python, found)
  else {
    const path = parent?.attrs.map.get("__path__")
    if (parent && !(path instanceof List)) throw missing(name, parent.name)
    const places = path instanceof List ? path.items : python.path.items
    module = yield* fromFiles(
      python,
      name,
      places.filter((place): place is string => typeof place === "string"),
    )
  }
  if (!module) throw missing(name)
  if (parent) parent.attrs.map.set(name.slice(dot + 1), module)
  return module
}
