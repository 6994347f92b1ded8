/** What curl sends: -d and its kin, --json, -F, -T. As src/tool_getparam.c and lib/mime.c. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { bytesToText, type Options, textToBytes } from "../reading.ts"

/** It ends before anything is asked, with that exit code and message. */
export class BodyError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export interface RequestBody {
  readonly bytes: Uint8Array
  readonly type?: string
  /** Sent by -T: the method is PUT. */
  readonly upload?: true
}

/** One character a byte. */
function* readBytes(process: Process, path: string, option: string): Steps<string> {
  if (path === "-") return bytesToText(yield* process.readAll(0))
  try {
    return bytesToText(process.files.readBytes(path))
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (option === "-T") throw new BodyError(26, `(26) Can't open '${path}'!`)
    throw new BodyError(26, `option ${option}: error encountered when reading a file`)
  }
}

const bytesOf = (text: string): string => bytesToText(new TextEncoder().encode(text))

const encoded = (text: string): string =>
  textToBytes(text).reduce(
    (all, byte) =>
      all +
      (/[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`),
    "",
  )

/** "content", "=content", "name=content", "@file", "name@file". */
function* urlEncoded(process: Process, text: string): Steps<string> {
  const [, name = "", sign = "", rest = text] = /^([^=@]*)([=@])(.*)$/s.exec(text) ?? []
  const value = sign === "@" ? yield* readBytes(process, rest, "--data-urlencode") : bytesOf(rest)
  return `${name === "" ? "" : `${name}=`}${encoded(value)}`
}

/** "name=value", "name=@file;type=…", "name=<file". */
function* form(process: Process, parts: readonly string[]): Steps<RequestBody> {
  const boundary = `------------------------${Array.from({ length: 22 }, () => "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[Math.floor(process.random() * 62)]).join("")}`
  let body = ""
  for (const part of parts) {
    const equals = part.indexOf("=")
    if (equals < 1) throw new BodyError(2, "Illegally formatted input field\noption -F: is badly used here")
    const [value, ...settings] = part.slice(equals + 1).split(";")
    const type = settings.find((one) => one.startsWith("type="))?.slice(5)
    const file = value.startsWith("@")
    const content = /^[@<]/.test(value) ? yield* readBytes(process, value.slice(1), "-T") : bytesOf(value)
    const name = file ? `; filename="${value.slice(1).split("/").at(-1)}"` : ""
    const kind =
      type ?? (file ? (/\.txt$/.test(value) ? "text/plain" : /\.html?$/.test(value) ? "text/html" : "application/octet-stream") : undefined)
    body += `--${boundary}\r\nContent-Disposition: form-data; name="${part.slice(0, equals)}"${name}\r\n${kind ? `Content-Type: ${kind}\r\n` : ""}\r\n${content}\r\n`
  }
  return { bytes: textToBytes(`${body}--${boundary}--\r\n`), type: `multipart/form-data; boundary=${boundary}` }
}

/** What the options send; undefined: nothing. Throws BodyError. */
export function* requestBody(process: Process, { all, flags }: Options): Steps<RequestBody | undefined> {
  const upload = flags.get("T")
  if (typeof upload === "string") return { bytes: textToBytes(yield* readBytes(process, upload, "-T")), upload: true }
  if (flags.has("F")) return yield* form(process, all.get("F") ?? [])
  const parts: string[] = []
  // As it is read for -d, line ends of a file fall away.
  for (const part of all.get("d") ?? [])
    parts.push(part.startsWith("@") ? (yield* readBytes(process, part.slice(1), "-d")).replace(/[\r\n\0]/g, "") : bytesOf(part))
  for (const part of all.get("raw") ?? []) parts.push(bytesOf(part))
  for (const part of all.get("binary") ?? [])
    parts.push(part.startsWith("@") ? yield* readBytes(process, part.slice(1), "--data-binary") : bytesOf(part))
  for (const part of all.get("encoded") ?? []) parts.push(yield* urlEncoded(process, part))
  if (parts.length > 0) return { bytes: textToBytes(parts.join("&")), type: "application/x-www-form-urlencoded" }
  const json: string[] = []
  for (const part of all.get("json") ?? [])
    json.push(part.startsWith("@") ? yield* readBytes(process, part.slice(1), "--json") : bytesOf(part))
  return json.length > 0 ? { bytes: textToBytes(json.join("")), type: "application/json" } : undefined
}
