/** A door with a network before it: nothing passes while that is cut, and a watch ends when something would have had to. */
import type { ResponseStream, StreamSink } from "../apiserver/contract.ts"
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

export const severableDoor =
  (door: Door, reaches: (() => boolean) | undefined): Door =>
  (request) => {
    if (!reaches) return door(request)
    if (!reaches()) return { status: 0, headers: {} }
    const answer = door(request)
    return answer.stream ? { ...answer, stream: new SeverableStream(answer.stream, reaches) } : answer
  }
