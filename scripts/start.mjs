/** `npm start`: installs what is missing, then hands over to the supervisor in scripts/start. Plain Node: runs before anything is installed. */
import { dirname, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`Drydock needs Node 20.9 or newer; this is ${process.version}.`)
  process.exit(1)
}

const { ensureInstalled, generate } = await import("./setup/install.mjs")
await ensureInstalled(root)
await generate(root)
const { bundle } = await import("./bundling/bundle.mjs")
const start = await bundle({ entry: "scripts/start/main.ts", outfile: "scripts/start/dist/start.mjs", rooms: ["db", "course"] })
const { main } = await import(pathToFileURL(start).href)
process.exit(await main(root, process.argv[2]))
