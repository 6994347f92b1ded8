/** How modules of the library are written down: what they hold natively, and the rest in Python. */
import { functions, type MethodTable } from "../objects/define.ts"
import type { Module, Value } from "../objects/values.ts"
import type { LibraryModule } from "../run/importing.ts"
import type { Interpreter } from "../run/interpreter.ts"

interface ModuleOptions {
  readonly name: string
  readonly functions?: MethodTable
  /** Values that depend on the interpreter. */
  readonly values?: (python: Interpreter) => Readonly<Record<string, Value>>
  /** Python that runs in the module, which has the natives already. */
  readonly source?: string
  readonly prepare?: (python: Interpreter, module: Module) => void
}

export const defineModule = (options: ModuleOptions): LibraryModule => ({
  name: options.name,
  ...(options.source !== undefined && { source: options.source }),
  make(python, module) {
    const { map } = module.attrs
    for (const [name, value] of functions(options.functions ?? {})) map.set(name, value)
    for (const [name, value] of Object.entries(options.values?.(python) ?? {})) map.set(name, value)
    options.prepare?.(python, module)
  },
})
