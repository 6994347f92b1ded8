/** Type-checks every room in its own settings; one process a core. */
import { spawn } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { root } from "./bundling/bundle.mjs"

const projects = [
  ...["packages", "apps"].flatMap((folder) => readdirSync(join(root, folder)).map((room) => `${folder}/${room}/tsconfig.json`)),
  "tsconfig.tests.json",
  "tests/browser/tsconfig.json",
]
  .filter((project) => existsSync(join(root, project)))
  // A room that has no sources yet has nothing to check.
  .filter(
    (project) =>
      !/^(packages|apps)\//.test(project) ||
      (existsSync(join(root, project, "../src")) &&
        readdirSync(join(root, project, "../src"), { recursive: true }).some((file) => /\.tsx?$/.test(String(file)))),
  )

const check = (project) =>
  new Promise((resolve) => {
    const child = spawn(join(root, "node_modules/.bin/tsc"), ["-p", project], { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.on("data", (chunk) => (text += chunk))
    child.on("close", (code) => {
      if (code !== 0) process.stdout.write(`${project}\n${text}`)
      resolve(code === 0)
    })
  })

let failed = 0
const workers = Array.from({ length: Math.max(1, Math.min(2, availableParallelism())) }, async () => {
  for (let project = projects.shift(); project; project = projects.shift()) if (!(await check(project))) failed++
})
await Promise.all(workers)
process.exit(failed ? 1 : 0)
