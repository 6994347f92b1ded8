/** `drydock bench`: every benchmark, as a table or JSON, with a peer's figure from the same run. */
import { type Command, UsageError } from "../command.ts"
import { apiServerBenchmarks } from "./api-server.ts"
import type { Benchmark } from "./define-benchmark.ts"
import { doorFuzz } from "./door-fuzz/index.ts"
import { deploymentReady } from "./deployment-ready.ts"
import { freshWorld } from "./fresh-world.ts"
import { gradeHundred, gradeOne } from "./grade-submission.ts"
import { hostile } from "./hostile.ts"
import { idleHeap } from "./idle-heap.ts"
import { idleHour } from "./idle-hour.ts"
import { kubectl } from "./kubectl.ts"
import { scale } from "./scale.ts"
import { shell } from "./shell.ts"

const benchmarks: readonly Benchmark[] = [
  freshWorld,
  deploymentReady,
  gradeOne,
  gradeHundred,
  idleHour,
  idleHeap,
  ...apiServerBenchmarks,
  ...doorFuzz,
  ...kubectl,
  ...scale,
  ...shell,
  ...hostile,
]

interface Row {
  name: string
  unit: string
  target: number
  figure: number
  reached: boolean
  peer?: { name: string; figure: number; ratio: number }
}

const run = async (benchmark: Benchmark, withPeer: boolean): Promise<Row> => {
  const figure = await benchmark.measure()
  const peerFigure = withPeer ? await benchmark.peer?.measure() : undefined
  return {
    name: benchmark.name,
    unit: benchmark.unit,
    target: benchmark.target,
    figure,
    reached: figure <= benchmark.target,
    ...(benchmark.peer &&
      peerFigure !== undefined && { peer: { name: benchmark.peer.name, figure: peerFigure, ratio: peerFigure / figure } }),
  }
}

const short = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

const table = (rows: readonly Row[]): string => {
  const cells = [
    ["", "to reach", "reached", "", "peer", "ratio"],
    ...rows.map((row) => [
      row.name,
      `≤ ${row.target} ${row.unit}`,
      `${short(row.figure)} ${row.unit}`,
      row.reached ? "✓" : "✕",
      row.peer ? `${short(row.peer.figure)} ${row.unit} (${row.peer.name})` : "",
      row.peer ? `${short(row.peer.ratio)} ×` : "",
    ]),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  return `${cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`
}

export const benchCommand: Command = {
  name: "bench",
  positionals: "[NAME…]",
  summary: "Measures speed and memory; ratios against a peer are taken in the same run.",
  options: { json: { type: "boolean", summary: "print JSON" }, "no-peer": { type: "boolean", summary: "leave the peer out" } },
  async run({ options, positionals }) {
    const wanted = positionals.length
      ? benchmarks.filter((benchmark) => positionals.some((word) => benchmark.name.includes(word)))
      : benchmarks
    if (wanted.length === 0) throw new UsageError(`no benchmark is called "${positionals.join(" ")}"`)
    const rows: Row[] = []
    for (const benchmark of wanted) {
      process.stderr.write(`${benchmark.name} …\n`)
      rows.push(await run(benchmark, !options["no-peer"]))
    }
    process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows))
    // A peer's clusters keep timers; nothing is left to do here.
    process.exit(0)
  },
}
