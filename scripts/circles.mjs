/** Fails when modules import each other in a circle as they are loaded. Types are left out: esbuild drops their imports. */
import { existsSync } from "node:fs"
import { build } from "esbuild"
import { roomsPlugin } from "./bundling/rooms-plugin.mjs"
import { packages } from "./rooms.cjs"

const entries = [...packages.map((room) => `packages/${room}/src/index.ts`), "apps/cli/src/main.ts", "apps/lab/src/main.ts"].filter(
  (file) => existsSync(file),
)

const { metafile } = await build({
  entryPoints: entries,
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  format: "esm",
  outdir: "dist",
  logLevel: "error",
  plugins: [roomsPlugin],
})

const graph = new Map(
  Object.entries(metafile.inputs).map(([file, input]) => [
    file,
    input.imports.filter((i) => !i.external && i.kind === "import-statement").map((i) => i.path),
  ]),
)
const state = new Map()
const circles = []
const visit = (file, path) => {
  if (state.get(file) === "done") return
  const at = path.indexOf(file)
  if (at >= 0) return void circles.push([...path.slice(at), file])
  for (const next of graph.get(file) ?? []) visit(next, [...path, file])
  state.set(file, "done")
}
for (const file of graph.keys()) visit(file, [])
for (const circle of circles) console.error(`circle: ${circle.join(" → ")}`)
console.log(`${graph.size} modules, ${circles.length} circles`)
process.exit(circles.length ? 1 : 0)
