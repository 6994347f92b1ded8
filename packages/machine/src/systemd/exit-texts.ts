/** How systemd words the end of a process. */
import type { ExitStatus } from "../kernel/process.ts"
import { SIGNALS } from "../kernel/signals.ts"

/** As systemd's exit-status.c: names of exit codes; others are "n/a". */
const EXIT_NAMES: Readonly<Record<number, string>> = {
  0: "SUCCESS",
  1: "FAILURE",
  2: "INVALIDARGUMENT",
  3: "NOTIMPLEMENTED",
  4: "NOPERMISSION",
  5: "NOTINSTALLED",
  6: "NOTCONFIGURED",
  7: "NOTRUNNING",
  200: "CHDIR",
  203: "EXEC",
  217: "USER",
}

/** Signals that end a service as asked. */
const CLEAN_SIGNALS: readonly string[] = ["SIGHUP", "SIGINT", "SIGTERM", "SIGPIPE"]

/** "code=exited, status=1/FAILURE" */
export const exitText = (status: ExitStatus): string => {
  if (status.kind !== "signaled") {
    const code = status.kind === "exited" ? status.code : 0
    return `code=exited, status=${code}/${EXIT_NAMES[code] ?? "n/a"}`
  }
  const how = status.coreDumped ? "dumped" : "killed"
  return `code=${how}, status=${SIGNALS[status.signal].number}/${status.signal.slice(3)}`
}

/** The unit's result: "success" when it ended as it may. */
export const resultOf = (status: ExitStatus): string => {
  if (status.kind === "exited") return status.code === 0 ? "success" : "exit-code"
  if (status.kind !== "signaled" || CLEAN_SIGNALS.includes(status.signal)) return "success"
  return status.coreDumped ? "core-dump" : "signal"
}
