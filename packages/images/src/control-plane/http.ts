/** The API server's answers as HTTP on the simulated network. */
import type { ApiResponse } from "@drydock/kubernetes"
import {
  bodyText,
  type Channels,
  type HttpBody,
  type HttpRequest,
  type HttpResponse,
  type HttpStream,
  type Process,
  type Steps,
  type WaitQueue,
} from "@drydock/machine"
import type { ImageContext } from "../define-image.ts"

const apiStream = (answer: NonNullable<ApiResponse["stream"]>, queue: WaitQueue): HttpStream => {
  const chunks: (HttpBody | null)[] = []
  const stream: HttpStream = {
    tryTake: () => chunks.shift(),
    readQueue: queue,
    onReadable: undefined,
    cancel: () => answer.cancel(),
  }
  const add = (chunk: HttpBody | null) => {
    chunks.push(chunk)
    queue.wake()
    stream.onReadable?.()
  }
  answer.start(
    (frame) => add(typeof frame === "string" ? frame : { json: frame }),
    () => add(null),
  )
  return stream
}

const apiChannels = (upgrade: NonNullable<ApiResponse["upgrade"]>): Channels => {
  const channels: Channels = {
    send: (channel, data) => upgrade.receive(channel, data),
    end: (channel) => upgrade.receiveEnd(channel),
    close: () => upgrade.closed(),
    onMessage: undefined,
    onEnd: undefined,
    onClose: undefined,
  }
  // What comes before somebody listens is kept.
  const early: (() => void)[] = []
  const deliver = (work: () => void) => (channels.onMessage ? work() : early.push(work))
  let open = false
  Object.defineProperty(channels, "onMessage", {
    get: () => handler,
    set: (value: Channels["onMessage"]) => {
      handler = value
      for (const work of early.splice(0)) work()
      if (value && !open) {
        open = true
        upgrade.start(
          (channel, data) => deliver(() => handler?.(channel, data)),
          (channel) => channels.onEnd?.(channel),
          () => channels.onClose?.(),
        )
      }
    },
  })
  let handler: Channels["onMessage"]
  return channels
}

/** The API server's answer as HTTP on the simulated network. */
export const toHttp = (answer: ApiResponse, queue: WaitQueue): HttpResponse => {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, typeof value === "string" ? value : value.join(", ")]),
  )
  if (answer.upgrade) return { status: 101, headers, upgrade: apiChannels(answer.upgrade) }
  if (answer.stream) return { status: answer.status, headers, stream: apiStream(answer.stream, queue) }
  return {
    status: answer.status,
    headers,
    ...(answer.body !== undefined && {
      body: typeof answer.body === "string" || answer.body instanceof Uint8Array ? answer.body : { json: answer.body },
    }),
  }
}

/** Waits for an answer that comes later (a webhook's, an exec's, a ServiceAccount's). */
export function* settled(queue: WaitQueue, first: ApiResponse): Steps<ApiResponse> {
  let answer = first
  while (answer.later) {
    let given: ApiResponse | undefined
    answer.later((response) => {
      given = response
      queue.wake()
    })
    while (given === undefined) yield { queues: [queue] }
    answer = given
  }
  return answer
}

export function* answerApi(process: Process, context: ImageContext, request: HttpRequest): Steps<HttpResponse> {
  const question = request.path.indexOf("?")
  const { body } = request
  const answer = yield* settled(
    process.queue(),
    context.cluster.handle({
      method: request.method,
      path: question < 0 ? request.path : request.path.slice(0, question),
      query: question < 0 ? "" : request.path.slice(question + 1),
      headers: request.headers,
      ...(body !== undefined && { body: typeof body === "string" || body instanceof Uint8Array ? bodyText(body) : body.json }),
      ...(request.clientCertificate && { clientCertificate: request.clientCertificate }),
      ...(request.remoteAddress && { remoteAddress: request.remoteAddress }),
      ...(request.span !== undefined && { span: request.span }),
    }),
  )
  return toHttp(answer, process.queue())
}
