/** test and [: POSIX decides by the number of words, test.c by a grammar when there are more than four. */
import type { Steps } from "@drydock/machine"
import { compareNumbers, testBinary, testUnary } from "../conditions.ts"
import type { Shell } from "../shell.ts"

const BINARY = /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/
const UNARY = /^-[abcdefghkLnNoOGprRsStuvwxz]$/
const NUMERIC = /^-(eq|ne|lt|le|gt|ge)$/

class TestProblem extends Error {}

class TestWords {
  readonly #shell: Shell
  readonly #words: readonly string[]
  #at = 0

  constructor(shell: Shell, words: readonly string[]) {
    this.#shell = shell
    this.#words = words
  }

  evaluate(): boolean {
    const words = this.#words
    switch (words.length) {
      case 0:
        return false
      case 1:
        return words[0] !== ""
      case 2:
        return this.#two(words[0], words[1])
      case 3:
        return this.#three(words)
      case 4:
        if (words[0] === "!") return !this.#three(words.slice(1))
        if (words[0] === "(" && words[3] === ")") return this.#two(words[1], words[2])
        return this.#whole()
      default:
        return this.#whole()
    }
  }

  #two(first: string, second: string): boolean {
    if (first === "!") return second === ""
    if (/^-.$/.test(first)) return this.#unary(first, second)
    throw new TestProblem(`${first}: unary operator expected`)
  }

  #three(words: readonly string[]): boolean {
    const [first, operator, second] = words
    if (BINARY.test(operator)) return this.#binary(first, operator, second)
    if (operator === "-a") return first !== "" && second !== ""
    if (operator === "-o") return first !== "" || second !== ""
    if (first === "!") return !this.#two(operator, second)
    if (first === "(" && second === ")") return operator !== ""
    throw new TestProblem(`${operator}: binary operator expected`)
  }

  #unary(operator: string, operand: string): boolean {
    if (!UNARY.test(operator)) throw new TestProblem(`${operator}: unary operator expected`)
    return testUnary(this.#shell, operator, operand)
  }

  #binary(first: string, operator: string, second: string): boolean {
    if (NUMERIC.test(operator)) {
      for (const word of [first, second]) if (!/^\s*[-+]?\d+\s*$/.test(word)) throw new TestProblem(`${word}: integer expression expected`)
      return compareNumbers(operator, BigInt(first.trim()), BigInt(second.trim()))
    }
    if (operator === "=" || operator === "==") return first === second
    if (operator === "!=") return first !== second
    return testBinary(this.#shell, operator, first, second)
  }

  #whole(): boolean {
    const result = this.#or()
    if (this.#at < this.#words.length) throw new TestProblem("too many arguments")
    return result
  }

  #or(): boolean {
    let result = this.#and()
    while (this.#words[this.#at] === "-o") {
      this.#at++
      const right = this.#and()
      result = result || right
    }
    return result
  }

  #and(): boolean {
    let result = this.#term()
    while (this.#words[this.#at] === "-a") {
      this.#at++
      const right = this.#term()
      result = result && right
    }
    return result
  }

  #term(): boolean {
    const [first, operator, second] = this.#words.slice(this.#at, this.#at + 3)
    if (first === undefined) throw new TestProblem("argument expected")
    if (first === "!") {
      this.#at++
      return !this.#term()
    }
    if (first === "(") {
      this.#at++
      const result = this.#or()
      if (this.#words[this.#at] !== ")") {
        const found = this.#words[this.#at]
        throw new TestProblem(found === undefined ? "`)' expected" : `\`)' expected, found ${found}`)
      }
      this.#at++
      return result
    }
    if (second !== undefined && BINARY.test(operator)) {
      this.#at += 3
      return this.#binary(first, operator, second)
    }
    if (UNARY.test(first) && operator !== undefined) {
      this.#at += 2
      return this.#unary(first, operator)
    }
    this.#at++
    return first !== ""
  }
}

export function* test(shell: Shell, args: readonly string[], name: string): Steps<number> {
  let words = args
  if (name === "[") {
    if (args.at(-1) !== "]") {
      yield* shell.complain("[: missing `]'")
      return 2
    }
    words = args.slice(0, -1)
  }
  if (shell.process.charge(1)) yield* shell.process.yield()
  try {
    return new TestWords(shell, words).evaluate() ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestProblem)) throw error
    yield* shell.complain(`${name}: ${error.message}`)
    return 2
  }
}
