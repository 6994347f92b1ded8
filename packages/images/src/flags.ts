/** Command-line flags of Kubernetes' components: --name=value. */
export const parseFlags = (argv: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    argv
      .slice(1)
      .filter((word) => word.startsWith("-"))
      .map((word) => {
        const [name, ...value] = word.replace(/^--?/, "").split("=")
        return [name, value.length > 0 ? value.join("=") : "true"] as const
      }),
  )
