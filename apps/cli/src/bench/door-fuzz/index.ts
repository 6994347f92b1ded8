/** What a hostile client at the HTTP door costs everybody else: the longest stall, and what stays in memory. */
import { type Benchmark, defineBenchmark } from "../define-benchmark.ts"
import { type Fuzzed, fuzzDoor } from "./run.ts"

let run: Promise<Fuzzed> | undefined

const fuzzed = (): Promise<Fuzzed> =>
  (run ??= fuzzDoor().then((result) => {
    process.stderr.write(`  longest: ${result.slowest.join("\n           ")}\n`)
    return result
  }))

export const doorFuzz: readonly Benchmark[] = [
  defineBenchmark({ name: "HTTP door under fuzz, longest stall", unit: "ms", target: 50, measure: async () => (await fuzzed()).stall }),
  defineBenchmark({
    name: "HTTP door under fuzz, memory kept",
    unit: "MB",
    target: 5,
    measure: async () => Math.max(0, (await fuzzed()).kept),
  }),
]
