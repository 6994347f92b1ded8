/** Distinguished names: from -subj, in DER, and as they are printed. */
import { sha1 } from "@noble/hashes/legacy.js"
import { concat, elements, oid, oidText, sequence, setOf, utf8 } from "./der.ts"

export const NAMES: Readonly<Record<string, string>> = {
  C: "2.5.4.6",
  ST: "2.5.4.8",
  L: "2.5.4.7",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  CN: "2.5.4.3",
  emailAddress: "1.2.840.113549.1.9.1",
  SN: "2.5.4.4",
  GN: "2.5.4.42",
  UID: "0.9.2342.19200300.100.1.1",
  DC: "0.9.2342.19200300.100.1.25",
  serialNumber: "2.5.4.5",
  title: "2.5.4.12",
}

/** As -nameopt multiline and configuration files write them. */
export const LONG_NAMES: Readonly<Record<string, string>> = {
  C: "countryName",
  ST: "stateOrProvinceName",
  L: "localityName",
  O: "organizationName",
  OU: "organizationalUnitName",
  CN: "commonName",
  emailAddress: "emailAddress",
  SN: "surname",
  GN: "givenName",
  UID: "userId",
  DC: "domainComponent",
  serialNumber: "serialNumber",
  title: "title",
}

export interface NamePart {
  readonly type: string
  readonly value: string
}

/** "/CN=jane/O=dev" */
export const parseSubject = (text: string): NamePart[] | undefined => {
  if (!text.startsWith("/")) return undefined
  const parts: NamePart[] = []
  for (const piece of text.slice(1).split(/(?<!\\)\//)) {
    if (piece === "") continue
    const [given, ...value] = piece.split("=")
    const type = Object.hasOwn(NAMES, given) ? given : Object.keys(LONG_NAMES).find((short) => LONG_NAMES[short] === given)
    if (type === undefined) return undefined
    parts.push({ type, value: value.join("=").replaceAll("\\/", "/") })
  }
  return parts
}

export const nameDer = (parts: readonly NamePart[]): Uint8Array =>
  sequence(...parts.map(({ type, value }) => setOf(sequence(oid(NAMES[type]), utf8(value)))))

export const namesOf = (content: Uint8Array): NamePart[] =>
  elements(content).flatMap((set) =>
    elements(set.content).map((attribute) => {
      const [type, value] = elements(attribute.content)
      const id = oidText(type.content)
      return { type: Object.keys(NAMES).find((name) => NAMES[name] === id) ?? id, value: new TextDecoder().decode(value.content) }
    }),
  )

/** "CN = jane, O = dev", as openssl 3.0 prints names. */
export const nameText = (parts: readonly NamePart[]): string =>
  parts.map(({ type, value }) => `${type} = ${/[,+"\\<>;]/.test(value) ? `"${value}"` : value}`).join(", ")

/** A name as -nameopt RFC2253 writes it: the last part first. */
export const nameRfc2253 = (parts: readonly NamePart[]): string =>
  [...parts]
    .reverse()
    .map(({ type, value }) => `${type}=${value.replace(/[,+"\\<>;]/g, "\\$&")}`)
    .join(",")

/** -nameopt multiline. */
export const nameLines = (parts: readonly NamePart[]): string =>
  parts.map(({ type, value }) => `\n    ${(LONG_NAMES[type] ?? type).padEnd(25)} = ${value}`).join("")

/** What -hash shows: of the name in its canonical form, in lower case and with single blanks. */
export const nameHash = (parts: readonly NamePart[]): string => {
  const canonical = parts.map(({ type, value }) =>
    setOf(sequence(oid(NAMES[type] ?? type), utf8(value.trim().toLowerCase().replace(/\s+/g, " ")))),
  )
  const sum = sha1(concat(...canonical))
  return [...sum.subarray(0, 4)]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")
}
