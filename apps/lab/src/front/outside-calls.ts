/** The gateway's door onto a world in another thread: requests and channels become messages, answers come back as messages. */
import type { ApiRequest, ApiResponse } from "@drydock/kubernetes"
import type { Door } from "@drydock/gateway"
import { TokenBucket } from "./token-bucket.ts"
import type { CallAnswer, CallRequest, FromWorker, ToWorker } from "../link.ts"

type FromCall = Extract<FromWorker, { call: number }>

interface OpenCall {
  answered: (answer: CallAnswer) => void
  /** What came before the gateway was ready for it. */
  early: FromCall[]
  receive: ((message: FromCall) => void) | undefined
}

/** Calls, watches and channels of one cluster that may be open at once. */
const MAX_OPEN = 256

/** Requests a second of one cluster, and how many at once: a client's discovery is some 60, k9s' first look 200. */
const RATE = 100
const BURST = 500
/** Bytes of a body that count as one more request. */
const BYTES_A_REQUEST = 64 * 1024

/** As the API server's own limit on requests in flight words it (apiserver/pkg/server/filters/maxinflight.go). */
const tooMany = (seconds: number): ApiResponse => ({
  status: 429,
  headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", "retry-after": String(seconds) },
  body: "Too many requests, please try again later.\n",
})

/** As the gateway answers a server that is not there. */
const GONE: CallAnswer = { status: 0, headers: {}, problem: "The lab server that ran this lab is gone; it comes back by itself." }

export class OutsideCalls implements Door {
  readonly #session: string
  readonly #post: (message: ToWorker) => void
  readonly #open = new Map<number, OpenCall>()
  readonly #rate: TokenBucket
  readonly #now: () => number
  #next = 1

  /** `now`: wall ms. */
  constructor(session: string, post: (message: ToWorker) => void, now = () => performance.now()) {
    this.#session = session
    this.#post = post
    this.#now = now
    this.#rate = new TokenBucket(RATE, BURST, now())
  }

  get open(): number {
    return this.#open.size
  }

  handle(request: ApiRequest, done: (response: ApiResponse) => void): void {
    if (this.#open.size >= MAX_OPEN) return done(tooMany(1))
    const size = typeof request.body === "string" ? request.body.length : 0
    const wait = this.#rate.afford(this.#now(), 1 + Math.floor(size / BYTES_A_REQUEST))
    if (wait > 0) return done(tooMany(Math.ceil(wait / 1_000)))
    const { method, path, query, headers, body } = request
    const call = this.#begin(
      {
        method,
        path,
        query: typeof query === "string" ? query : "",
        headers: headers ?? {},
        ...(typeof body === "string" && { body }),
      },
      (answer) => done(this.#responseOf(call, answer)),
    )
  }

  #begin(request: CallRequest, answered: (answer: CallAnswer) => void): number {
    const call = this.#next++
    this.#open.set(call, { answered, early: [], receive: undefined })
    this.#post({ type: "call", session: this.#session, call, request })
    return call
  }

  /**
   * A page's request to what listens inside. The answer is undefined when too much is under way already.
   * @returns how to give it up
   */
  ask(request: CallRequest, done: (answer: CallAnswer | undefined) => void): () => void {
    if (this.#open.size >= MAX_OPEN) {
      done(undefined)
      return () => {}
    }
    const call = this.#begin(request, done)
    return () => this.#close(call)
  }

  #close(call: number): void {
    if (this.#open.delete(call)) this.#post({ type: "call-closed", session: this.#session, call })
  }

  /** Stream starts and channel input are messages already: the world's turn is the worker's business. */
  enter(work: () => void): void {
    work()
  }

  take(message: FromCall): void {
    const call = this.#open.get(message.call)
    if (!call) return
    if (message.type === "call-answer") {
      if (!message.answer.follows) this.#open.delete(message.call)
      call.answered(message.answer)
    } else if (call.receive) call.receive(message)
    else call.early.push(message)
    if (message.type === "call-end" && message.channel === undefined) this.#open.delete(message.call)
  }

  #responseOf(id: number, { status, headers, body, follows }: CallAnswer): ApiResponse {
    const call = this.#open.get(id)
    const listen = (receive: (message: FromCall) => void) => {
      if (!call) return
      call.receive = receive
      for (const message of call.early.splice(0)) receive(message)
    }
    const close = () => this.#close(id)
    if (!follows) return { status, headers, ...(body !== undefined && { body }) }
    if (follows === "stream")
      return {
        status,
        headers,
        stream: {
          start: (push, end) =>
            listen((message) => {
              if (message.type === "call-frame") push(message.text)
              else if (message.type === "call-end") end()
            }),
          cancel: close,
        },
      }
    return {
      status,
      headers,
      upgrade: {
        protocol: follows,
        start: (send, end, finished) =>
          listen((message) => {
            if (message.type === "call-data") send(message.channel, message.data)
            else if (message.type === "call-end") message.channel === undefined ? finished() : end(message.channel)
          }),
        receive: (channel, data) => this.#post({ type: "call-data", session: this.#session, call: id, channel, data }),
        receiveEnd: (channel) => this.#post({ type: "call-end", session: this.#session, call: id, channel }),
        closed: close,
      },
    }
  }

  /** The worker is gone: what was open fails as a server that died. */
  fail(): void {
    for (const [id, call] of [...this.#open]) {
      this.#open.delete(id)
      if (call.receive) call.receive({ type: "call-end", session: this.#session, call: id })
      else call.answered(GONE)
    }
  }
}
