#!/usr/bin/env node
// Starts the `drydock` command from its bundle, which is made anew when the sources are newer.
import { pathToFileURL } from "node:url"
import { bundle } from "../../../scripts/bundling/bundle.mjs"

// The bench brings a peer along, which the other commands need not load.
const program = process.argv[2] === "bench" ? "bench" : "main"
const main = await bundle({ entry: `apps/cli/src/${program}.ts`, outfile: `apps/cli/dist/${program}.mjs` })
await import(pathToFileURL(main).href)
