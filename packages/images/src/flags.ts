/** Command-line flags of Kubernetes' components: --name=value, --name alone for true. The last of a name counts. */

/** What a program asks of its flags. Nothing is kept but the words: a component lives as long as its cluster. */
export interface Flags {
  get(name: string): string | undefined
  has(name: string): boolean
  keys(): Iterable<string>
}

const FLAG = /^--?([^=]*)(?:=(.*))?$/s

export const parseFlags = (argv: readonly string[]): Flags => new ParsedFlags(argv)

class ParsedFlags implements Flags {
  readonly #argv: readonly string[]

  constructor(argv: readonly string[]) {
    this.#argv = argv
  }

  get(name: string): string | undefined {
    for (let at = this.#argv.length - 1; at > 0; at--) {
      const match = FLAG.exec(this.#argv[at])
      if (match?.[1] === name) return match[2] ?? "true"
    }
    return undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  *keys(): Generator<string> {
    for (const word of this.#argv.slice(1)) {
      const match = FLAG.exec(word)
      if (match) yield match[1]
    }
  }
}
