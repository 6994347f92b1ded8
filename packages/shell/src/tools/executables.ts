/** Where commands are. */
import type { Process } from "@drydock/machine"

/** A command's path by PATH. */
export const findExecutable = (process: Process, name: string): string | undefined => {
  if (name.includes("/")) return process.files.exists(name) ? name : undefined
  return (process.env.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
    .split(":")
    .map((directory) => `${directory}/${name}`)
    .find((path) => process.files.access(path, { execute: true }) && process.files.stat(path).type === "file")
}
