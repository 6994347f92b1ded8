/** A `kubectl create` subcommand that makes one object out of flags. */
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "../../api.ts"
import { CREATE_FLAGS, create, nameOf } from "../../create-object.ts"
import { type Context, defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import type { Flags, Input } from "../../flags.ts"

export interface GeneratorOptions {
  readonly path: readonly string[]
  readonly aliases?: readonly string[]
  readonly summary: string
  readonly usage: string
  readonly examples?: Subcommand["examples"]
  readonly flags?: Flags
  /** What a refusal by the server begins with. */
  readonly failure?: string
  object(name: string, input: Input, context: Context): Steps<KubeObject>
}

export const defineGenerator = ({ path, aliases, summary, usage, examples, flags, failure, object }: GeneratorOptions): Subcommand =>
  defineSubcommand({
    path: ["create", ...path],
    ...(aliases && { aliases }),
    summary,
    usage,
    ...(examples && { examples }),
    flags: { ...CREATE_FLAGS, ...flags },
    *run(input, context) {
      const name = nameOf(input, context.command)
      yield* create(context, input, yield* object(name, input, context), failure)
      return 0
    },
  })
