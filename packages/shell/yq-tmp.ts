import { readFileSync, readdirSync } from "node:fs"
import { ENVIRONMENT, shellMachine } from "/tmp/w-gnu/packages/shell/src/shell-machine.ts"
const dir = "/tmp/gnu/yqdoc/pkg/yqlib/doc/"
const only = process.argv[2]
let ok = 0, n = 0
const per: string[] = []
for (const folder of ["operators", "usage"]) for (const f of readdirSync(dir + folder).filter((x) => x.endsWith(".md"))) {
  if (only && !f.includes(only)) continue
  const md = readFileSync(dir + folder + "/" + f, "utf8")
  let good = 0, all = 0
  for (const section of md.split(/^## /m).slice(1)) {
    const files: [string, string][] = []
    const re = /(?:Given|And)[^\n]*?(\S+) (?:sample )?(?:file )?of:?\n```(?:\w*)\n([\s\S]*?)```/gi
    for (const m of section.matchAll(/(?:Given|And)(?: a| another)? ([\w.-]+)(?: sample)? file(?: of)?:?\n```\w*\n([\s\S]*?)\n?```/gi)) files.push([m[1], m[2] + "\n"])
    const cmd = /```bash\n([\s\S]*?)\n```\s*will output\s*```\w*\n([\s\S]*?)```/.exec(section)
    if (!cmd) continue
    all++
    const machine = shellMachine()
    machine.files.mkdir("/tmp/y", { parents: true })
    for (const [p, c] of files) machine.files.write("/tmp/y/" + p, c)
    for (const p of ["small.yml"]) void p
    let out = "", err = ""
    machine.start("/usr/bin/bash", { argv: ["bash", "-c", cmd[1]], env: new Map([...ENVIRONMENT, ["TZ", "UTC"]]), cwd: "/tmp/y", stdin: "", onStdout: (d) => (out += new TextDecoder().decode(d)), onStderr: (d) => (err += new TextDecoder().decode(d)), onExit: () => {} })
    try { machine.sim.run({ until: machine.sim.now() + 5000 }) } catch (e) { err += String(e) }
    if (out === cmd[2] || out.trimEnd() === cmd[2].trimEnd()) { good++; continue }
    console.log(`\n#### ${f}: ${section.split("\n")[0]}\n${files.map(([p, c]) => `[${p}]\n${c}`).join("")}$ ${cmd[1]}\n-- wanted\n${cmd[2]}-- got\n${out}${err}`)
  }
  ok += good; n += all
  per.push(`${f} ${good}/${all}`)
}
console.log(per.join("\n")); console.log(`${ok}/${n}`)
process.exit(0)
