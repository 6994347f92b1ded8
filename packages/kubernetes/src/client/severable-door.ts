/** A door with a network before it: nothing passes while that is cut, and a watch ends when something would have had to. */
import { unauthorized } from "../apimachinery/status.ts"
import type { ApiRequest, ApiResponse, ResponseStream, StreamSink } from "../apiserver/contract.ts"
import type { Door } from "./client.ts"

/** A class, and a sink itself: every watch of every node is one for as long as its world lives. */
class SeverableStream implements ResponseStream, StreamSink {
  readonly #stream: ResponseStream
  readonly #reaches: () => boolean
  #sink: StreamSink | undefined

  constructor(stream: ResponseStream, reaches: () => boolean) {
    this.#stream = stream
    this.#reaches = reaches
  }

  start(push: (frame: unknown) => void, end: () => void): void {
    this.follow({ onFrame: push, onEnd: end })
  }

  follow(sink: StreamSink): void {
    this.#sink = sink
    if (this.#stream.follow) this.#stream.follow(this)
    else
      this.#stream.start(
        (frame) => this.onFrame(frame),
        () => this.onEnd(),
      )
  }

  onFrame(frame: unknown): void {
    if (this.#reaches()) {
      this.#sink?.onFrame(frame)
      return
    }
    // What was sent is lost: the client notices by its pings, and lists anew.
    this.cancel()
    this.onEnd()
  }

  onEnd(): void {
    this.#sink?.onEnd()
  }

  cancel(): void {
    this.#stream.cancel()
  }
}

/** What a client's kubeconfig makes of its way to the API server. */
export interface ClientAccess {
  /** Whether packets come through, and the server that answers can be trusted. */
  readonly reaches: () => boolean
  /** Whether the server takes the client for who it is. */
  readonly trusted: () => boolean
  /** Why not, as the client's log has it: `dial tcp …: connect: connection refused`. */
  readonly problem?: (path?: string) => string
  /** As somebody else than the component is. */
  readonly user?: NonNullable<ApiRequest["user"]>
}

/** The door as a client with this kubeconfig finds it. */
export const accessibleDoor = (door: Door, access: ClientAccess | undefined): Door => {
  if (!access) return door
  const { trusted, user } = access
  const refused: ApiResponse = { status: 401, headers: { "content-type": "application/json" }, body: unauthorized().status }
  const severable = severableDoor((request) => (trusted() ? door(user ? { ...request, user } : request) : refused), access.reaches)
  return severable
}

export const severableDoor =
  (door: Door, reaches: (() => boolean) | undefined): Door =>
  (request) => {
    if (!reaches) return door(request)
    if (!reaches()) return { status: 0, headers: {} }
    const answer = door(request)
    return answer.stream ? { ...answer, stream: new SeverableStream(answer.stream, reaches) } : answer
  }
