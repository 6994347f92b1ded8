/** `npx tsx packages/shell/differential/record.ts [TOPIC or NAME…]`: records what the bash and the GNU tools of this machine answer to the snippets. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { files, HOME, type Recorded, snippetsOf } from "./snippets.ts"

const NEEDED = [
  "bash",
  "grep",
  "sed",
  "awk",
  "jq",
  "bc",
  "openssl",
  "zip",
  "unzip",
  "patch",
  "xxd",
  "column",
  "python3",
  "envsubst",
  "file",
  "tar",
]

const here = dirname(fileURLToPath(import.meta.url))
const output = join(here, "recorded.jsonl")
const env = {
  HOME,
  USER: "root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  TERM: "dumb",
  TZ: "UTC",
}

/** Pipes on both outputs: Node's own are sockets, on which bash believes to be started by rshd and reads .bashrc. */
const PIPES = '{ { bash -c "$1" </dev/null 2>&3 3>&-; echo $? >"$2/exit"; } | cat >"$2/out"; } 3>&1 | cat >"$2/err"'

const missing = NEEDED.filter((tool) => spawnSync("bash", ["-c", `command -v ${tool}`], { env }).status !== 0)
if (missing.length > 0) {
  console.error(`Nothing recorded: this machine lacks ${missing.join(", ")}.`)
  process.exit(0)
}
if (process.getuid?.() !== 0) {
  console.error("Nothing recorded: the snippets are root's, as in the simulated machine.")
  process.exit(0)
}

/** As the simulated machine is for the tests: an empty home but for the files. */
const lay = () => {
  rmSync(HOME, { recursive: true, force: true })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(HOME, path)), { recursive: true })
    writeFileSync(join(HOME, path), content)
  }
}

const answers = mkdtempSync(join(tmpdir(), "answers-"))
const wanted = process.argv.slice(2)
const before = new Map<string, Recorded>()
try {
  for (const line of readFileSync(output, "utf8").split("\n").filter(Boolean)) {
    const one: Recorded = JSON.parse(line)
    before.set(`${one.topic}: ${one.name}`, one)
  }
} catch {
  // The first recording.
}
const lines: string[] = []
for (const file of readdirSync(join(here, "snippets")).sort()) {
  const topic = file.replace(/\.txt$/, "")
  for (const { name, script } of snippetsOf(topic, readFileSync(join(here, "snippets", file), "utf8"))) {
    const known = before.get(`${topic}: ${name}`)
    if (wanted.length > 0 && known && !wanted.includes(topic) && !wanted.includes(name)) {
      lines.push(JSON.stringify(known))
      continue
    }
    lay()
    const run = spawnSync("sh", ["-c", PIPES, "sh", script, answers], { cwd: HOME, env, stdio: "ignore", timeout: 20_000 })
    if (run.error) console.error(`${topic}: ${name}: ${run.error.message}`)
    const answer = (kind: string) => readFileSync(join(answers, kind), "utf8")
    lines.push(JSON.stringify({ topic, name, stdout: answer("out"), stderr: answer("err"), exit: Number(answer("exit")) }))
  }
}
rmSync(HOME, { recursive: true, force: true })
rmSync(answers, { recursive: true })
writeFileSync(output, `${lines.join("\n")}\n`)
console.log(`${lines.length} snippets recorded`)
