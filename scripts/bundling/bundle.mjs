/** Bundles a Node program of ours when its sources are newer than the bundle; several processes may call it at once. */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { packages } from "../rooms.cjs"

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")

const newest = (directory) => {
  // A room without sources is no folder at all in a fresh clone.
  if (!existsSync(directory)) return 0
  let latest = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === "dist") continue
    const path = join(directory, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : entry.name.includes(".test.") ? 0 : statSync(path).mtimeMs)
  }
  return latest
}

/** @returns the bundle's path */
export const bundle = async ({ entry, outfile, rooms = packages }) => {
  const source = join(root, entry)
  const target = join(root, outfile)
  const latest = Math.max(
    newest(dirname(source)),
    newest(join(root, "scripts/bundling")),
    ...rooms.map((room) => newest(join(root, "packages", room, "src"))),
  )
  if (existsSync(target) && statSync(target).mtimeMs > latest) return target
  const generator = join(root, "packages/kubernetes/scripts/generate-schema.mjs")
  if (existsSync(generator)) await (await import(pathToFileURL(generator).href)).generate?.()
  const { build } = await import("esbuild")
  const { roomsPlugin } = await import("./rooms-plugin.mjs")
  mkdirSync(dirname(target), { recursive: true })
  // Written aside and renamed: another process may be starting from it.
  const aside = `${target}.${process.pid}.mjs`
  await build({
    entryPoints: [source],
    bundle: true,
    outfile: aside,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "error",
    loader: { ".json": "json" },
    plugins: [roomsPlugin],
  })
  renameSync(aside, target)
  return target
}
