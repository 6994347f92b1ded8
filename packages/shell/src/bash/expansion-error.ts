/** An expansion that ends a command: unbound variables, bad substitutions. */
export class ExpansionError extends Error {}
