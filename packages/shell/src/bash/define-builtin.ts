/** What a builtin is. */
import type { Steps } from "@drydock/machine"
import type { Shell } from "./shell.ts"

export interface Builtin {
  readonly name: string
  run(shell: Shell, args: readonly string[], calledAs: string): Steps<number>
}
