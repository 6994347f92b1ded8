/** Whom a change concerns: watches of all, of one namespace, and of what has a certain value, beside each other. */
import { expect, test } from "vitest"
import type { WatchEvent, WatchOnly } from "./contract.ts"
import { Subscriptions } from "./subscriptions.ts"

const node: WatchOnly["of"] = (value) => (value as unknown as { node: string }).node
const eventOf = (key: string, value: { node: string }): WatchEvent => ({ key, value }) as unknown as WatchEvent
const sink = () => {}

test.each([
  ["all", "/registry/pods/", undefined],
  ["one namespace", "/registry/pods/default/", undefined],
  ["one object", "/registry/pods/default/web", undefined],
  ["a value", "/registry/pods/", { of: node, is: "n1" }],
  ["a value in a namespace", "/registry/pods/default/", { of: node, is: "n1" }],
])("beside a watch of %s each of the others is told once, in the order in which they came", (_, prefix, only) => {
  const subscriptions = new Subscriptions()
  const all = [
    subscriptions.add(prefix, sink, only),
    subscriptions.add("/registry/pods/default/", sink, undefined),
    subscriptions.add("/registry/pods/", sink, { of: node, is: "n2" }),
    subscriptions.add("/registry/pods/", sink, { of: node, is: "n1" }),
    subscriptions.add("/registry/pods/", sink, undefined),
    subscriptions.add("/registry/pods/other/", sink, undefined),
    subscriptions.add("/registry/pods/default/", sink, { of: node, is: "n1" }),
  ]
  const told = (key: string, name: string) => subscriptions.interested(eventOf(key, { node: name })).map((one) => all.indexOf(one))
  const one = prefix.endsWith("/") ? [0] : []
  expect(told("/registry/pods/default/web", "n1")).toEqual([...one, 1, 3, 4, 6])
  for (const each of all.slice(2)) each.cancel()
  expect(told("/registry/pods/default/web", "n1")).toEqual([...one, 1])
})
