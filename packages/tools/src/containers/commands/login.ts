/** docker login: nobody here has an account there. */
import type { Command } from "../command.ts"

export const login: Command = {
  name: "login",
  *run({ process }) {
    yield* process.error(
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password\n',
    )
    return 1
  },
}
