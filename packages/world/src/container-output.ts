/** What a container prints: its log, who follows that, and who is attached. */
import type { ExecOptions, LogLine } from "@drydock/kubernetes/ports"

const LOG_LINES = 2_000
const decoder = new TextDecoder()

interface Follower {
  line: (line: LogLine) => void
  end: () => void
}

/** Bytes at the end of `data` that begin a character of UTF-8 and do not end it. */
const unfinished = (data: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, data.length); back++) {
    const byte = data[data.length - back]
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

/** Lines out of the chunks of one stream. */
class Lines {
  #text = ""
  #bytes: Uint8Array | undefined

  /** The lines that `data` ends. */
  take(data: Uint8Array): string[] {
    let all = data
    if (this.#bytes) {
      all = new Uint8Array(this.#bytes.length + data.length)
      all.set(this.#bytes)
      all.set(data, this.#bytes.length)
    }
    const cut = all.length - unfinished(all)
    this.#bytes = cut < all.length ? all.slice(cut) : undefined
    const lines = (this.#text + decoder.decode(all.subarray(0, cut))).split("\n")
    this.#text = lines.pop() as string
    return lines
  }
}

export class ContainerOutput {
  readonly #now: () => number
  readonly #log: LogLine[] = []
  #stdout: Lines | undefined
  #stderr: Lines | undefined
  #followers: Set<Follower> | undefined
  #attached: Set<ExecOptions> | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  get log(): readonly LogLine[] {
    return this.#log
  }

  write(stream: "stdout" | "stderr", data: Uint8Array): void {
    for (const session of this.#attached ?? []) (stream === "stdout" ? session.onStdout : session.onStderr)(data)
    const lines = stream === "stdout" ? (this.#stdout ??= new Lines()) : (this.#stderr ??= new Lines())
    for (const text of lines.take(data)) {
      const line: LogLine = { at: Math.floor(this.#now()), stream, text }
      this.#log.push(line)
      if (this.#log.length > LOG_LINES + 200) this.#log.splice(0, 200)
      for (const follower of [...(this.#followers ?? [])]) follower.line(line)
    }
  }

  follow(line: (line: LogLine) => void, end: () => void): () => void {
    const follower = { line, end }
    const followers = (this.#followers ??= new Set())
    followers.add(follower)
    return () => followers.delete(follower)
  }

  attach(session: ExecOptions): void {
    ;(this.#attached ??= new Set()).add(session)
  }

  detach(session: ExecOptions): void {
    this.#attached?.delete(session)
  }

  /** The container's process is gone. */
  end(): void {
    for (const follower of [...(this.#followers ?? [])]) follower.end()
    for (const session of this.#attached ?? []) session.onDone(0)
    this.#attached = undefined
  }
}
