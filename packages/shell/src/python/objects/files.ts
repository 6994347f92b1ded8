/** Open files: text and bytes over descriptors, with the buffers that Python keeps. */
import { joined, type Process, SystemError } from "@drydock/machine"
import type { Interpreter } from "../run/interpreter.ts"
import { nativeClass } from "./define.ts"
import { osError, raised, valueError } from "./raise.ts"
import { Bytes, OBJECT, type PyClass, PyIterator, type Task, type Value } from "./values.ts"

export const TEXT_FILE: PyClass = nativeClass("_io", "TextIOWrapper", [OBJECT])
export const BINARY_FILE: PyClass = nativeClass("_io", "BufferedReader", [OBJECT])

/** io.DEFAULT_BUFFER_SIZE. */
const BUFFER = 8_192
/** Bytes of one file that are read at once. */
const MOST_READ = 64 * 1024 * 1024

const encoder = new TextEncoder()

/** A file, of text unless `binary`. */
export class TextFile extends PyIterator {
  readonly fd: number
  readonly name: Value
  readonly mode: string
  readonly binary: boolean
  closed = false
  /** When what was written goes out: after each write, each line, or when the buffer is full. */
  buffering: "none" | "line" | "full"
  readonly process: Process
  #out: string[] = []
  #outBytes: Uint8Array[] = []
  #outLength = 0
  #in: Uint8Array = new Uint8Array(0)
  #ended = false

  constructor(process: Process, fd: number, name: Value, mode: string, buffering: "none" | "line" | "full" = "full") {
    super()
    this.process = process
    this.fd = fd
    this.name = name
    this.mode = mode
    this.binary = mode.includes("b")
    this.buffering = buffering
  }

  get cls(): PyClass {
    return this.binary ? BINARY_FILE : TEXT_FILE
  }

  #check(want: "read" | "write"): void {
    if (this.closed) throw valueError("I/O operation on closed file.")
    const writes = /[wax+]/.test(this.mode)
    if (want === "write" && !writes) throw unsupported("not writable")
    if (want === "read" && !/[r+]/.test(this.mode)) throw unsupported("not readable")
  }

  *write(python: Interpreter, data: string | Uint8Array): Task<void> {
    this.#check("write")
    if (typeof data === "string") this.#out.push(data)
    else this.#outBytes.push(data)
    this.#outLength += data.length
    const lines = this.buffering === "line" && (typeof data === "string" ? data.includes("\n") || data.includes("\r") : data.includes(10))
    if (this.buffering === "none" || lines || this.#outLength >= BUFFER) yield* this.flush(python)
  }

  /** Writes what is kept. */
  *flush(python?: Interpreter): Task<void> {
    if (this.#outLength === 0) return
    const data = this.binary ? joined(this.#outBytes) : encoder.encode(this.#out.join(""))
    this.#out = []
    this.#outBytes = []
    this.#outLength = 0
    if (python) {
      python.budget -= data.length >> 10
      yield* python.system(() => this.process.write(this.fd, data))
    } else yield* this.process.write(this.fd, data)
  }

  *#fill(python: Interpreter): Task<boolean> {
    if (this.#ended) return false
    const data = yield* python.system(() => this.process.read(this.fd, 65_536))
    python.budget -= data.length >> 10
    // A terminal gives more after its ^D.
    if (data.length === 0) return false
    this.#in = this.#in.length === 0 ? data : joined([this.#in, data])
    return true
  }

  /** Up to `size` bytes or characters; all where it is negative. */
  *read(python: Interpreter, size: number): Task<Value> {
    this.#check("read")
    if (size < 0) {
      const parts = [this.#in]
      let length = this.#in.length
      for (;;) {
        this.#in = new Uint8Array(0)
        if (!(yield* this.#fill(python))) break
        parts.push(this.#in)
        length += this.#in.length
        if (length > MOST_READ) throw raised("MemoryError")
        if (--python.budget < 0) yield* python.rest()
      }
      return this.#value(joined(parts))
    }
    const wide = this.binary ? size : size * 4
    while (this.#in.length < wide && (yield* this.#fill(python)));
    if (this.binary) return this.#value(this.#take(size))
    const text = decode(this.#in)
    const letters = Array.from(text.slice(0, size * 2))
      .slice(0, size)
      .join("")
    this.#take(encoder.encode(letters).length)
    return letters
  }

  #take(count: number): Uint8Array {
    const taken = this.#in.subarray(0, count)
    this.#in = this.#in.subarray(taken.length)
    return taken
  }

  #value(data: Uint8Array): Value {
    return this.binary ? new Bytes(data.slice()) : decode(data).replace(/\r\n?/g, "\n")
  }

  /** The next line with its end; empty at the end of the file. */
  *readLine(python: Interpreter): Task<Value> {
    this.#check("read")
    let from = 0
    for (;;) {
      const end = this.#in.indexOf(10, from)
      if (end >= 0) return this.#value(this.#take(end + 1))
      from = this.#in.length
      if (from > MOST_READ) throw raised("MemoryError")
      if (!(yield* this.#fill(python))) return this.#value(this.#take(this.#in.length))
    }
  }

  *advance(python: Interpreter): Task<Value | undefined> {
    const line = yield* this.readLine(python)
    return line === "" || (line instanceof Bytes && line.data.length === 0) ? undefined : line
  }

  *close(python: Interpreter): Task<void> {
    if (this.closed) return
    yield* this.flush(python)
    this.closed = true
    if (this.fd > 2) this.process.close(this.fd)
  }

  /** Goes to a place; only the start and the end can be asked for of text. */
  *seek(python: Interpreter, offset: number, whence: number): Task<number> {
    yield* this.flush(python)
    this.#in = new Uint8Array(0)
    const file = this.process.fds.get(this.fd)
    if (!file?.seek) throw unsupported("underlying stream is not seekable")
    return file.seek(offset, whence === 2 ? "end" : whence === 1 ? "current" : "set")
  }

  get isTerminal(): boolean {
    return this.process.fds.get(this.fd)?.kind === "tty"
  }
}

const decode = (data: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return decodeStrictly(data)
  }
}

/** Throws UnicodeDecodeError at the first byte that is none of UTF-8. */
export const decodeStrictly = (data: Uint8Array): string => {
  let good = 0
  for (let low = 0, high = data.length; low < high; ) {
    const middle = (low + high + 1) >> 1
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(data.subarray(0, middle), { stream: true })
      low = middle
    } catch {
      high = middle - 1
    }
    good = low
  }
  const byte = data[good] ?? 0
  const reason =
    good >= data.length
      ? "unexpected end of data"
      : (byte & 0xc0) === 0x80 || byte >= 0xf5
        ? "invalid start byte"
        : "invalid continuation byte"
  const hex = `0x${byte.toString(16).padStart(2, "0")}`
  throw raised("UnicodeDecodeError", `'utf-8' codec can't decode byte ${hex} in position ${good}: ${reason}`)
}

const unsupported = (message: string) => {
  const error = raised("OSError", message)
  error.cls = UNSUPPORTED
  return error
}

export const UNSUPPORTED: PyClass = nativeClass("io", "UnsupportedOperation", [raised("OSError").cls, raised("ValueError").cls])

/** open(). Throws OSError. */
export function* openFile(python: Interpreter, path: Value, mode: string): Task<TextFile> {
  const plain = mode.replace(/[bt]/g, "")
  if (!/^(?:[rwax]\+?|\+?[rwax])$/.test(plain)) {
    if (/^[rwaxbt+]*$/.test(mode)) throw valueError("must have exactly one of create/read/write/append mode")
    throw valueError(`invalid mode: '${mode}'`)
  }
  if (typeof path === "number") return new TextFile(python.process, path, path, mode)
  const name = path instanceof Bytes ? new TextDecoder().decode(path.data) : String(path)
  yield* python.settleFiles()
  const flags = plain.startsWith("x") ? "wx" : (plain as "r" | "w" | "a" | "r+" | "w+" | "a+")
  try {
    if (plain !== "r" && python.process.files.exists(name) && python.process.files.stat(name).type === "directory")
      throw new SystemError("EISDIR")
    const fd = yield* python.process.open(name, flags)
    if (plain === "r" && python.process.fds.get(fd)?.kind === "directory") {
      python.process.close(fd)
      throw new SystemError("EISDIR")
    }
    const file = new TextFile(python.process, fd, path, mode)
    if (plain !== "r") python.written.add(file)
    return file
  } catch (error) {
    if (error instanceof SystemError) throw osError(error.code, path)
    throw error
  }
}
