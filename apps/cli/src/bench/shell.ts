/** The shell beside just-bash, another bash in JavaScript: loops, pipes, text tools, and what an idle one holds. */
import { createWorld, type World } from "@drydock/world"
import { type Benchmark, defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, heapUsed, smallest } from "./measuring.ts"

/** Shells opened before one is counted. */
const WARM = 100

const peerName = "just-bash 3.4.2"

/** A machine with nothing on it but its software: no cluster takes part in what is measured. */
const host = (): World => createWorld({ topology: "docker-host", seed: "shell", startedAt: Date.UTC(2026, 0, 5, 8) })

const run = (world: World, script: string): void => {
  let ended = false
  world.script({ script, timeout: 600_000 }, ({ exit, stderr }) => {
    if (exit !== 0) throw new Error(`${script}: ${exit} ${stderr}`)
    ended = true
  })
  while (!ended) world.run({ until: world.sim.now() + 1_000 })
}

interface Peer {
  exec(script: string): Promise<{ exitCode: number; stderr: string }>
}

/** The most that the peer allows a script, so that it gets to the end. */
const LIMITS = { maxLoopIterations: 1_000_000, maxCommandCount: 1_000_000, maxCallDepth: 1_000 }

const startPeer = async (files: Record<string, string> = {}): Promise<Peer> => {
  try {
    const { Bash } = await import("just-bash")
    return new Bash({ files, executionLimits: LIMITS })
  } catch (error) {
    throw new Error(
      `just-bash is not installed: npm install, or bench with --no-peer (${error instanceof Error ? error.message : String(error)})`,
    )
  }
}

const peerRun = async (peer: Peer, script: string): Promise<void> => {
  const { exitCode, stderr } = await peer.exec(script)
  if (exitCode !== 0) throw new Error(`${script}: ${exitCode} ${stderr}`)
}

const LOOP = "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done"
const PIPE = "echo a b c | tr a-z A-Z | wc -w"
const LINES = Array.from(
  { length: 100_000 },
  (_, at) => `line ${at} of a log with an occasional error${at % 97 === 0 ? ": failed" : ""}`,
).join("\n")
const GREP = "grep -c 'error: f[a-z]*' /tmp/log"

const withLog = (): World => {
  const world = host()
  const [machine] = world.machines.values()
  machine.files.write("/tmp/log", new TextEncoder().encode(`${LINES}\n`))
  return world
}

/** CPU ms of the longest that one event of the simulation held the host. */
const longestStall = (world: World, script: string): number => {
  let ended = false
  let longest = 0
  world.script({ script, timeout: 600_000 }, () => {
    ended = true
  })
  while (!ended) {
    const began = process.cpuUsage()
    world.run({ until: world.sim.now() + 1_000, events: 1 })
    const { user, system } = process.cpuUsage(began)
    longest = Math.max(longest, (user + system) / 1_000)
  }
  return longest
}

export const shell: readonly Benchmark[] = [
  defineBenchmark({
    name: "bash: arithmetic loop of 10,000",
    unit: "ms",
    target: 100,
    measure: () => {
      const world = host()
      return smallest(6, 3, () => cpuMs(() => run(world, LOOP)))
    },
    peer: {
      name: peerName,
      measure: async () => {
        const peer = await startPeer()
        return smallest(3, 1, () => cpuMs(() => peerRun(peer, LOOP)))
      },
    },
  }),
  defineBenchmark({
    name: "bash: pipe of three stages",
    unit: "ms",
    target: 0.5,
    measure: async () => {
      const world = host()
      const script = `for i in {1..100}; do ${PIPE} > /dev/null; done`
      return (await smallest(12, 6, () => cpuMs(() => run(world, script)))) / 100
    },
    peer: {
      name: peerName,
      measure: async () => {
        const peer = await startPeer()
        const script = `for i in {1..100}; do ${PIPE} > /dev/null; done`
        return (await smallest(4, 2, () => cpuMs(() => peerRun(peer, script)))) / 100
      },
    },
  }),
  defineBenchmark({
    name: "bash: an idle one on a terminal",
    unit: "kB",
    target: 20,
    measure: async () => {
      const world = host()
      const [machine] = world.machines.keys()
      const open = (terminal: string) => {
        world.input({ kind: "open-terminal", terminal, machine, columns: 80, rows: 24 })
        world.run({ until: world.sim.now() + 1_000 })
      }
      // What the process compiles for its first shells is none of theirs.
      for (let at = 0; at < WARM; at++) open(`w${at}`)
      const before = heapUsed()
      const count = 200
      for (let at = 0; at < count; at++) open(`t${at}`)
      return (heapUsed() - before) / count / 1_000
    },
    peer: {
      name: peerName,
      measure: async () => {
        const held: Peer[] = [await startPeer()]
        const before = heapUsed()
        for (let at = 0; at < 50; at++) held.push(await startPeer())
        return (heapUsed() - before) / (held.length - 1) / 1_000
      },
    },
  }),
  defineBenchmark({
    name: "bash: grep over 100,000 lines",
    unit: "ms",
    target: 150,
    measure: () => {
      const world = withLog()
      return smallest(8, 4, () => cpuMs(() => run(world, GREP)))
    },
    peer: {
      name: peerName,
      measure: async () => {
        const peer = await startPeer({ "/tmp/log": `${LINES}\n` })
        return smallest(4, 2, () => cpuMs(() => peerRun(peer, GREP)))
      },
    },
  }),
  defineBenchmark({
    name: "bash: longest stall of that grep",
    unit: "ms",
    target: 10,
    measure: () => {
      const world = withLog()
      return smallest(5, 2, async () => longestStall(world, GREP))
    },
  }),
]
