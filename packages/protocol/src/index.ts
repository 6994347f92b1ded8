/** The wire between browser and lab server. */
export * from "./messages.ts"
