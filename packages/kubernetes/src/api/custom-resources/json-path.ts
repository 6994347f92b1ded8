/** The JSON paths of printer columns: `.spec.size`, `.status.conditions[?(@.type=="Ready")].status`. As k8s.io/client-go/util/jsonpath. */
import { isObject } from "../../apimachinery/frozen.ts"

type Step = { field: string } | { index: number } | { every: true } | { where: readonly string[]; operator: "==" | "!="; value: unknown }

const FIELD = /\.([A-Za-z_$][\w$-]*|\\\.)/y
const QUOTED = /\[(?:'([^']*)'|"([^"]*)")\]/y
const INDEX = /\[(-?\d+)\]/y
const EVERY = /\[\*\]|\.\*/y
const FILTER = /\[\?\(\s*@((?:\.[\w$-]+)+)\s*(==|!=)\s*("(?:[^"\\]|\\.)*"|'[^']*'|-?\d+(?:\.\d+)?|true|false)\s*\)\]/y

/** Undefined for paths that are none. */
export const parseJsonPath = (path: string): readonly Step[] | undefined => {
  const steps: Step[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(path)
    if (match) at += match[0].length
    return match
  }
  const text = path.replace(/\\\./g, "\u0001")
  if (text !== path) {
    const parsed = parseJsonPath(text.replace(/\.([^.[\]]*\u0001[^.[\]]*)/g, "['$1']"))
    return parsed?.map((step) => ("field" in step ? { field: step.field.replaceAll("\u0001", ".") } : step))
  }
  while (at < path.length) {
    let match: RegExpExecArray | null
    if ((match = take(EVERY))) steps.push({ every: true })
    else if ((match = take(FIELD))) steps.push({ field: match[1] })
    else if ((match = take(QUOTED))) steps.push({ field: match[1] ?? match[2] })
    else if ((match = take(INDEX))) steps.push({ index: Number(match[1]) })
    else if ((match = take(FILTER))) {
      const raw = match[3]
      const value = raw.startsWith("'") ? raw.slice(1, -1) : (JSON.parse(raw) as unknown)
      steps.push({ where: match[1].slice(1).split("."), operator: match[2] as "==", value })
    } else return undefined
  }
  return steps
}

const follow = (value: unknown, fields: readonly string[]): unknown =>
  fields.reduce((at, field) => (isObject(at) && Object.hasOwn(at, field) ? at[field] : undefined), value)

/** All that the path leads to. */
export const findByPath = (steps: readonly Step[], value: unknown): unknown[] => {
  let found = [value]
  for (const step of steps)
    found = found.flatMap((one): unknown[] => {
      if ("field" in step) return isObject(one) && Object.hasOwn(one, step.field) ? [one[step.field]] : []
      if ("every" in step) return Array.isArray(one) ? one : isObject(one) ? Object.values(one) : []
      if (!Array.isArray(one)) return []
      if ("index" in step) return one.at(step.index) === undefined ? [] : [one.at(step.index)]
      return one.filter((item) => (follow(item, step.where) === step.value) === (step.operator === "=="))
    })
  return found
}
