/** HTTP/1.1 on byte streams: for raw clients of an HTTP listener, and HTTP clients of a raw listener. */
import { SystemError } from "../kernel/errno.ts"
import { bodyText, type HttpBody, type HttpRequest, type HttpResponse, type Stream } from "./contract.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const MAX_HEAD = 64 * 1024
const MAX_BODY = 8 * 1024 * 1024

export const REASONS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  426: "Upgrade Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
}

const bytesOf = (body: HttpBody | undefined): Uint8Array => (body instanceof Uint8Array ? body : encoder.encode(bodyText(body)))

export const formatRequest = (request: HttpRequest, host: string): Uint8Array => {
  const body = bytesOf(request.body)
  const headers = { host, ...request.headers, ...(body.length > 0 && { "content-length": String(body.length) }) }
  const head = `${request.method} ${request.path} HTTP/1.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`
  return concat(encoder.encode(head), body)
}

const headOf = (response: HttpResponse, extra: Record<string, string>): Uint8Array => {
  const headers = { ...response.headers, ...extra }
  return encoder.encode(
    `HTTP/1.1 ${response.status} ${REASONS[response.status] ?? ""}\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n`,
  )
}

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}

interface Head {
  first: string
  headers: Record<string, string>
  rest: Uint8Array
}

const parseHead = (bytes: Uint8Array): Head | undefined => {
  const text = decoder.decode(bytes.subarray(0, MAX_HEAD))
  let end = text.indexOf("\r\n\r\n")
  let skip = 4
  if (end < 0) {
    end = text.indexOf("\n\n")
    skip = 2
  }
  if (end < 0) return undefined
  const [first, ...lines] = text.slice(0, end).split(/\r?\n/)
  const headers: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const colon = line.indexOf(":")
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { first, headers, rest: bytes.subarray(encoder.encode(text.slice(0, end + skip)).length) }
}

/** Everything at hand on a stream added to `gathered`; `ended` when the peer has closed. */
const gather = (stream: Stream, gathered: Uint8Array): { bytes: Uint8Array; ended: boolean } => {
  let bytes = gathered
  for (;;) {
    const chunk = stream.tryRead()
    if (chunk === undefined) return { bytes, ended: false }
    if (chunk.length === 0) return { bytes, ended: true }
    bytes = concat(bytes, chunk)
  }
}

/** Serves requests of a raw client, one after the other, until either side closes. */
export const serveStream = (stream: Stream, handle: (request: HttpRequest, done: (response: HttpResponse) => void) => void): void => {
  let gathered: Uint8Array = new Uint8Array(0)
  let busy = false
  let out: Uint8Array = new Uint8Array(0)
  let closing = false
  const flush = () => {
    try {
      while (out.length > 0) {
        const taken = stream.tryWrite(out)
        if (taken === 0) return
        out = out.subarray(taken)
      }
      if (closing) stream.destroy()
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      stream.destroy()
    }
  }
  ;(stream.writeQueue as { onWake?: () => void }).onWake = flush
  const send = (bytes: Uint8Array) => {
    out = out.length === 0 ? bytes : concat(out, bytes)
    flush()
  }
  const refuse = (status: number) => {
    closing = true
    send(headOf({ status, headers: {} }, { "content-length": "0", connection: "close" }))
  }
  const read = () => {
    if (busy) return
    let ended: boolean
    try {
      ;({ bytes: gathered, ended } = gather(stream, gathered))
    } catch {
      return stream.destroy()
    }
    const head = parseHead(gathered)
    if (!head) {
      if (gathered.length > MAX_HEAD) refuse(431)
      else if (ended) stream.destroy()
      return
    }
    const match = /^([A-Za-z]+) (\S+)(?: HTTP\/(\d(?:\.\d)?))?$/.exec(head.first)
    if (!match) return refuse(400)
    const length = Number(head.headers["content-length"] ?? 0)
    if (!Number.isFinite(length) || length < 0 || length > MAX_BODY) return refuse(413)
    if (head.rest.length < length) return
    const body = head.rest.slice(0, length)
    gathered = head.rest.slice(length)
    busy = true
    const close = match[3] !== "1.1" || /close/i.test(head.headers.connection ?? "")
    handle({ method: match[1], path: match[2], headers: head.headers, ...(length > 0 && { body }) }, (response) => {
      busy = false
      const finish = () => {
        if (close) {
          closing = true
          flush()
        } else read()
      }
      if (response.stream) {
        const { stream: source } = response
        send(headOf(response, { "transfer-encoding": "chunked" }))
        const pump = () => {
          for (let chunk = source.tryTake(); chunk !== undefined; chunk = source.tryTake()) {
            if (chunk === null) {
              send(encoder.encode("0\r\n\r\n"))
              return finish()
            }
            const data = bytesOf(chunk)
            send(concat(encoder.encode(`${data.length.toString(16)}\r\n`), concat(data, encoder.encode("\r\n"))))
          }
        }
        source.onReadable = pump
        return pump()
      }
      const data = bytesOf(response.body)
      send(
        concat(
          headOf(response, { "content-length": String(data.length), ...(close && { connection: "close" }) }),
          match[1] === "HEAD" ? new Uint8Array(0) : data,
        ),
      )
      finish()
    })
  }
  stream.onReadable = read
  read()
}

/** Sends a request over a raw stream and gathers its answer (content-length, chunked, or until the end). */
export const exchangeOverStream = (
  stream: Stream,
  request: HttpRequest,
  host: string,
  done: (result: HttpResponse | "ECONNRESET") => void,
): void => {
  let out = formatRequest(request, host)
  const flush = () => {
    try {
      while (out.length > 0) {
        const taken = stream.tryWrite(out)
        if (taken === 0) return
        out = out.subarray(taken)
      }
    } catch {
      // The answer, if any, is still read.
    }
  }
  ;(stream.writeQueue as { onWake?: () => void }).onWake = flush
  let gathered: Uint8Array = new Uint8Array(0)
  const read = () => {
    let ended: boolean
    try {
      ;({ bytes: gathered, ended } = gather(stream, gathered))
    } catch {
      return done("ECONNRESET")
    }
    const head = parseHead(gathered)
    if (!head) {
      if (ended) {
        stream.destroy()
        done("ECONNRESET")
      }
      return
    }
    const status = Number(/^HTTP\/\d(?:\.\d)? (\d{3})/.exec(head.first)?.[1] ?? 0)
    if (status === 0) {
      stream.destroy()
      return done("ECONNRESET")
    }
    const chunked = /chunked/i.test(head.headers["transfer-encoding"] ?? "")
    const length = head.headers["content-length"]
    const body = chunked
      ? dechunk(head.rest)
      : length !== undefined
        ? head.rest.length >= Number(length)
          ? head.rest.slice(0, Number(length))
          : undefined
        : ended
          ? head.rest
          : undefined
    if (body === undefined && !ended) return
    stream.destroy()
    done({ status, headers: head.headers, body: body ?? head.rest })
  }
  stream.onReadable = read
  flush()
  read()
}

const dechunk = (bytes: Uint8Array): Uint8Array | undefined => {
  let body: Uint8Array = new Uint8Array(0)
  let at = 0
  for (;;) {
    const end = bytes.indexOf(10, at)
    if (end < 0) return undefined
    const size = Number.parseInt(decoder.decode(bytes.subarray(at, end)), 16)
    if (!Number.isFinite(size)) return body
    at = end + 1
    if (size === 0) return body
    if (bytes.length < at + size + 2) return undefined
    body = concat(body, bytes.subarray(at, at + size))
    at += size + 2
  }
}
