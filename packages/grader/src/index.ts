/** Checks over a world: cel, script, http, history, quiz. */
export type * from "./contract.ts"
