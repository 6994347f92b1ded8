/** bash, text tools, editors, pagers: programs of a machine. */
export * from "./define-tool.ts"
