/** Tables as gosuri/uitable prints them: every cell filled up, a tab between. */

export const uiTable = (rows: readonly (readonly (string | number)[])[], most = Number.POSITIVE_INFINITY): string => {
  const texts = rows.map((row) => row.map((cell) => shortened(String(cell), most)))
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => [...(row[column] ?? "")].length)))
  return texts.map((row) => row.map((cell, column) => cell + " ".repeat(widths[column] - [...cell].length)).join("\t")).join("\n")
}

const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 3)}...` : text)
