/** All kinds, and what a kind is. */
export * from "./define-kind.ts"
