/** Errors as a person at a terminal wants them. */

/** Something the person who started Drydock can put right: shown without a stack. */
export class Refusal extends Error {}

export const explain = (error: unknown): string => {
  if (error instanceof Refusal) return error.message
  const { code, path } = error as NodeJS.ErrnoException
  if ((code === "EACCES" || code === "EPERM") && path)
    return `This user may not use ${path}. If Drydock was started as another user before, give its directory to this one: chown -R`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
