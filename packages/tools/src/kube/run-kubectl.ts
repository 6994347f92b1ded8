/** Tools that have kubectl do the work. */
import type { OpenFile, Process, Steps } from "@drydock/machine"

/** Runs kubectl; its exit code. What it prints on stdout is not shown. */
export function* runKubectl(process: Process, args: readonly string[]): Steps<number> {
  const quiet = yield* process.open("/dev/null", "w")
  const fds = new Map(process.fds)
  fds.set(1, process.fds.get(quiet) as OpenFile)
  fds.delete(quiet)
  const child = process.spawnFile("/usr/bin/kubectl", { argv: ["kubectl", ...args], fds })
  process.close(quiet)
  const ended = yield* process.waitFor({ pid: child.pid })
  return ended?.status.kind === "exited" ? ended.status.code : 1
}
