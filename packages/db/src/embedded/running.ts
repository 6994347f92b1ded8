/** The address of an embedded server that runs already, for whoever looks into its data from beside it (tests do). */
import { placeFor } from "./binaries.ts"
import { passwordIn, postmasterOf, USER } from "./data-directory.ts"

/** @param directory as it was given to startEmbedded; undefined when none runs there */
export const addressOfRunning = (directory: string, name: string): string | undefined => {
  const home = placeFor(directory)
  const server = postmasterOf(home)
  return server && `postgres://${USER}:${encodeURIComponent(passwordIn(home))}@127.0.0.1:${server.port}/${name}`
}
