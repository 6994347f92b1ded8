/** Go's text/template: actions, pipelines, variables, range, with, if, and the builtin functions. */

export class TemplateError extends Error {}

type Expression = { words: string[] }[]
type Node =
  | { kind: "text"; text: string }
  | { kind: "output"; pipeline: Expression; variable: string | undefined }
  | { kind: "if" | "with" | "range"; pipeline: Expression; variables: string[]; body: Node[]; otherwise: Node[] }

const words = (text: string): Expression => {
  const commands: { words: string[] }[] = [{ words: [] }]
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)
    if (space) {
      at += space[0].length
      continue
    }
    if (rest[0] === "|") {
      commands.push({ words: [] })
      at++
      continue
    }
    const string = /^("(?:\\.|[^"\\])*"|`[^`]*`)/.exec(rest)
    let word = string?.[0]
    if (word === undefined && rest[0] === "(") {
      let depth = 0
      let end = 0
      for (; end < rest.length; end++) {
        if (rest[end] === '"') end = Math.max(end, rest.indexOf('"', end + 1))
        else if (rest[end] === "(") depth++
        else if (rest[end] === ")" && --depth === 0) break
      }
      word = rest.slice(0, end + 1) + (/^[.\w]+/.exec(rest.slice(end + 1))?.[0] ?? "")
    }
    word ??= /^[^\s|()]+/.exec(rest)?.[0] ?? rest[0]
    commands[commands.length - 1].words.push(word)
    at += word.length
  }
  return commands
}

const parse = (template: string): Node[] => {
  const root: Node[] = []
  const stack: { node: Extract<Node, { body: Node[] }>; otherwise: boolean }[] = []
  const add = (node: Node) => {
    const top = stack[stack.length - 1]
    if (!top) root.push(node)
    else (top.otherwise ? top.node.otherwise : top.node.body).push(node)
  }
  let at = 0
  let trim = false
  while (at < template.length) {
    const open = template.indexOf("{{", at)
    let text = template.slice(at, open < 0 ? undefined : open)
    if (trim) text = text.trimStart()
    if (open >= 0 && /^\{\{-\s/.test(template.slice(open))) text = text.trimEnd()
    if (text) add({ kind: "text", text })
    if (open < 0) break
    const close = template.indexOf("}}", open)
    if (close < 0) throw new TemplateError("unclosed action")
    let action = template.slice(open + 2, close)
    trim = /\s-$/.test(action)
    action = action.replace(/^-\s/, "").replace(/\s-$/, "").trim()
    at = close + 2
    if (action.startsWith("/*")) continue
    const keyword = /^(if|with|range|else|end|define|template|block|break|continue)\b\s*([\s\S]*)$/.exec(action)
    if (!keyword) {
      const assignment = /^(\$\w*)\s*:?=\s*([\s\S]*)$/.exec(action)
      add({ kind: "output", pipeline: words(assignment ? assignment[2] : action), variable: assignment?.[1] })
      continue
    }
    const [, word, rest] = keyword
    if (word === "end") {
      const done = stack.pop()
      if (!done) throw new TemplateError("unexpected {{end}}")
      continue
    }
    if (word === "else") {
      const top = stack[stack.length - 1]
      if (!top) throw new TemplateError("unexpected {{else}}")
      top.otherwise = true
      const again = /^if\s+([\s\S]*)$/.exec(rest)
      if (again) {
        // {{else if}} closes with the same {{end}}: the inner node takes the outer's place.
        const node: Node = { kind: "if", pipeline: words(again[1]), variables: [], body: [], otherwise: [] }
        top.node.otherwise.push(node)
        stack[stack.length - 1] = { node: node as never, otherwise: false }
      }
      continue
    }
    if (word !== "if" && word !== "with" && word !== "range") throw new TemplateError(`{{${word}}} is not supported here`)
    const declared = /^(\$\w+(?:\s*,\s*\$\w+)?)\s*:=\s*([\s\S]*)$/.exec(rest)
    const node: Node = {
      kind: word,
      pipeline: words(declared ? declared[2] : rest),
      variables: declared ? declared[1].split(",").map((name) => name.trim()) : [],
      body: [],
      otherwise: [],
    }
    add(node)
    stack.push({ node: node as never, otherwise: false })
  }
  if (stack.length > 0) throw new TemplateError("unexpected EOF")
  return root
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value)

const truth = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isObject(value)
      ? Object.keys(value).length > 0
      : value !== undefined && value !== null && value !== false && value !== 0 && value !== ""

/** As fmt's %v prints it. */
export const goValue = (value: unknown): string => {
  if (value === undefined || value === null) return "<no value>"
  if (Array.isArray(value)) return `[${value.map((item) => (item === null ? "<nil>" : goValue(item))).join(" ")}]`
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${value[key] === null ? "<nil>" : goValue(value[key])}`)
      .join(" ")}]`
  return String(value)
}

export type Functions = Readonly<Record<string, (...args: unknown[]) => unknown>>

const printf = (format: unknown, ...args: unknown[]): string => {
  let next = 0
  return String(format).replace(/%(-?\d*)(?:\.(\d+))?([vsdqtfxT%])/g, (_, width: string, precision: string | undefined, verb: string) => {
    if (verb === "%") return "%"
    const value = args[next++]
    let text =
      verb === "q"
        ? JSON.stringify(goValue(value))
        : verb === "d"
          ? String(Math.trunc(Number(value)))
          : verb === "f"
            ? Number(value).toFixed(Number(precision ?? 6))
            : verb === "x"
              ? Number(value).toString(16)
              : goValue(value)
    if (verb === "s" && precision !== undefined) text = text.slice(0, Number(precision))
    return width.startsWith("-") ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width || 0))
  })
}

const order = (a: unknown, b: unknown): number => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0)

const BUILTIN: Functions = {
  and: (...args) => args.find((value) => !truth(value)) ?? args[args.length - 1],
  or: (...args) => args.find(truth) ?? args[args.length - 1],
  not: (value) => !truth(value),
  len: (value) => (Array.isArray(value) || typeof value === "string" ? value.length : isObject(value) ? Object.keys(value).length : 0),
  index: (value, ...keys) =>
    keys.reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : isObject(at) ? at[String(key)] : undefined), value),
  slice: (value, from = 0, to) => (value as string | unknown[]).slice(Number(from), to === undefined ? undefined : Number(to)),
  print: (...args) => args.map(goValue).join(""),
  println: (...args) => `${args.map(goValue).join(" ")}\n`,
  printf: (...args) => printf(...(args as [unknown, ...unknown[]])),
  eq: (first, ...rest) => rest.some((value) => value === first),
  ne: (a, b) => a !== b,
  lt: (a, b) => order(a, b) < 0,
  le: (a, b) => order(a, b) <= 0,
  gt: (a, b) => order(a, b) > 0,
  ge: (a, b) => order(a, b) >= 0,
  html: (value) => goValue(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  js: (value) => JSON.stringify(goValue(value)).slice(1, -1),
  urlquery: (value) => encodeURIComponent(goValue(value)),
}

/** Runs a template over `data`. Functions besides Go's own are given. */
export const goTemplate = (template: string, data: unknown, functions: Functions = {}): string => {
  const known: Functions = { ...BUILTIN, ...functions }
  type Scope = Map<string, unknown>
  const field = (value: unknown, path: string): unknown =>
    path
      .split(".")
      .filter(Boolean)
      .reduce<unknown>((at, name) => {
        if (isObject(at)) return Object.hasOwn(at, name) ? at[name] : undefined
        if (at === undefined || at === null) return undefined
        throw new TemplateError(`can't evaluate field ${name} in type ${Array.isArray(at) ? "[]interface {}" : typeof at}`)
      }, value)
  const argument = (word: string, dot: unknown, scope: Scope): unknown => {
    if (word === ".") return dot
    if (word.startsWith(".")) return field(dot, word)
    if (word.startsWith("$")) {
      const [name, ...rest] = word.split(".")
      return field(name === "$" ? data : scope.get(name), rest.join("."))
    }
    if (word.startsWith('"')) return JSON.parse(word.replace(/\\'/g, "'"))
    if (word.startsWith("`")) return word.slice(1, -1)
    if (word.startsWith("(")) {
      const close = word.lastIndexOf(")")
      return field(pipeline(words(word.slice(1, close)), dot, scope), word.slice(close + 1))
    }
    if (/^-?\d/.test(word)) return Number(word)
    if (word === "true" || word === "false") return word === "true"
    if (word === "nil") return undefined
    if (Object.hasOwn(known, word)) return known[word]()
    throw new TemplateError(`function "${word}" not defined`)
  }
  const pipeline = (commands: Expression, dot: unknown, scope: Scope): unknown => {
    let value: unknown
    for (const [at, { words: command }] of commands.entries()) {
      const [first, ...rest] = command
      if (first === undefined) throw new TemplateError("missing value for command")
      const more = at > 0 ? [value] : []
      if (Object.hasOwn(known, first)) value = known[first](...rest.map((word) => argument(word, dot, scope)), ...more)
      else value = argument(first, dot, scope)
    }
    return value
  }
  const run = (nodes: readonly Node[], dot: unknown, scope: Scope): string =>
    nodes
      .map((node) => {
        if (node.kind === "text") return node.text
        const value = pipeline(node.pipeline, dot, scope)
        if (node.kind === "output") {
          if (node.variable === undefined) return goValue(value)
          scope.set(node.variable, value)
          return ""
        }
        const inner = new Map(scope)
        if (node.kind !== "range") {
          if (node.variables[0]) inner.set(node.variables[0], value)
          return truth(value) ? run(node.body, node.kind === "with" ? value : dot, inner) : run(node.otherwise, dot, inner)
        }
        const entries: [unknown, unknown][] = Array.isArray(value)
          ? [...value.entries()]
          : isObject(value)
            ? Object.keys(value)
                .sort()
                .map((key) => [key, value[key]])
            : []
        if (entries.length === 0) return run(node.otherwise, dot, inner)
        return entries
          .map(([key, item]) => {
            if (node.variables.length === 2) inner.set(node.variables[0], key).set(node.variables[1], item)
            else if (node.variables[0]) inner.set(node.variables[0], item)
            return run(node.body, item, new Map(inner))
          })
          .join("")
      })
      .join("")
  return run(parse(template), data, new Map())
}
