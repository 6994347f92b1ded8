/** Functions over sorted items: sort, group, unique, min, max, each by keys that come beside the items. */
import { compare, type Json } from "../json.ts"
import type { Job } from "../machine.ts"
import type { Native } from "../native.ts"
import { array, wanted } from "./arguments.ts"

interface Keyed {
  readonly key: Json
  readonly item: Json
}

/** Items sorted at once; longer runs are merged. */
const RUN = 1_000

/** In order of their keys, equal ones as they came; yields where one may stop. */
function* sorted(items: readonly Keyed[]): Job<Keyed[]> {
  let runs: Keyed[][] = []
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort((a, b) => compare(a.key, b.key)))
    yield
  }
  while (runs.length > 1) {
    const merged: Keyed[][] = []
    for (let at = 0; at < runs.length; at += 2) merged.push(at + 1 < runs.length ? yield* merge(runs[at], runs[at + 1]) : runs[at])
    runs = merged
  }
  return runs[0] ?? []
}

function* merge(left: readonly Keyed[], right: readonly Keyed[]): Job<Keyed[]> {
  const all: Keyed[] = []
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    if (all.length % RUN === RUN - 1) yield
    const first = r >= right.length || (l < left.length && compare(left[l].key, right[r].key) <= 0)
    all.push(first ? left[l++] : right[r++])
  }
  return all
}

function* grouped(items: readonly Keyed[]): Job<Keyed[][]> {
  const groups: Keyed[][] = []
  for (const [at, one] of (yield* sorted(items)).entries()) {
    if (at % RUN === RUN - 1) yield
    const last = groups.at(-1)
    if (last && compare(last[0].key, one.key) === 0) last.push(one)
    else groups.push([one])
  }
  return groups
}

/** The least item, or the greatest: of equals the first least, the last greatest. */
function* extreme(items: readonly Keyed[], greatest: boolean): Job {
  let best: Keyed | undefined
  for (const [at, one] of items.entries()) {
    if (at % RUN === RUN - 1) yield
    if (!best || (greatest ? compare(one.key, best.key) >= 0 : compare(one.key, best.key) < 0)) best = one
  }
  return best?.item ?? null
}

/** A function of the items, by themselves or by the keys of its argument. */
const over =
  (what: string, work: (items: Keyed[]) => Job): Native =>
  (input, [keys]) => {
    const items = array(input, what)
    if (keys === undefined) return work(items.map((item) => ({ key: item, item })))
    const given = array(keys, what)
    if (given.length !== items.length) return wanted(input, "cannot be sorted by other keys")
    return work(items.map((item, at) => ({ key: given[at], item })))
  }

const NOT_SORTABLE = "cannot be sorted, as it is not an array"
const NOT_GROUPABLE = "cannot be grouped, as it is not an array"

function* sort(items: Keyed[]): Job {
  return (yield* sorted(items)).map(({ item }) => item)
}

function* group(items: Keyed[]): Job {
  return (yield* grouped(items)).map((one) => one.map(({ item }) => item))
}

function* unique(items: Keyed[]): Job {
  return (yield* grouped(items)).map(([first]) => first.item)
}

export const sorting: Readonly<Record<string, Native>> = {
  "sort/0": over(NOT_SORTABLE, sort),
  "_sort_by_impl/1": over(NOT_SORTABLE, sort),
  "_group_by_impl/1": over(NOT_GROUPABLE, group),
  "unique/0": over(NOT_GROUPABLE, unique),
  "_unique_by_impl/1": over(NOT_GROUPABLE, unique),
  "min/0": over("and array cannot be iterated over", (items) => extreme(items, false)),
  "_min_by_impl/1": over("cannot be iterated over", (items) => extreme(items, false)),
  "max/0": over("and array cannot be iterated over", (items) => extreme(items, true)),
  "_max_by_impl/1": over("cannot be iterated over", (items) => extreme(items, true)),
}
