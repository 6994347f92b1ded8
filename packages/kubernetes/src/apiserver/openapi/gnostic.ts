/** An OpenAPI v2 document as protobuf, the only form that kubectl asks for. Field numbers of github.com/google/gnostic-models/openapiv2. */
import { isObject, type Json } from "../../apimachinery/frozen.ts"

const text = new TextEncoder()

class Writer {
  #parts: Uint8Array[] = []

  #varint(value: number): void {
    const bytes: number[] = []
    let rest = value
    while (rest > 0x7f) {
      bytes.push((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
    this.#parts.push(Uint8Array.from(bytes))
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + 2)
    this.#varint(value.length)
    this.#parts.push(value)
    return this
  }

  string(field: number, value: unknown): this {
    return typeof value === "string" && value !== "" ? this.bytes(field, text.encode(value)) : this
  }

  strings(field: number, values: unknown): this {
    for (const value of Array.isArray(values) ? values : []) this.string(field, value)
    return this
  }

  boolean(field: number, value: unknown): this {
    if (value === true) {
      this.#varint(field * 8)
      this.#varint(1)
    }
    return this
  }

  message(field: number, inner: Writer | undefined): this {
    return inner ? this.bytes(field, inner.done()) : this
  }

  done(): Uint8Array {
    const result = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const part of this.#parts) {
      result.set(part, at)
      at += part.length
    }
    return result
  }
}

/** Extensions travel as YAML, of which JSON is a part. */
const extensions = (writer: Writer, field: number, object: Json): Writer => {
  for (const [name, value] of Object.entries(object))
    if (name.startsWith("x-")) writer.message(field, new Writer().string(1, name).message(2, new Writer().string(2, JSON.stringify(value))))
  return writer
}

const schema = (value: unknown): Writer => {
  const object = isObject(value) ? value : {}
  const writer = new Writer().string(1, object.$ref).string(2, object.format).string(4, object.description)
  writer.strings(19, object.required)
  if (isObject(object.additionalProperties)) writer.message(21, new Writer().message(1, schema(object.additionalProperties)))
  if (typeof object.type === "string") writer.message(22, new Writer().string(1, object.type))
  if (isObject(object.items)) writer.message(23, new Writer().message(1, schema(object.items)))
  if (isObject(object.properties)) {
    const properties = new Writer()
    for (const [name, below] of Object.entries(object.properties))
      properties.message(1, new Writer().string(1, name).message(2, schema(below)))
    writer.message(25, properties)
  }
  return extensions(writer, 31, object)
}

const parameter = (value: Json): Writer => {
  const { in: where, name, description, required } = value
  const inner = new Writer()
    .boolean(1, required)
    .string(2, where)
    .string(3, description)
    .string(4, name)
    .string(where === "path" ? 5 : 6, "string")
  const non = new Writer().message(where === "path" ? 4 : 3, inner)
  return new Writer().message(1, new Writer().message(2, non))
}

const operation = (value: Json): Writer => {
  const writer = new Writer().strings(1, value.tags).string(3, value.description).string(5, value.operationId)
  for (const one of Array.isArray(value.parameters) ? (value.parameters as Json[]) : []) writer.message(8, parameter(one))
  const response = new Writer().string(1, "200").message(2, new Writer().message(1, new Writer().string(1, "OK")))
  writer.message(9, new Writer().message(1, response))
  return extensions(writer, 13, value)
}

const METHODS: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 }

export const encodeOpenApiV2 = (document: { info: Json; paths: Json; definitions: Json }): Uint8Array => {
  const paths = new Writer()
  for (const [path, item] of Object.entries(document.paths)) {
    const inner = new Writer()
    for (const [method, of] of Object.entries(item as Json)) {
      if (method === "parameters") for (const one of of as Json[]) inner.message(9, parameter(one))
      else if (Object.hasOwn(METHODS, method)) inner.message(METHODS[method], operation(of as Json))
    }
    paths.message(2, new Writer().string(1, path).message(2, inner))
  }
  const definitions = new Writer()
  for (const [name, of] of Object.entries(document.definitions)) definitions.message(1, new Writer().string(1, name).message(2, schema(of)))
  return new Writer()
    .string(1, "2.0")
    .message(2, new Writer().string(1, document.info.title).string(2, document.info.version))
    .message(8, paths)
    .message(9, definitions)
    .done()
}
