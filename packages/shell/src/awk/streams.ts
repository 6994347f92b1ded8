/** What an awk program reads and writes besides its records: files, pipes into commands, commands that are read. */
import type { Process, Steps } from "@drydock/machine"
import { RecordReader } from "./records.ts"

/** What awk asks of its process. */
export interface AwkHost {
  /** Opens a file ("-" is standard input). Undefined when it cannot be read, which it tells unless `quiet`. */
  open(name: string, quiet?: boolean): Steps<number | undefined>
  /** Descriptor from which a command's output is read. */
  pipe(command: string): Steps<number | undefined>
  /** Starts a command whose input is written to `fd`. */
  start(command: string): { fd: number; pid: number }
  /** Its exit code. */
  wait(pid: number): Steps<number>
  /** Runs a command; its exit code. */
  run(command: string): Steps<number>
  /** Whether a file could not be read. */
  failed(): boolean
}

export class Streams {
  readonly #process: Process
  readonly #host: AwkHost
  #out = ""
  readonly #files = new Map<string, number>()
  readonly #pipes = new Map<string, { fd: number; pid: number }>()
  readonly #readers = new Map<string, { reader: RecordReader; command: boolean }>()

  constructor(process: Process, host: AwkHost) {
    this.#process = process
    this.#host = host
  }

  get pending(): boolean {
    return this.#out !== ""
  }

  *print(text: string): Steps<void> {
    this.#out += text
    if (this.#out.length > 4_096) yield* this.flush()
  }

  *flush(): Steps<void> {
    const text = this.#out
    this.#out = ""
    if (text !== "") yield* this.#process.print(text)
  }

  *write(operator: ">" | ">>" | "|", target: string, text: string): Steps<void> {
    if (operator !== "|" && (target === "/dev/stdout" || target === "-")) return yield* this.print(text)
    yield* this.flush()
    if (operator === "|") {
      let pipe = this.#pipes.get(target)
      if (!pipe) this.#pipes.set(target, (pipe = this.#host.start(target)))
      return yield* this.#process.write(pipe.fd, text)
    }
    let fd = target === "/dev/stderr" ? 2 : this.#files.get(target)
    if (fd === undefined) this.#files.set(target, (fd = yield* this.#process.open(target, operator === ">" ? "w" : "a")))
    yield* this.#process.write(fd, text)
  }

  /** The next record of a file or a command; undefined at its end, false when it cannot be read. */
  *read(name: string, command: boolean, separator: string): Steps<string | undefined | false> {
    yield* this.flush()
    let open = this.#readers.get(name)
    if (!open) {
      const fd = command ? yield* this.#host.pipe(name) : yield* this.#host.open(name, true)
      if (fd === undefined) return false
      this.#readers.set(name, (open = { reader: new RecordReader(this.#process, fd), command }))
    }
    return yield* open.reader.next(separator)
  }

  *close(name: string): Steps<number> {
    let result = -1
    const open = this.#readers.get(name)
    if (open) {
      this.#readers.delete(name)
      if (open.reader.fd > 2) this.#process.close(open.reader.fd)
      result = 0
    }
    const fd = this.#files.get(name)
    if (fd !== undefined) {
      this.#files.delete(name)
      this.#process.close(fd)
      result = 0
    }
    const pipe = this.#pipes.get(name)
    if (pipe) {
      this.#pipes.delete(name)
      yield* this.flush()
      this.#process.close(pipe.fd)
      result = yield* this.#host.wait(pipe.pid)
    }
    return result
  }

  *closeAll(): Steps<void> {
    yield* this.flush()
    for (const name of [...this.#files.keys(), ...this.#readers.keys(), ...this.#pipes.keys()]) yield* this.close(name)
  }

  *system(command: string): Steps<number> {
    yield* this.flush()
    return yield* this.#host.run(command)
  }
}
