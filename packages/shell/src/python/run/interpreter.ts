/** A running Python: its modules, its streams, and the operations that compiled code and native functions are made of. */
import { type Process, type Signal, type Steps, SystemError } from "@drydock/machine"
import { equals, ordered } from "../objects/equality.ts"
import { raised, osError, typeError } from "../objects/raise.ts"
import { collect, iteratorOf } from "../objects/iterators.ts"
import { hashesItself, keyOf } from "../objects/keys.ts"
import { ownMethod, repr, str } from "../objects/text.ts"
import {
  Bytes,
  Dict,
  Instance,
  Invoke,
  isTask,
  type Key,
  type Keywords,
  List,
  type Module,
  Native,
  NO_KEYWORDS,
  PyException,
  PyFloat,
  PyFunction,
  type PyIterator,
  type PyObject,
  PySet,
  Range,
  type Soon,
  type Task,
  type TraceEntry,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { Expression, Span } from "../syntax/nodes.ts"
import type { TextFile } from "../objects/files.ts"
import type { Program } from "../compile/program.ts"
import { begin } from "./calls.ts"
import { Driver } from "./driver.ts"
import { Reach } from "./reach.ts"
import type { Frame } from "./frame.ts"
import type { LibraryModule } from "./importing.ts"
import type { Release } from "./release.ts"

/** Statements between two looks at the clock, the signals and the fuel. */
const STRETCH = 64

/** What of an operation's range is meant most: its operator, or its brackets. */
const anchorOf = (node: Span, calls: boolean): readonly [number, number] | undefined => {
  if (!("kind" in node) || node.line !== node.endLine) return undefined
  const expression = node as Expression
  if (expression.kind === "binary") return [expression.at.column, expression.at.endColumn]
  if (expression.kind === "subscript") return [expression.object.endColumn, expression.endColumn]
  if (expression.kind === "call" && calls) return [expression.callee.endColumn, expression.endColumn]
  return undefined
}

/** Values and characters that may be made until the program's memory is looked through, and those that it may hold. */
const MEASURED = 2_000_000
const MOST_MEMORY = 8_000_000
/** Of a unit, bytes: a reference, or eight characters. */
const UNIT_BYTES = 8
/** Resident bytes of an interpreter that has made nothing yet. */
const BASE_MEMORY = 9 * 1024 ** 2

/** Names of a frame and of its module. */
const visibleFrom = (frame: Frame): string[] => {
  const names: string[] = []
  const { slots } = frame.callee?.code ?? { slots: [] }
  for (const [index, name] of slots.entries()) if (frame.slots[index] !== undefined) names.push(name)
  for (const key of [...(frame.names?.map.keys() ?? []), ...frame.globals.map.keys()]) if (typeof key === "string") names.push(key)
  return names
}

/** A bug of the host's own limits, told as Python tells of its. */
const fromHost = (error: unknown): PyException | undefined => {
  if (error instanceof SystemError) return osError(error.code)
  if (!(error instanceof RangeError)) return undefined
  return /call stack/.test(error.message) ? raised("RecursionError", "maximum recursion depth exceeded") : raised("MemoryError")
}

export class Interpreter {
  readonly process: Process
  readonly release: Release
  budget = STRETCH
  readonly driver = new Driver()
  /** Objects whose repr is being made. */
  readonly showing: PyObject[] = []
  readonly modules = new Map<string, Module>()
  readonly builtins = new Dict()
  /** The exception that an except clause is at work on. */
  handling: PyException | undefined
  /** Lines of what has no file: by the name in tracebacks. */
  readonly sources = new Map<string, readonly string[]>()
  readonly handlers = new Map<Signal, Value>()
  readonly exitCallbacks: { callee: Value; args: readonly Value[] }[] = []
  /** Files that were opened to write: one that nobody closes is written out as reference counting would have done. */
  readonly written = new Set<TextFile>()
  /** Activations of functions that have not returned. */
  readonly frames = new Set<Frame>()
  /** What is being put together and has no name yet. */
  readonly gathering = new Set<PyObject>()
  #allocated = 0
  readonly #pending: Signal[] = []
  #address = 0x7f_80_00_00_10_00
  /** What a handler is told of a signal. */
  signalValue: (signal: Signal) => Value = () => null
  stdout: TextFile | undefined
  stderr: TextFile | undefined
  stdin: TextFile | undefined
  /** sys.argv. */
  readonly argv = new List([])
  /** It ends because of a ^C that nobody caught. */
  interrupted = false
  /** Directories that modules are looked for in. */
  path: List = new List([])
  readonly library: ReadonlyMap<string, LibraryModule>
  /** The module of that name, imported when it is not there yet. Throws ModuleNotFoundError. */
  load: (name: string) => Task<Module> = (name) => {
    throw raised("ModuleNotFoundError", `No module named '${name}'`)
  }

  constructor(process: Process, release: Release, library: ReadonlyMap<string, LibraryModule>) {
    this.process = process
    this.release = release
    this.library = library
  }

  nextAddress(): number {
    this.#address += 48 + 16 * Math.floor(this.process.random() * 5)
    return this.#address
  }

  /** A signal came for which Python has a handler. */
  signalled(signal: Signal): void {
    this.#pending.push(signal)
    this.budget = 0
  }

  /** Notes that so many values or characters were made. */
  allocate(units: number): void {
    this.#allocated += units
    if (this.#allocated > MEASURED) this.budget = Math.min(this.budget, 0)
  }

  /** Counts what the program can still reach. Throws MemoryError when that is too much. */
  *#measure(): Task<void> {
    this.#allocated = 0
    const roots: Value[] = [...this.modules.values(), ...this.gathering]
    for (const frame of this.frames) for (const slot of frame.slots) if (slot !== undefined) roots.push(slot)
    const size = new Reach(roots)
    while (!size.step(2_000)) {
      if (size.units > MOST_MEMORY) yield* this.overflow()
      if (this.process.charge(500)) yield* this.process.yield()
    }
    this.process.use({ memory: BASE_MEMORY + size.units * UNIT_BYTES })
  }

  /**
   * The program holds more than is kept for anybody: in a container whose memory is limited it would be killed for it, and is. Throws MemoryError
   * where nothing limits it.
   */
  *overflow(): Task<never> {
    this.process.use({ memory: Number.MAX_SAFE_INTEGER })
    yield* this.process.yield()
    this.process.use({ memory: BASE_MEMORY })
    throw raised("MemoryError")
  }

  /** Gives way when the slice is used up, and lets handlers of signals run. */
  *rest(): Task<void> {
    const used = STRETCH - this.budget
    this.budget = STRETCH
    if (this.process.charge(Math.min(used, 100_000))) yield* this.process.yield()
    if (this.#allocated > MEASURED) yield* this.#measure()
    for (let signal = this.#pending.shift(); signal !== undefined; signal = this.#pending.shift()) yield* this.#handle(signal)
  }

  *#handle(signal: Signal): Task<void> {
    const handler = this.handlers.get(signal)
    if (handler === undefined) throw new PyException(raised("KeyboardInterrupt").cls, [])
    const { signalValue } = this
    yield* this.call(handler, [signalValue(signal), null])
  }

  /** A system call that a signal may interrupt: the handler runs, and the call is made again (PEP 475). */
  *system<T>(steps: () => Steps<T>): Task<T> {
    for (;;)
      try {
        const result = yield* steps()
        if (this.#pending.length > 0) yield* this.rest()
        return result
      } catch (error) {
        if (!(error instanceof SystemError) || error.code !== "EINTR") throw error
        yield* this.rest()
      }
  }

  /** Sleeps so many ms, across interrupts. */
  *sleep(ms: number): Task<void> {
    const until = this.process.now() + ms
    yield* this.system(() => this.process.sleep(Math.max(0, until - this.process.now())))
  }

  *settle<T>(soon: T | Task<T>): Task<T> {
    return isTask(soon) ? yield* soon : soon
  }

  *call(callee: Value, args: readonly Value[], keywords: Keywords = NO_KEYWORDS): Task {
    const started = begin(this, callee, args, keywords)
    if (started instanceof Invoke) return (yield started) as Value
    return isTask(started) ? yield* started : started
  }

  settleCall(callee: Native, args: readonly Value[], keywords: Keywords): Soon {
    const started = begin(this, callee, args, keywords)
    return started instanceof Invoke ? this.call(callee, args, keywords) : started
  }

  /** A special method, which is looked for in the class alone. Throws AttributeError. */
  *callMethod(object: Value, name: string, args: readonly Value[], keywords: Keywords = NO_KEYWORDS): Task {
    const cls = typeOf(object)
    const found = cls.lookup(name)
    if (found === undefined) throw raised("AttributeError", `'${cls.name}' object has no attribute '${name}'`)
    if (found instanceof PyFunction || (found instanceof Native && found.owner)) return yield* this.call(found, [object, ...args], keywords)
    if (found instanceof Native) return yield* this.call(found, args, keywords)
    if (found === null) throw typeError(`'${cls.name}' object is not callable`)
    if (typeof found === "object" && "callee" in found) {
      const callee = (found as { callee: Value }).callee
      return yield* this.call(callee, found.cls.name === "classmethod" ? [cls, ...args] : args, keywords)
    }
    return yield* this.call(found, args, keywords)
  }

  /** At once for native values. */
  truthOf(value: Value): Soon<boolean> {
    switch (typeof value) {
      case "boolean":
        return value
      case "number":
        return value !== 0
      case "bigint":
        return value !== 0n
      case "string":
        return value !== ""
    }
    if (value === null) return false
    if (value instanceof PyFloat) return value.value !== 0
    if (!value.cls.custom) {
      if (value instanceof List || value instanceof Tuple) return value.items.length > 0
      if (value instanceof Dict) return value.map.size > 0
      if (value instanceof PySet) return value.dict.map.size > 0
      if (value instanceof Bytes) return value.data.length > 0
      if (value instanceof Range) return value.length > 0
    }
    if (ownMethod(value.cls, "__bool__") !== undefined || ownMethod(value.cls, "__len__") !== undefined) return this.#truth(value)
    return value instanceof Instance && value.value !== undefined ? this.truthOf(value.value) : true
  }

  *#truth(value: PyObject): Task<boolean> {
    if (ownMethod(value.cls, "__bool__") === undefined) return (yield* this.callMethod(value, "__len__", [])) !== 0
    const answer = yield* this.callMethod(value, "__bool__", [])
    if (typeof answer !== "boolean") throw typeError(`__bool__ should return bool, returned ${typeOf(answer).name}`)
    return answer
  }

  *truth(value: Value): Task<boolean> {
    const answer = this.truthOf(value)
    return isTask(answer) ? yield* answer : answer
  }

  equals(a: Value, b: Value): Soon<boolean> {
    return equals(this, a, b)
  }

  *less(a: Value, b: Value): Task<boolean> {
    const answer = ordered(this, "<", a, b)
    return yield* this.truth(isTask(answer) ? yield* answer : answer)
  }

  iterator(value: Value): Soon<PyIterator> {
    return iteratorOf(this, value)
  }

  *collect(value: Value): Task<Value[]> {
    const items = collect(this, value)
    return isTask(items) ? yield* items : items
  }

  *repr(value: Value): Task<string> {
    const text = repr(this, value)
    return isTask(text) ? yield* text : text
  }

  *str(value: Value): Task<string> {
    const text = str(this, value)
    return isTask(text) ? yield* text : text
  }

  /** The key of a value in `dict`; objects with __hash__ and __eq__ find their equal. */
  *key(dict: Dict, value: Value): Task<Key> {
    if (!hashesItself(value)) return keyOf(value)
    const { cls } = value as Instance
    const definer = cls.mro.find((one) => one.dict.map.has("__eq__") || one.dict.map.has("__hash__"))
    if ((definer?.dict.map.get("__hash__") ?? null) === null) throw typeError(`unhashable type: '${cls.name}'`)
    const hash = yield* this.callMethod(value, "__hash__", [])
    for (const [key] of dict.map) {
      if (!(key instanceof Instance) || key.cls !== (value as Instance).cls) continue
      if (key === value) return key
      if ((yield* this.callMethod(key, "__hash__", [])) !== hash) continue
      if (yield* this.settle(this.equals(key, value))) return key
    }
    return value as Instance
  }

  /** What an exception is on its way out of `frame`, which it is told of. Anything that is none goes on. */
  caught(error: unknown, frame: Frame): PyException {
    const exception = error instanceof PyException ? error : fromHost(error)
    if (!exception) throw error
    const { home } = frame
    if (exception.seenBy === home) return exception
    exception.seenBy = home
    if (exception.context === undefined && this.handling && this.handling !== exception) exception.context = this.handling
    const { at } = home
    const entry: TraceEntry = {
      fileName: home.fileName,
      name: home.name,
      line: at.line,
      column: at.column,
      endLine: at.endLine,
      endColumn: at.endColumn,
      anchor: anchorOf(at, this.release.minor >= 13),
    }
    exception.trace.unshift(entry)
    if (exception.visible === undefined && exception.cls.name === "NameError") exception.visible = visibleFrom(frame)
    return exception
  }

  /** Writes out what was given to open files. */
  *settleFiles(): Task<void> {
    for (const file of this.written) {
      if (file.closed) this.written.delete(file)
      else yield* file.flush(this)
    }
  }

  /** Writes what the streams and files still hold. */
  *flush(): Task<void> {
    yield* this.settleFiles()
    for (const file of [this.stdout, this.stderr]) if (file) yield* file.flush()
  }

  tuple(items: readonly Value[]): Tuple {
    return new Tuple(items)
  }

  /** Notes an annotation of a class body or module. */
  annotate(names: Dict, name: string, value: Value): void {
    const known = names.map.get("__annotations__")
    const annotations = known instanceof Dict ? known : new Dict()
    if (annotations !== known) names.map.set("__annotations__", annotations)
    annotations.map.set(name, value)
  }

  /** Runs a module's body on the stack of its own. */
  *runModule(program: Program, globals: Dict): Task<void> {
    yield new Invoke(program.run(this, globals))
  }
}
