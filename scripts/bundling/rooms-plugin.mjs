/** esbuild: bundle our own rooms, leave every npm package external. */
export const roomsPlugin = {
  name: "rooms",
  setup(builder) {
    builder.onResolve({ filter: /^@drydock\// }, (args) =>
      args.pluginData ? undefined : builder.resolve(args.path, { resolveDir: args.resolveDir, kind: args.kind, pluginData: true }),
    )
    builder.onResolve({ filter: /^[^./]/ }, (args) => (args.pluginData ? undefined : { path: args.path, external: true }))
  },
}
