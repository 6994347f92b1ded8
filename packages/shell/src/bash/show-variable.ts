/** A variable as `declare -p` prints it. */
import { inDoubleQuotes } from "./quoting.ts"
import { arrayKeys, type Variable } from "./variables.ts"

export const showVariable = (name: string, variable: Variable): string => {
  const flags = [
    variable.array ? (variable.associative ? "A" : "a") : "",
    variable.integer ? "i" : "",
    variable.nameref ? "n" : "",
    variable.readonly ? "r" : "",
    variable.traced ? "t" : "",
    variable.exported ? "x" : "",
    variable.capital ? "c" : "",
    variable.lower ? "l" : "",
    variable.upper ? "u" : "",
  ].join("")
  if (!variable.array)
    return `declare -${flags || "-"} ${name}${variable.value === undefined ? "" : `=${inDoubleQuotes(variable.value)}`}\n`
  if (variable.blank) return `declare -${flags} ${name}\n`
  const elements = arrayKeys(variable).map(
    (key) =>
      `[${variable.associative && !/^[\w./-]+$/.test(key) ? inDoubleQuotes(key) : key}]=${inDoubleQuotes(variable.array?.get(key) ?? "")}`,
  )
  return `declare -${flags} ${name}=(${elements.join(" ")}${variable.associative && elements.length > 0 ? " " : ""})\n`
}
