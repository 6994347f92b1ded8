/** bash, text tools: programs of a machine. */
export { bashProgram, type CommandHook, type CommandSource, commandSession } from "./bash/main.ts"
export * from "./define-tool.ts"
export { shellEntries, toolEntries } from "./install.ts"
export { shellTools } from "./tools/index.ts"
export { serviceTools, sshdProgram } from "./tools/system-tools.ts"
