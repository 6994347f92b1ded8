/** Holds a request's body to a size before anything is made of it. */

/** @returns the request with its body read, or the answer that refuses it */
export const limitedBody = async (request: Request, most: number): Promise<Request | Response> => {
  const refused = () =>
    new Response(JSON.stringify({ error: { message: `A request may have ${Math.floor(most / 1024 / 1024)} MiB.`, code: 413 } }), {
      status: 413,
      headers: { "content-type": "application/json", connection: "close" },
    })
  if (Number(request.headers.get("content-length") ?? 0) > most) return refused()
  if (!request.body) return request
  const chunks: Uint8Array[] = []
  let bytes = 0
  const reader = request.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.length
    if (bytes > most) {
      await reader.cancel()
      return refused()
    }
    chunks.push(value)
  }
  const body = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return new Request(request.url, { method: request.method, headers: request.headers, body, signal: request.signal })
}
