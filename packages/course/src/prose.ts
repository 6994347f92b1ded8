/** A lesson's prose: Markdown with tables and directives, parsed, and the facts in it that make a page interactive. Runs in a browser too. */
import type { BlockContent, Nodes, Root, RootContent } from "mdast"
import type { ContainerDirective, LeafDirective } from "mdast-util-directive"
import remarkDirective from "remark-directive"
import remarkGfm from "remark-gfm"
import remarkParse from "remark-parse"
import { unified } from "unified"

export type { Root, RootContent } from "mdast"

const processor = unified().use(remarkParse).use(remarkGfm).use(remarkDirective)

/** Markdown without front matter → mdast, with directives (`::task{id=look}`) as nodes of their own. Never throws. */
export const parseProse = (markdown: string): Root => restoreText(processor.parse(markdown), markdown)

/** Where a block begins in the Markdown, both from 1. */
export interface Place {
  line: number
  column: number
}

export type ProseBlock =
  /** Ordinary Markdown between the blocks that do something. */
  | { kind: "markdown"; place: Place; nodes: readonly RootContent[] }
  /** ```bash exec: typed into a terminal of `machine` (default: the lab's first) when clicked. */
  | { kind: "command"; place: Place; text: string; machine?: string }
  /** A code block that is only shown. `output` (```text output): what the command before it prints; the lesson's test compares. */
  | { kind: "code"; place: Place; text: string; language?: string; title?: string; output?: true }
  /** ::task{id=…}: the task's card, with its checks, quizzes and hints. */
  | { kind: "task"; place: Place; id: string }
  /** ::quiz{task=… id=…}: one quiz of a task, where the prose asks it. */
  | { kind: "quiz"; place: Place; task: string; id: string }
  /** ::hint[text] or :::hint{title=…}: folded until opened. */
  | { kind: "hint"; place: Place; title: string; nodes: readonly RootContent[] }
  /** ::map: the live map of the cluster. */
  | { kind: "map"; place: Place }
  /** ::trace{object=Pod/web verb=create}: the request followed hop by hop. */
  | { kind: "trace"; place: Place; object?: string; verb?: string }
  /** :::note[title], :::warning[title]: set apart. */
  | { kind: "note"; place: Place; tone: "note" | "warning"; title: string; nodes: readonly RootContent[] }
  /** ::edit{path=/root/pod.yaml machine=…}: a button that opens the file in the editor. */
  | { kind: "edit"; place: Place; path: string; machine?: string }
  /** A directive that is none of these, or lacks what it needs; the linter reports `message`. */
  | { kind: "unknown"; place: Place; name: string; message: string }

type Directive = LeafDirective | ContainerDirective

const placeOf = (node: Nodes): Place => ({ line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 })

/** The text of a node and everything in it, without marks. */
export const plainText = (node: Nodes): string =>
  "value" in node ? node.value : "children" in node ? node.children.map((child) => plainText(child)).join("") : ""

const isLabel = (node: RootContent | BlockContent): boolean =>
  node.type === "paragraph" && (node.data as { directiveLabel?: boolean } | undefined)?.directiveLabel === true

const words = (meta: string | null | undefined): string[] => (meta ?? "").split(" ").filter((word) => word !== "")

const directiveBlock = (node: Directive): ProseBlock => {
  const place = placeOf(node)
  const given = node.attributes ?? {}
  const children = (node.children as RootContent[]).filter((child) => !isLabel(child))
  const label =
    node.type === "leafDirective"
      ? plainText(node)
      : plainText({ type: "root", children: (node.children as RootContent[]).filter(isLabel) })
  const allowed: Record<string, readonly string[]> = {
    task: ["id"],
    quiz: ["task", "id"],
    hint: ["title"],
    map: [],
    trace: ["object", "verb"],
    note: [],
    warning: [],
    edit: ["path", "machine"],
  }
  const unknown = (message: string): ProseBlock => ({ kind: "unknown", place, name: node.name, message })
  const attributes = allowed[node.name]
  if (!attributes) return unknown(`there is no directive "${node.name}"; there are ${Object.keys(allowed).join(", ")}`)
  const extra = Object.keys(given).find((name) => !attributes.includes(name))
  if (extra !== undefined)
    return unknown(`::${node.name} takes ${attributes.length ? attributes.join(", ") : "nothing"} in braces, not "${extra}"`)
  const text = (name: string): string | undefined => given[name] ?? undefined
  const { id, task, path, machine, object, verb } = {
    id: text("id"),
    task: text("task"),
    path: text("path"),
    machine: text("machine"),
    object: text("object"),
    verb: text("verb"),
  }
  switch (node.name) {
    case "task":
      return id ? { kind: "task", place, id } : unknown("::task needs the id of a task: ::task{id=look}")
    case "quiz":
      return id && task
        ? { kind: "quiz", place, task, id }
        : unknown("::quiz needs a task and the id of its quiz: ::quiz{task=look id=why}")
    case "hint":
      return {
        kind: "hint",
        place,
        title: text("title") ?? (node.type === "containerDirective" && label ? label : "Hint"),
        nodes: node.type === "leafDirective" ? [{ type: "paragraph", children: node.children }] : children,
      }
    case "map":
      return { kind: "map", place }
    case "trace":
      return { kind: "trace", place, ...(object && { object }), ...(verb && { verb }) }
    case "edit":
      return path
        ? { kind: "edit", place, path, ...(machine && { machine }) }
        : unknown("::edit needs the path of a file: ::edit{path=/root/pod.yaml}")
    default:
      return {
        kind: "note",
        place,
        tone: node.name as "note" | "warning",
        title: node.type === "containerDirective" ? label : "",
        nodes: node.type === "leafDirective" ? [{ type: "paragraph", children: node.children }] : children,
      }
  }
}

/** The prose as a page needs it: blocks that do something, and the Markdown between them, in order. */
export const proseBlocks = (root: Root): ProseBlock[] => {
  const blocks: ProseBlock[] = []
  let ordinary: RootContent[] = []
  const flush = () => {
    if (ordinary.length > 0) blocks.push({ kind: "markdown", place: placeOf(ordinary[0]), nodes: ordinary })
    ordinary = []
  }
  for (const node of root.children) {
    if (node.type === "leafDirective" || node.type === "containerDirective") {
      flush()
      blocks.push(directiveBlock(node))
    } else if (node.type === "code") {
      flush()
      const meta = words(node.meta)
      const value = (name: string) => meta.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
      const [machine, title] = [value("machine"), value("title")]
      blocks.push(
        meta.includes("exec")
          ? { kind: "command", place: placeOf(node), text: node.value, ...(machine && { machine }) }
          : {
              kind: "code",
              place: placeOf(node),
              text: node.value,
              ...(node.lang && { language: node.lang }),
              ...(title && { title }),
              ...(meta.includes("output") && { output: true }),
            },
      )
    } else ordinary.push(node)
  }
  flush()
  return blocks
}

/** Inline directives are not part of the format: "port :8080" or "10:30" in a sentence is text, as it was written. */
const restoreText = <T extends Nodes>(node: T, source: string): T => {
  if (!("children" in node)) return node
  const children = node.children as Nodes[]
  for (const [index, child] of children.entries()) {
    if (child.type === "textDirective") {
      const [start, end] = [child.position?.start.offset, child.position?.end.offset]
      const value = start === undefined || end === undefined ? `:${child.name}` : source.slice(start, end)
      children[index] = { type: "text", value, ...(child.position && { position: child.position }) }
    } else restoreText(child, source)
  }
  return node
}

/** Markdown that a page does not show as its author may think, or must not follow. */
export const unsafeMarkdown = (root: Root): { place: Place; message: string; severe: boolean }[] => {
  const found: { place: Place; message: string; severe: boolean }[] = []
  const visit = (node: Nodes): void => {
    if (node.type === "html" && !/^<!--/.test(node.value))
      found.push({
        place: placeOf(node),
        ...(/<\s*\/?\s*(script|iframe|object|embed|style|link|meta|base|form|svg)\b|\son[a-z]+\s*=|javascript:/i.test(node.value)
          ? { message: `HTML that acts is not allowed here: ${node.value.trim().slice(0, 40)}`, severe: true }
          : { message: `HTML is left out of the page: ${node.value.trim().slice(0, 40)}`, severe: false }),
      })
    if ((node.type === "link" || node.type === "definition" || node.type === "image") && !SAFE_ADDRESS.test(node.url.trim()))
      found.push({ place: placeOf(node), message: `this address is not allowed: ${node.url.trim().slice(0, 60)}`, severe: true })
    if ("children" in node) for (const child of node.children as Nodes[]) visit(child)
  }
  visit(root)
  return found
}

/** http, https, mail, and places within the site. */
const SAFE_ADDRESS = /^(https?:|mailto:|[/#?.]|[^:]*$)/i
