/** bytes and bytearray: what they share with str works on their bytes as Latin-1. */
import { classMethods, maker, methods } from "../objects/define.ts"
import { isInt, toCount, toIndex } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { BYTEARRAY, Bytes, BYTES, type PyClass, isTask, List, Native, STR, Tuple, typeOf, type Value } from "../objects/values.ts"
import { begin } from "../run/calls.ts"
import { Invoke } from "../objects/values.ts"
import { MOST_TEXT } from "../run/operators.ts"
import { decodeBytes, encodeText } from "./codecs.ts"

export const bytesOf = (value: Value): Bytes => {
  if (value instanceof Bytes) return value
  throw typeError(`a bytes-like object is required, not '${typeOf(value).name}'`)
}

export const latin = (data: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < data.length; at += 8_192) text += String.fromCharCode(...data.subarray(at, at + 8_192))
  return text
}

const fromLatin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** Text where bytes are, and bytes again in what comes back. */
const toText = (value: Value): Value => {
  if (value instanceof Bytes) return latin(value.data)
  if (value instanceof Tuple) return new Tuple(value.items.map(toText))
  if (value instanceof List) return new List(value.items.map(toText))
  return value
}

const toBytes = (value: Value, mutable: boolean): Value => {
  if (typeof value === "string") return new Bytes(fromLatin(value), mutable)
  if (value instanceof List) return new List(value.items.map((item) => toBytes(item, mutable)))
  if (value instanceof Tuple) return new Tuple(value.items.map((item) => toBytes(item, mutable)))
  return value
}

const SHARED =
  "strip lstrip rstrip split rsplit splitlines replace find rfind index rindex count startswith endswith upper lower title capitalize swapcase center ljust rjust zfill partition rpartition isdigit isalpha isalnum isspace isupper islower removeprefix removesuffix expandtabs".split(
    " ",
  )

const install = (cls: PyClass, mutable: boolean): void => {
  maker(cls, "source=, encoding=, errors=", function* (python, [, source, encoding, errors]) {
    if (source === undefined) return new Bytes(new Uint8Array(0), mutable)
    if (typeof source === "string") {
      if (encoding === undefined) throw typeError("string argument without an encoding")
      return new Bytes(encodeText(source, String(encoding), String(errors ?? "strict")), mutable)
    }
    if (isInt(source)) {
      const count = toCount(source)
      if (count < 0) throw valueError("negative count")
      if (count > MOST_TEXT) throw raised("MemoryError")
      return new Bytes(new Uint8Array(count), mutable)
    }
    if (source instanceof Bytes) return new Bytes(source.data.slice(), mutable)
    const numbers = (yield* python.collect(source)).map((item) => Number(toIndex(item)))
    if (numbers.some((one) => one < 0 || one > 255)) throw valueError(`${mutable ? "byte" : "bytes"} must be in range(0, 256)`)
    return new Bytes(Uint8Array.from(numbers), mutable)
  })
  for (const name of SHARED) {
    const made = new Native(name, undefined, function* (python, values, keywords) {
      const text = STR.dict.map.get(name) as Native
      const started = begin(python, text, values.map(toText), keywords)
      const result = started instanceof Invoke ? null : isTask(started) ? yield* started : started
      return toBytes(result, mutable)
    })
    made.owner = cls
    cls.dict.map.set(name, made)
  }
  methods(cls, {
    decode: [
      "self, encoding=, errors=",
      (_, [self, encoding, errors]) => decodeBytes(bytesOf(self).data, String(encoding ?? "utf-8"), String(errors ?? "strict")),
    ],
    hex: [
      "self, sep=",
      (_, [self, mark]) =>
        Array.from(bytesOf(self).data, (byte) => byte.toString(16).padStart(2, "0")).join(typeof mark === "string" ? mark : ""),
    ],
    join: [
      "self, iterable",
      function* (python, [self, iterable]) {
        const items = yield* python.collect(iterable)
        const texts = items.map((item, index) => {
          if (!(item instanceof Bytes)) throw typeError(`sequence item ${index}: expected a bytes-like object, ${typeOf(item).name} found`)
          return latin(item.data)
        })
        return new Bytes(fromLatin(texts.join(latin(bytesOf(self).data))), mutable)
      },
    ],
    __len__: ["self", (_, [self]) => bytesOf(self).data.length],
  })
  classMethods(cls, {
    fromhex: [
      "cls, string",
      (_, [, text]) => {
        const plain = String(text).replace(/\s/g, "")
        if (!/^(?:[0-9a-fA-F]{2})*$/.test(plain))
          throw valueError(`non-hexadecimal number found in fromhex() arg at position ${plain.search(/[^0-9a-fA-F]|$/)}`)
        return new Bytes(
          Uint8Array.from(plain.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
          mutable,
        )
      },
    ],
  })
}

export const installBytes = (): void => {
  install(BYTES, false)
  install(BYTEARRAY, true)
  const grown = (value: Value, more: Uint8Array): null => {
    const bytes = bytesOf(value)
    if (bytes.data.length + more.length > MOST_TEXT) throw raised("MemoryError")
    const data = new Uint8Array(bytes.data.length + more.length)
    data.set(bytes.data)
    data.set(more, bytes.data.length)
    bytes.data = data
    return null
  }
  methods(BYTEARRAY, {
    append: ["self, item", (_, [self, item]) => grown(self, Uint8Array.of(Number(toIndex(item))))],
    extend: ["self, items", (_, [self, items]) => grown(self, bytesOf(items).data)],
  })
}
