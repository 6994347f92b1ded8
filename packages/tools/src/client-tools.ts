/** The tools that need nothing of a node: every machine has them. */
import type { Program } from "@drydock/machine"
import { ABSENT_PROGRAMS } from "./absent/programs.ts"
import type { Archives } from "./archives.ts"
import { awsProgram } from "./aws/program.ts"
import { kubectxProgram, kubensProgram } from "./contexts/programs.ts"
import { helmProgram } from "./helm/program.ts"
import { kustomizeProgram } from "./kustomize/program.ts"
import { sternProgram } from "./stern/program.ts"

export interface ClientTool {
  readonly name: string
  readonly program: Program
}

export const clientTools = (archives: Archives): readonly ClientTool[] => [
  { name: "helm", program: helmProgram(archives) },
  { name: "kustomize", program: kustomizeProgram },
  { name: "kubectx", program: kubectxProgram },
  { name: "kubens", program: kubensProgram },
  { name: "aws", program: awsProgram },
  { name: "stern", program: sternProgram },
  ...ABSENT_PROGRAMS.map(([name, program]) => ({ name, program })),
]
