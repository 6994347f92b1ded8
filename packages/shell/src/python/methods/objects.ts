/** What all objects and classes share, exceptions, functions, generators and open files. */
import { BASE_EXCEPTION, exceptionClass, OS_ERROR } from "../objects/exceptions.ts"
import { classMethods, getters, maker, methods } from "../objects/define.ts"
import { BINARY_FILE, TEXT_FILE, TextFile } from "../objects/files.ts"
import type { PyGenerator } from "../objects/generator.ts"
import { ITERATOR, nextOf } from "../objects/iterators.ts"
import { hashOf, keyOf } from "../objects/keys.ts"
import { toCount } from "../objects/numbers.ts"
import { osErrorClass, raised, typeError } from "../objects/raise.ts"
import { repr } from "../objects/text.ts"
import {
  type BoundMethod,
  Bytes,
  Dict,
  FUNCTION,
  GENERATOR,
  Instance,
  List,
  METHOD,
  NativeProperty,
  NOT_IMPLEMENTED,
  OBJECT,
  PyClass,
  PyException,
  PyFunction,
  Tuple,
  TYPE,
  typeOf,
  type Value,
} from "../objects/values.ts"
import { deleteAttribute, getAttribute, plainSet } from "../run/attributes.ts"
import { announceClass, construct, makeClass } from "../run/classes.ts"
import { formatValue } from "../run/formatting.ts"

const installObject = (): void => {
  maker(OBJECT, undefined, (_, [cls]) => new Instance(cls as PyClass))
  methods(OBJECT, {
    __init__: [undefined, () => null],
    __repr__: [
      "self",
      (python, [self]) => {
        const plain = self instanceof Instance ? new Instance(OBJECT) : self
        if (plain !== self) {
          const name = typeOf(self)
          return `<${name.module}.${name.name} object at 0x${python.nextAddress().toString(16)}>`
        }
        return repr(python, self)
      },
    ],
    __str__: ["self", (python, [self]) => repr(python, self)],
    __eq__: ["self, other", (_, [self, other]) => (self === other ? true : NOT_IMPLEMENTED)],
    __hash__: ["self", (_, [self]) => hashOf(self instanceof Instance ? self : keyOf(self))],
    __setattr__: ["self, name, value", (_, [self, name, value]) => plainSet(self, String(name), value)],
    __getattribute__: ["self, name", (python, [self, name]) => getAttribute(python, self, String(name))],
    __delattr__: ["self, name", (python, [self, name]) => deleteAttribute(python, self, String(name))],
    __format__: [
      "self, specification",
      function* (python, [self, specification]) {
        return yield* formatValue(python, self, String(specification))
      },
    ],
    __dir__: ["self", (_, [self]) => new List([...(self instanceof Instance ? (self.attrs?.map.keys() ?? []) : [])] as Value[])],
  })
  classMethods(OBJECT, { __init_subclass__: [undefined, () => null] })
}

const installType = (): void => {
  maker(TYPE, undefined, function* (python, [meta, name, bases, names], keywords) {
    if (!(bases instanceof Tuple) || !(names instanceof Dict)) throw typeError("type.__new__() takes exactly 3 arguments")
    const dict = new Dict()
    for (const [key, value] of names.map) dict.put(key, names.original(key), value)
    for (const value of dict.map.values()) if (value instanceof PyFunction && value.scope.names === names) value.owner = undefined
    const module = names.map.get("__module__")
    const cls = makeClass(
      String(name),
      bases.items.filter((base): base is PyClass => base instanceof PyClass),
      dict,
      meta === TYPE ? undefined : (meta as PyClass),
      typeof module === "string" ? module : "__main__",
    )
    for (const value of dict.map.values()) {
      const callee = value instanceof Object && "callee" in value ? (value as BoundMethod).callee : value
      if (callee instanceof PyFunction && callee.scope.names === names) callee.owner = cls
    }
    yield* announceClass(python, cls, keywords)
    return cls
  })
  methods(TYPE, {
    mro: ["self", (_, [self]) => new List([...(self as PyClass).mro])],
    __subclasses__: ["self", () => new List([])],
    __call__: [undefined, (python, [cls, ...args], keywords) => construct(python, cls as PyClass, args, keywords)],
  })
}

const exception = (value: Value): PyException => value as PyException

const installExceptions = (): void => {
  maker(BASE_EXCEPTION, undefined, (_, [cls, ...args]) => {
    let type = cls as PyClass
    if (type === OS_ERROR && args.length >= 2) type = exceptionClass(osErrorClass(args[0]))
    const made = new PyException(type, args)
    const { attrs } = made
    if (type.isSubclass(OS_ERROR)) {
      attrs?.map.set("errno", args.length >= 2 ? args[0] : null).set("strerror", args.length >= 2 ? args[1] : null)
      attrs?.map.set("filename", args[2] ?? null)
    }
    if (type.name === "StopIteration") attrs?.map.set("value", args[0] ?? null)
    if (type.name === "SystemExit") attrs?.map.set("code", args.length === 0 ? null : args.length === 1 ? args[0] : new Tuple(args))
    return made
  })
  methods(BASE_EXCEPTION, {
    __init__: [
      undefined,
      (_, [self, ...args], keywords) => {
        if (keywords.size > 0 && !exception(self).cls.isSubclass(exceptionClass("ImportError")))
          throw typeError(`${exception(self).cls.name}() takes no keyword arguments`)
        for (const [name, value] of keywords) exception(self).attrs?.map.set(name, value)
        if (exception(self).cls.custom) exception(self).args = args
        return null
      },
    ],
    with_traceback: ["self, tb", (_, [self]) => self],
    add_note: [
      "self, note",
      (_, [self, note]) => {
        const notes = exception(self).attrs?.map.get("__notes__")
        if (notes instanceof List) notes.items.push(note)
        else exception(self).attrs?.map.set("__notes__", new List([note]))
        return null
      },
    ],
  })
  BASE_EXCEPTION.dict.map.set(
    "args",
    new NativeProperty(
      (_, self) => new Tuple(exception(self).args),
      (_, self, value) => void (exception(self).args = (value as Tuple).items),
    ),
  )
  BASE_EXCEPTION.dict.map.set(
    "__cause__",
    new NativeProperty(
      (_, self) => exception(self).cause,
      (_, self, value) => void (exception(self).cause = value),
    ),
  )
  BASE_EXCEPTION.dict.map.set(
    "__context__",
    new NativeProperty(
      (_, self) => exception(self).context ?? null,
      (_, self, value) => void (exception(self).context = value instanceof PyException ? value : undefined),
    ),
  )
  BASE_EXCEPTION.dict.map.set("__suppress_context__", new NativeProperty((_, self) => exception(self).suppressContext))
  BASE_EXCEPTION.dict.map.set("__traceback__", new NativeProperty(() => null))
}

const installIterators = (): void => {
  for (const cls of [ITERATOR, GENERATOR])
    methods(cls, {
      __iter__: ["self", (_, [self]) => self],
      __next__: [
        "self",
        function* (python, [self]) {
          return yield* nextOf(python, self)
        },
      ],
    })
  const generator = (value: Value): PyGenerator => value as PyGenerator
  methods(GENERATOR, {
    send: [
      "self, value",
      function* (_, [self, value]) {
        const result = yield* generator(self).resume(value)
        if (result !== undefined) return result
        throw generator(self).returned === null ? raised("StopIteration") : raised("StopIteration", generator(self).returned)
      },
    ],
    throw: [
      "self, type, value=, traceback=",
      function* (python, [self, type, value]) {
        const error = type instanceof PyException ? type : yield* python.call(type, value === undefined || value === null ? [] : [value])
        const result = yield* generator(self).resume(null, error as PyException)
        if (result !== undefined) return result
        throw raised("StopIteration", generator(self).returned)
      },
    ],
    close: ["self", (python, [self]) => generator(self).close(python)],
  })
  getters(GENERATOR, { __name__: (_, self) => generator(self).name })
}

const file = (value: Value): TextFile => {
  if (value instanceof TextFile) return value
  throw typeError("descriptor requires an open file")
}

/** The methods of open files, of text and of bytes alike. */
const installFiles = (): void => {
  for (const cls of [TEXT_FILE, BINARY_FILE]) {
    methods(cls, {
      read: ["self, size=", (python, [self, size]) => file(self).read(python, size === undefined || size === null ? -1 : toCount(size))],
      readline: ["self, size=", (python, [self]) => file(self).readLine(python)],
      readlines: [
        "self, hint=",
        function* (python, [self]) {
          return new List(yield* python.collect(self))
        },
      ],
      write: [
        "self, data",
        function* (python, [self, data]) {
          const target = file(self)
          if (target.binary) {
            if (!(data instanceof Bytes)) throw typeError(`a bytes-like object is required, not '${typeOf(data).name}'`)
            yield* target.write(python, data.data.slice())
            return data.data.length
          }
          const text = data instanceof Instance && typeof data.value === "string" ? data.value : data
          if (typeof text !== "string") throw typeError(`write() argument must be str, not ${typeOf(data).name}`)
          yield* target.write(python, text)
          return text.length
        },
      ],
      writelines: [
        "self, lines",
        function* (python, [self, lines]) {
          for (const line of yield* python.collect(lines)) yield* file(self).write(python, line instanceof Bytes ? line.data : String(line))
          return null
        },
      ],
      flush: [
        "self",
        function* (python, [self]) {
          yield* file(self).flush(python)
          return null
        },
      ],
      close: [
        "self",
        function* (python, [self]) {
          yield* file(self).close(python)
          return null
        },
      ],
      seek: [
        "self, offset, whence=",
        (python, [self, offset, whence]) => file(self).seek(python, toCount(offset), whence === undefined ? 0 : toCount(whence)),
      ],
      tell: ["self", (python, [self]) => file(self).seek(python, 0, 1)],
      truncate: [
        "self, size=",
        function* (python, [self, size]) {
          yield* file(self).flush(python)
          const length = size === undefined ? 0 : toCount(size)
          python.process.files.truncate(String(file(self).name), length)
          return length
        },
      ],
      fileno: ["self", (_, [self]) => file(self).fd],
      isatty: ["self", (_, [self]) => file(self).isTerminal],
      readable: ["self", (_, [self]) => /[r+]/.test(file(self).mode)],
      writable: ["self", (_, [self]) => /[wax+]/.test(file(self).mode)],
      seekable: ["self", (_, [self]) => !file(self).isTerminal],
      reconfigure: [
        undefined,
        (_, [self], keywords) => {
          if (keywords.get("line_buffering") === true) file(self).buffering = "line"
          return null
        },
      ],
      __enter__: ["self", (_, [self]) => self],
      __exit__: [
        undefined,
        function* (python, [self]) {
          yield* file(self).close(python)
          return null
        },
      ],
      __iter__: ["self", (_, [self]) => self],
      __next__: [
        "self",
        function* (python, [self]) {
          return yield* nextOf(python, self)
        },
      ],
      __repr__: [
        "self",
        function* (python, [self]) {
          const { name, mode, binary } = file(self)
          const shown = yield* python.repr(name)
          return binary ? `<_io.BufferedReader name=${shown}>` : `<_io.TextIOWrapper name=${shown} mode='${mode}' encoding='UTF-8'>`
        },
      ],
    })
    getters(cls, {
      closed: (_, self) => file(self).closed,
      name: (_, self) => file(self).name,
      mode: (_, self) => file(self).mode,
      encoding: () => "utf-8",
      buffer: (_, self) => binaryOf(file(self)),
    })
  }
}

const binaries = new WeakMap<TextFile, TextFile>()

/** sys.stdout.buffer: the same descriptor, for bytes. */
const binaryOf = (text: TextFile): TextFile => {
  let found = binaries.get(text)
  if (!found) binaries.set(text, (found = new TextFile(text.process, text.fd, text.name, `${text.mode}b`, "none")))
  return found
}

export const installObjects = (): void => {
  installObject()
  installType()
  installExceptions()
  installIterators()
  installFiles()
  methods(FUNCTION, { __call__: [undefined, (python, [self, ...args], keywords) => python.call(self, args, keywords)] })
  methods(METHOD, { __call__: [undefined, (python, [self, ...args], keywords) => python.call(self, args, keywords)] })
}
