/** Randomised variables: drawn from an attempt's seed, and put where {{name}} stands. Runs in a browser too. */
import type { LabSpec, VariableSpec } from "./lesson.ts"

/** Values by name, as text. */
export type Variables = Readonly<Record<string, string>>

/** No vowels, so that no name says anything; no letters that look alike. */
const LETTERS = "bcdfghjkmnpqrstvwxz2456789"

/** FNV-1a with murmur's finish: 32 bits that depend on every character. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const drawOne = (spec: VariableSpec, source: string): string => {
  if ("choose" in spec) return String(spec.choose[hashOf(source) % spec.choose.length])
  if ("name" in spec)
    return `${spec.name}-${Array.from({ length: 5 }, (_, at) => LETTERS[hashOf(`${source}\0${at}`) % LETTERS.length]).join("")}`
  const step = spec.step ?? 1
  return String(spec.from + (hashOf(source) % (Math.floor((spec.to - spec.from) / step) + 1)) * step)
}

/** How often a value that another variable has is drawn anew. */
const TRIES = 50

/** The same seed gives the same values. Two variables have different ones, as far as what they draw from allows. */
export const drawVariables = (specs: Readonly<Record<string, VariableSpec>> | undefined, seed: string): Variables => {
  const drawn: Record<string, string> = {}
  for (const [name, spec] of Object.entries(specs ?? {})) {
    const taken = new Set(Object.values(drawn))
    let value = drawOne(spec, `${seed}\0${name}`)
    for (let again = 1; taken.has(value) && again < TRIES; again++) value = drawOne(spec, `${seed}\0${name}\0${again}`)
    drawn[name] = value
  }
  return drawn
}

const PLACEHOLDER = /\{\{([a-z][A-Za-z0-9_]{0,40})\}\}/g

/** Names that stand as {{name}} in a text, each once. What go-template has (`{{.x}}`, `{{end}}`) may be among them. */
export const placeholdersIn = (text: string): string[] => [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name))]

/** {{name}} for every name that there is; anything else in braces stays. */
export const fillIn = (text: string, variables: Variables): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => (Object.hasOwn(variables, name) ? variables[name] : whole))

const fillDeep = (value: unknown, variables: Variables): unknown => {
  if (typeof value === "string") return fillIn(value, variables)
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, variables))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [fillIn(key, variables), fillDeep(member, variables)]))
}

/** The lab of one attempt: every text of it with its variables filled in. */
export const instantiateLab = (lab: LabSpec, seed: string): { lab: LabSpec; variables: Variables } => {
  const { variables: specs, ...rest } = lab
  const variables = drawVariables(specs, seed)
  return Object.keys(variables).length === 0 ? { lab, variables } : { lab: fillDeep(rest, variables) as LabSpec, variables }
}

/** The same for a lesson with its prose. */
export const instantiateLesson = <L extends { lab: LabSpec; prose: string }>(lesson: L, seed: string): L => {
  const { lab, variables } = instantiateLab(lesson.lab, seed)
  return lab === lesson.lab ? lesson : { ...lesson, lab, prose: fillIn(lesson.prose, variables) }
}

/** An order that looks like none, the same each time, and never the one given (when there are at least two different entries). */
export const shuffled = (entries: readonly string[], seed: string): string[] => {
  const keyed = entries.map((entry, index) => ({ entry, key: hashOf(`${seed}\0${index}\0${entry}`) }))
  const mixed = keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry)
  return mixed.every((entry, index) => entry === entries[index]) ? [...mixed.slice(1), ...mixed.slice(0, 1)] : mixed
}
