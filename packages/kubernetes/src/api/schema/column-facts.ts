/** What a table's columns are said to hold, and of which type: upstream's printers take most of it from the fields' own descriptions. */
import type { Column } from "../define-kind.ts"
import { descriptionOf } from "./definitions.ts"
import facts from "./column-facts.json" with { type: "json" }

const table = new Map(Object.entries(facts as Record<string, Record<string, string[]>>))

/** The facts of a column by the plural of its kind. "@core.v1.PodStatus.podIP": the description of that field. */
export const columnFacts = (plural: string, column: string): { type: Column<never>["type"]; description: string } | undefined => {
  const own = table.get(plural)
  const found = own && Object.hasOwn(own, column) ? own[column] : table.get("pods")?.[column === "Age" || column === "Name" ? column : ""]
  if (!found) return undefined
  const [first, second] = found
  const text = second ?? first
  return {
    type: (second === undefined ? "string" : first) as "string",
    description: text.startsWith("@") ? descriptionOf(text.slice(1)) : text,
  }
}
