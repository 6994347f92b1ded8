/** Which admission plugins look at a kind: most look at one or two. */
import type { AdmissionPlugin, AnyKind } from "./context.ts"

/** Of a kind: before and after validation, each for the object and for its status. */
type Choices = (readonly AdmissionPlugin[] | undefined)[]

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
  if (!choices) kinds.set(kind, (choices = [undefined, undefined, undefined, undefined]))
  const at = (validating ? 2 : 0) + (ofStatus ? 1 : 0)
  return (choices[at] ??= all.filter(
    (plugin) => (plugin.validating ?? false) === validating && (!ofStatus || plugin.subresources) && (plugin.concerns?.(kind) ?? true),
  ))
}
