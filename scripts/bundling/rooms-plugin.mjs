/** esbuild: bundle our own rooms, leave every npm package external. */
export const roomsPlugin = {
  name: "rooms",
  setup(builder) {
    builder.onResolve({ filter: /^@drydock\// }, (args) =>
      args.pluginData ? undefined : builder.resolve(args.path, { resolveDir: args.resolveDir, kind: args.kind, pluginData: true }),
    )
    // The bench's peer names its own files without extensions, which Node cannot load.
    builder.onResolve({ filter: /^[^./]/ }, (args) =>
      args.pluginData || /^@ngrok\//.test(args.path) || args.importer.includes("@ngrok/webernetes")
        ? undefined
        : { path: args.path, external: true },
    )
  },
}
