/** A variable as `declare -p` prints it. */
import { quoteWord } from "./quoting.ts"
import { arrayKeys, type Variable } from "./variables.ts"

const inQuotes = (value: string): string => (/[\n\t\r\x1b]/.test(value) ? quoteWord(value) : `"${value.replace(/[\\"$`]/g, "\\$&")}"`)

export const showVariable = (name: string, variable: Variable): string => {
  const flags = [
    variable.array ? (variable.associative ? "A" : "a") : "",
    variable.integer ? "i" : "",
    variable.lower ? "l" : "",
    variable.nameref ? "n" : "",
    variable.readonly ? "r" : "",
    variable.upper ? "u" : "",
    variable.exported ? "x" : "",
  ].join("")
  if (!variable.array) return `declare -${flags || "-"} ${name}${variable.value === undefined ? "" : `=${inQuotes(variable.value)}`}\n`
  const elements = arrayKeys(variable).map(
    (key) => `[${variable.associative && !/^[\w./-]+$/.test(key) ? inQuotes(key) : key}]=${inQuotes(variable.array?.get(key) ?? "")}`,
  )
  return `declare -${flags} ${name}=(${elements.join(" ")}${variable.associative && elements.length > 0 ? " " : ""})\n`
}
