/** Request bodies as the API server limits them, response bodies as it writes them. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { jsonBody, jsonParts } from "@drydock/kubernetes/apimachinery"
import type { Writable } from "node:stream"
import { setImmediate as otherWork } from "node:timers/promises"
import { constants, createGzip, gunzipSync } from "node:zlib"

/** As k8s.io/apiserver/pkg/server/config.go MaxRequestBodyBytes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

/** As endpoints/handlers/responsewriters/writers.go: shorter answers are not worth compressing. */
const GZIP_THRESHOLD_BYTES = 128 * 1024

export class TooLarge extends Error {}

/** Reads a request's body whole. Rejects with TooLarge beyond the limit, after which the socket is drained, not cut. */
export const readBody = (request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on("data", (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else if (chunks.length > 0) {
        chunks.length = 0
        reject(new TooLarge())
      }
    })
    request.on("end", () => {
      if (size > limit) return reject(new TooLarge())
      const body = Buffer.concat(chunks)
      if (request.headers["content-encoding"] !== "gzip") return resolve(body)
      try {
        resolve(gunzipSync(body, { maxOutputLength: limit }))
      } catch {
        reject(new TooLarge())
      }
    })
    request.on("error", reject)
    request.on("aborted", () => reject(new Error("aborted")))
  })

/** JSON values end in a newline and hold no HTML, as Go's encoder writes them; text is text. */
export const encodeBody = (body: unknown): string => (body === undefined ? "" : typeof body === "string" ? body : jsonBody(body))

const acceptsGzip = (request: IncomingMessage) => /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))

/** Others get their turn after so many ms of writing. */
const SLICE_MS = 8
/** Characters that are gathered for one write. */
const WRITE_LENGTH = 256 * 1024

const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done)
      stream.off("close", done)
      resolve()
    }
    stream.on("drain", done)
    stream.on("close", done)
  })

/** The response, or what compresses for it, once it is clear that the answer is a long one. */
const longAnswer = (request: IncomingMessage, response: ServerResponse): Writable => {
  if (!acceptsGzip(request)) return response
  response.setHeader("content-encoding", "gzip")
  response.setHeader("vary", "Accept-Encoding")
  const stream = createGzip({ level: 1 })
  response.on("close", () => stream.destroy())
  stream.pipe(response)
  return stream
}

/** A body as parts of text: `body`'s own, or JSON as Go's encoder writes it. */
export const partsOf = (body: unknown): Iterable<string | Uint8Array> =>
  body === undefined ? [] : typeof body === "string" || body instanceof Uint8Array ? [body] : jsonParts(body)

/**
 * Ends the response with `parts`, which are made as they are written: a long answer does not hold up the thread. It is compressed when that is
 * worth it and the client said it may be.
 */
export const sendParts = async (
  request: IncomingMessage,
  response: ServerResponse,
  parts: Iterable<string | Uint8Array>,
): Promise<void> => {
  let held: Buffer[] = []
  let text = ""
  let size = 0
  let out: Writable | undefined
  let since = performance.now()
  const gather = () => {
    if (text !== "") held.push(Buffer.from(text))
    text = ""
  }
  for (const part of parts) {
    if (typeof part === "string") text += part
    else {
      gather()
      held.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
    }
    size += part.length
    if (size >= GZIP_THRESHOLD_BYTES && request.method !== "HEAD" && (text.length >= WRITE_LENGTH || held.length > 0)) {
      gather()
      out ??= longAnswer(request, response)
      for (const bytes of held) if (!out.write(bytes)) await drained(out)
      held = []
    }
    if (performance.now() - since > SLICE_MS) {
      await otherWork()
      since = performance.now()
    }
    if (response.destroyed) return
  }
  gather()
  if (!out && size >= GZIP_THRESHOLD_BYTES && request.method !== "HEAD" && acceptsGzip(request)) out = longAnswer(request, response)
  if (out) {
    for (const bytes of held) out.write(bytes)
    out.end()
    return
  }
  const body = held.length === 1 ? held[0] : Buffer.concat(held)
  response.setHeader("content-length", body.length)
  response.end(request.method === "HEAD" ? undefined : body)
}

/** A writer for streamed frames; gzip is flushed after each so that a watcher sees it at once. */
export const frameWriter = (request: IncomingMessage, response: ServerResponse, compress: boolean) => {
  if (!compress || !acceptsGzip(request)) return { write: (text: string) => response.write(text), end: () => response.end() }
  response.setHeader("content-encoding", "gzip")
  const stream = createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH })
  stream.pipe(response)
  return { write: (text: string) => stream.write(text), end: () => stream.end() }
}
