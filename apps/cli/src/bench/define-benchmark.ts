/** What a benchmark is: one figure of ours, the figure to reach, and a peer's figure taken in the same run. */

export interface BenchmarkOptions {
  name: string
  unit: "s" | "ms" | "MB" | "kB" | "µs" | "×"
  /** At most this much. */
  target: number
  measure: () => Promise<number>
  /** The same work done by the peer, where it can do it. */
  peer?: { name: string; measure: () => Promise<number> }
}

export type Benchmark = Readonly<BenchmarkOptions>

export const defineBenchmark = (options: BenchmarkOptions): Benchmark => options
