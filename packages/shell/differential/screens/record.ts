/** `npx tsx packages/shell/differential/screens/record.ts`: records what this machine's vim, less, nano and watch show, into recorded.jsonl. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Emulated } from "../../src/terminal-screen.ts"
import { SCREEN_FILES, screenCases } from "./cases.ts"

const here = dirname(fileURLToPath(import.meta.url))
const missing = ["vim", "less", "nano", "watch", "python3"].filter((name) => spawnSync("which", [name]).status !== 0)
if (missing.length > 0) {
  console.error(`Nothing recorded: this machine has no ${missing.join(", ")}.`)
  process.exit(0)
}
const wanted = process.argv[2]
const base = mkdtempSync(join(tmpdir(), "screens-"))
const directory = join(base, "root")
const old = new Map<string, string>()
if (wanted !== undefined)
  for (const line of readFileSync(join(here, "recorded.jsonl"), "utf8").split("\n").filter(Boolean)) old.set(JSON.parse(line).name, line)
/** A program's help is its authors' prose: that it is shown is kept, what it says is not. */
const withoutHelp = (picture: string): string => (/Main nano help text|SUMMARY OF LESS COMMANDS/.test(picture) ? "(its own help)" : picture)

const lines: string[] = []
for (const { name, size, command, steps } of screenCases(readFileSync(join(here, "screens.txt"), "utf8"))) {
  const kept = wanted !== undefined && !name.includes(wanted) ? old.get(name) : undefined
  if (kept !== undefined) {
    lines.push(kept)
    continue
  }
  // What an editor remembers of its last run (.viminfo) is none of the next one's.
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory)
  for (const [path, content] of Object.entries(SCREEN_FILES)) writeFileSync(join(directory, path), content)
  const typed = [{ keys: new TextEncoder().encode(`${command}\r`), text: "" }, ...steps]
  const { stdout, status } = spawnSync("python3", [join(here, "record.py")], {
    input: JSON.stringify({
      directory,
      size,
      environment: { TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8", PS1: "$ ", USER: "root" },
      steps: typed.map((step) =>
        "size" in step && step.size ? { size: step.size } : { keys: Buffer.from(step.keys ?? []).toString("base64") },
      ),
    }),
    encoding: "utf8",
    timeout: 60_000,
  })
  if (status !== 0) {
    console.error(`${name}: no record`)
    continue
  }
  const sent: string[] = JSON.parse(stdout)
  const [columns, rows] = size.split("x").map(Number)
  const screen = new Emulated(columns, rows)
  const screens: string[] = []
  for (const [at, data] of sent.entries()) {
    const step = typed[at - 1]
    if (step && "size" in step && step.size) {
      const [wide, high] = step.size.split("x").map(Number)
      screen.resize(wide, high)
    }
    await screen.write(Buffer.from(data, "base64"))
    if (at > 0) screens.push(withoutHelp(screen.picture()))
  }
  screen.dispose()
  lines.push(JSON.stringify({ name, screens }))
}
rmSync(base, { recursive: true })
writeFileSync(join(here, "recorded.jsonl"), `${lines.join("\n")}\n`)
console.log(`${lines.length} recorded`)
