/** Servers and clients that speak lines over a byte stream: the databases' wire protocols, made simple. */
import type { Process, Program, Steps, Stream } from "@drydock/machine"

const decoder = new TextDecoder()
const encoder = new TextEncoder()
/** A line longer than this ends the connection. */
const LONGEST = 1_000_000

function* receive(process: Process, stream: Stream): Steps<string | undefined> {
  for (;;) {
    const bytes = stream.tryRead()
    if (bytes) return bytes.length === 0 ? undefined : decoder.decode(bytes)
    yield* process.wait({ queues: [stream.readQueue] })
  }
}

function* send(process: Process, stream: Stream, text: string): Steps<void> {
  let rest = encoder.encode(text)
  while (rest.length > 0) {
    const taken = stream.tryWrite(rest)
    rest = rest.subarray(taken)
    if (rest.length > 0) yield* process.wait({ queues: [stream.writeQueue] })
  }
}

/** One connection's state, made when it begins. */
export interface Conversation {
  greeting?: string
  /** The answer to one line; undefined ends the connection. */
  answer(line: string): string | undefined
}

/** Accepts connections on `port` for as long as `process` lives. */
export const acceptLines = (process: Process, port: number, begin: () => Conversation): void => {
  const listener = process.network.listen(port, { pid: process.pid })
  const talk = (stream: Stream): Program =>
    function* (client) {
      const conversation = begin()
      if (conversation.greeting) yield* send(client, stream, conversation.greeting)
      let pending = ""
      for (let text = yield* receive(client, stream); text !== undefined; text = yield* receive(client, stream)) {
        const lines = (pending + text).split("\n")
        pending = lines.pop() as string
        for (const line of lines) {
          const answer = conversation.answer(line.replace(/\r$/, ""))
          if (answer === undefined) {
            stream.destroy()
            return 0
          }
          yield* send(client, stream, answer)
        }
        if (pending.length > LONGEST) break
      }
      stream.destroy()
      return 0
    }
  process.spawn(
    function* (acceptor) {
      for (;;) {
        const stream = listener.tryAccept()
        if (stream) acceptor.spawn(talk(stream), { argv: process.argv })
        else yield* acceptor.wait({ queues: [listener.acceptQueue] })
      }
    },
    { argv: process.argv },
  )
}

export interface LineClient {
  /** Sends a line, and returns what came back up to and including one whole line. */
  ask(line: string): Steps<string | undefined>
  close(): void
}

/** Throws SystemError, or an Error for a name that does not exist. */
export function* connectLines(process: Process, host: string, port: number): Steps<LineClient> {
  const [record] = /^[\d.]+$/.test(host) ? [{ value: host }] : yield* process.network.lookup(host)
  if (!record) throw new Error("Name or service not known")
  const stream = yield* process.network.connect(record.value, port, { timeout: 10_000 })
  let pending = ""
  return {
    *ask(line) {
      yield* send(process, stream, `${line}\n`)
      while (!pending.includes("\n")) {
        const text = yield* receive(process, stream)
        if (text === undefined) return undefined
        pending += text
      }
      const end = pending.indexOf("\n")
      const answer = pending.slice(0, end)
      pending = pending.slice(end + 1)
      return answer
    },
    close: () => stream.destroy(),
  }
}
