/** A door with a network before it: nothing passes while that is cut, and a watch ends when something would have had to. */
import type { ResponseStream } from "../apiserver/contract.ts"
import type { Door } from "./client.ts"

const severable = (stream: ResponseStream, reaches: () => boolean): ResponseStream => ({
  start(push, end) {
    stream.start((frame) => {
      if (reaches()) return push(frame)
      // What was sent is lost: the client notices by its pings, and lists anew.
      stream.cancel()
      end()
    }, end)
  },
  cancel: () => stream.cancel(),
})

export const severableDoor =
  (door: Door, reaches: (() => boolean) | undefined): Door =>
  (request) => {
    if (!reaches) return door(request)
    if (!reaches()) return { status: 0, headers: {} }
    const answer = door(request)
    return answer.stream ? { ...answer, stream: severable(answer.stream, reaches) } : answer
  }
