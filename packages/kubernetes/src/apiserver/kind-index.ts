/** Kinds found by plural and by name: every request asks. */
import type { AnyKind } from "./context.ts"

interface KindIndex {
  byPlural: ReadonlyMap<string, readonly AnyKind[]>
  byName: ReadonlyMap<string, readonly AnyKind[]>
}

/** One index for all worlds that have no kinds of their own. */
const indexes = new WeakMap<readonly AnyKind[], KindIndex>()

export const indexOf = (kinds: readonly AnyKind[]): KindIndex => {
  let index = indexes.get(kinds)
  if (!index) {
    const group = (key: (kind: AnyKind) => string) => {
      const map = new Map<string, AnyKind[]>()
      for (const kind of kinds) map.set(key(kind), [...(map.get(key(kind)) ?? []), kind])
      return map
    }
    indexes.set(kinds, (index = { byPlural: group(({ plural }) => plural), byName: group(({ kind }) => kind) }))
  }
  return index
}
