/** docker info. */
import type { Command } from "../command.ts"

export const info: Command = {
  name: "info",
  *run({ engine, process }) {
    const running = engine.containers.filter((one) => engine.status(one)?.state === "running").length
    yield* process.print(
      `Client:\n Version:    29.1.3\n Context:    default\n\nServer:\n Containers: ${engine.containers.length}\n  Running: ${running}\n  Paused: 0\n  Stopped: ${engine.containers.length - running}\n Images: ${engine.runtime.listImages().length}\n Server Version: 29.1.3\n Storage Driver: overlay2\n Cgroup Driver: systemd\n Cgroup Version: 2\n Operating System: Ubuntu 24.04.3 LTS\n OSType: linux\n Architecture: x86_64\n Name: ${process.hostname}\n`,
    )
    return 0
  },
}
