/** Long answers that end when the process that gives them does, as a connection would. */
import type { KernelProcess } from "../kernel/kernel-process.ts"
import { Queue } from "../kernel/wait-queue.ts"
import type { HttpBody, HttpResponse, HttpStream } from "./contract.ts"

class SeverableStream implements HttpStream {
  readonly readQueue = new Queue()
  onReadable: (() => void) | undefined
  readonly #source: HttpStream
  readonly #over: () => void
  #severed = false

  constructor(source: HttpStream, over: () => void) {
    this.#source = source
    this.#over = over
    source.onReadable = () => this.#notify()
  }

  #notify(): void {
    this.readQueue.wake()
    this.onReadable?.()
  }

  tryTake(): HttpBody | undefined | null {
    if (this.#severed) return null
    const chunk = this.#source.tryTake()
    if (chunk === null) this.#over()
    return chunk
  }

  cancel(): void {
    this.#over()
    if (!this.#severed) this.#source.cancel()
  }

  destroy(): void {
    if (this.#severed) return
    this.#source.cancel()
    this.#severed = true
    this.#notify()
  }
}

/** `response`, cut off when `owner` ends. */
export const severedWith = (owner: KernelProcess | undefined, response: HttpResponse): HttpResponse => {
  if (!owner || (!response.stream && !response.upgrade)) return response
  owner.connections ??= new Set()
  const { connections } = owner
  if (response.stream) {
    const stream: SeverableStream = new SeverableStream(response.stream, () => connections.delete(stream))
    connections.add(stream)
    return { ...response, stream }
  }
  const { upgrade } = response
  connections.add({
    destroy: () => {
      upgrade?.close()
      upgrade?.onClose?.()
    },
  })
  return response
}
