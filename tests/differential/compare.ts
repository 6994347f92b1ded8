/** Runs every line by both kubectls and tells where they part. */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { subcommands } from "../../packages/kubectl/src/subcommands/index.ts"
import { FILES, PROGRAMS } from "./files.ts"
import { kindLines, unusualLines } from "./kinds.ts"
import { KUSTOMIZATIONS, kustomizeLines } from "./kustomize-files.ts"
import { masked } from "./masks.ts"
import { type Outcome, type Pair, pairOf } from "./pair.ts"
import { SETTINGS, SETTINGS_PROGRAMS } from "./settings-files.ts"
import { OLD, prepare, YOUNG } from "./setup.ts"
import { usageLines } from "./usage.ts"

export interface Line {
  readonly group: string
  readonly line: string
}

export interface Difference extends Line {
  readonly own: Outcome
  readonly real: Outcome
}

export interface Comparison {
  readonly groups: readonly { readonly name: string; readonly pass: number; readonly all: number }[]
  readonly compared: readonly Line[]
  readonly differences: readonly Difference[]
}

/** Groups that change their clusters; those of the second build on each other too, and are left out where time is short. */
const [WRITES, MORE_WRITES] = ["writes", "writes-more"]
const writesTo = (group: string): boolean => group === WRITES || group === MORE_WRITES
/** Real kubectls at once. */
const AT_ONCE = 2
/** A line whose answer moved between the two calls (an age, a heartbeat) is asked again. */
const ATTEMPTS = 4

const directory = join(import.meta.dirname, "lines")

const linesOf = (group: string): Line[] =>
  readFileSync(join(directory, `${group}.txt`), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => ({ group, line }))

/** Groups whose lines are made, not written. */
const MADE: Readonly<Record<string, () => string[]>> = {
  kinds: kindLines,
  unusual: unusualLines,
  kustomize: kustomizeLines,
  usage: usageLines,
  help: () => ["kubectl --help", ...subcommands.map(({ path }) => `kubectl ${path.join(" ")} --help`)],
}

export const groups = (): string[] => [...readdirSync(directory).map((name) => name.replace(".txt", "")), ...Object.keys(MADE)].sort()

export const lines = (group: string): Line[] => MADE[group]?.().map((line) => ({ group, line })) ?? linesOf(group)

/** client-go says so of a watch that its own timeout cut within a second of its beginning, which a busy machine decides. */
const SHORT_WATCH = /^.*reflector\.go:\d+\] "Warning: watch ended with error".*very short watch.*\n/gm

/** `directory`: where it ran; the two clusters' are not the same. */
const settle = ({ group, line }: Line, outcome: Outcome, directory: string): Outcome => {
  const { exit } = outcome
  const [stdout, stderr] = [outcome.stdout, outcome.stderr].map((text) => text.replaceAll(directory, "<here>"))
  const writes = writesTo(group) || line.includes("--dry-run=server") || line.startsWith("kubectl diff")
  return { stdout: masked(stdout, writes), stderr: masked(stderr.replace(SHORT_WATCH, ""), writes), exit }
}

const same = (a: Outcome, b: Outcome): boolean => a.exit === b.exit && a.stdout === b.stdout && a.stderr === b.stderr

/** Worlds that are made alike, `age` ms ago. */
const withPairs = async <T>(binary: string, count: number, age: number, work: (pairs: readonly Pair[]) => Promise<T>): Promise<T> => {
  const pairs: Pair[] = []
  const directories: string[] = []
  try {
    const now = Date.now()
    for (let index = 0; index < count; index++) {
      const place = realpathSync(mkdtempSync(join(tmpdir(), "lines-")))
      directories.push(place)
      const pair = await pairOf({ binary, directory: place, startedAt: now - age, seed: "differential" })
      pairs.push(pair)
      for (const [name, content] of Object.entries({ ...FILES, ...SETTINGS, ...KUSTOMIZATIONS })) pair.place(name, content)
      for (const [name, content] of Object.entries({ ...PROGRAMS, ...SETTINGS_PROGRAMS })) pair.place(name, content, 0o755)
      const begun = performance.now()
      prepare(pair, now, age === OLD)
      if (process.env.DRYDOCK_TIMES) console.log(`prepared in ${Math.round(performance.now() - begun)} ms`)
    }
    return await work(pairs)
  } finally {
    for (const pair of pairs) pair.close()
    for (const place of directories) rmSync(place, { recursive: true, force: true })
  }
}

/** Both look at one cluster, whose clock stands still but for what they do. */
const compareReads = async (pair: Pair, all: readonly Line[]): Promise<Difference[]> => {
  const differences: Difference[] = []
  const attempt = async (one: Line): Promise<Difference | undefined> => {
    pair.catchUp()
    const own = settle(one, pair.own(one.line), pair.directory)
    const begun = performance.now()
    const real = settle(one, await pair.real(one.line), pair.directory)
    const took = performance.now() - begun
    if (process.env.DRYDOCK_TIMES && took > 2_000) console.log(`${Math.round(took)} ms: ${one.line}`)
    return same(own, real) ? undefined : { ...one, own, real }
  }
  // The first fills the caches of both.
  await attempt({ group: "", line: "kubectl api-resources" })
  const again: Line[] = []
  const queue = [...all]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let one = queue.shift(); one; one = queue.shift()) if (await attempt(one)) again.push(one)
    }),
  )
  for (const one of again) {
    let difference: Difference | undefined
    for (let round = 1; round < ATTEMPTS; round++) {
      await pair.clocksAgree()
      difference = await attempt(one)
      if (!difference) break
    }
    if (difference) differences.push(difference)
  }
  return differences
}

/** Each changes a cluster of its own. */
const compareWrites = async ([ours, theirs]: readonly Pair[], all: readonly Line[]): Promise<Difference[]> => {
  const differences: Difference[] = []
  for (const one of all) {
    const begun = performance.now()
    const own = settle(one, ours.own(one.line), ours.directory)
    const real = settle(one, await theirs.real(one.line), theirs.directory)
    const took = performance.now() - begun
    if (process.env.DRYDOCK_TIMES && took > 2_000) console.log(`${Math.round(took)} ms: ${one.line}`)
    // What controllers do about it, in both.
    for (const { world } of [ours, theirs]) world.run({ until: world.sim.now() + 3_000 })
    if (!same(own, real)) differences.push({ ...one, own, real })
  }
  return differences
}

/** Of how many lines of a group the tests run one. */
const strideOf = (group: string): number => (group === "usage" ? 16 : 4)

export interface Choice {
  /** Default: all. */
  readonly groups?: readonly string[]
  readonly only?: RegExp
  /** Every fourth line (of those that only misuse a command, every sixteenth), and the first group of those that change something: they build on each other. For the tests, which have no minutes to spend. */
  readonly some?: boolean
}

export const compare = async (binary: string, { groups: wanted = groups(), only, some = false }: Choice = {}): Promise<Comparison> => {
  const chosen = wanted
    .flatMap((group) => lines(group).filter((_, at) => !some || group === WRITES || (group !== MORE_WRITES && at % strideOf(group) === 0)))
    .filter(({ line }) => !only || only.test(line))
  const reads = chosen.filter(({ group }) => !writesTo(group))
  const writes = chosen.filter(({ group }) => writesTo(group))
  // Two processors: one compares what is read, the other what is written.
  const [read, written] = await Promise.all([
    reads.length > 0 ? withPairs(binary, 1, OLD, ([pair]) => compareReads(pair, reads)) : [],
    writes.length > 0 ? withPairs(binary, 2, YOUNG, (pairs) => compareWrites(pairs, writes)) : [],
  ])
  const differences = [...read, ...written]
  const of = (name: string, list: readonly Line[]) => list.filter(({ group }) => group === name).length
  return {
    groups: wanted.map((name) => ({ name, all: of(name, chosen), pass: of(name, chosen) - of(name, differences) })),
    compared: chosen,
    differences,
  }
}
