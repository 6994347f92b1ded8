/** Reads what a client sent: JSON, YAML or protobuf, strictly or not. As k8s.io/apiserver/pkg/endpoints/handlers (create.go, rest.go). */
import { parse as parseYaml } from "yaml"
import type { Kind } from "../api/define-kind.ts"
import { isObject } from "../apimachinery/frozen.ts"
import { JsonError, MOST_STRICT_PROBLEMS, MOST_VALUES, parseJson, TooManyValues } from "../apimachinery/json-text.ts"
import type { KubernetesObject } from "../apimachinery/object.ts"
import { decodeProtobuf, isProtobuf, ProtobufError } from "../apimachinery/protobuf.ts"
import { badRequest, StatusError } from "../apimachinery/status.ts"
import type { ApiRequest } from "./contract.ts"
import { decodeObject } from "./decode.ts"
import type { WriteOptions } from "./options.ts"

type AnyKind = Kind<KubernetesObject>

const textOf = (body: unknown): string => (body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body))

/** As summarizeData in rest.go. */
const summary = (text: string): string => {
  if (text === "") return "<empty>"
  if (text.startsWith("{")) return text.length > 30 ? `${text.slice(0, 30)} ...` : text
  const bytes = new TextEncoder().encode(text)
  const hex = Array.from(bytes.slice(0, 30), (byte) => byte.toString(16).padStart(2, "0")).join("")
  return bytes.length > 30 ? `${hex} ...` : hex
}

export const unsupportedMediaType = (): StatusError =>
  new StatusError(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  )

const entityTooLarge = (why: string): StatusError => new StatusError(413, "RequestEntityTooLarge", `Request entity too large: ${why}`, {})

/** The JSON of a body. Throws JsonError, StatusError 413. */
export const jsonValue = (text: string): { value: unknown; duplicates: string[] } => {
  try {
    return parseJson(text, MOST_VALUES)
  } catch (error) {
    if (error instanceof TooManyValues) throw entityTooLarge(`limit is ${MOST_VALUES} values`)
    throw error
  }
}

/** Of YAML that is not JSON, bytes: its parser takes ten times as long. */
const LARGEST_YAML = 64 * 1024

/** YAML into JSON values; aliases are few, so that a small text stays a small object. Throws Error with the parser's words, StatusError 413. */
export const yamlValue = (text: string): unknown => {
  // What clients send as YAML mostly is JSON.
  if (/^\s*[{[]/.test(text))
    try {
      return jsonValue(text).value
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
    }
  if (text.length > LARGEST_YAML) throw entityTooLarge(`limit is ${LARGEST_YAML} bytes of YAML`)
  const value: unknown = parseYaml(text, { maxAliasCount: 100, version: "1.1", merge: true, schema: "core", prettyErrors: false })
  return value === undefined ? null : value
}

export interface Body {
  value: unknown
  /** Paths of fields that occur twice. */
  duplicates: readonly string[]
  text: string
}

/** The body as a JSON value. Throws StatusError 415, or JsonError, ProtobufError for malformed ones. */
export const readBody = (request: ApiRequest): Body => {
  const { body } = request
  if (body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)) return { value: body, duplicates: [], text: "" }
  const type = (request.headers?.["content-type"] ?? "application/json").split(";")[0].trim()
  if (type === "application/vnd.kubernetes.protobuf" || (body instanceof Uint8Array && isProtobuf(body))) {
    if (!(body instanceof Uint8Array))
      throw new ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    return { value: decodeProtobuf(body), duplicates: [], text: "" }
  }
  const text = body === undefined ? "" : textOf(body)
  if (type === "application/yaml") {
    try {
      return { value: yamlValue(text), duplicates: [], text }
    } catch (error) {
      if (error instanceof StatusError) throw error
      throw new JsonError(`yaml: ${(error as Error).message}`)
    }
  }
  if (type !== "application/json" && type !== "") throw unsupportedMediaType()
  return { ...jsonValue(text), text }
}

/** A body that may be absent: options of a delete, a subresource's object. */
export const optionalBody = (request: ApiRequest): unknown => {
  if (request.body === undefined || request.body === "" || (request.body instanceof Uint8Array && request.body.length === 0))
    return undefined
  try {
    return readBody(request).value
  } catch (error) {
    if (error instanceof JsonError || error instanceof ProtobufError) throw badRequest(error.message)
    throw error
  }
}

/** Unknown and doubled fields as the request wants them told: an error, warnings, or not at all. */
export const strictProblems = (
  validation: WriteOptions["fieldValidation"],
  unknown: readonly string[],
  duplicates: readonly string[],
): readonly string[] =>
  validation === "Ignore"
    ? []
    : [
        ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
        ...unknown.slice(0, MOST_STRICT_PROBLEMS).map((path) => `unknown field ${JSON.stringify(path)}`),
      ].slice(0, MOST_STRICT_PROBLEMS)

export interface Decoded {
  object: KubernetesObject
  warnings: readonly string[]
  /** Made from text: nobody else holds a part of it. */
  fresh: boolean
}

const internalGroup = (group: string): string => (group === "" ? "core" : group.split(".")[0])

/** The object in a create's or update's body. Throws StatusError 400, 415. */
export const readObject = (
  kind: AnyKind,
  request: ApiRequest,
  validation: WriteOptions["fieldValidation"],
  knows: (apiVersion: string, kind: string) => boolean,
): Decoded => {
  let body: Body
  try {
    body = readBody(request)
  } catch (error) {
    if (error instanceof JsonError)
      throw badRequest(
        `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${error.message} (${summary(textOf(request.body ?? ""))})`,
      )
    if (error instanceof ProtobufError)
      throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${error.message}`)
    throw error
  }
  const { value } = body
  // A component inside the world: it is trusted to send what it means.
  if (request.user && isObject(value) && typeof request.body === "object" && !(request.body instanceof Uint8Array))
    return { object: value as unknown as KubernetesObject, warnings: [], fresh: false }
  if (!isObject(value)) {
    const what = value === null ? "null" : Array.isArray(value) ? "array" : typeof value
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${summary(body.text)})`,
    )
  }
  const own = String(value.kind ?? kind.kind)
  const apiVersion = String(value.apiVersion ?? kind.apiVersion)
  const version = apiVersion.split("/").at(-1) ?? ""
  if (own !== kind.kind) {
    const prefix = `${own} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: `
    throw badRequest(
      knows(apiVersion, own)
        ? `${prefix}converting (${version}.${own}) to (${internalGroup(kind.group)}.${kind.kind}): unknown conversion`
        : `${prefix}no kind ${JSON.stringify(own)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    )
  }
  if (apiVersion !== kind.apiVersion) {
    if (!knows(apiVersion, own))
      throw badRequest(
        `${own} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: no kind ${JSON.stringify(own)} is registered for version ${JSON.stringify(apiVersion)} in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
      )
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`)
  }
  const { object, unknown } = decodeObject(kind, value)
  const problems = strictProblems(validation, unknown, body.duplicates)
  if (validation === "Strict" && problems.length > 0)
    throw badRequest(
      `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: strict decoding error: ${problems.join(", ")}`,
    )
  return { object, warnings: problems, fresh: typeof request.body === "string" || request.body instanceof Uint8Array }
}
