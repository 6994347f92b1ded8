/** A small SQL store: enough for a database to be created, filled, asked and found again after a restart. */

export interface Table {
  columns: string[]
  rows: (string | null)[][]
}

export interface Databases {
  [database: string]: { [table: string]: Table }
}

export type Outcome =
  | { kind: "rows"; columns: readonly string[]; rows: readonly (string | null)[][] }
  | { kind: "done"; tag: string; changed: number }
  | { kind: "use"; database: string }
  | { kind: "error"; code: "no-database" | "no-table" | "exists" | "syntax" | "no-column" | "unknown-database"; name: string }

const unquote = (word: string): string => (/^(['"`]).*\1$/s.test(word) ? word.slice(1, -1) : word)

/** Words, quoted texts and punctuation; linear in the text. */
const words = (text: string): string[] => text.match(/'(?:[^'\\]|\\.|'')*'|"[^"]*"|`[^`]*`|[(),;*=<>]|[^\s(),;*=<>'"`]+/g) ?? []

const compare = (left: string | null, operator: string, right: string): boolean => {
  if (left === null) return false
  const numeric = left !== "" && right !== "" && Number.isFinite(Number(left)) && Number.isFinite(Number(right))
  const [a, b] = numeric ? [Number(left), Number(right)] : [left, right]
  if (operator === "=") return a === b
  if (operator === "<") return a < b
  return operator === ">" ? a > b : false
}

/** Runs one statement in `database`. Names are matched as they are written. */
export const runSql = (data: Databases, database: string | undefined, statement: string): Outcome => {
  const parts = words(statement.replace(/;\s*$/, ""))
  const [verb = "", second = ""] = parts.map((word) => word.toUpperCase())
  const syntax: Outcome = { kind: "error", code: "syntax", name: parts.slice(0, 3).join(" ") }
  const nameAt = (at: number): string => unquote(parts[at] ?? "")
  const upper = parts.map((word) => word.toUpperCase())
  const tables = database === undefined ? undefined : data[database]
  const tableNamed = (name: string): Table | Outcome => {
    if (!tables) return { kind: "error", code: "no-database", name: database ?? "" }
    const [own, table] = name.includes(".") ? name.split(".") : [undefined, name]
    const found = (own ? data[own] : tables)?.[table]
    return found ?? { kind: "error", code: "no-table", name: `${own ?? database}.${table}` }
  }
  const where = (table: Table): ((row: readonly (string | null)[]) => boolean) => {
    const at = upper.indexOf("WHERE")
    if (at < 0) return () => true
    const column = table.columns.indexOf(nameAt(at + 1))
    return (row) => compare(row[column] ?? null, parts[at + 2] ?? "=", nameAt(at + 3))
  }
  if (verb === "CREATE" && (second === "DATABASE" || second === "SCHEMA")) {
    const lenient = upper[2] === "IF"
    const name = nameAt(lenient ? 5 : 2)
    if (name === "") return syntax
    if (data[name]) return lenient ? { kind: "done", tag: "CREATE DATABASE", changed: 1 } : { kind: "error", code: "exists", name }
    data[name] = {}
    return { kind: "done", tag: "CREATE DATABASE", changed: 1 }
  }
  if (verb === "DROP" && second === "DATABASE") {
    const name = nameAt(upper[2] === "IF" ? 4 : 2)
    if (!data[name]) return { kind: "error", code: "unknown-database", name }
    delete data[name]
    return { kind: "done", tag: "DROP DATABASE", changed: 0 }
  }
  if (verb === "USE")
    return data[nameAt(1)] ? { kind: "use", database: nameAt(1) } : { kind: "error", code: "unknown-database", name: nameAt(1) }
  if (verb === "SHOW" && second === "DATABASES")
    return {
      kind: "rows",
      columns: ["Database"],
      rows: Object.keys(data)
        .sort()
        .map((name) => [name]),
    }
  if (verb === "SHOW" && second === "TABLES") {
    if (!tables) return { kind: "error", code: "no-database", name: "" }
    return {
      kind: "rows",
      columns: [`Tables_in_${database}`],
      rows: Object.keys(tables)
        .sort()
        .map((name) => [name]),
    }
  }
  if (verb === "CREATE" && second === "TABLE") {
    const lenient = upper[2] === "IF"
    const name = nameAt(lenient ? 5 : 2)
    if (!tables) return { kind: "error", code: "no-database", name: "" }
    if (tables[name]) return lenient ? { kind: "done", tag: "CREATE TABLE", changed: 0 } : { kind: "error", code: "exists", name }
    const open = parts.indexOf("(")
    const columns: string[] = []
    let depth = 0
    let first = true
    for (const word of open < 0 ? [] : parts.slice(open)) {
      if (word === "(") depth++
      else if (word === ")") depth--
      else if (word === "," && depth === 1) first = true
      else if (first && depth === 1) {
        if (!/^(PRIMARY|FOREIGN|UNIQUE|CONSTRAINT|KEY|INDEX|CHECK)$/i.test(word)) columns.push(unquote(word))
        first = false
      }
    }
    tables[name] = { columns, rows: [] }
    return { kind: "done", tag: "CREATE TABLE", changed: 0 }
  }
  if (verb === "DROP" && second === "TABLE") {
    const name = nameAt(upper[2] === "IF" ? 4 : 2)
    const found = tableNamed(name)
    if ("kind" in found) return found
    delete (tables as Record<string, Table>)[name]
    return { kind: "done", tag: "DROP TABLE", changed: 0 }
  }
  if (verb === "INSERT") {
    const found = tableNamed(nameAt(2))
    if ("kind" in found) return found
    const values = upper.indexOf("VALUES")
    if (values < 0) return syntax
    const named =
      parts[3] === "("
        ? parts
            .slice(4, values - 1)
            .filter((word) => word !== ",")
            .map(unquote)
        : found.columns
    let row: (string | null)[] = []
    let count = 0
    for (const word of parts.slice(values + 1)) {
      if (word === "(") row = []
      else if (word === ")") {
        const full = found.columns.map((column) => {
          const at = named.indexOf(column)
          if (at >= 0) return row[at] ?? null
          // A first column that nobody gives counts by itself (AUTO_INCREMENT, serial).
          return column === found.columns[0] ? String(found.rows.length + 1) : null
        })
        found.rows.push(full)
        count++
      } else if (word !== ",") row.push(word.toUpperCase() === "NULL" ? null : unquote(word).replaceAll("''", "'"))
    }
    return { kind: "done", tag: `INSERT 0 ${count}`, changed: count }
  }
  if (verb === "DELETE") {
    const found = tableNamed(nameAt(2))
    if ("kind" in found) return found
    const fits = where(found)
    const before = found.rows.length
    found.rows = found.rows.filter((row) => !fits(row))
    return { kind: "done", tag: `DELETE ${before - found.rows.length}`, changed: before - found.rows.length }
  }
  if (verb === "UPDATE") {
    const found = tableNamed(nameAt(1))
    if ("kind" in found) return found
    const column = found.columns.indexOf(nameAt(3))
    if (column < 0) return { kind: "error", code: "no-column", name: nameAt(3) }
    const fits = where(found)
    let changed = 0
    for (const row of found.rows)
      if (fits(row)) {
        row[column] = nameAt(5)
        changed++
      }
    return { kind: "done", tag: `UPDATE ${changed}`, changed }
  }
  if (verb === "SELECT") {
    const from = upper.indexOf("FROM")
    const picked = parts.slice(1, from < 0 ? undefined : from).filter((word) => word !== ",")
    if (from < 0) return { kind: "rows", columns: picked.map(unquote), rows: [picked.map(unquote)] }
    const found = tableNamed(nameAt(from + 1))
    if ("kind" in found) return found
    const fits = where(found)
    const rows = found.rows.filter(fits)
    if (/^COUNT$/i.test(picked[0] ?? "")) return { kind: "rows", columns: ["count(*)"], rows: [[String(rows.length)]] }
    const columns = picked[0] === "*" ? found.columns : picked.map(unquote)
    const missing = columns.find((column) => !found.columns.includes(column))
    if (missing !== undefined) return { kind: "error", code: "no-column", name: missing }
    return { kind: "rows", columns, rows: rows.map((row) => columns.map((column) => row[found.columns.indexOf(column)] ?? null)) }
  }
  if (/^(SET|GRANT|FLUSH|BEGIN|COMMIT|ROLLBACK|ALTER|REVOKE)$/.test(verb)) return { kind: "done", tag: verb, changed: 0 }
  if (verb === "CREATE" && (second === "USER" || second === "ROLE" || second === "INDEX" || second === "EXTENSION"))
    return { kind: "done", tag: `CREATE ${second === "USER" ? "ROLE" : second}`, changed: 0 }
  return syntax
}
