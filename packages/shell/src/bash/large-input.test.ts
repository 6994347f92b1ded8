/** Work over as much as a learner may give at once is done in parts: others have their turns in between, and what comes out is whole. */
import { expect, test } from "vitest"
import { ENVIRONMENT, shellMachine } from "../shell-machine.ts"

/** What a script printed, and how many turns it took: each is at most one helping of fuel. */
const turns = (script: string, files: Readonly<Record<string, string>> = {}): { output: string; turns: number } => {
  const machine = shellMachine()
  machine.files.mkdir("/work", { parents: true })
  for (const [path, content] of Object.entries(files)) machine.files.write(`/work/${path}`, content)
  let output = ""
  let ended = false
  const decoder = new TextDecoder()
  machine.start("/usr/bin/bash", {
    argv: ["bash", "-c", script],
    env: ENVIRONMENT,
    cwd: "/work",
    stdin: "",
    onStdout: (data) => (output += decoder.decode(data, { stream: true })),
    onStderr: (data) => (output += decoder.decode(data, { stream: true })),
    onExit: () => (ended = true),
  })
  let count = 0
  while (!ended && machine.sim.run({ until: machine.sim.now() + 600_000, events: 1 }).events > 0) count++
  return { output, turns: count }
}

const names = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at + 1}`, ""]))

test.each([
  ["a sequence of a million", "set -- {1..1000000}; echo $# ${1000000}", {}, "1000000 1000000\n", 50],
  ["braces times braces", "set -- {1..300}{a..z}{0..9}; echo $# $1 ${78000}", {}, "78000 1a0 300z9\n", 4],
  ["a glob over many names", "set -- *; echo $#; set -- *7*; echo $#; set -- *[37]; echo $#", names(15_000), "15000\n4794\n3000\n", 20],
  ["replacing a character, many times", `x=$(printf '%0200000d' 0); y=\${x//0/ab}; echo \${#y} \${y: -2}`, {}, "400000 ab\n", 5],
  ["replacing by a pattern, many times", `x=$(printf '%060000d' 0); y=\${x//[0-9]?/ab-}; echo \${#y}`, {}, "90000\n", 5],
  ["a pattern that is looked for everywhere", `x=$(printf '%01000d' 0); echo \${x//0*1/q}`, {}, `${"0".repeat(1_000)}\n`, 4],
  ["cutting a long text", `x=$(printf '%0100000d' 0)1; y=\${x##*[0]}; z=\${x%%0*1}; echo $y \${#z}`, {}, "1 0\n", 3],
  ["capital letters, by a pattern", `x=$(printf 'ab%.0s' {1..20000}); y=\${x^^[b]}; echo \${y:39990}`, {}, "aBaBaBaBaB\n", 10],
  ["splitting a long text", `x=$(printf 'a b%.0s' {1..50000}); set -- $x; echo $# $2`, {}, "50001 ba\n", 20],
  ["reading many words", `printf -v x 'w%d ' {1..30000}; read -ra w <<< "$x"; echo \${#w[@]} \${w[29999]}`, {}, "30000 w30000\n", 20],
])("%s", (_, script, files, output, least) => {
  const ran = turns(script, files)
  expect(ran.output).toBe(output)
  expect(ran.turns).toBeGreaterThanOrEqual(least)
})
