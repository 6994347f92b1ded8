/** Commands in containers: channels to the API server, tied to this process's descriptors. As client-go/tools/remotecommand. */
import type { HttpResponse, Steps } from "@drydock/machine"
import type { Context } from "./define-subcommand.ts"
import { serverError } from "./errors.ts"

export interface RemoteOptions {
  readonly stdin: boolean
  readonly tty: boolean
  /** Instead of this process's standard input. */
  readonly input?: Uint8Array
  /** Instead of this process's standard output and error. */
  readonly onOutput?: (channel: 1 | 2, data: Uint8Array) => void
}

export interface Ended {
  readonly code: number
  /** What went wrong besides; undefined for a command that merely ended. */
  readonly message?: string
}

/** -t is only possible with -i, and on a terminal; says so when that is not one. */
export function* canUseTty({ process }: Context, { tty, stdin, quiet }: { tty: boolean; stdin: boolean; quiet?: boolean }): Steps<boolean> {
  if (!stdin) return false
  const terminal = process.tty !== undefined && process.fds.get(0)?.kind === "tty"
  if (tty && !terminal && !quiet) yield* process.error("Unable to use a TTY - input is not a terminal or the right kind of file\n")
  return tty && terminal
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface RemoteStatus {
  status: string
  message?: string
  details?: { causes?: { reason?: string; message?: string }[] }
}

const endOf = (data: Uint8Array): Ended => {
  const status = JSON.parse(decoder.decode(data)) as RemoteStatus
  if (status.status === "Success") return { code: 0 }
  const code = status.details?.causes?.find(({ reason }) => reason === "ExitCode")?.message
  return code === undefined
    ? { code: 1, message: `error: ${status.message ?? ""}` }
    : { code: Number(code), message: `command terminated with exit code ${code}` }
}

/** Carries bytes both ways until the command has ended. Throws ServerError when it could not begin. */
export function* runRemote({ process }: Context, response: HttpResponse, { stdin, tty, input, onOutput }: RemoteOptions): Steps<Ended> {
  const { upgrade } = response
  if (!upgrade) throw serverError(response)
  const queue = process.queue()
  const output: [1 | 2, Uint8Array][] = []
  let ended: Ended | undefined
  upgrade.onClose = () => {
    ended ??= { code: 1 }
    queue.wake()
  }
  upgrade.onMessage = (channel, data) => {
    if (channel === 3) ended = endOf(data)
    else if (channel === 1 || channel === 2) output.push([channel, data])
    queue.wake()
  }
  const modes = process.tty && { ...process.tty.modes }
  const size = () => {
    const [columns, rows] = [process.tty?.columns, process.tty?.rows]
    upgrade.send(4, encoder.encode(JSON.stringify({ Width: columns, Height: rows })))
  }
  if (tty) {
    process.tty?.setModes({ canonical: false, echo: false, signals: false, outputProcessing: false })
    size()
    process.onSignal("SIGWINCH", size)
  }
  const source = stdin && input === undefined ? process.fds.get(0) : undefined
  let open = source !== undefined
  if (input !== undefined) {
    if (input.length > 0) upgrade.send(0, input)
    upgrade.end(0)
  }
  try {
    for (;;) {
      for (const [channel, data] of output.splice(0)) {
        if (onOutput) onOutput(channel, data)
        else yield* process.write(channel, data)
      }
      if (ended && output.length === 0) return ended
      if (open && source) {
        const data = source.tryRead(4_096)
        if (data) {
          if (data.length === 0) {
            open = false
            upgrade.end(0)
          } else upgrade.send(0, data)
          continue
        }
      }
      yield* process.wait({ queues: open && source ? [queue, source.readQueue] : [queue] })
    }
  } finally {
    if (tty && modes) process.tty?.setModes(modes)
    if (!ended) upgrade.close()
  }
}

/** "command=a&command=b&container=c…" */
export const remoteQuery = (options: { command?: readonly string[]; container: string; stdin: boolean; tty: boolean }): string =>
  [
    ...(options.command ?? []).map((word) => `command=${encodeURIComponent(word)}`),
    `container=${encodeURIComponent(options.container)}`,
    ...(options.stdin ? ["stdin=true"] : []),
    "stdout=true",
    ...(options.tty ? ["tty=true"] : ["stderr=true"]),
  ].join("&")
