/** Builds web and lab, when their sources are others than those of the last build. */
import { createHash } from "node:crypto"
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { spawnTied } from "@drydock/db/embedded"
import { Refusal } from "./explain.ts"
import type { Steps } from "./steps.ts"

/** Nothing in these decides what a build makes. */
const LEFT_OUT = new Set(["node_modules", ".next", "dist", "test", "test-results", "next-env.d.ts", "tsconfig.tsbuildinfo"])
const WEB_SOURCES = ["apps/web", "packages/course/src", "packages/db/src", "packages/protocol/src", "package-lock.json"]
const KEPT_CHARACTERS = 4000

export const hashOf = (root: string, places: readonly string[]): string => {
  const hash = createHash("sha256")
  const visit = (path: string, name: string) => {
    if (!existsSync(path)) return
    const entries = readdirSync(path, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1))
    for (const entry of entries) {
      if (LEFT_OUT.has(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue
      if (entry.isDirectory()) visit(join(path, entry.name), `${name}/${entry.name}`)
      else if (entry.isFile()) hash.update(`${name}/${entry.name}\0`).update(readFileSync(join(path, entry.name)))
    }
  }
  for (const place of places) {
    if (/\.\w+$/.test(place)) hash.update(readFileSync(join(root, place)))
    else visit(join(root, place), place)
  }
  return hash.digest("hex")
}

const run = (root: string, log: string, args: readonly string[]) =>
  new Promise<void>((resolve, reject) => {
    let last = ""
    const file = createWriteStream(log)
    const { process: child } = spawnTied(process.execPath, args, {
      cwd: join(root, "apps/web"),
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      endBy: "TERM",
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        file.write(chunk)
        last = (last + chunk.toString()).slice(-KEPT_CHARACTERS)
      })
    child.on("error", reject)
    child.on("close", (code) => {
      file.end()
      if (code === 0) resolve()
      else reject(new Refusal(`The web application cannot be built (exit code ${code}); all of it is in ${log}.\n${last.trim()}`))
    })
  })

export const buildWeb = async (root: string, logs: string, steps: Steps) => {
  mkdirSync(logs, { recursive: true })
  const stamp = join(root, "apps/web/.next/drydock-sources")
  // A generator of the application's own (icons, schemas): first, since what it writes is a source.
  const generator = join(root, "apps/web/scripts/generate.mjs")
  if (existsSync(generator)) await ((await import(pathToFileURL(generator).href)) as { generate?: () => Promise<void> }).generate?.()
  const sources = hashOf(root, WEB_SOURCES)
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources && existsSync(join(root, "apps/web/.next/BUILD_ID"))) return
  await steps.during("Building the web application", () =>
    run(root, join(logs, "build.log"), [join(root, "node_modules/next/dist/bin/next"), "build"]),
  )
  writeFileSync(stamp, sources)
}

export const buildLab = async (root: string, steps: Steps) => {
  const bundler = join(root, "scripts/bundling/bundle.mjs")
  const { bundle } = (await import(pathToFileURL(bundler).href)) as {
    bundle(what: { entry: string; outfile: string }): Promise<string>
  }
  await steps.during("Building the lab server", () => bundle({ entry: "apps/lab/src/main.ts", outfile: "apps/lab/dist/lab.mjs" }))
}

export const buildAll = async (root: string, logs: string, steps: Steps): Promise<void> => {
  await buildLab(root, steps)
  await buildWeb(root, logs, steps)
}
