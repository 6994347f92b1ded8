/** --record: what changed an object stays in its annotation kubernetes.io/change-cause. As cli-runtime's RecordFlags. */
import type { KubeObject } from "./api.ts"
import type { Context } from "./define-subcommand.ts"
import type { Flags, Input } from "./flags.ts"

export const CHANGE_CAUSE = "kubernetes.io/change-cause"

export const RECORD: Flags = {
  record: { type: "bool", hidden: true, deprecated: "--record will be removed in the future" },
}

/** The command line as it is remembered: words first, then the flags with their values; undefined without --record. */
export const changeCause = (context: Context, input: Input): string | undefined =>
  input.bool("record")
    ? ["kubectl", context.command, ...input.words, ...input.order.map(([name, value]) => `--${name}=${value}`)].join(" ")
    : undefined

/** The object with the annotation, where it is asked for. */
export const recorded = (context: Context, input: Input, object: KubeObject): KubeObject => {
  const cause = changeCause(context, input)
  if (cause === undefined) return object
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [CHANGE_CAUSE]: cause } } }
}

/** What is to be merged into an object that was changed by other means; undefined when nothing is. */
export const recordPatch = (context: Context, input: Input, object: KubeObject): object | undefined => {
  const cause = changeCause(context, input)
  return cause === undefined || object.metadata.annotations?.[CHANGE_CAUSE] === cause
    ? undefined
    : { metadata: { annotations: { [CHANGE_CAUSE]: cause } } }
}
