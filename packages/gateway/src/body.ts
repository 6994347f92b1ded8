/** Request bodies as the API server limits them, response bodies as it writes them. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { jsonBody } from "@drydock/kubernetes/apimachinery"
import { constants, createGzip, gunzipSync, gzip } from "node:zlib"

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

/** Ends the response with `body`, compressed when that is worth it and the client said it may be. */
export const sendBody = (request: IncomingMessage, response: ServerResponse, body: string | Uint8Array): void => {
  if (body.length < GZIP_THRESHOLD_BYTES || !acceptsGzip(request)) {
    response.setHeader("content-length", typeof body === "string" ? Buffer.byteLength(body) : body.length)
    response.end(request.method === "HEAD" ? undefined : body)
    return
  }
  response.setHeader("content-encoding", "gzip")
  response.setHeader("vary", "Accept-Encoding")
  gzip(body, { level: 1 }, (error, bytes) => {
    if (error) response.destroy(error)
    else response.end(bytes)
  })
}

/** A writer for streamed frames; gzip is flushed after each so that a watcher sees it at once. */
export const frameWriter = (request: IncomingMessage, response: ServerResponse, compress: boolean) => {
  if (!compress || !acceptsGzip(request)) return { write: (text: string) => response.write(text), end: () => response.end() }
  response.setHeader("content-encoding", "gzip")
  const stream = createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH })
  stream.pipe(response)
  return { write: (text: string) => stream.write(text), end: () => stream.end() }
}
