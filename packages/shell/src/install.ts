/** bash and the tools as files of a machine or an image. */
import type { LayerEntry, Process, Program } from "@drydock/machine"
import { bashProgram } from "./bash/main.ts"
import type { Tool } from "./define-tool.ts"
import { shellTools } from "./tools/index.ts"

const programOf = ({ run }: Tool): Program =>
  function* (process: Process) {
    return yield* run(process, process.argv.slice(1))
  }

/** Executables of tools, by path. */
export const toolEntries = (tools: readonly Tool[], directory: string): LayerEntry[] =>
  tools.flatMap((tool) => [tool.name, ...(tool.aliases ?? [])].map((name) => ({ path: `${directory}/${name}`, program: programOf(tool) })))

/** "bash": as on a distribution. "busybox": a shell and small tools under /bin. */
export const shellEntries = (kind: "bash" | "busybox"): LayerEntry[] =>
  kind === "bash"
    ? [
        { path: "/usr/bin/bash", program: bashProgram },
        { path: "/bin", target: "usr/bin" },
        { path: "/usr/bin/sh", program: bashProgram },
        ...toolEntries(shellTools, "/usr/bin"),
        { path: "/tmp", mode: 0o1777 },
        { path: "/root", mode: 0o700 },
      ]
    : [
        { path: "/bin/sh", program: bashProgram },
        { path: "/bin/ash", program: bashProgram },
        ...toolEntries(
          shellTools.filter(({ busybox }) => busybox),
          "/bin",
        ),
        { path: "/tmp", mode: 0o1777 },
        { path: "/root", mode: 0o700 },
      ]
