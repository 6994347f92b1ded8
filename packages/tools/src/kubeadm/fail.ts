/** How kubeadm ends with an error. */
import type { Process, Steps } from "@drydock/machine"

export function* fail(process: Process, message: string): Steps<number> {
  yield* process.error(`${message}\nTo see the stack trace of this error execute with --v=5 or higher\n`)
  return 1
}
