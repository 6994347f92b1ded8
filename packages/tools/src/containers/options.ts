/** Command lines of docker's kind: flags come again and again, and end where the image begins. */

export class Options {
  readonly words: readonly string[]
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(words: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.words = words
    this.#values = values
  }

  all(...names: string[]): string[] {
    return names.flatMap((name) => this.#values.get(name) ?? [])
  }

  text(...names: string[]): string | undefined {
    return this.all(...names).at(-1)
  }

  on(...names: string[]): boolean {
    const value = this.text(...names)
    return value !== undefined && value !== "false"
  }
}

/** `switches`: flags without a value, letters among them. `stop`: what follows the first word is not ours. */
export const parseOptions = (args: readonly string[], switches: string, stop = false): Options => {
  const known = new Set(switches.split(" "))
  const values = new Map<string, string[]>()
  const words: string[] = []
  const put = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value])
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "--" || (stop && words.length > 0)) {
      words.push(...args.slice(word === "--" ? at + 1 : at))
      break
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word)
      continue
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=")
      const name = word.slice(2, equals < 0 ? undefined : equals)
      if (equals >= 0) put(name, word.slice(equals + 1))
      else put(name, known.has(name) ? "true" : (args[++at] ?? ""))
      continue
    }
    for (let letter = 1; letter < word.length; letter++) {
      const name = word[letter]
      if (known.has(name)) {
        put(name, "true")
        continue
      }
      const rest = word.slice(letter + 1).replace(/^=/, "")
      put(name, rest || (args[++at] ?? ""))
      break
    }
  }
  return new Options(words, values)
}
