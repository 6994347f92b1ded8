/** kubectl: one file a family of subcommands, a program of a machine. */
export { kubectlProgram } from "./program.ts"
export { subcommands } from "./subcommands/index.ts"
