/** What the kernel calls a process: /proc/PID/comm, at most 15 characters. */
import type { ProcessInfo } from "./process.ts"

/** What a program calls itself afterwards ("nginx: master process") is not its name. */
export const commandName = ({ name, argv }: Pick<ProcessInfo, "name" | "argv">): string =>
  name ?? (argv[0] ?? "").replace(/: .*$/s, "").split("/").at(-1)?.replace(/^-/, "").slice(0, 15) ?? ""
