/** `npx tsx packages/shell/differential/busybox/record.ts`: records what this machine's busybox answers to the lines of snippets.txt, into recorded.jsonl. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { comparable, FILES, HOME, snippetsOf } from "./files.ts"

const here = dirname(fileURLToPath(import.meta.url))
const found = spawnSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).stdout.trim()
if (found === "" || process.getuid?.() !== 0) {
  console.error("Nothing recorded: this machine has no busybox (Debian: busybox-static), or you are not root.")
  process.exit(0)
}
/** Its applets and nothing else, as in its image. */
const bin = mkdtempSync(join(tmpdir(), "busybox-"))
for (const name of spawnSync(found, ["--list"], { encoding: "utf8" }).stdout.trim().split("\n")) symlinkSync(found, join(bin, name))
const lines = snippetsOf(readFileSync(join(here, "snippets.txt"), "utf8")).map((run) => {
  rmSync(HOME, { recursive: true, force: true })
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(HOME, path)), { recursive: true })
    writeFileSync(join(HOME, path), content)
  }
  const { stdout, stderr, status } = spawnSync(join(bin, "sh"), ["-c", run], {
    argv0: "sh",
    cwd: HOME,
    env: { PATH: bin, HOME: "/root", USER: "root", TERM: "dumb", TZ: "UTC" },
    encoding: "utf8",
    input: "",
    timeout: 10_000,
  })
  // Where the applets lie is this recording's own; in the image it is /bin.
  const plain = (text: string) => text.replaceAll(bin, "/bin")
  // Explanations of options are busybox's prose: they are not kept.
  return JSON.stringify({ run, ...comparable({ stdout: plain(stdout), stderr: plain(stderr), exit: status ?? -1 }) })
})
rmSync(HOME, { recursive: true, force: true })
rmSync(bin, { recursive: true })
writeFileSync(join(here, "recorded.jsonl"), `${lines.join("\n")}\n`)
console.log(`${lines.length} recorded`)
