/** `npx tsx packages/shell/differential/vi/record.ts`: records what this machine's vim makes of the files in keys.txt, into recorded.jsonl. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { bytesOf, FILES, keysOf, nameOf } from "./keys.ts"

const here = dirname(fileURLToPath(import.meta.url))
if (!/VIM - Vi IMproved (9|[1-9]\d)/.test(spawnSync("vim", ["--version"], { encoding: "utf8" }).stdout ?? "")) {
  console.error("Nothing recorded: this machine has no vim of version 9.")
  process.exit(0)
}
/** As if typed: what is read by -s makes one change to undo. Then out of whatever the keys have left it in. */
const TYPE = ["-c", 'call feedkeys(readfile("keys", "b")[0], "tx")', "-c", "wq!"]
const directory = mkdtempSync(join(tmpdir(), "vi-"))
const lines: string[] = []
for (const { name, file, keys } of keysOf(readFileSync(join(here, "keys.txt"), "utf8"))) {
  rmSync(join(directory, "out"), { force: true })
  for (const [path, content] of Object.entries(FILES)) writeFileSync(join(directory, path), content)
  const edited = join(directory, nameOf(file))
  writeFileSync(edited, FILES[file])
  writeFileSync(join(directory, "keys"), bytesOf(keys))
  const { status } = spawnSync("vim", ["--not-a-term", "-u", "DEFAULTS", "-i", "NONE", "-n", "-X", ...TYPE, nameOf(file)], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory, TERM: "xterm", LC_ALL: "C.UTF-8", SHELL: "/bin/sh", LINES: "24", COLUMNS: "80" },
    input: "",
    timeout: 20_000,
  })
  if (status !== 0) console.error(`${name}: vim ended with ${status}`)
  lines.push(JSON.stringify({ name, text: readFileSync(edited, "utf8") }))
}
rmSync(directory, { recursive: true })
writeFileSync(join(here, "recorded.jsonl"), `${lines.join("\n")}\n`)
console.log(`${lines.length} recorded`)
