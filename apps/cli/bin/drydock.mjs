#!/usr/bin/env node
// Starts the `drydock` command from its bundle, which is made anew when the sources are newer.
import { pathToFileURL } from "node:url"
import { bundle } from "../../../scripts/bundling/bundle.mjs"

const main = await bundle({ entry: "apps/cli/src/main.ts", outfile: "apps/cli/dist/main.mjs" })
await import(pathToFileURL(main).href)
