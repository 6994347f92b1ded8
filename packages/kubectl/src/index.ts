/** kubectl: a program of a machine. */
import type { Program } from "@drydock/machine"
export const kubectlProgram: Program = function* (process) {
  yield* process.error("kubectl: not yet\n")
  return 1
}
