import { readFileSync } from "node:fs"
import { ENVIRONMENT, shellMachine } from "/tmp/w-gnu/packages/shell/src/shell-machine.ts"
const text = readFileSync("/tmp/gnu/jq/tests/jq.test", "utf8")
const run = (args: string[], stdin: string) => {
  const machine = shellMachine()
  let out = "", err = "", code = -1
  machine.start("/usr/bin/jq", { argv: ["jq", ...args], env: new Map([...ENVIRONMENT, ["TZ", "UTC"]]), cwd: "/tmp", stdin, onStdout: (d) => (out += new TextDecoder().decode(d)), onStderr: (d) => (err += new TextDecoder().decode(d)), onExit: (s) => (code = s.kind === "exited" ? s.code : -1) })
  try { machine.sim.run({ until: machine.sim.now() + 5000 }) } catch (e) { err += String(e) }
  return { out, err, code }
}
const m = await import("/tmp/gnu/npm/node_modules/jq-wasm/dist/index.js")
const jq = (m as any).default ?? m
const blocks = text.split("\n").filter((l) => !l.startsWith("#")).join("\n").split(/\n\s*\n/)
let ok = 0, n = 0
for (const b of blocks) {
  const lines = b.split("\n").filter((l) => l !== "")
  if (lines.length < 2 || lines[0].startsWith("%%")) continue
  const [prog, input] = lines
  if (/import|include|modulemeta|input_filename|getpath\/1|ltrimstr|splits|env|\$__prog|get_search_list/.test(prog) && /import|include|modulemeta|input_line/.test(prog)) continue
  const real = await jq.raw(input, prog, ["-c"])
  const ours = run(["-c", prog], input)
  n++
  if (real.stdout.trimEnd() === ours.out.trimEnd() && (real.exitCode === ours.code)) { ok++; continue }
  console.log(`\n#### ${prog}\ninput ${input}\n-- real ${real.exitCode}\n${real.stdout}\n${real.stderr}\n-- ours ${ours.code}\n${ours.out}${ours.err}`)
}
console.log(`${ok}/${n}`)
process.exit(0)
