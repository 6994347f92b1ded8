/** The tools that need nothing of a node: every machine has them. */
import type { Program } from "@drydock/machine"
import type { Archives } from "./archives.ts"
import { helmProgram } from "./helm/program.ts"

export interface ClientTool {
  readonly name: string
  readonly program: Program
}

export const clientTools = (archives: Archives): readonly ClientTool[] => [{ name: "helm", program: helmProgram(archives) }]
