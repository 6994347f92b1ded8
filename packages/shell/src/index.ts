/** bash, text tools: programs of a machine. */
export type { CommandHook, CommandSource, InteractiveHooks } from "./bash/interactive.ts"
export { bashProgram, commandSession, interactiveBash } from "./bash/main.ts"
export * from "./define-tool.ts"
export { shellEntries, toolEntries } from "./install.ts"
export { shellTools } from "./tools/index.ts"
export { sshdProgram } from "./tools/ssh.ts"
export { serviceTools } from "./tools/systemd-tools.ts"
export { gunzip, gzip } from "./text/deflate.ts"
