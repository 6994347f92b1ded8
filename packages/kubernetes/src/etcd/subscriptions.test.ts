/** Whom a change concerns: watches of all, of one namespace, and of what has a certain value, beside each other. */
import { expect, test } from "vitest"
import type { WatchEvent, WatchOnly, WatchSink } from "./contract.ts"
import { Subscriptions } from "./subscriptions.ts"

const node: WatchOnly["of"] = (value) => (value as unknown as { node: string }).node
const EVENT = { key: "/registry/pods/default/web", value: { node: "n1" } } as unknown as WatchEvent
const sink: WatchSink = { onEvents: () => {} }

/** Prefixes, the value that is asked for where one is, and whether the event concerns such a watch. */
const WATCHES: readonly (readonly [prefix: string, is: string | undefined, concerned: boolean])[] = [
  ["/registry/", undefined, true],
  ["/registry/pods/", undefined, true],
  ["/registry/pods/", "n1", true],
  ["/registry/pods/", "n2", false],
  ["/registry/pods/default/", undefined, true],
  ["/registry/pods/default/", "n1", true],
  ["/registry/pods/other/", undefined, false],
  ["/registry/services/", undefined, false],
]

test("every two of them are told of what concerns them, once each, in the order in which they came", () => {
  for (const first of WATCHES)
    for (const second of WATCHES) {
      const subscriptions = new Subscriptions()
      const all = [first, second].map(([prefix, is]) => subscriptions.add(prefix, sink, is === undefined ? undefined : { of: node, is }))
      const told = () => subscriptions.interested(EVENT).map((one) => all.indexOf(one))
      expect(told(), `${first} and ${second}`).toEqual([first, second].flatMap(([, , concerned], at) => (concerned ? [at] : [])))
      all[0].cancel()
      expect(told(), `${second} alone`).toEqual(second[2] ? [1] : [])
    }
})
