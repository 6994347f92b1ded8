/** The simulated Python beside the real one: every program prints, complains and ends as it did when it was recorded. */
import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import type { RecordedProgram } from "../../differential/python/programs.ts"
import { shellMachine } from "../shell-machine.ts"

const place = (name: string) => new URL(`../../differential/python/${name}`, import.meta.url)

const recorded: RecordedProgram[] = readFileSync(place("recorded.jsonl"), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line))

/** Programs that still answer otherwise; one that was mended must go from the list. */
const open = new Set(existsSync(place("open.txt")) ? readFileSync(place("open.txt"), "utf8").split("\n").filter(Boolean) : [])

/** Frames of the library stand in other files here; of a trace the last line counts, and those of the program itself. */
const plain = (stderr: string): string[] => stderr.split("\n").filter((line) => line !== "" && !/^ {2}File "\/|^ {4}/.test(line))

const machine = shellMachine({ fuelPerSecond: 50_000_000 })

const run = (program: string) => {
  const answer = { stdout: "", stderr: "", exit: -1 }
  const [out, errors] = [new TextDecoder(), new TextDecoder()]
  machine.start("/usr/bin/python3", {
    argv: ["python3", "-c", program],
    env: new Map([
      ["HOME", "/root"],
      ["PATH", "/usr/bin:/bin"],
    ]),
    cwd: "/root",
    stdin: "",
    onStdout: (data) => (answer.stdout += out.decode(data, { stream: true })),
    onStderr: (data) => (answer.stderr += errors.decode(data, { stream: true })),
    onExit: (status) => (answer.exit = status.kind === "exited" ? status.code : -1),
  })
  machine.sim.run({ until: machine.sim.now() + 30_000 })
  return answer
}

test.each(recorded.map((one) => [one.program.replaceAll("\n", "⏎"), one] as const))("%s", (name, wanted) => {
  const got = run(wanted.program)
  const shown = { stdout: got.stdout, stderr: plain(got.stderr), exit: got.exit }
  const expected = { stdout: wanted.stdout, stderr: plain(wanted.stderr), exit: wanted.exit }
  if (open.has(name)) expect(shown).not.toEqual(expected)
  else expect(shown).toEqual(expected)
})
