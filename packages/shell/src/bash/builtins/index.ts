/** Every builtin. */
import type { Builtin } from "../define-builtin.ts"
import { bind } from "./bind.ts"
import { completions } from "./completion.ts"
import { control } from "./control.ts"
import { declarations } from "./declare.ts"
import { directories } from "./directories.ts"
import { historyBuiltins } from "./history.ts"
import { jobControl } from "./jobs.ts"
import { kill } from "./kill.ts"
import { limits } from "./limits.ts"
import { names } from "./names.ts"
import { options } from "./options.ts"
import { output } from "./output.ts"
import { reading } from "./read.ts"

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [
    bind,
    ...completions,
    ...control,
    ...declarations,
    ...directories,
    ...historyBuiltins,
    ...jobControl,
    ...kill,
    ...limits,
    ...names,
    ...options,
    ...output,
    ...reading,
  ].map((builtin) => [builtin.name, builtin]),
)
