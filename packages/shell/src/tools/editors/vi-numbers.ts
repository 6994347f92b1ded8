/** vi's C-a and C-x: the number at or behind the cursor, and one more or less (ops.c, do_addsub). */

interface Found {
  readonly index: number
  readonly text: string
  readonly kind: "decimal" | "hex" | "octal" | "binary" | "letter"
}

/** The number that a place is in, or else the first behind it; places are UTF-16 units. */
const numberAt = (line: string, from: number, formats: string): Found | undefined => {
  const allowed = (name: string) => formats.split(",").includes(name)
  if (allowed("alpha") && /[A-Za-z]/.test(line[from] ?? "")) return { index: from, text: line[from], kind: "letter" }
  for (const match of line.matchAll(/0[xX][0-9a-fA-F]+|0[bB][01]+|\d+/g)) {
    const { 0: text, index } = match
    let [begin, digits] = [index, text]
    let kind: Found["kind"] = "decimal"
    if (/^0x/i.test(text) && allowed("hex")) kind = "hex"
    else if (/^0b/i.test(text) && allowed("bin")) kind = "binary"
    else if (/^0[xb]/i.test(text)) digits = "0"
    else if (/^0[0-7]+$/.test(text) && allowed("octal")) kind = "octal"
    if (begin + digits.length <= from) continue
    if (kind === "decimal" && line[begin - 1] === "-" && !allowed("unsigned")) {
      begin--
      digits = `-${digits}`
    }
    return { index: begin, text: digits, kind }
  }
  return undefined
}

const cased = (digits: string, like: string): string => {
  const letter = [...like].reverse().find((one) => /[a-fA-F]/.test(one))
  return letter !== undefined && letter === letter.toUpperCase() ? digits.toUpperCase() : digits
}

const changed = ({ text, kind }: Found, by: number): string => {
  if (kind === "letter") {
    const [first, last] = text >= "a" ? [97, 122] : [65, 90]
    return String.fromCharCode(Math.max(first, Math.min(last, text.charCodeAt(0) + by)))
  }
  if (kind === "decimal") {
    const next = String(BigInt(text) + BigInt(by))
    // Zeros before a number keep its width.
    const digits = text.replace("-", "")
    return digits.startsWith("0") && digits.length > 1
      ? (next.startsWith("-") ? "-" : "") + next.replace("-", "").padStart(digits.length, "0")
      : next
  }
  const radix = kind === "hex" ? 16 : kind === "octal" ? 8 : 2
  const head = kind === "octal" ? "0" : text.slice(0, 2)
  const digits = text.slice(head.length)
  const value = BigInt.asUintN(64, BigInt((kind === "octal" ? "0o" : text.slice(0, 2).toLowerCase()) + digits) + BigInt(by))
  return head + cased(value.toString(radix).padStart(digits.length, "0"), digits)
}

/** The line with its number changed, and where the new one ends; undefined when there is none. */
export const addToNumber = (line: string, from: number, by: number, formats: string): { line: string; end: number } | undefined => {
  const found = numberAt(line, from, formats)
  if (!found) return undefined
  const next = changed(found, by)
  return { line: line.slice(0, found.index) + next + line.slice(found.index + found.text.length), end: found.index + next.length - 1 }
}
