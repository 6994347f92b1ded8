/** All modules of the library, by name. */
import type { LibraryModule } from "../run/importing.ts"
import { json } from "./json.ts"
import { os } from "./os.ts"
import { posixpath } from "./posixpath.ts"
import { sys } from "./sys.ts"

const MODULES: readonly LibraryModule[] = [json, os, posixpath, sys]

export const LIBRARY: ReadonlyMap<string, LibraryModule> = new Map(MODULES.map((module) => [module.name, module]))
