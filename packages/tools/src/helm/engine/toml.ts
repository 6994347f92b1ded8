/** TOML as toToml writes it: tables sorted, plain values before tables. As BurntSushi/toml's encoder. */
import { GoFloat, isMap, sortedKeys } from "@drydock/gotemplate"

const key = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name))

const isTable = (value: unknown): boolean => isMap(value) || (Array.isArray(value) && value.length > 0 && value.every(isMap))

const inline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`
  if (isMap(value))
    return `{${sortedKeys(value)
      .map((name) => `${key(name)} = ${inline(value[name])}`)
      .join(", ")}}`
  if (value instanceof GoFloat) return `${Number(value)}.0`
  return typeof value === "string" ? JSON.stringify(value) : String(value)
}

const table = (value: Readonly<Record<string, unknown>>, path: readonly string[]): string => {
  const names = sortedKeys(value).filter((name) => value[name] !== null && value[name] !== undefined)
  const indent = "  ".repeat(path.length)
  let text = names
    .filter((name) => !isTable(value[name]))
    .map((name) => `${indent}${key(name)} = ${inline(value[name])}\n`)
    .join("")
  for (const name of names) {
    const inner = value[name]
    const full = [...path, name]
    const head = full.map(key).join(".")
    if (isMap(inner)) text += `${path.length === 0 && text !== "" ? "\n" : ""}${indent}[${head}]\n${table(inner, full)}`
    else if (isTable(inner))
      for (const item of inner as Record<string, unknown>[])
        text += `${path.length === 0 && text !== "" ? "\n" : ""}${indent}[[${head}]]\n${table(item, full)}`
  }
  return text
}

export const toToml = (value: unknown): string => (isMap(value) ? table(value, []) : "")
