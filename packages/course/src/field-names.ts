/** The field names a schema knows, for "did you mean". */
import { z } from "zod"

export type KnownFields = readonly string[]

const collect = (schema: unknown, names: Set<string>): void => {
  if (typeof schema !== "object" || schema === null) return
  const { properties } = schema as { properties?: Record<string, unknown> }
  if (typeof properties === "object") for (const name of Object.keys(properties)) names.add(name)
  for (const value of Object.values(schema)) collect(value, names)
}

export const fieldNames = (schema: z.ZodType): KnownFields => {
  const names = new Set<string>()
  collect(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), names)
  return [...names].sort()
}

/** Edits between two short words, a swap of neighbours being one (optimal string alignment). */
const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1)
    }
    rows.push(row)
  }
  return rows[a.length][b.length]
}

/** The known name that a mistyped one is most like; undefined when none is near. */
export const closest = (word: string, known: KnownFields): string | undefined => {
  if (word.length > 40) return undefined
  const [best] = known.map((name) => ({ name, edits: distance(word.toLowerCase(), name) })).sort((a, b) => a.edits - b.edits)
  return best && best.edits <= Math.max(1, Math.floor(word.length / 3)) ? best.name : undefined
}
