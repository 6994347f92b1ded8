/** echo, printf, test and [. */
import type { Steps } from "@drydock/machine"
import { echoText } from "../../text/echo.ts"
import { formatPrintf } from "../../text/printf.ts"
import { compareNumbers, testBinary, testUnary } from "../conditions.ts"
import type { Builtin } from "../define-builtin.ts"
import type { Shell } from "../shell.ts"

/** Recursive descent over the words of [, as POSIX orders them. */
class TestWords {
  readonly #shell: Shell
  readonly #words: readonly string[]
  #at = 0
  problem: string | undefined

  constructor(shell: Shell, words: readonly string[]) {
    this.#shell = shell
    this.#words = words
  }

  evaluate(): boolean {
    if (this.#words.length === 0) return false
    const result = this.#or()
    if (this.#at < this.#words.length)
      this.problem ??= this.#words.length > 3 ? "too many arguments" : `${this.#words[this.#at]}: binary operator expected`
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
    let result = this.#not()
    while (this.#words[this.#at] === "-a") {
      this.#at++
      const right = this.#not()
      result = result && right
    }
    return result
  }

  #not(): boolean {
    if (this.#words[this.#at] === "!" && this.#words.length - this.#at > 1) {
      this.#at++
      return !this.#not()
    }
    return this.#primary()
  }

  #primary(): boolean {
    const [first, operator, second] = this.#words.slice(this.#at, this.#at + 3)
    if (second !== undefined && /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(operator)) {
      this.#at += 3
      if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) {
        for (const word of [first, second])
          if (!/^\s*[-+]?\d+\s*$/.test(word)) {
            this.problem ??= `${word}: integer expression expected`
            return false
          }
        return compareNumbers(operator, BigInt(first), BigInt(second))
      }
      if (operator === "=" || operator === "==") return first === second
      if (operator === "!=") return first !== second
      return testBinary(this.#shell, operator, first, second)
    }
    if (first === "(") {
      this.#at++
      const result = this.#or()
      if (this.#words[this.#at] === ")") this.#at++
      else this.problem ??= "`)' expected"
      return result
    }
    if (/^-[a-zA-Z]$/.test(first ?? "") && operator !== undefined) {
      this.#at += 2
      return testUnary(this.#shell, first, operator)
    }
    this.#at++
    return (first ?? "") !== ""
  }
}

function* test(shell: Shell, args: readonly string[], name: string): Steps<number> {
  let words = args
  if (name === "[") {
    if (args.at(-1) !== "]") {
      yield* shell.complain("[: missing `]'")
      return 2
    }
    words = args.slice(0, -1)
  }
  const evaluation = new TestWords(shell, words)
  const result = evaluation.evaluate()
  if (evaluation.problem) {
    yield* shell.complain(`${name}: ${evaluation.problem}`)
    return 2
  }
  return result ? 0 : 1
}

export const output: readonly Builtin[] = [
  {
    name: "echo",
    *run(shell, args) {
      yield* shell.process.print(echoText(args))
      return 0
    },
  },
  {
    name: "printf",
    *run(shell, args) {
      let words = args[0] === "--" ? args.slice(1) : [...args]
      let target: string | undefined
      if (words[0] === "-v") {
        target = words[1]
        words = words.slice(2)
      }
      const [format, ...values] = words
      if (format === undefined) {
        yield* shell.process.error("printf: usage: printf [-v var] format [arguments]\n")
        return 2
      }
      const { text, problems } = formatPrintf(format, values, shell.process.now())
      if (target !== undefined) shell.variables.set(target, text)
      else yield* shell.process.print(text)
      for (const problem of problems) yield* shell.complain(`printf: ${problem}`)
      return problems.length > 0 ? 1 : 0
    },
  },
  { name: "test", run: (shell, args) => test(shell, args, "test") },
  { name: "[", run: (shell, args) => test(shell, args, "[") },
]
