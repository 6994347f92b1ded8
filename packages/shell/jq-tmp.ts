import { readFileSync } from "node:fs"
import { ENVIRONMENT, shellMachine } from "/tmp/w-gnu/packages/shell/src/shell-machine.ts"
const read = (f: string) => readFileSync(f, "utf8").split("\n").filter(Boolean).map((l) => JSON.parse(l))
const [cases, answers] = [read("/tmp/gnu/jqcases.jsonl"), read("/tmp/gnu/jqanswers.jsonl")]
const run = (args: string[], stdin: string) => {
  const machine = shellMachine()
  let out = "", err = "", code = -1
  machine.start("/usr/bin/jq", { argv: ["jq", ...args], env: new Map([...ENVIRONMENT, ["TZ", "UTC"]]), cwd: "/tmp", stdin: stdin + "\n", onStdout: (d) => (out += new TextDecoder().decode(d)), onStderr: (d) => (err += new TextDecoder().decode(d)), onExit: (s) => (code = s.kind === "exited" ? s.code : -1) })
  try { machine.sim.run({ until: machine.sim.now() + 5000 }) } catch (e) { err += String(e) }
  return { out, err, code }
}
let ok = 0
for (const [i, { prog, input }] of cases.entries()) {
  const real = answers[i]
  if (real.exitCode === -9) { ok++; continue }
  const ours = run(["-c", prog], input)
  const e = (t: string) => t.replace(/\(at <stdin>:\d+\)/g, "(at <stdin>:N)").replace(/\(at <unknown>\)/g, "(at <stdin>:N)").trim()
  if (real.stdout.trimEnd() === ours.out.trimEnd() && real.exitCode === ours.code && e(real.stderr) === e(ours.err)) { ok++; continue }
  console.log(`\n#### ${prog}   <<< ${input}\n-- real ${real.exitCode}\n${real.stdout}\n${real.stderr}\n-- ours ${ours.code}\n${ours.out}${ours.err}`)
}
console.log(`${ok}/${cases.length}`)
process.exit(0)
