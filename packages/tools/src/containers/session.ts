/** The caller's terminal joined to a process in a container, for exec -it, run -it and attach. */
import type { ExecOptions, ExecSession } from "@drydock/kubernetes/ports"
import type { Process, Steps } from "@drydock/machine"

export interface SessionOptions {
  readonly stdin: boolean
  readonly tty: boolean
}

/** Runs until it ends; its exit code and what kept it from running. */
export function* joined(
  process: Process,
  { stdin, tty }: SessionOptions,
  open: (options: Omit<ExecOptions, "command">) => ExecSession,
): Steps<{ code: number; error: string | undefined }> {
  const output: { fd: number; data: Uint8Array }[] = []
  const queue = process.queue()
  let ended: { code: number; error: string | undefined } | undefined
  const take = (fd: number) => (data: Uint8Array) => {
    output.push({ fd, data })
    queue.wake()
  }
  const session = open({
    tty,
    stdin,
    onStdout: take(1),
    onStderr: take(2),
    onDone: (code, error) => {
      ended = { code, error }
      queue.wake()
    },
  })
  const terminal = tty && process.fds.get(0)?.kind === "tty" ? process.tty : undefined
  const modes = terminal && { ...terminal.modes }
  terminal?.setModes({ canonical: false, echo: false, signals: false, outputProcessing: false })
  if (terminal) session.resize(terminal.columns, terminal.rows)
  const reader = stdin ? process.spawn(forward(session), { argv: [...process.argv], ...(terminal && {}) }) : undefined
  try {
    while (!ended || output.length > 0) {
      if (output.length === 0) yield* process.wait({ queues: [queue] })
      for (const { fd, data } of output.splice(0)) yield* process.write(fd, data)
    }
  } finally {
    if (!ended) session.kill()
    if (reader) {
      try {
        process.kill(reader.pid, "SIGKILL")
      } catch {
        // It has read its input to the end already.
      }
    }
    if (terminal && modes) terminal.setModes(modes)
  }
  if (reader) yield* process.waitFor({ pid: reader.pid })
  return ended
}

/** What the caller types goes to the session. */
const forward = (session: ExecSession) =>
  function* (process: Process) {
    for (;;) {
      const data = yield* process.read(0)
      if (data.length === 0) break
      session.input(data)
    }
    session.endInput()
    return 0
  }
