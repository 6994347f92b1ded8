/**
 * What listens inside a learner's world, shown in their browser. Such a page is the learner's (or an author's) own work and nobody's to trust:
 * it runs in a sandbox without an origin, gets and sets no cookies, and reaches nothing but the same world.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { CallAnswer, CallRequest } from "../link.ts"
import { TokenBucket } from "../front/token-bucket.ts"
import type { OutsideCalls } from "../front/outside-calls.ts"
import { addressOf, type PreviewAddress, readAddress } from "./address.ts"
import { rewritePage, rewriteStyle } from "./rewrite-page.ts"

/** Requests a second of one lab, and how many at once: a page of many pictures. */
const RATE = 20
const BURST = 120
const MAX_BUCKETS = 5_000
/** Largest body of a request, bytes. */
const MAX_BODY = 256 * 1024
/** Wall ms until the page is told that nothing came. */
const PATIENCE_MS = 20_000

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])

/** `sandbox` without allow-same-origin: scripts run, with no origin, storage or cookies of the site's. */
const SAFE = {
  "content-security-policy": [
    "sandbox allow-scripts allow-forms allow-modals",
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  // A page without an origin asks for everything of its own as a stranger would; whoever knows the address may.
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "*",
  "access-control-allow-methods": "*",
}

/** Of a request into the world, and of an answer out of it. Neither cookies nor credentials are among them. */
const INTO = ["accept", "accept-language", "content-type", "user-agent", "x-requested-with"] as const
const OUT_OF = ["content-type", "content-disposition", "content-language", "last-modified", "retry-after", "server", "allow"] as const

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const page = (title: string, words: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:90vh;display:grid;place-content:center;text-align:center;padding:1.5rem;color-scheme:light dark}p{max-width:32rem;margin:.25rem auto}h1{font-size:1.125rem;margin:0}</style>
<main><h1>${escaped(title)}</h1><p>${escaped(words)}</p></main></html>
`

const refuse = (response: ServerResponse, status: number, title: string, words: string, more: Record<string, string> = {}): void => {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { ...SAFE, ...more, "content-type": "text/html; charset=utf-8" }).end(page(title, words))
}

const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size <= MAX_BODY) parts.push(part)
  }
  return size > MAX_BODY ? undefined : Buffer.concat(parts).toString("utf8")
}

const one = (value: string | readonly string[] | undefined) => (typeof value === "string" ? value : value?.join(", "))

/** A type for what came without one. */
const typeOf = (body: string) => (/^\s*<(?:!doctype|html)/i.test(body) ? "text/html; charset=utf-8" : "text/plain; charset=utf-8")

export class PreviewDoor {
  readonly #buckets = new Map<string, TokenBucket>()
  /** A session's calls by the token of an address; undefined when that is nobody's. @throws Error with the reason when its lab cannot be had */
  readonly #callsOf: (token: string) => Promise<OutsideCalls | undefined>
  readonly #patience: number
  readonly #now: () => number

  /** @param patience wall ms. @param now wall ms, for the rate */
  constructor(callsOf: (token: string) => Promise<OutsideCalls | undefined>, patience = PATIENCE_MS, now = () => performance.now()) {
    this.#callsOf = callsOf
    this.#patience = patience
    this.#now = now
  }

  #wait(token: string): number {
    const now = this.#now()
    const bucket = this.#buckets.get(token) ?? new TokenBucket(RATE, BURST, now)
    this.#buckets.delete(token)
    this.#buckets.set(token, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(oldest)
    return bucket.afford(now, 1)
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET"
    const address = readAddress(request.url ?? "/")
    if (!address) return refuse(response, 404, "There is no such address", "It ends in a host and a port: …/controlplane/30080/")
    if ("slash" in address) return void response.writeHead(308, { ...SAFE, location: address.slash }).end()
    if (!METHODS.has(method)) return refuse(response, 405, "Not this way", `${method} is not carried into a lab.`)
    let calls: OutsideCalls | undefined
    try {
      calls = await this.#callsOf(address.token)
    } catch (error) {
      return refuse(response, 503, "The lab cannot be opened", (error as Error).message)
    }
    if (!calls) return refuse(response, 401, "This is no address of a lab of yours", "Reload the lesson and open the page from there.")
    // A page without an origin asks first whether it may.
    if (method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined)
      return void response.writeHead(204, SAFE).end()
    const wait = this.#wait(address.token)
    if (wait > 0) {
      const more = { "retry-after": String(Math.ceil(wait / 1_000)) }
      return refuse(response, 429, "Too many requests", "This page asks faster than a lab answers. Reload it in a moment.", more)
    }
    const body = method === "GET" || method === "HEAD" ? "" : await bodyOf(request)
    if (body === undefined) return refuse(response, 413, "Too large", `At most ${MAX_BODY / 1024} KiB go into a lab at once.`)
    const headers = Object.fromEntries(
      INTO.flatMap((name) => {
        const value = one(request.headers[name])
        return value === undefined ? [] : [[name, value] as const]
      }),
    )
    const { path, query, host, port, tls } = address
    const answer = await this.#ask(calls, { method, path, query, headers, to: { host, port, tls }, ...(body !== "" && { body }) }, response)
    if (answer) this.#give(response, method, address, answer)
  }

  /** Undefined: it was given up, and whoever asked has been told. */
  #ask(calls: OutsideCalls, request: CallRequest, response: ServerResponse): Promise<CallAnswer | undefined> {
    return new Promise((resolve) => {
      const end = (answer: CallAnswer | undefined) => {
        clearTimeout(timer)
        resolve(answer)
      }
      const giveUp = calls.ask(request, (answer) => {
        if (!answer) refuse(response, 429, "Too many requests", "Others of this lab are still under way.", { "retry-after": "1" })
        end(answer)
      })
      const timer = setTimeout(() => {
        giveUp()
        refuse(response, 504, "Nothing came", "Is the lab's clock paused? Nothing answers while it stands.")
        end(undefined)
      }, this.#patience)
      response.on("close", () => {
        if (response.writableFinished) return
        giveUp()
        end(undefined)
      })
    })
  }

  #give(response: ServerResponse, method: string, address: PreviewAddress, answer: CallAnswer): void {
    if (response.headersSent || response.destroyed) return
    if (answer.problem !== undefined) return refuse(response, 502, "There is no page", answer.problem)
    const headers: Record<string, string> = {}
    for (const name of OUT_OF) {
      const value = one(answer.headers[name])
      if (value !== undefined) headers[name] = value
    }
    const location = one(answer.headers.location)
    if (location !== undefined) headers.location = addressOf(location, address) ?? location
    const { body = "" } = answer
    headers["content-type"] ??= typeof body === "string" ? typeOf(body) : "application/octet-stream"
    const type = headers["content-type"]
    const text = () => (typeof body === "string" ? body : Buffer.from(body).toString("utf8"))
    const out = /^text\/html/i.test(type) ? rewritePage(text(), address) : /^text\/css/i.test(type) ? rewriteStyle(text(), address) : body
    const bytes = typeof out === "string" ? Buffer.from(out) : Buffer.from(out.buffer, out.byteOffset, out.byteLength)
    const status = answer.status >= 200 && answer.status <= 599 ? answer.status : 502
    response.writeHead(status, { ...headers, ...SAFE, "content-length": String(bytes.length) }).end(method === "HEAD" ? undefined : bytes)
  }
}
