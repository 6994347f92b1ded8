/** docker version. */
import { type Command, isDocker } from "../command.ts"

export const version: Command = {
  name: "version",
  *run({ engine, process }) {
    yield* process.print(
      isDocker(engine)
        ? "Client: Docker Engine - Community\n Version:           29.1.3\n API version:       1.52\n Go version:        go1.25.5\n OS/Arch:           linux/amd64\n\nServer: Docker Engine - Community\n Engine:\n  Version:          29.1.3\n  API version:      1.52 (minimum version 1.44)\n  OS/Arch:          linux/amd64\n"
        : "Client:       Podman Engine\nVersion:      4.9.3\nAPI Version:  4.9.3\nOS/Arch:      linux/amd64\n",
    )
    return 0
  },
}
