/** esbuild: bundle our own rooms, leave the npm packages that all of them share external. */
import { existsSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")

/** A room's own version of a package lies in the room's node_modules, where the bundle would not look: it would find the shared one. */
const isOwn = (specifier, from) => {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")
  for (let directory = from; directory !== root && directory !== dirname(directory); directory = dirname(directory))
    if (existsSync(join(directory, "node_modules", name))) return true
  return false
}

export const roomsPlugin = {
  name: "rooms",
  setup(builder) {
    builder.onResolve({ filter: /^@drydock\// }, (args) =>
      args.pluginData ? undefined : builder.resolve(args.path, { resolveDir: args.resolveDir, kind: args.kind, pluginData: true }),
    )
    // The bench's peer names its own files without extensions, which Node cannot load.
    builder.onResolve({ filter: /^[^./]/ }, (args) =>
      args.pluginData || /^@ngrok\//.test(args.path) || args.importer.includes("@ngrok/webernetes") || isOwn(args.path, args.resolveDir)
        ? undefined
        : { path: args.path, external: true },
    )
  },
}
