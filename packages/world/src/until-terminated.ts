/** A service that works by events of its own and runs until somebody ends it. */
import type { Process, Steps } from "@drydock/machine"

/** Waits for SIGTERM. */
export function* untilTerminated(process: Process): Steps<void> {
  const ended = process.queue()
  let stop = false
  process.onSignal("SIGTERM", () => {
    stop = true
    ended.wake()
  })
  while (!stop) yield* process.wait({ queues: [ended] })
}
