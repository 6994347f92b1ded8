/** Streams of YAML or JSON documents, read as Go's YAML reads them and refused in its words. As sigs.k8s.io/yaml. */
import { Document, isMap as isYamlMap, LineCounter, parseAllDocuments, type YAMLError } from "yaml"

/** "yaml: line 3: …", or what does not fit into JSON. */
export class YamlError extends Error {
  /** Which of the stream's documents, from 0. */
  readonly document: number
  constructor(message: string, document: number) {
    super(message)
    this.document = document
  }
}

/** What YAML 1.1 (and so go-yaml v2) takes for a boolean beside true and false. */
const OLD_BOOLEANS = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  identify: () => false,
  test: /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text: string) => /^(?:y|yes|on)$/i.test(text),
} as const

/** A leading zero means octal there, as strconv.ParseInt with base 0 reads it: defaultMode: 0400 is 256. */
const OLD_OCTAL = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  identify: () => false,
  test: /^[-+]?0[0-7_]*[0-7]$/,
  resolve: (text: string) => Number.parseInt(text.replaceAll("_", ""), 8),
} as const

/** Go's parser, unlike its scanner, counts lines from 0. */
const FROM_ZERO = "did not find expected key"

const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length

/** Go's scanner leaves its first line unsaid. */
const scanned = (line: number, message: string): string => (line === 1 ? message : `line ${line}: ${message}`)

const yamlFault = (error: YAMLError, text: string): string => {
  const line = error.linePos?.[0].line ?? 1
  if (/^Flow (?:sequence|map) in block collection/.test(error.message)) {
    const close = error.message.includes("sequence") ? "]" : "}"
    const said = /[[{,]\s*$/.test(text) ? "did not find expected node content" : `did not find expected ',' or '${close}'`
    return `line ${Math.max(1, text.split("\n").length - 1)}: ${said}`
  }
  if (error.code === "BLOCK_AS_IMPLICIT_KEY") {
    const colon = /:(?=\s|$)/.exec(text.slice(error.pos[0]))
    return scanned(lineAt(text, error.pos[0] + (colon?.index ?? 0)), "mapping values are not allowed in this context")
  }
  const texts: Readonly<Record<string, string>> = {
    MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
    TAB_AS_INDENT: "found character that cannot start any token",
    BAD_INDENT: FROM_ZERO,
    BAD_ALIAS: "did not find expected alphabetic or numeric character",
    UNEXPECTED_TOKEN: FROM_ZERO,
    BAD_DQ_ESCAPE: "found unknown escape character",
    KEY_OVER_1024_CHARS: "could not find expected ':'",
  }
  if (error.code === "MISSING_CHAR")
    return /quote/.test(error.message)
      ? `line ${line}: found unexpected end of stream`
      : /Map keys|':'/.test(error.message)
        ? `line ${line}: could not find expected ':'`
        : `line ${line}: did not find expected ',' or '}'`
  const said = texts[error.code] ?? error.message.split("\n")[0]
  return said === FROM_ZERO ? `line ${Math.max(1, line - 1)}: ${said}` : scanned(line, said)
}

/** The text with \' in double quotes as the quote that it is for libyaml and its kin. */
const withoutQuotedApostrophes = (text: string, faults: readonly YAMLError[]): string => {
  let result = ""
  let at = 0
  for (const { pos } of faults) {
    result += text.slice(at, pos[0])
    at = pos[0] + 1
  }
  return result + text.slice(at)
}

/**
 * JSON values of a YAML or JSON stream; empty documents are left out. Throws YamlError.
 * `lastWins`: a key may come twice in a map, as for those who do not ask for strict decoding.
 * `plainWords`: yes, no, on, off, y and n are texts, as go-yaml v3 has them.
 */
export const readYaml = (text: string, options: { lastWins?: boolean; plainWords?: boolean } = {}): unknown[] => {
  const escapes = text.includes("\\'")
    ? [...parseAllDocuments(text)].flatMap((document) =>
        document instanceof Document
          ? document.errors.filter(({ code, pos }) => code === "BAD_DQ_ESCAPE" && text.startsWith("\\'", pos[0]))
          : [],
      )
    : []
  return readDocuments(escapes.length > 0 ? withoutQuotedApostrophes(text, escapes) : text, options)
}

const readDocuments = (text: string, { lastWins = false, plainWords = false }: { lastWins?: boolean; plainWords?: boolean }): unknown[] => {
  const values: unknown[] = []
  for (const [at, document] of parseAllDocuments(text, {
    merge: true,
    lineCounter: new LineCounter(),
    customTags: (tags) => (plainWords ? [OLD_OCTAL, ...tags] : [OLD_OCTAL, ...tags, OLD_BOOLEANS]),
    uniqueKeys: !lastWins,
    stringKeys: false,
  }).entries()) {
    if (!(document instanceof Document)) continue
    const fault = document.errors.find(({ code }) => code !== "DUPLICATE_KEY") ?? document.errors[0]
    if (fault?.code === "DUPLICATE_KEY") {
      const key = /"?([\w./-]+)"?\s*:/.exec(text.slice(fault.pos[0], fault.pos[0] + 200))?.[1] ?? ""
      throw new YamlError(
        `yaml: unmarshal errors:\n  line ${fault.linePos?.[0].line ?? 1}: key ${JSON.stringify(key)} already set in map`,
        at,
      )
    }
    if (fault) throw new YamlError(`yaml: ${yamlFault(fault, text)}`, at)
    if (document.contents === null || (isYamlMap(document.contents) && document.contents.items.length === 0)) continue
    values.push(document.toJS({ maxAliasCount: 100 }))
  }
  return values
}
