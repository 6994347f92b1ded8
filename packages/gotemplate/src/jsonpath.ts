/** Kubernetes' JSONPath templates. As k8s.io/client-go/util/jsonpath. */

export class JsonPathError extends Error {}

type Step =
  | { kind: "field"; name: string }
  | { kind: "wildcard" }
  | { kind: "recursive" }
  | { kind: "slice"; from: number | undefined; to: number | undefined; step: number }
  | { kind: "index"; at: number }
  | { kind: "union"; parts: Step[][] }
  | { kind: "filter"; left: Operand; operator: string | undefined; right: Operand | undefined }

type Operand = { path: Step[] } | { value: unknown }
type Node =
  | { kind: "text"; text: string }
  | { kind: "path"; steps: Step[]; fromRoot: boolean }
  | { kind: "range"; steps: Step[]; body: Node[] }

const quoted = (text: string): string | undefined =>
  /^(["'])([\s\S]*)\1$/
    .exec(text)?.[2]
    .replace(/\\n/g, "\n")
    .replace(/\\t/g, "\t")
    .replace(/\\(["'\\])/g, "$1")

const operand = (text: string): Operand => {
  const trimmed = text.trim()
  const literal = quoted(trimmed)
  if (literal !== undefined) return { value: literal }
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return { value: Number(trimmed) }
  if (trimmed === "true" || trimmed === "false") return { value: trimmed === "true" }
  return { path: parsePath(trimmed.replace(/^@/, "")) }
}

const splitOutside = (text: string, separator: string): string[] => {
  const parts: string[] = []
  let depth = 0
  let quote = ""
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (quote) {
      if (text[at] === quote) quote = ""
    } else if (text[at] === "'" || text[at] === '"') quote = text[at]
    else if ("([".includes(text[at])) depth++
    else if (")]".includes(text[at])) depth--
    else if (depth === 0 && text.startsWith(separator, at)) {
      parts.push(text.slice(from, at))
      from = at + separator.length
    }
  }
  return [...parts, text.slice(from)]
}

const bracket = (body: string): Step => {
  const text = body.trim()
  const filter = /^\?\(([\s\S]*)\)$/.exec(text)
  if (filter) {
    for (const operator of ["==", "!=", "<=", ">=", "<", ">"]) {
      const [left, ...rest] = splitOutside(filter[1], operator)
      if (rest.length > 0) return { kind: "filter", left: operand(left), operator, right: operand(rest.join(operator)) }
    }
    return { kind: "filter", left: operand(filter[1]), operator: undefined, right: undefined }
  }
  if (text === "*") return { kind: "wildcard" }
  const parts = splitOutside(text, ",")
  if (parts.length > 1) return { kind: "union", parts: parts.map((part) => [bracket(part)]) }
  const name = quoted(text)
  if (name !== undefined) return { kind: "field", name }
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d+))?$/.exec(text)
  if (slice)
    return {
      kind: "slice",
      from: slice[1] === "" ? undefined : Number(slice[1]),
      to: slice[2] === "" ? undefined : Number(slice[2]),
      step: Number(slice[3] ?? 1),
    }
  if (/^-?\d+$/.test(text)) return { kind: "index", at: Number(text) }
  if (/^[\w./-]+$/.test(text)) return { kind: "field", name: text }
  throw new JsonPathError(`invalid array index ${text}`)
}

const parsePath = (text: string): Step[] => {
  const steps: Step[] = []
  let at = 0
  while (at < text.length) {
    if (text.startsWith("..", at)) {
      steps.push({ kind: "recursive" })
      at += text[at + 2] === "[" ? 2 : 1
      continue
    }
    if (text[at] === "[") {
      let depth = 0
      let quote = ""
      let end = at
      for (; end < text.length; end++) {
        if (quote) {
          if (text[end] === quote) quote = ""
        } else if (text[end] === "'" || text[end] === '"') quote = text[end]
        else if (text[end] === "[") depth++
        else if (text[end] === "]" && --depth === 0) break
      }
      if (end >= text.length) throw new JsonPathError("unterminated array")
      steps.push(bracket(text.slice(at + 1, end)))
      at = end + 1
      continue
    }
    if (text[at] === ".") at++
    const name = /^(?:\\.|[^.[\]{}\s])+/.exec(text.slice(at))?.[0]
    if (name === undefined) {
      if (at >= text.length) break
      throw new JsonPathError(
        `unrecognized character in action: U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0")} '${text[at]}'`,
      )
    }
    steps.push(name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replace(/\\(.)/g, "$1") })
    at += name.length
  }
  return steps
}

const parse = (template: string): Node[] => {
  const stack: { nodes: Node[]; steps: Step[] }[] = [{ nodes: [], steps: [] }]
  let at = 0
  while (at < template.length) {
    const open = template.indexOf("{", at)
    if (open < 0 || open > at) stack[stack.length - 1].nodes.push({ kind: "text", text: template.slice(at, open < 0 ? undefined : open) })
    if (open < 0) break
    let end = open
    let quote = ""
    for (; end < template.length; end++) {
      if (quote) {
        if (template[end] === quote) quote = ""
      } else if (template[end] === "'" || template[end] === '"') quote = template[end]
      else if (template[end] === "}") break
    }
    if (end >= template.length) throw new JsonPathError("unclosed action")
    const action = template.slice(open + 1, end).trim()
    at = end + 1
    const top = stack[stack.length - 1]
    if (action === "end") {
      const done = stack.pop()
      if (!done || stack.length === 0) throw new JsonPathError("not in range, nothing to end")
      stack[stack.length - 1].nodes.push({ kind: "range", steps: done.steps, body: done.nodes })
    } else if (action.startsWith("range ")) stack.push({ nodes: [], steps: parsePath(action.slice(6).trim().replace(/^[$@]/, "")) })
    else if (quoted(action) !== undefined) top.nodes.push({ kind: "text", text: quoted(action) ?? "" })
    else top.nodes.push({ kind: "path", steps: parsePath(action.replace(/^[$@]/, "")), fromRoot: action.startsWith("$") })
  }
  if (stack.length > 1) throw new JsonPathError("unclosed action")
  return stack[0].nodes
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

const descend = (value: unknown): unknown[] => [
  value,
  ...(Array.isArray(value) ? value.flatMap(descend) : isObject(value) ? Object.values(value).flatMap(descend) : []),
]

const compare = (operator: string, a: unknown, b: unknown): boolean => {
  if (operator === "==") return a === b
  if (operator === "!=") return a !== b
  if (typeof a !== typeof b) return false
  const [x, y] = [a as number, b as number]
  return operator === "<" ? x < y : operator === ">" ? x > y : operator === "<=" ? x <= y : x >= y
}

const evaluate = (steps: readonly Step[], values: readonly unknown[], strict: boolean): unknown[] => {
  let current = [...values]
  for (const [index, step] of steps.entries()) {
    switch (step.kind) {
      case "recursive":
        current = current.flatMap(descend)
        strict = false
        break
      case "field": {
        const next: unknown[] = []
        for (const value of current) {
          if (isObject(value) && Object.hasOwn(value, step.name)) next.push(value[step.name])
          else if (strict) throw new JsonPathError(`${step.name} is not found`)
        }
        current = next
        break
      }
      case "wildcard":
        current = current.flatMap((value) =>
          Array.isArray(value)
            ? value
            : isObject(value)
              ? Object.keys(value)
                  .sort()
                  .map((key) => value[key])
              : [],
        )
        strict = strict && steps[index + 1]?.kind !== "field" ? strict : false
        break
      case "index":
        current = current.flatMap((value) => {
          if (!Array.isArray(value)) return []
          const at = step.at < 0 ? value.length + step.at : step.at
          if (at < 0 || at >= value.length) {
            if (strict) throw new JsonPathError(`array index out of bounds: index ${step.at}, length ${value.length}`)
            return []
          }
          return [value[at]]
        })
        break
      case "slice":
        current = current.flatMap((value) => {
          if (!Array.isArray(value)) return []
          const [from, to] = [step.from ?? 0, step.to ?? value.length].map((at) => (at < 0 ? value.length + at : at))
          return value.slice(from, to).filter((_, at) => at % Math.max(1, step.step) === 0)
        })
        break
      case "union":
        current = current.flatMap((value) => step.parts.flatMap((part) => evaluate(part, [value], strict)))
        break
      case "filter":
        current = current
          .flatMap((value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []))
          .filter((item) => {
            const side = (one: Operand): unknown => ("value" in one ? one.value : evaluate(one.path, [item], false)[0])
            if (!step.operator || !step.right) return side(step.left) !== undefined
            const left = side(step.left)
            return left !== undefined && compare(step.operator, left, side(step.right))
          })
        strict = false
        break
    }
  }
  return current
}

const show = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : value === null || value === undefined
        ? ""
        : String(value)

/** kubectl accepts ".a", "a" and "{.a}". */
export const relaxed = (template: string): string =>
  template.includes("{") ? template : `{${template.startsWith(".") || template.startsWith("[") ? "" : "."}${template}}`

/** The template's text for `root`. Missing fields are errors unless `allowMissing`. */
export const jsonPath = (template: string, root: unknown, allowMissing = true): string => {
  const run = (nodes: readonly Node[], current: unknown): string =>
    nodes
      .map((node) => {
        if (node.kind === "text") return node.text
        if (node.kind === "range")
          return evaluate(node.steps, [current], !allowMissing)
            .map((item) => run(node.body, item))
            .join("")
        return evaluate(node.steps, [node.fromRoot ? root : current], !allowMissing)
          .map(show)
          .join(" ")
      })
      .join("")
  return run(parse(template), root)
}

/** The values that a single path finds. */
export const jsonPathValues = (path: string, root: unknown): unknown[] => {
  const [node] = parse(relaxed(path))
  return node?.kind === "path" ? evaluate(node.steps, [root], false) : []
}
