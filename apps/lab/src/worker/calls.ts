/** Calls from outside: of a cluster's Kubernetes API (answers, streams of watch and logs, channels of exec, attach and port-forward), and pages' of ports inside. */
import type { ApiResponse, Cluster, ResponseChannels, ResponseStream } from "@drydock/kubernetes"
import { jsonBody } from "@drydock/kubernetes/apimachinery"
import type { World } from "@drydock/world"
import type { CallAnswer, CallRequest } from "../link.ts"
import { askInside } from "../preview/ask-inside.ts"

/** Where answers go; nowhere while a log is replayed. */
export interface CallSink {
  answer(call: number, answer: CallAnswer): void
  frame(call: number, text: string): void
  data(call: number, channel: number, data: Uint8Array): void
  /** One channel's end, or everything's. */
  end(call: number, channel?: number): void
}

const ADMINISTRATOR = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }

/** JSON values as Go's encoder writes them; text and bytes are what they are. */
const wireBody = (body: unknown): string | Uint8Array => (typeof body === "string" || body instanceof Uint8Array ? body : jsonBody(body))

const NO_CLUSTER: CallAnswer = {
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "this lab has no Kubernetes cluster\n",
}

/** Reads leave no trace in the world, so they need not be in its log; exec and the proxies are GETs that do. */
export const changesWorld = ({ method, path, to }: CallRequest): boolean =>
  to !== undefined || (method !== "GET" && method !== "HEAD") || /\/(?:exec|attach|portforward|proxy)(?:\/|$)/.test(path)

interface OpenCall {
  stream?: ResponseStream
  channels?: ResponseChannels
  /** Ends a request to a port. */
  cancel?: () => void
  readonly logged: boolean
  closed: boolean
}

export class Calls {
  sink: CallSink | undefined
  readonly #world: World
  readonly #cluster: Cluster | undefined
  readonly #open = new Map<number, OpenCall>()

  constructor(world: World) {
    this.#world = world
    this.#cluster = world.cluster
  }

  get open(): number {
    return this.#open.size
  }

  /** Calls that the log opened and did not close. */
  loggedOpen(): number[] {
    return [...this.#open].filter(([, { logged }]) => logged).map(([call]) => call)
  }

  isLogged(call: number): boolean {
    return this.#open.get(call)?.logged === true
  }

  begin(call: number, request: CallRequest, logged: boolean): void {
    const { to } = request
    if (!this.#cluster && !to) return this.sink?.answer(call, NO_CLUSTER)
    const state: OpenCall = { logged, closed: false }
    this.#open.set(call, state)
    if (to) {
      state.cancel = askInside(this.#world, { ...request, to }, (answer) => {
        this.#open.delete(call)
        if (!state.closed) this.sink?.answer(call, answer)
      })
      return
    }
    const settle = (given: ApiResponse): void => {
      if (given.later) return given.later(settle)
      const { status, headers, body, stream, upgrade } = given
      this.sink?.answer(call, {
        status,
        headers,
        ...(body !== undefined && { body: wireBody(body) }),
        ...(stream && { follows: "stream" as const }),
        ...(upgrade && { follows: upgrade.protocol }),
      })
      const finish = (channel?: number) => {
        this.sink?.end(call, channel)
        if (channel === undefined) this.#open.delete(call)
      }
      if (upgrade) {
        state.channels = upgrade
        upgrade.start(
          (channel, data) => this.sink?.data(call, channel, data),
          (channel) => this.sink?.end(call, channel),
          () => finish(),
        )
        if (state.closed) upgrade.closed()
      } else if (stream) {
        state.stream = stream
        stream.start(
          (frame) => this.sink?.frame(call, typeof frame === "string" ? frame : jsonBody(frame)),
          () => finish(),
        )
        if (state.closed) stream.cancel()
      } else this.#open.delete(call)
    }
    // Without credentials the secret in the address is the credential: the caller is the cluster's administrator.
    const user = request.headers.authorization === undefined ? { user: { ...ADMINISTRATOR } } : {}
    settle((this.#cluster as Cluster).handle({ ...request, ...user }))
  }

  data(call: number, channel: number, data: Uint8Array): void {
    this.#open.get(call)?.channels?.receive(channel, data)
  }

  end(call: number, channel: number): void {
    this.#open.get(call)?.channels?.receiveEnd(channel)
  }

  close(call: number): void {
    const state = this.#open.get(call)
    if (!state) return
    this.#open.delete(call)
    state.closed = true
    state.cancel?.()
    state.stream?.cancel()
    state.channels?.closed()
  }
}
