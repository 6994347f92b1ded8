/** What ends a helm command: printed behind "Error: ". */
export class HelmError extends Error {}

/** The message of anything thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
