/** Prints how much JavaScript a page loads before it is asked for more, gzip bytes: `node apps/web/scripts/first-load.mjs [route] [--json]`, after a build. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const web = dirname(dirname(fileURLToPath(import.meta.url)))
const next = join(web, ".next")

/** Scripts of a route: the framework's own, and those that the route's client components name. */
export const firstLoad = (route) => {
  const manifest = join(next, "server/app", route === "/" ? "" : route, "page_client-reference-manifest.js")
  if (!existsSync(manifest)) throw new Error(`${route} has not been built: run next build in apps/web first`)
  const text = readFileSync(manifest, "utf8")
  const { clientModules, entryJSFiles } = JSON.parse(text.slice(text.indexOf("] = ") + 4).replace(/;?\s*$/, ""))
  const { rootMainFiles, polyfillFiles } = JSON.parse(readFileSync(join(next, "build-manifest.json"), "utf8"))
  const files = new Set(rootMainFiles)
  for (const [entry, scripts] of Object.entries(entryJSFiles ?? {}))
    if (/\/(layout|page|error|loading|not-found)$/.test(entry)) for (const file of scripts) files.add(file)
  for (const { chunks } of Object.values(clientModules))
    for (const chunk of chunks) if (chunk.endsWith(".js")) files.add(chunk.replace(/^\/_next\//, ""))
  // Only browsers without modules load these.
  for (const file of polyfillFiles ?? []) files.delete(file)
  const sizes = [...files].map((file) => ({ file, bytes: gzipSync(readFileSync(join(next, file))).length }))
  return { route, bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0), files: sizes.toSorted((a, b) => b.bytes - a.bytes) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [route = "/learn/[course]/[lesson]"] = process.argv.slice(2).filter((word) => !word.startsWith("--"))
  if (!existsSync(join(next, "BUILD_ID")) || readdirSync(next).length === 0)
    throw new Error("There is no build: run next build in apps/web first")
  const found = firstLoad(route)
  if (process.argv.includes("--json")) console.log(JSON.stringify(found))
  else {
    for (const { file, bytes } of found.files) console.log(`${String(bytes).padStart(8)}  ${file}`)
    console.log(`${route}: ${(found.bytes / 1000).toFixed(1)} kB gzip in ${found.files.length} files`)
  }
}
