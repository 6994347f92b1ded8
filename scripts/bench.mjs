/** `npm run bench [-- --json] [-- --no-peer]`: the simulation beside a peer, 500 learners on one lab server, and what the lesson page loads. */
import { spawn } from "node:child_process"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { ensureInstalled, generate } from "./setup/install.mjs"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
await ensureInstalled(root)
await generate(root)
const { bundle } = await import("./bundling/bundle.mjs")

/** @returns what it printed on stdout */
const node = (args, env = {}) =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (data) => (text += data))
    child.on("error", fail)
    child.on("close", (code) => (code === 0 ? done(text) : fail(new Error(`${args.join(" ")} ended with ${code}`))))
  })

const row = (name, unit, target, figure) => ({ name, unit, target, figure, reached: figure <= target })

const simulation = async (peer) => JSON.parse(await node(["apps/cli/bin/drydock.mjs", "bench", "--json", ...(peer ? [] : ["--no-peer"])]))

const echo = async () => {
  const lab = await bundle({ entry: "apps/lab/src/main.ts", outfile: "apps/lab/dist/lab.mjs" })
  const bench = await bundle({ entry: "apps/lab/src/bench/main.ts", outfile: "apps/lab/dist/bench.mjs" })
  const p99 = async (...options) => JSON.parse((await node([bench, lab, ...options])).trim().split("\n").at(-1)).p99
  console.error("500 attached worlds, a key every 2 s each …")
  const many = row("500 attached worlds, key to echo p99", "ms", 50, await p99())
  console.error("16 worlds beside four that take all they can get …")
  return [many, row("16 worlds beside hostile ones, key to echo p99", "ms", 50, await p99("hostile"))]
}

const firstLoad = async () => {
  console.error("lesson page, first load …")
  await node(["apps/web/scripts/generate.mjs"])
  await node([join(root, "node_modules/next/dist/bin/next"), "build", "apps/web"], { NEXT_TELEMETRY_DISABLED: "1" })
  const { bytes } = JSON.parse(await node(["apps/web/scripts/first-load.mjs", "--json"]))
  return row("lesson page, first load without the editor", "kB gzip", 250, bytes / 1_000)
}

const short = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))

const table = (rows) => {
  const cells = [
    ["", "to reach", "reached", "", "peer", "ratio"],
    ...rows.map(({ name, unit, target, figure, reached, peer }) => [
      name,
      `≤ ${target} ${unit}`,
      `${short(figure)} ${unit}`,
      reached ? "✓" : "✕",
      peer ? `${short(peer.figure)} ${unit} (${peer.name})` : "",
      peer ? `${short(peer.ratio)} ×` : "",
    ]),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

const flags = process.argv.slice(2)
const unknown = flags.find((flag) => !["--json", "--no-peer"].includes(flag))
if (unknown) {
  console.error(`There is no option ${unknown}; there are --json and --no-peer.`)
  process.exit(2)
}
const rows = [...(await simulation(!flags.includes("--no-peer"))), ...(await echo()), await firstLoad()]
console.log(flags.includes("--json") ? JSON.stringify(rows, null, 2) : table(rows))
