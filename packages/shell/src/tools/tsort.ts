/** tsort: an order in which everything comes after what it depends on (tsort.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { printEach } from "./pacing.ts"
import { allLines, quote, usageError } from "./reading.ts"

interface Item {
  readonly name: string
  /** How many are before it still. */
  count: number
  /** Those after it, the one told last at the end. */
  readonly after: Item[]
  link: Item | undefined
  printed: boolean
}

/** The items of a loop, one of whose relations is taken away; `sorted` is gone through as often as that needs. */
const breakLoop = (sorted: readonly Item[]): string[] => {
  const told: string[] = []
  let loop: Item | undefined
  for (;;) {
    let broken = false
    for (const item of sorted) {
      if (item.printed || item.count === 0) continue
      if (!loop) {
        loop = item
        continue
      }
      const at = item.after.lastIndexOf(loop)
      if (at < 0) continue
      if (!item.link) {
        item.link = loop
        loop = item
        continue
      }
      // Back at one that the chain has already.
      for (let one: Item | undefined = loop; one; ) {
        told.push(one.name)
        const next: Item | undefined = one.link
        if (one === item) {
          item.after[at].count--
          item.after.splice(at, 1)
          break
        }
        one.link = undefined
        one = next
      }
      for (const one of sorted) one.link = undefined
      broken = true
      break
    }
    if (broken || !loop) return told
  }
}

function* ordered(process: Process, items: ReadonlyMap<string, Item>, onLoop: (loop: string[]) => Steps<void>): Steps<string[]> {
  const sorted = [...items.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  const order: string[] = []
  while (order.length < sorted.length) {
    const ready = sorted.filter((item) => item.count === 0 && !item.printed)
    for (let item = ready.shift(); item; item = ready.shift()) {
      if (process.charge(1 + item.after.length)) yield* process.yield()
      order.push(item.name)
      item.printed = true
      for (const next of item.after.toReversed()) if (--next.count === 0) ready.push(next)
    }
    if (order.length < sorted.length) yield* onLoop(breakLoop(sorted))
  }
  return order
}

export const tsort = defineTool({
  name: "tsort",
  summary: "perform topological sort",
  *run(process, args) {
    if (args.length > 1) return yield* usageError(process, "tsort", `extra operand ${quote(process, args[1])}`)
    const name = args[0] ?? "-"
    const { lines, ok } = yield* allLines(process, "tsort", args)
    if (!ok) return 1
    const words = lines.flatMap((line) => line.split(/[ \t]+/).filter(Boolean))
    if (words.length % 2 === 1) {
      yield* process.error(`tsort: ${name}: input contains an odd number of tokens\n`)
      return 1
    }
    const items = new Map<string, Item>()
    const itemOf = (word: string): Item => {
      let item = items.get(word)
      if (!item) items.set(word, (item = { name: word, count: 0, after: [], link: undefined, printed: false }))
      return item
    }
    for (let at = 0; at < words.length; at += 2) {
      const [before, after] = [itemOf(words[at]), itemOf(words[at + 1])]
      if (process.charge(1)) yield* process.yield()
      if (before === after) continue
      before.after.push(after)
      after.count++
    }
    let status = 0
    const order = yield* ordered(process, items, function* (loop) {
      status = 1
      yield* process.error(`tsort: ${name}: input contains a loop:\n${loop.map((one) => `tsort: ${one}\n`).join("")}`)
    })
    yield* printEach(process, order, (one) => `${one}\n`)
    return status
  },
})
