/** Command lines of Go's tools: --name=value, --name value, -n value, and words. */

export interface Arguments {
  readonly words: readonly string[]
  flag(...names: string[]): string | undefined
  has(...names: string[]): boolean
}

/** `switches`: flags that take no value. `stopAtWords`: how many words come before the rest is taken as it is (exec). */
export const parseArguments = (
  args: readonly string[],
  switches: ReadonlySet<string>,
  stopAtWords = Number.POSITIVE_INFINITY,
): Arguments => {
  const words: string[] = []
  const flags = new Map<string, string>()
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (words.length >= stopAtWords || word === "--") {
      words.push(...args.slice(word === "--" ? at + 1 : at))
      break
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word)
      continue
    }
    const [name, value] = word.replace(/^--?/, "").split(/=(.*)/s)
    if (value !== undefined) flags.set(name, value)
    else if (switches.has(name)) flags.set(name, "true")
    else if (!word.startsWith("--") && name.length > 1 && [...name].every((letter) => switches.has(letter)))
      for (const letter of name) flags.set(letter, "true")
    else flags.set(name, args[++at] ?? "")
  }
  const flag = (...names: string[]) => names.map((name) => flags.get(name)).find((value) => value !== undefined)
  return { words, flag, has: (...names) => (flag(...names) ?? "false") !== "false" }
}
