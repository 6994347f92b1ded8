/** In a container, where everything is installed and built: one part of scripts/start, e.g. `node docker/run.mjs front`. */
import { dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { main } from "../scripts/start/dist/start.mjs"

process.exit(await main(resolve(dirname(fileURLToPath(import.meta.url)), ".."), process.argv[2]))
