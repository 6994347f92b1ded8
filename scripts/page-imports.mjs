/** Holds files with JSX to their room's imports: what .dependency-cruiser.cjs does for all others. */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { rooms } from "./rooms.cjs"

const root = resolve(import.meta.dirname, "..")
const web = join(root, "apps/web")
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g

const refused = []
for (const entry of readdirSync(join(web, "src"), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith(".tsx")) continue
  const file = join(entry.parentPath ?? entry.path, entry.name)
  for (const [, name] of readFileSync(file, "utf8").matchAll(IMPORT)) {
    const room = /^@drydock\/([^/]+)/.exec(name)?.[1]
    const outside = name.startsWith(".") && relative(web, resolve(file, "..", name)).startsWith("..")
    if (outside || (room !== undefined && !rooms.web.includes(room))) refused.push(`${relative(root, file)}: ${name}`)
  }
}
for (const one of refused) console.error(`web may import ${rooms.web.join(", ")}: ${one}`)
process.exit(refused.length ? 1 : 0)
