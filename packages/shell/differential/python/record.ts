/** `npx tsx packages/shell/differential/python/record.ts`: records what the python3 of this machine answers to the programs. */
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { programs } from "./programs.ts"

if (spawnSync("python3", ["--version"]).status !== 0) {
  console.error("Nothing recorded: this machine has no python3.")
  process.exit(0)
}
const lines = programs().map((program) => {
  const run = spawnSync("python3", ["-c", program], {
    encoding: "utf8",
    timeout: 20_000,
    input: "",
    env: { PATH: process.env["PATH"] ?? "", HOME: "/root", LC_ALL: "C.UTF-8", TZ: "UTC" },
  })
  return JSON.stringify({ program, stdout: run.stdout, stderr: run.stderr, exit: run.status })
})
writeFileSync(fileURLToPath(new URL("./recorded.jsonl", import.meta.url)), `${lines.join("\n")}\n`)
console.log(`${lines.length} programs recorded`)
