/** What a kubectl subcommand is. */
import type { Process, Steps } from "@drydock/machine"
import type { Api } from "./api.ts"
import type { Flags, Parsed } from "./flags.ts"

export interface Context {
  process: Process
  api: Api
  namespace: string
}

export interface Subcommand {
  /** ["create", "deployment"] */
  readonly path: readonly string[]
  readonly summary: string
  readonly flags: Flags
  /** Words after which everything belongs to the command that is run. */
  readonly stopAtWord?: number
  run(input: Parsed, context: Context): Steps<number>
}

export const defineSubcommand = (options: Subcommand): Subcommand => options
