/** OpenSSL's configuration files, and the extensions and names in them. */
import { type Extension, parseExtension } from "./extensions.ts"
import { OpensslError } from "./command.ts"
import { LONG_NAMES, type NamePart, NAMES, parseSubject } from "./names.ts"

export type Sections = Map<string, [string, string][]>

/** Sections by name; "" is what stands before the first. $name and ${name} are values set before. */
export const sections = (text: string): Sections => {
  const found: Sections = new Map([["", []]])
  let current: [string, string][] = found.get("") ?? []
  for (const line of text.replace(/\\\r?\n/g, "").split("\n")) {
    const plain = line.replace(/(^|\s)#.*$/, "").trim()
    const heading = /^\[\s*(.+?)\s*\]$/.exec(plain)
    if (heading) {
      current = found.get(heading[1]) ?? []
      found.set(heading[1], current)
    } else if (plain.includes("=")) {
      const value = plain
        .slice(plain.indexOf("=") + 1)
        .trim()
        .replace(
          /\$\{?(\w+)\}?/g,
          (_, name: string) =>
            current.findLast(([own]) => own === name)?.[1] ?? found.get("")?.findLast(([own]) => own === name)?.[1] ?? "",
        )
        .replace(/^"(.*)"$/, "$1")
      current.push([plain.slice(0, plain.indexOf("=")).trim(), value])
    }
  }
  return found
}

export const extensionsFrom = (
  pairs: readonly (readonly [string, string])[],
  all: Sections,
  keys: { own: Uint8Array; issuer: Uint8Array },
): Extension[] =>
  pairs.flatMap(([name, value]) => {
    const own = parseExtension(
      name,
      value,
      (section) => (all.get(section) ?? []).map(([key, item]) => `${key.replace(/\.\d+$/, "")}:${item}`),
      keys,
    )
    return own ? [own] : []
  })

export const subjectOf = (text: string | undefined, configuration: Sections): NamePart[] => {
  if (text !== undefined) {
    const parts = parseSubject(text)
    if (!parts)
      throw new OpensslError(
        text.startsWith("/")
          ? `req: Skipping unknown subject name attribute "${text.slice(1).split("=")[0]}"`
          : `name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text}'`,
      )
    return parts
  }
  const section = configuration.get("req")?.find(([name]) => name === "distinguished_name")?.[1]
  // A file that asks has questions there, and answers in NAME_default.
  const asks = configuration.get("req")?.find(([name]) => name === "prompt")?.[1] !== "no"
  return (configuration.get(section ?? "") ?? []).flatMap(([name, value]) => {
    const plain = name.replace(/^\d+\./, "").replace(/_default$/, "")
    if (asks !== name.endsWith("_default") && (configuration.get(section ?? "") ?? []).some(([other]) => other.endsWith("_default")))
      return []
    const type = Object.hasOwn(NAMES, plain) ? plain : Object.keys(LONG_NAMES).find((short) => LONG_NAMES[short] === plain)
    return type === undefined ? [] : [{ type, value }]
  })
}
