/** busybox as its images have it, beside a real one: every line answers what busybox answered when it was recorded. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import type { Program, SimulatedMachine } from "@drydock/machine"
import { bareMachine } from "../../machine/src/bare-machine.ts"
import { comparable, FILES, HOME, type Recorded } from "../differential/busybox/files.ts"
import { shellEntries } from "./install.ts"

const place = (path: string) => new URL(`../differential/busybox/${path}`, import.meta.url)
const recorded: Recorded[] = readFileSync(place("recorded.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line))
/** Lines that still answer otherwise, each with why; one that was mended must go from the list. */
const open = new Set(
  readFileSync(place("open.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/ — .*$/, "")),
)

const busyboxMachine = (): SimulatedMachine => {
  const { machine } = bareMachine()
  for (const { path, program, mode } of shellEntries("busybox")) {
    machine.files.mkdir(path.slice(0, path.lastIndexOf("/")) || "/", { parents: true })
    if (program) machine.files.install(path, program as Program)
    else if (!machine.files.exists(path)) machine.files.mkdir(path, mode === undefined ? {} : { mode })
  }
  return machine
}

const run = (script: string): Omit<Recorded, "run"> => {
  const machine = busyboxMachine()
  for (const [path, content] of Object.entries(FILES)) {
    machine.files.mkdir(`${HOME}/${path}`.replace(/\/[^/]*$/, ""), { parents: true })
    machine.files.write(`${HOME}/${path}`, content)
  }
  const answer = { stdout: "", stderr: "", exit: -1 }
  const [out, errors] = [new TextDecoder(), new TextDecoder()]
  machine.start("/bin/sh", {
    argv: ["sh", "-c", script],
    env: new Map([
      ["PATH", "/bin"],
      ["HOME", "/root"],
      ["USER", "root"],
      ["TERM", "dumb"],
      ["TZ", "UTC"],
    ]),
    cwd: HOME,
    stdin: "",
    onStdout: (data) => (answer.stdout += out.decode(data, { stream: true })),
    onStderr: (data) => (answer.stderr += errors.decode(data, { stream: true })),
    onExit: (status) => (answer.exit = status.kind === "exited" ? status.code : 143),
  })
  machine.sim.run({ until: machine.sim.now() + 20_000 })
  return answer
}

test.each(recorded.map((one) => [one.run, one] as const))("%s", (script, { stdout, stderr, exit }) => {
  const [got, wanted] = [comparable(run(script)), comparable({ stdout, stderr, exit })]
  if (open.has(script)) expect(got).not.toEqual(wanted)
  else expect(got).toEqual(wanted)
})

test("what follows a program that an applet runs are that program's options", () => {
  const lines: readonly (readonly [string, string])[] = [
    ["timeout 2 ls -d /", "/\n"],
    ["timeout -s KILL 2 sh -c 'echo in'", "in\n"],
    ["nice -n 5 ls -d /", "/\n"],
    ["env -i A=1 sh -c 'echo $A'", "1\n"],
    ["echo a b | xargs -n 1 printf -- -%s", "-a-b"],
    ["nohup ls -d / 2>&1 | tail -1", "/\n"],
    ["setsid ls -d /", "/\n"],
    ["echo a-b | tr -d '-'", "ab\n"],
  ]
  for (const [script, stdout] of lines) expect(run(script), script).toMatchObject({ stdout, exit: 0 })
  expect(run("timeout -z 2 ls").stderr).toContain("timeout: invalid option -- 'z'")
})
