/** Every builtin. */
import type { Builtin } from "../define-builtin.ts"
import { control } from "./control.ts"
import { directories } from "./directories.ts"
import { jobControl } from "./jobs.ts"
import { output } from "./output.ts"
import { variableBuiltins } from "./variables.ts"

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [...control, ...directories, ...jobControl, ...output, ...variableBuiltins].map((builtin) => [builtin.name, builtin]),
)
