/** The texts between the parentheses of `for ((…; …; …))`, which the parser gives as trees alone. */
import type { ArithmeticFor } from "unbash"

/** The three of them in the text that the node's positions refer to, without blanks around. */
export const arithmeticHeader = (source: string, node: ArithmeticFor): readonly string[] => {
  const open = source.indexOf("((", node.pos) + 2
  const parts: string[] = []
  let from = open
  let depth = 0
  for (let at = open; at < source.length; at++) {
    const character = source[at]
    if (character === "\\") at++
    else if (character === "(") depth++
    else if (character === ")" && depth-- === 0) {
      parts.push(source.slice(from, at))
      break
    } else if (character === ";" && depth === 0) {
      parts.push(source.slice(from, at))
      from = at + 1
    }
  }
  return parts.map((part) => part.trim())
}
