/** One HTTP request from outside, answered by a simulated API server. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { TLSSocket } from "node:tls"
import type { ApiRequest, ApiResponse } from "@drydock/kubernetes"
import { decodeProtobuf, isProtobuf, ProtobufError } from "@drydock/kubernetes/apimachinery"
import { encodeBody, frameWriter, MAX_BODY_BYTES, partsOf, readBody, sendParts, TooLarge } from "./body.ts"
import type { Door } from "./door.ts"

/** A watcher that does not read is cut off when this many bytes wait for it. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024

const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authorization"])

/** The request as the API server's door takes it. `prefix` is cut from the path ("/k8s/<session>"). */
export const toApiRequest = (request: IncomingMessage, prefix: string, body: Uint8Array | undefined): ApiRequest => {
  const url = request.url ?? "/"
  const question = url.indexOf("?")
  const path = (question < 0 ? url : url.slice(0, question)).slice(prefix.length) || "/"
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = Array.isArray(value) ? value.join(", ") : value
  let text = body && body.length > 0 ? new TextDecoder().decode(body) : undefined
  // Typed clients send protobuf; a recording of a session keeps text.
  if (body && isProtobuf(body)) {
    try {
      text = JSON.stringify(decodeProtobuf(body))
      headers["content-type"] = "application/json"
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error
    }
  }
  return {
    method: request.method ?? "GET",
    path,
    query: question < 0 ? "" : url.slice(question + 1),
    headers,
    ...(text !== undefined && { body: text }),
    ...peer(request),
  }
}

/** Who connected: address, and the client certificate (PEM) over TLS. The API server decides whether it is good. */
const peer = (request: IncomingMessage): Pick<ApiRequest, "remoteAddress" | "clientCertificate"> => {
  const socket = request.socket as Partial<TLSSocket> & IncomingMessage["socket"]
  const raw = socket.getPeerCertificate?.()?.raw
  return {
    ...(socket.remoteAddress && { remoteAddress: socket.remoteAddress }),
    ...(raw && {
      clientCertificate: `-----BEGIN CERTIFICATE-----\n${(raw.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`,
    }),
  }
}

const status = (code: number, reason: string, message: string) =>
  ({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code }) as const

/** Serves one request; resolves when the answer has been handed to the socket (a watch: when it is over). */
export const serveApi = async (
  request: IncomingMessage,
  response: ServerResponse,
  door: Door,
  options: { prefix?: string } = {},
): Promise<void> => {
  let body: Uint8Array | undefined
  try {
    body = request.method === "GET" || request.method === "HEAD" ? undefined : await readBody(request)
  } catch (error) {
    if (!(error instanceof TooLarge)) return void response.destroy()
    // As apiserver/pkg/endpoints/handlers/rest.go limitedReadBody words it.
    const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`
    response.writeHead(413, { "content-type": "application/json" }).end(encodeBody(status(413, "RequestEntityTooLarge", message)))
    return
  }
  const apiRequest = toApiRequest(request, options.prefix ?? "", body)
  const answer = await new Promise<ApiResponse>((resolve) => {
    const settle = (given: ApiResponse) => (given.later ? given.later(settle) : resolve(given))
    door.handle(apiRequest, settle)
  })
  if (response.destroyed) return door.enter(() => answer.stream?.cancel())
  if (answer.status === 0) return void response.destroy() // the API server is down: refused, as a closed port is
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value as string | string[])
  response.statusCode = answer.status
  if (!answer.stream) return sendParts(request, response, answer.parts?.() ?? partsOf(answer.body))
  await new Promise<void>((resolve) => {
    const stream = answer.stream as NonNullable<ApiResponse["stream"]>
    const writer = frameWriter(request, response, false)
    response.on("close", () => {
      door.enter(() => stream.cancel())
      resolve()
    })
    response.flushHeaders()
    door.enter(() =>
      stream.start(
        (frame) => {
          writer.write(encodeBody(frame))
          if (response.writableLength > MAX_WAITING_BYTES) response.destroy()
        },
        () => writer.end(),
      ),
    )
  })
}
