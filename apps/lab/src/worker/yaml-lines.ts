/** Objects as YAML lines, and the lines that differ between two of them. Only what changed is walked: the store shares what did not. */

type Json = unknown
type Members = Readonly<Record<string, Json>>

/** Lines of one diff or text; a longer one ends in "…". */
const MAX_LINES = 200
const MAX_LINE = 300

const isMembers = (value: Json): value is Members => typeof value === "object" && value !== null && !Array.isArray(value)
const empty = (value: Json) => (Array.isArray(value) ? value.length === 0 : isMembers(value) && Object.keys(value).length === 0)
const nested = (value: Json) => typeof value === "object" && value !== null && !empty(value)

const scalar = (value: Json): string => {
  if (typeof value === "string") {
    const plain =
      value !== "" &&
      !/^[\s>|@`"'%#&*!?{}[\],:-]|[\n\t]|: |:$| #|\s$/.test(value) &&
      !/^(true|false|yes|no|on|off|null|~|[-+.\d][\d.e+-]*)$/i.test(value)
    const text = plain ? value : JSON.stringify(value)
    return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text
  }
  if (Array.isArray(value)) return "[]"
  return typeof value === "object" && value !== null ? "{}" : String(value ?? null)
}

const keysOf = (value: Members) => Object.keys(value).filter((key) => value[key] !== undefined)

/** The lines of a value below `indent`; lists are not indented, as kubectl prints them. */
const linesOf = (value: Json, indent: string): string[] => {
  if (Array.isArray(value))
    return value.flatMap((item) => {
      if (!nested(item)) return [`${indent}- ${scalar(item)}`]
      const lines = linesOf(item, `${indent}  `)
      return [`${indent}- ${lines[0].slice(indent.length + 2)}`, ...lines.slice(1)]
    })
  if (!isMembers(value)) return [`${indent}${scalar(value)}`]
  return keysOf(value).flatMap((key) => memberLines(key, value[key], indent))
}

const memberLines = (key: string, value: Json, indent: string): string[] =>
  nested(value)
    ? [`${indent}${key}:`, ...linesOf(value, Array.isArray(value) ? indent : `${indent}  `)]
    : [`${indent}${key}: ${scalar(value)}`]

const mark = (sign: "+" | "-", lines: readonly string[]) => lines.map((line) => `${sign}${line}`)

/** List items are matched by their name or type, else by place. */
const keyOf = (item: Json, index: number): string => {
  if (!isMembers(item)) return typeof item === "string" ? `=${item}` : `#${index}`
  const name = item.name ?? item.type ?? item.uid ?? item.containerPort ?? item.ip
  return name === undefined ? `#${index}` : String(name)
}

const diffList = (before: readonly Json[], after: readonly Json[], indent: string): string[] => {
  const old = new Map(before.map((item, index) => [keyOf(item, index), item]))
  const lines: string[] = []
  for (const [index, item] of after.entries()) {
    const key = keyOf(item, index)
    const was = old.get(key)
    const known = old.delete(key)
    if (!known) lines.push(...mark("+", linesOf([item], indent)))
    else if (was !== item) {
      const inner =
        isMembers(was) && isMembers(item)
          ? diffMembers(was, item, `${indent}  `)
          : JSON.stringify(was) === JSON.stringify(item)
            ? []
            : [...mark("-", linesOf([was], indent)), ...mark("+", linesOf([item], indent))]
      if (inner.length > 0 && isMembers(item))
        lines.push(
          ` ${indent}- ${key.startsWith("#") ? "…" : `${"name" in item ? "name" : "type" in item ? "type" : "key"}: ${key}`}`,
          ...inner,
        )
      else lines.push(...inner)
    }
  }
  for (const item of old.values()) lines.push(...mark("-", linesOf([item], indent)))
  return lines
}

const diffMembers = (before: Members, after: Members, indent: string): string[] => {
  const lines: string[] = []
  for (const key of new Set([...keysOf(before), ...keysOf(after)])) {
    const was = before[key]
    const is = after[key]
    if (was === is) continue
    if (was === undefined) lines.push(...mark("+", memberLines(key, is, indent)))
    else if (is === undefined) lines.push(...mark("-", memberLines(key, was, indent)))
    else if (isMembers(was) && isMembers(is) && !empty(was) && !empty(is)) {
      const inner = diffMembers(was, is, `${indent}  `)
      if (inner.length > 0) lines.push(` ${indent}${key}:`, ...inner)
    } else if (Array.isArray(was) && Array.isArray(is) && !empty(was) && !empty(is)) {
      const inner = diffList(was, is, indent)
      if (inner.length > 0) lines.push(` ${indent}${key}:`, ...inner)
    } else if (nested(was) || nested(is) || scalar(was) !== scalar(is))
      lines.push(...mark("-", memberLines(key, was, indent)), ...mark("+", memberLines(key, is, indent)))
  }
  return lines
}

const bounded = (lines: string[]) => (lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), " …"] : lines)

/** An object without what nobody wants to read, and without what a Secret keeps. */
export const presentable = (object: unknown): Members => {
  if (!isMembers(object)) return {}
  if (!isMembers(object.metadata)) return object
  const metadata = { ...object.metadata }
  delete metadata.managedFields
  if (object.kind !== "Secret") return { ...object, metadata }
  const hidden = (data: Json) => (isMembers(data) ? Object.fromEntries(keysOf(data).map((key) => [key, "********"])) : data)
  if (isMembers(metadata.annotations)) {
    const annotations = { ...metadata.annotations }
    // kubectl apply keeps the whole manifest here, values and all.
    if (annotations["kubectl.kubernetes.io/last-applied-configuration"] !== undefined)
      annotations["kubectl.kubernetes.io/last-applied-configuration"] = "********"
    metadata.annotations = annotations
  }
  return {
    ...object,
    metadata,
    ...(object.data !== undefined && { data: hidden(object.data) }),
    ...(object.stringData !== undefined && { stringData: hidden(object.stringData) }),
  }
}

/** Lines beginning with " ", "+" or "-". */
export const diffLines = (before: unknown, after: unknown): string[] => {
  if (before === undefined) return bounded(mark("+", linesOf(presentable(after), "")))
  if (after === undefined) return bounded(mark("-", linesOf(presentable(before), "")))
  return bounded(diffMembers(presentable(before), presentable(after), ""))
}

export const yamlText = (object: unknown): string => `${bounded(linesOf(presentable(object), "")).join("\n")}\n`
