/** The simulated shell and tools beside real ones: every snippet answers what bash and the GNU tools answered when it was recorded. */
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { SIGNALS } from "@drydock/machine"
import { BEGIN, files, HOME, type Recorded, type Snippet, snippetsOf, system } from "../differential/snippets.ts"
import { ENVIRONMENT, shellMachine } from "./shell-machine.ts"

const place = (path: string) => new URL(`../differential/${path}`, import.meta.url)

const recorded = new Map(
  readFileSync(place("recorded.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const one: Recorded = JSON.parse(line)
      return [`${one.topic}: ${one.name}`, one]
    }),
)

const run = ({ script }: Snippet): Pick<Recorded, "stdout" | "stderr" | "exit"> => {
  const machine = shellMachine()
  for (const [path, content] of Object.entries(system)) machine.files.write(path, content)
  machine.sim.run({ until: BEGIN })
  for (const [path, content] of Object.entries(files)) {
    machine.files.mkdir(`${HOME}/${path}`.replace(/\/[^/]*$/, ""), { parents: true })
    machine.files.write(`${HOME}/${path}`, content)
  }
  const answer = { stdout: "", stderr: "", exit: -1 }
  const [out, errors] = [new TextDecoder(), new TextDecoder()]
  machine.start("/usr/bin/bash", {
    argv: ["bash", "-c", script],
    env: new Map([...ENVIRONMENT, ["HOME", HOME], ["LC_ALL", "C.UTF-8"], ["TERM", "dumb"], ["TZ", "UTC"]]),
    cwd: HOME,
    stdin: "",
    onStdout: (data) => (answer.stdout += out.decode(data, { stream: true })),
    onStderr: (data) => (answer.stderr += errors.decode(data, { stream: true })),
    onExit: (status) =>
      (answer.exit = status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : -1),
  })
  machine.sim.run({ until: machine.sim.now() + 30_000 })
  return answer
}

/** Process ids, and addresses of threads in libcrypto's errors, are nobody's to foresee. */
const withoutPids = <T extends { stderr: string }>(answer: T): T => ({
  ...answer,
  stderr: answer.stderr.replace(/^(\S+: line \d+: ) *\d+ (?=[A-Z])/gm, "$1PID ").replace(/^[0-9A-F]{16}:error:/gm, "THREAD:error:"),
})

/** Snippets that still answer otherwise; one that was mended must go from the list. */
const open = new Set(
  readFileSync(place("open.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/ — .*$/, "")),
)

const topics = readdirSync(place("snippets")).map((file) => file.replace(/\.txt$/, ""))

describe.each(topics)("%s", (topic) => {
  test.each(snippetsOf(topic, readFileSync(place(`snippets/${topic}.txt`), "utf8")))("$name", (snippet) => {
    const { stdout, stderr, exit } = recorded.get(`${topic}: ${snippet.name}`) ?? { stdout: "not recorded", stderr: "", exit: 0 }
    const [got, wanted] = [withoutPids(run(snippet)), withoutPids({ stdout, stderr, exit })]
    if (open.has(`${topic}: ${snippet.name}`)) expect(got).not.toEqual(wanted)
    else expect(got).toEqual(wanted)
  })
})
