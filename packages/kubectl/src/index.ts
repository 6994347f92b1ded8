/** kubectl: one file a family of subcommands, a program of a machine. */
export { bashScript as bashCompletion } from "./completion/bash-script.ts"
export { kubectlProgram } from "./program.ts"
export { subcommands } from "./subcommands/index.ts"
export { packTar, type TarEntry, unpackTar } from "./tar.ts"
