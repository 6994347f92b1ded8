/** Every subcommand: explains itself, refuses flags that it does not have, and says what is wrong with its arguments. */
import { createWorld, type ScriptResult } from "@drydock/world"
import { expect, test } from "vitest"
import type { Subcommand } from "./define-subcommand.ts"
import { GLOBAL } from "./flags.ts"
import { subcommands } from "./subcommands/index.ts"

const world = createWorld({
  topology: { nodes: ["control-plane", "worker-1"], hollow: true },
  seed: "kubectl",
  startedAt: Date.UTC(2026, 0, 5, 8),
})
world.boot()

const run = (script: string, timeout = 60_000): ScriptResult => {
  let result: ScriptResult | undefined
  world.script({ script, timeout }, (done) => {
    result = done
  })
  world.run({ until: world.sim.now() + timeout + 1_000, stop: () => result !== undefined })
  if (!result) throw new Error(`${script} does not end`)
  return result
}

const nameOf = ({ path }: Subcommand) => `kubectl ${path.join(" ")}`
const cases = subcommands.map((command) => [nameOf(command), command] as const)
const runnable = cases.filter(([, { run: steps }]) => steps)

test("no two subcommands have the same name", () => {
  const names = cases.map(([name]) => name)
  expect(new Set(names).size).toBe(names.length)
})

test("every top-level subcommand is under a heading of the overview", () => {
  const { stdout } = run("kubectl --help")
  for (const { path, group, summary } of subcommands)
    if (path.length === 1 && group)
      expect(stdout).toMatch(new RegExp(`^  ${path[0]} +${summary.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&")}$`, "m"))
})

test("what has no usage of its own: alpha shows its commands alone, options nothing", () => {
  expect(run("kubectl options --help")).toMatchObject({ stdout: "", stderr: "", exit: 0 })
  expect(run("kubectl alpha --help").stdout).toMatch(/^These commands [^\n]+\n\nAvailable Commands:\n {2}kuberc +Manage kuberc/)
})

const WITHOUT_USAGE = new Set(["kubectl alpha", "kubectl options"])

test.each(cases.filter(([name]) => !WITHOUT_USAGE.has(name)))("%s --help", (name, command) => {
  const { stdout, stderr, exit } = run(`${name} --help`)
  expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 })
  expect(stdout).toContain(`${command.summary}.\n`)
  expect(stdout).toContain(`Usage:\n  ${name}`)
  for (const [flag, { hidden, short }] of Object.entries(command.flags))
    if (!hidden) expect(stdout).toContain(`    ${short ? `-${short}, ` : ""}--${flag}=`)
  const children = subcommands.filter(
    ({ path }) => path.length === command.path.length + 1 && command.path.every((word, at) => path[at] === word),
  )
  for (const { path } of children) expect(stdout).toMatch(new RegExp(`^  ${path.at(-1)} `, "m"))
})

test.each(cases)("%s has no flag --no-such-flag", (name, { misused }) => {
  const { code, hint } = misused ?? { code: 1, hint: `See '${name} --help' for usage.` }
  expect(run(`${name} --no-such-flag`)).toMatchObject({
    stdout: "",
    stderr: `error: unknown flag: --no-such-flag\n${hint}\n`,
    exit: code,
  })
})

test.each(cases)("%s: its flags have help, and no letter twice", (_, { flags }) => {
  const letters = Object.values({ ...GLOBAL, ...flags }).flatMap(({ short }) => (short ? [short] : []))
  expect(new Set(letters).size).toBe(letters.length)
  for (const [flag, { help, hidden }] of Object.entries(flags)) expect([flag, Boolean(help) || hidden === true]).toEqual([flag, true])
})

test.each(cases.filter(([, { run: steps }]) => !steps))("%s alone shows what there is below it", (name, { bare }) => {
  const { stdout, stderr, exit } = run(name)
  expect(exit).toBe(bare?.exit ?? 1)
  expect(bare?.on === 1 ? stdout : stderr).toContain("Available Commands:")
  expect(bare?.on === 1 ? stderr : stdout).toBe("")
})

/** What needs no arguments, or ends in something else than an error without. */
const CONTENT = new Set([
  "alpha kuberc view",
  "api-resources",
  "api-versions",
  "auth can-i",
  "auth whoami",
  "certificate",
  "cluster-info",
  "cluster-info dump",
  "config current-context",
  "config get-clusters",
  "config get-contexts",
  "config get-users",
  "config view",
  "events",
  "options",
  "plugin list",
  "proxy",
  "top node",
  "top pod",
  "version",
  "auth can-i",
])

test.each(runnable.filter(([, { path }]) => !CONTENT.has(path.join(" "))))("%s without arguments says what is missing", (name) => {
  const { stdout, stderr, exit } = run(`${name} < /dev/null`)
  // Some of config print their help before the error, or nothing else.
  const helps = name.startsWith("kubectl config ") && stdout !== ""
  expect(stdout).toBe(helps ? run(`${name} --help`).stdout : "")
  if (helps && exit === 0) return
  // diff: 1 stands for differences.
  expect(exit).toBe(name === "kubectl diff" ? 2 : 1)
  expect(stderr).toMatch(/error|must|required|specify|Unexpected|expected|kustomization|not set/i)
  expect(stderr).not.toMatch(/undefined|\[object|TypeError|Cannot read/)
})

/** Words, commas, slashes and flags in places where nobody expects them. */
const ODD = [
  "a b c d e f",
  "pods/a/b",
  "/",
  ",",
  "'' ''",
  "nosuchtype x",
  "-f /nowhere",
  "-n",
  "--request-timeout=x pods",
  "pods -o nosuch",
  "@ =x y= x=y=",
]

test.each(runnable.filter(([, { path }]) => !/^(proxy|port-forward|config|cluster-info)/.test(path.join(" "))))(
  "%s survives odd arguments",
  (name) => {
    for (const words of ODD) {
      const { stderr, exit, timedOut } = run(`${name} ${words} < /dev/null`)
      expect([name, words, exit < 128 && !timedOut]).toEqual([name, words, true])
      expect(stderr).not.toMatch(/undefined|\[object|TypeError|Cannot read/)
    }
  },
)
