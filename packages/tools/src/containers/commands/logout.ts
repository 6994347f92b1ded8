/** docker logout. */
import type { Command } from "../command.ts"

export const logout: Command = {
  name: "logout",
  *run({ process }) {
    yield* process.print("Removing login credentials for https://index.docker.io/v1/\n")
    return 0
  },
}
