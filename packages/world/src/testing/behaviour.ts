/** Runs behaviours: tables of what is done to a world, after how long, and what a person then sees. */
import { expect, test } from "vitest"
import type { World, WorldOptions } from "../contract.ts"
import { bashIn, bootedWorld } from "./bash.ts"

export interface Step {
  /** Virtual seconds that pass before it. */
  readonly after?: number
  /** bash on the first machine, or on this one. */
  readonly run?: string
  readonly on?: string
  /** A fault; "heal" mends. */
  readonly fault?: readonly [name: string, target: string, parameters?: Record<string, unknown>]
  /** The whole output, spaces squeezed and random endings of names as <id>; or what it holds. */
  readonly shows?: string | RegExp
  /** What becomes of objects, in cells of the API's own table, until nothing changed for `quiet` seconds (default 15) or `during` are over. */
  readonly watch?: {
    readonly of: string
    readonly columns: readonly string[]
    readonly quiet?: number
    readonly during?: number
    /** Each change, `<seconds since this step>s <cells>`; "gone" when it is no more. */
    readonly shows: readonly string[]
  }
  /** Events about an object whose name begins so, oldest first: `Type Reason: message`. */
  readonly events?: { readonly about: string; readonly namespace?: string; readonly shows: readonly (string | RegExp)[] }
}

export interface Behaviour {
  readonly title: string
  readonly world?: Partial<WorldOptions>
  readonly steps: readonly Step[]
}

/** Applies manifests from standard input. */
export const apply = (manifest: string): string => `kubectl apply -f - >/dev/null <<'EOF'\n${manifest}\nEOF\n`

const plain = (text: string): string =>
  text
    .replace(/-(?=[a-z0-9]*\d|[b-df-hj-np-tv-z])[bcdf-hj-np-tv-xz0-9]{8,10}(-[bcdf-hj-np-tv-xz2-9]{5})?\b/g, (_, id) =>
      id ? "-<hash>-<id>" : "-<hash>",
    )
    .replace(/-[bcdf-hj-np-tv-xz2-9]{5}\b/g, "-<id>")
    .replace(/(\d+) \((?:\d+[smhd])+ ago\)/g, "$1")
    .replace(/[ \t]+/g, " ")
    .replace(/ +$/gm, "")
    .trim()

interface Table {
  columnDefinitions: { name: string }[]
  rows: { cells: unknown[]; object: { metadata: { name: string } } }[]
}

const rowsOf = (world: World, path: string, columns: readonly string[]): Map<string, string> => {
  const [bare, query = ""] = path.split("?")
  const answer = world.cluster?.handle({
    method: "GET",
    path: bare,
    query,
    headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" },
    user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
  } as never)
  const table = answer?.body as Table
  const places = columns.map((name) => table.columnDefinitions.findIndex((column) => column.name === name))
  return new Map(table.rows.map(({ cells, object }) => [object.metadata.name, places.map((at) => plain(String(cells[at]))).join(" ")]))
}

const watchIn = (world: World, { of, columns, quiet = 15, during = 600 }: NonNullable<Step["watch"]>): string[] => {
  const begun = world.sim.now()
  const seen: string[] = []
  let before = new Map<string, string>()
  for (let last = begun; world.sim.now() - begun < during * 1_000 && world.sim.now() - last < quiet * 1_000; ) {
    const now = rowsOf(world, of, columns)
    const seconds = Math.round((world.sim.now() - begun) / 1_000)
    const changed = [
      ...[...now].flatMap(([name, cells]) => (before.get(name) === cells ? [] : [`${seconds}s ${plain(cells)}`])),
      ...[...before.keys()].flatMap((name) => (now.has(name) ? [] : [`${seconds}s ${plain(name)} gone`])),
    ]
    if (changed.length > 0) last = world.sim.now()
    seen.push(...changed)
    before = now
    world.run({ until: world.sim.now() + 100 })
  }
  return seen
}

const eventsIn = (world: World, about: string, namespace: string): string[] => {
  if (!world.cluster) throw new Error("no cluster")
  const { items } = world.cluster.observer.client.raw("GET", `/api/v1/namespaces/${namespace}/events`).body as {
    items: {
      involvedObject: { name: string }
      type: string
      reason: string
      message: string
      metadata: { resourceVersion: string; creationTimestamp: string }
    }[]
  }
  return items
    .filter(({ involvedObject }) => involvedObject.name.startsWith(about))
    .sort(
      (a, b) =>
        a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp) ||
        Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion),
    )
    .map(({ type, reason, message }) => plain(`${type} ${reason}: ${message}`))
}

type Shown = string | RegExp | readonly (string | RegExp)[]

/** Lines of a list may be patterns. */
const sees = (what: string, got: string | readonly string[], wanted: Shown | undefined): void => {
  if (wanted === undefined) return
  if (wanted instanceof RegExp) return expect.soft(got, what).toMatch(wanted)
  const exact =
    typeof wanted === "string" ? wanted : wanted.map((one, at) => (typeof one === "string" ? one : one.test(got[at] ?? "") ? got[at] : one))
  expect.soft(got, what).toEqual(exact)
}

export const behaves = (behaviours: readonly Behaviour[]): void => {
  test.each(behaviours.map((one) => [one.title, one] as const))("%s", (_, { world: options, steps }) => {
    const world = bootedWorld(options)
    const bash = bashIn(world)
    for (const { after = 0, run, on, fault, shows, watch, events } of steps) {
      if (after > 0) world.run({ until: world.sim.now() + after * 1_000 })
      if (fault) {
        const [name, target, parameters] = fault
        world.input({ kind: "fault", name, target, ...(parameters && { parameters }) })
      }
      if (run !== undefined) sees(`bash: ${run}`, plain(bash(run, on)), shows)
      if (watch) sees(`watch of ${watch.of}`, watchIn(world, watch), watch.shows)
      if (events) sees(`events about ${events.about}`, eventsIn(world, events.about, events.namespace ?? "default"), events.shows)
    }
  })
}
