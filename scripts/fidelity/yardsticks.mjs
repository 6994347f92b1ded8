/** Recordings of the real thing and what Drydock makes of them. They lie beside the checkout (DRYDOCK_YARDSTICKS names another place) and may be absent. */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { root } from "../bundling/bundle.mjs"

export const directory = process.env.DRYDOCK_YARDSTICKS ?? resolve(root, "../shared/yardsticks")

const drydock = `${process.execPath} ${join(root, "apps/cli/bin/drydock.mjs")}`

/** @returns everything printed on stdout; rejects when the runner fails */
const node = (args) =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (data) => (text += data))
    child.on("error", fail)
    child.on("close", (code) => (code === 0 ? done(text) : fail(new Error(`${args[0]} ended with ${code}\n${text.slice(-2_000)}`))))
  })

const tally = (text) =>
  [...text.matchAll(/^(\S+) +(\d+)\/(\d+)(?: = .*)?$/gm)].map(([, name, pass, all]) => ({ name, pass: Number(pass), all: Number(all) }))

const withReport = async (run) => {
  const place = mkdtempSync(join(tmpdir(), "fidelity-"))
  try {
    const file = join(place, "report.json")
    const text = await run(file)
    return { text, report: JSON.parse(readFileSync(file, "utf8")) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** One side of the recordings of kubectl lines. @param options of that side's own */
const golden = async (side, ...options) => {
  const { text, report } = await withReport((file) =>
    node([
      join(directory, "golden.mjs"),
      side,
      join(directory, "golden.jsonl"),
      ...options,
      "--drydock",
      drydock,
      "--show",
      "0",
      "--json",
      file,
    ]),
  )
  const groups = tally(text)
  return {
    groups: groups.slice(0, -1),
    total: groups.at(-1),
    differs: report.map(({ cmd, group }) => `${group}: ${cmd.split("\n")[0]}`),
  }
}

/** One a yardstick: `run` gives groups and total as {name, pass, all}, and the names of what differs. */
export const yardsticks = [
  {
    name: "client",
    title: "kubectl of the world against recordings of the real one",
    needs: ["golden.mjs", "golden.jsonl"],
    run: () => golden("client"),
  },
  {
    name: "server",
    title: "The real kubectl and helm against the simulated API, as recorded with the real server",
    needs: ["golden.mjs", "golden.jsonl"],
    async run() {
      const { realClients } = await import("./real-clients.mjs")
      const kubectl = await realClients()
      if (!kubectl) return { skipped: "the real kubectl is not installed for this platform" }
      return golden("server", "--kubectl", kubectl)
    },
  },
  {
    name: "differential",
    title: "kubectl of the world beside the real one, on the same simulated cluster, byte for byte",
    needs: [],
    async run() {
      const { realClients } = await import("./real-clients.mjs")
      if (!(await realClients())) return { skipped: "the real kubectl is not installed for this platform" }
      const { report } = await withReport((file) => node(["--import", "tsx", join(root, "tests/differential/main.ts"), "--json", file]))
      const known = JSON.parse(readFileSync(join(root, "tests/differential/known.json"), "utf8"))
      const groups = report.groups
      const sum = (field) => groups.reduce((total, group) => total + group[field], 0)
      return {
        groups,
        total: { name: "differential", pass: sum("pass"), all: sum("all") },
        differs: report.differences.map(({ group, line }) => {
          const cause = known.find((one) => one.line === line)?.cause
          return `${group}: ${line}${cause ? ` (${cause})` : ""}`
        }),
      }
    },
  },
  {
    name: "bash",
    title: "Shell and text tools against bash 5.2 and GNU tools",
    needs: ["bash.mjs", "bash.jsonl"],
    async run() {
      const text = await node([join(directory, "bash.mjs"), join(directory, "bash.jsonl"), "--drydock", drydock, "--show", "100000"])
      return {
        groups: [],
        total: tally(text).at(-1),
        differs: [...text.matchAll(/^(.+?) \{"script":/gm)].map(([, name]) => name),
      }
    },
  },
  {
    name: "scenarios",
    title: "Labs written by others, with their own checks",
    needs: ["scenarios.mjs", "scenarios"],
    async run() {
      const { text, report } = await withReport((file) =>
        node([join(directory, "scenarios.mjs"), join(directory, "scenarios"), "--drydock", drydock, "--show", "0", "--json", file]),
      )
      const groups = tally(text)
      return {
        groups: groups.slice(0, -1),
        total: groups.at(-1),
        differs: report.filter(({ problems }) => problems.length).map(({ id }) => id),
      }
    },
  },
]

/** Which of its files a yardstick lacks here; none: it can be run. */
export const missing = ({ needs }) => needs.filter((file) => !existsSync(join(directory, file)))
