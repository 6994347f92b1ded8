/** sprig's regular expressions and versions. As Masterminds/sprig/regex.go, semver.go. */
import { RE2JS } from "re2js"
import { type Functions, typed } from "../functions.ts"
import { GoObject } from "../go-values.ts"
import { compareVersions, parseConstraint, parseVersion, versionText } from "../semver.ts"

const compile = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new Error(`error parsing regexp: ${(error as Error).message.replace(/^error parsing regexp: /, "")}`)
  }
}

/** Whether the whole text fits an RE2 pattern. Throws for what is no pattern. */
export const fullMatch = (pattern: string, text: string): boolean => compile(`^(?:${pattern})$`).matcher(text).find()

/** Whether an RE2 pattern fits anywhere in the text. Throws for what is no pattern, in regexp's words. */
export const someMatch = (pattern: string, text: string): boolean => compile(pattern).matcher(text).find()

interface Match {
  readonly from: number
  readonly to: number
}

const matches = (pattern: string, text: string, most: number): Match[] => {
  const matcher = compile(pattern).matcher(text)
  const found: Match[] = []
  while ((most < 0 || found.length < most) && matcher.find()) found.push({ from: matcher.start(), to: matcher.end() })
  return found
}

/** As Regexp.Split. */
const split = (pattern: string, text: string, most: number): string[] => {
  if (most === 0) return []
  if (pattern.length > 0 && text.length === 0) return [""]
  const parts: string[] = []
  let [start, end] = [0, 0]
  for (const match of matches(pattern, text, most)) {
    if (most > 0 && parts.length === most - 1) break
    end = match.from
    if (match.to !== 0) parts.push(text.slice(start, end))
    start = match.to
  }
  if (end !== text.length) parts.push(text.slice(start))
  return parts
}

/** Regexp.ReplaceAllString: $1, ${1} and ${name} are what was found; with `literal` nothing is. */
const replaceAll = (pattern: string, text: string, replacement: string, literal = false): string => {
  const matcher = compile(pattern).matcher(text)
  const group = (name: string): string => {
    if (/^\d+$/.test(name)) return Number(name) <= matcher.groupCount() ? (matcher.group(Number(name)) ?? "") : ""
    try {
      return matcher.group(name) ?? ""
    } catch {
      return ""
    }
  }
  let [result, from] = ["", 0]
  while (matcher.find()) {
    result += text.slice(from, matcher.start())
    result += literal
      ? replacement
      : replacement.replace(
          /\$(?:\{(\w+)\}|(\w+)|(\$))/g,
          (_, braced?: string, plain?: string, dollar?: string) => dollar ?? group((braced ?? plain) as string),
        )
    from = matcher.end()
  }
  return result + text.slice(from)
}

const regexFind = (pattern: string, text: string): string => {
  const [first] = matches(pattern, text, 1)
  return first ? text.slice(first.from, first.to) : ""
}

const REGEX: Functions = {
  regexFindAll: typed("string, string, int", (pattern: string, text: string, most: number) =>
    matches(pattern, text, most).map(({ from, to }) => text.slice(from, to)),
  ),
  regexFind: typed("string, string", regexFind),
  regexReplaceAll: typed("string, string, string", (pattern: string, text: string, replacement: string) =>
    replaceAll(pattern, text, replacement),
  ),
  regexReplaceAllLiteral: typed("string, string, string", (pattern: string, text: string, literal: string) =>
    replaceAll(pattern, text, literal, true),
  ),
  regexSplit: typed("string, string, int", split),
}

const semver = (text: string): GoObject => {
  const version = parseVersion(text)
  if (!version) throw new Error("invalid semantic version")
  return new GoObject({
    type: "*semver.Version",
    text: versionText(version),
    methods: {
      Major: () => version.major,
      Minor: () => version.minor,
      Patch: () => version.patch,
      Prerelease: () => version.pre,
      Metadata: () => version.build,
      Original: () => version.original,
      String: () => versionText(version),
      Compare: (other) => {
        const parsed = other instanceof GoObject ? parseVersion(other.text) : undefined
        return parsed ? compareVersions(version, parsed) : 1
      },
    },
  })
}

export const PATTERNS: Functions = {
  ...REGEX,
  ...Object.fromEntries(Object.entries(REGEX).map(([name, run]) => [`mustR${name.slice(1)}`, run])),
  regexMatch: typed("string, string", (pattern: string, text: string) => {
    try {
      return matches(pattern, text, 1).length > 0
    } catch {
      return false
    }
  }),
  mustRegexMatch: typed("string, string", (pattern: string, text: string) => matches(pattern, text, 1).length > 0),
  regexQuoteMeta: typed("string", (text: string) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
  semver: typed("string", semver),
  semverCompare: typed("string, string", (constraint: string, text: string) => {
    const allows = parseConstraint(constraint)
    if (!allows) throw new Error(`improper constraint: ${constraint}`)
    const version = parseVersion(text)
    if (!version) throw new Error("invalid semantic version")
    return allows(version)
  }),
}
