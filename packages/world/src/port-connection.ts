/** Connections into a Pod's sandbox for kubectl port-forward. As containerd's internal/cri/server sandbox_portforward. */
import { type Namespace, type Stream, SystemError } from "@drydock/machine"
import type { PortConnection, PortConnectionOptions } from "@drydock/kubernetes/ports"

/** A client that sends faster than the container reads is cut off when this many bytes wait. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

const refusal = (sandbox: string, port: number): string =>
  `failed to execute portforward in network namespace "/var/run/netns/cni-${sandbox.slice(0, 8)}": failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `

/** Undefined after `onError` when nothing listens there. */
export const connectLocally = (
  sandbox: { id: string; network: Namespace },
  port: number,
  { onData, onEnd, onError }: PortConnectionOptions,
): PortConnection | undefined => {
  let stream: Stream
  try {
    // To one's own loopback there is no way that takes time: the first step is the last.
    const { done, value } = sandbox.network.connect("127.0.0.1", port).next()
    if (!done) throw new SystemError("ETIMEDOUT")
    stream = value
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    onError(refusal(sandbox.id, port))
    return undefined
  }
  const waiting: Uint8Array[] = []
  let size = 0
  let ending = false
  let over = false
  const broken = (error: unknown) => {
    if (!(error instanceof SystemError)) throw error
    if (over) return
    over = true
    stream.destroy()
    onEnd()
  }
  const flush = () => {
    try {
      for (let [head] = waiting; head && !over; [head] = waiting) {
        const taken = stream.tryWrite(head)
        if (taken === 0) return
        size -= taken
        if (taken === head.length) waiting.shift()
        else waiting[0] = head.subarray(taken)
      }
      if (ending) stream.end()
    } catch (error) {
      broken(error)
    }
  }
  ;(stream.writeQueue as { onWake?: () => void }).onWake = flush
  const read = () => {
    try {
      for (let chunk = stream.tryRead(); chunk !== undefined && !over; chunk = stream.tryRead()) {
        if (chunk.length === 0) {
          over = true
          stream.destroy()
          return onEnd()
        }
        onData(chunk)
      }
    } catch (error) {
      broken(error)
    }
  }
  stream.onReadable = read
  return {
    write(data) {
      if (over || ending) return
      waiting.push(data)
      size += data.length
      if (size > MAX_WAITING_BYTES) return broken(new SystemError("ECONNRESET"))
      flush()
    },
    end() {
      ending = true
      flush()
    },
    close() {
      over = true
      stream.destroy()
    },
  }
}
