/** expr: an expression of words. */
import { defineTool } from "../define-tool.ts"
import { compileRegex, RegexError } from "../text/regex.ts"

class ExprError extends Error {}

const STRENGTH: Readonly<Record<string, number>> = {
  "|": 1,
  "&": 2,
  "<": 3,
  "<=": 3,
  "=": 3,
  "==": 3,
  "!=": 3,
  ">=": 3,
  ">": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  ":": 6,
}

const isInteger = (text: string): boolean => /^-?\d+$/.test(text)
const isNull = (text: string): boolean => text === "" || /^-?0+$/.test(text)

const matched = (text: string, pattern: string): string => {
  const found = compileRegex(`^\\(${pattern}\\)`, { extended: false }).find(text)
  if (pattern.includes("\\(")) return found?.groups[2] ?? ""
  return String(found ? [...text.slice(0, found.end)].length : 0)
}

class Words {
  readonly #words: readonly string[]
  #at = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  evaluate(): string {
    const value = this.#binary(1)
    if (this.#at < this.#words.length) throw new ExprError(`syntax error: unexpected argument ‘${this.#words[this.#at]}’`)
    return value
  }

  #need(word: string): void {
    if (this.#words[this.#at] === undefined) throw new ExprError(`syntax error: expecting '${word}' after ‘${this.#words.at(-1) ?? ""}’`)
    if (this.#words[this.#at++] !== word) throw new ExprError(`syntax error: expecting '${word}' instead of ‘${this.#words[this.#at - 1]}’`)
  }

  #take(): string {
    const word = this.#words[this.#at++]
    if (word === undefined) throw new ExprError(`syntax error: missing argument after ‘${this.#words.at(-1) ?? ""}’`)
    return word
  }

  #binary(least: number): string {
    let left = this.#primary()
    for (;;) {
      const operator = this.#words[this.#at] ?? ""
      const strength = Object.hasOwn(STRENGTH, operator) ? STRENGTH[operator] : 0
      if (strength < least) return left
      this.#at++
      left = this.#apply(operator, left, this.#binary(strength + 1))
    }
  }

  #apply(operator: string, a: string, b: string): string {
    if (operator === "|") return isNull(a) ? (isNull(b) ? "0" : b) : a
    if (operator === "&") return isNull(a) || isNull(b) ? "0" : a
    if (operator === ":") return matched(a, b)
    if (STRENGTH[operator] === 3) {
      const order = isInteger(a) && isInteger(b) ? (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0) : a < b ? -1 : a > b ? 1 : 0
      const holds = {
        "<": order < 0,
        "<=": order <= 0,
        "=": order === 0,
        "==": order === 0,
        "!=": order !== 0,
        ">=": order >= 0,
        ">": order > 0,
      }[operator]
      return holds ? "1" : "0"
    }
    if (!isInteger(a) || !isInteger(b)) throw new ExprError("non-integer argument")
    const [x, y] = [BigInt(a), BigInt(b)]
    if ((operator === "/" || operator === "%") && y === 0n) throw new ExprError("division by zero")
    return String(operator === "+" ? x + y : operator === "-" ? x - y : operator === "*" ? x * y : operator === "/" ? x / y : x % y)
  }

  #primary(): string {
    const word = this.#take()
    switch (word) {
      case "(": {
        const value = this.#binary(1)
        this.#need(")")
        return value
      }
      case "+":
        return this.#take()
      case "length":
        return String([...this.#primary()].length)
      case "match":
        return matched(this.#primary(), this.#primary())
      case "index": {
        const [text, set] = [this.#primary(), this.#primary()]
        return String([...text].findIndex((character) => set.includes(character)) + 1)
      }
      case "substr": {
        const [text, from, count] = [this.#primary(), Number(this.#primary()), Number(this.#primary())]
        return from > 0 && count > 0 ? [...text].slice(from - 1, from - 1 + count).join("") : ""
      }
      default:
        return word
    }
  }
}

export const expr = defineTool({
  name: "expr",
  busybox: true,
  summary: "evaluate expressions",
  *run(process, args) {
    if (args.length === 0) {
      yield* process.error("expr: missing operand\nTry 'expr --help' for more information.\n")
      return 2
    }
    try {
      const value = new Words(args[0] === "--" ? args.slice(1) : args).evaluate()
      yield* process.print(`${value}\n`)
      return isNull(value) ? 1 : 0
    } catch (error) {
      if (!(error instanceof ExprError || error instanceof RegexError)) throw error
      yield* process.error(`expr: ${error.message}\n`)
      return 2
    }
  },
})
