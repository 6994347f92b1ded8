/** Versions and the constraints on them. As github.com/Masterminds/semver/v3. */

export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly pre: string
  readonly build: string
  /** As given. */
  readonly original: string
}

const SEMVER = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/

/** Lenient: "v1.2" is 1.2.0. Undefined for what is none. */
export const parseVersion = (text: string): Version | undefined => {
  const match = text.length > 256 ? null : SEMVER.exec(text)
  if (!match) return undefined
  const [, major, minor = "0", patch = "0", pre = "", build = ""] = match
  if ([major, minor, patch].some((part) => part.length > 1 && part.startsWith("0"))) return undefined
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre, build, original: text }
}

/** Three parts, no v, no leading zeros. */
export const isStrictVersion = (text: string): boolean => /^\d+\.\d+\.\d+(?:[-+]|$)/.test(text) && parseVersion(text) !== undefined

export const versionText = ({ major, minor, patch, pre, build }: Version): string =>
  `${major}.${minor}.${patch}${pre && `-${pre}`}${build && `+${build}`}`

const comparePart = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0
  if (a === undefined) return -1
  if (b === undefined) return 1
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return Number(a) < Number(b) ? -1 : 1
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : 1
}

export const compareVersions = (a: Version, b: Version): number => {
  for (const part of ["major", "minor", "patch"] as const) if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1
  if (a.pre === b.pre) return 0
  if (a.pre === "") return 1
  if (b.pre === "") return -1
  const [left, right] = [a.pre.split("."), b.pre.split(".")]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = comparePart(left[at], right[at])
    if (order !== 0) return order
  }
  return 0
}

interface Constraint {
  readonly operator: string
  readonly version: Version
  /** How many of its parts were said: "1.2" and "1.2.x" say two. */
  readonly said: number
}

const PART = String.raw`[vV]?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?`
const ONE = new RegExp(String.raw`^\s*(=||!=|>|<|>=|=>|<=|=<|~|~>|\^)\s*${PART}\s*$`)

const parseOne = (text: string): Constraint | undefined => {
  const match = ONE.exec(text)
  if (!match) return undefined
  const [, operator, ...parts] = match
  const numbers = parts.slice(0, 3)
  const wild = numbers.findIndex((part) => part === undefined || /[xX*]/.test(part))
  const said = wild < 0 ? 3 : wild
  const at = (index: number) => (index < said ? Number(numbers[index]) : 0)
  return {
    operator,
    said,
    version: { major: at(0), minor: at(1), patch: at(2), pre: parts[3] ?? "", build: parts[4] ?? "", original: text.trim() },
  }
}

/** "1.2.3 - 2.0" is two, ">=1.2 <2" as well as ">=1.2, <2". */
const split = (text: string): string[] =>
  text
    .replace(/(\S+)\s+-\s+(\S+)/g, ">=$1, <=$2")
    .replace(/([^\s,])\s+(?=[=!<>~^]|[vV]?[\dxX*])/g, (_, before: string) => (/[=!<>~^]/.test(before) ? before : `${before},`))
    .split(",")

const same = (a: Version, b: Version, parts: number): boolean =>
  (parts < 1 || a.major === b.major) && (parts < 2 || a.minor === b.minor) && (parts < 3 || a.patch === b.patch)

const allows = ({ operator, version, said }: Constraint, given: Version): boolean => {
  // A version before its release fits only where the constraint names one too.
  const early = given.pre !== "" && version.pre === ""
  const order = compareVersions(given, version)
  switch (operator) {
    case "!=":
      if (early) return false
      return said < 3 ? !same(given, version, said) : order !== 0
    case ">":
      if (early) return false
      if (said === 3) return order > 0
      return said === 0 ? false : order > 0 && !same(given, version, said)
    case "<":
      return !early && order < 0
    case ">=":
    case "=>":
      return !early && order >= 0
    case "<=":
    case "=<":
      if (early) return false
      return said === 3 ? order <= 0 : order < 0 || same(given, version, said)
    case "~":
    case "~>":
      if (early || order < 0) return false
      return said === 0 || same(given, version, said === 1 ? 1 : 2)
    case "^": {
      if (early || order < 0) return false
      if (said === 0) return true
      if (version.major > 0 || said === 1) return given.major === version.major
      if (given.major > 0) return false
      if (version.minor > 0 || said === 2) return given.minor === version.minor
      return given.minor === 0 && given.patch === version.patch
    }
    default:
      if (said < 3) return !early && (said === 0 || same(given, version, said))
      return order === 0
  }
}

/** A test for a range such as "^1.2 || >3 <4". Undefined for what is no constraint. */
export const parseConstraint = (text: string): ((version: Version) => boolean) | undefined => {
  const groups: Constraint[][] = []
  for (const group of text.split("||")) {
    const all = split(group.trim()).map(parseOne)
    if (all.some((one) => one === undefined)) return undefined
    groups.push(all as Constraint[])
  }
  return (version) => groups.some((group) => group.every((one) => allows(one, version)))
}
