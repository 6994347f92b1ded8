/** Which admission plugins look at a kind: most look at one or two. */
import type { AdmissionPlugin, AnyKind } from "./context.ts"

/** By kind: before and after validation, each for the object and for its status. */
type Choices = Map<string, readonly AdmissionPlugin[]>

/** One table for all worlds with the same plugins. */
const chosen = new WeakMap<readonly AdmissionPlugin[], WeakMap<AnyKind, Choices>>()

export const pluginsFor = (
  all: readonly AdmissionPlugin[],
  kind: AnyKind,
  validating: boolean,
  ofStatus: boolean,
): readonly AdmissionPlugin[] => {
  let kinds = chosen.get(all)
  if (!kinds) chosen.set(all, (kinds = new WeakMap()))
  let choices = kinds.get(kind)
  if (!choices) kinds.set(kind, (choices = new Map()))
  const key = `${validating} ${ofStatus}`
  let plugins = choices.get(key)
  if (!plugins) {
    plugins = all.filter(
      (plugin) => (plugin.validating ?? false) === validating && (!ofStatus || plugin.subresources) && (plugin.concerns?.(kind) ?? true),
    )
    choices.set(key, plugins)
  }
  return plugins
}
