/** Pages of an Educates workshop: fenced actions become commands, files to edit and tasks. */
import { parse } from "yaml"
import { type HtmlState, withoutHtml, withoutPictures } from "./html-lines.ts"
import { type ImportNotes, nameOf } from "./import-notes.ts"
import type { ImportedLab } from "./imported.ts"
import { fenced, lowered, markdownParts, plainColons } from "./markdown-parts.ts"

type Value = Readonly<Record<string, unknown>>

/** Names of a session that have one meaning in a lab: its only namespace. */
const NAMESPACE =
  /\{\{<\s*param\s+"?(?:session_namespace|session_name)"?\s*>\}\}|\{\{\s*(?:session_namespace|session_name)\s*\}\}|%(?:session_namespace|session_name)%|\$\((?:session_namespace|session_name)\)/g
const OTHER = /\{\{<\s*param\s+"?([\w-]+)"?\s*>\}\}|\{\{\s*([a-z_]+)\s*\}\}|%([a-z_]+)%/g

const home = (path: string): string => {
  const plain = path
    .replace(/^~\//, "/root/")
    .replace(/^\$HOME\//, "/root/")
    .replace(/^\/home\/eduk8s\//, "/root/")
  return plain.startsWith("/") ? plain : `/root/${plain}`
}

export class EducatesPages {
  readonly commands: string[] = []
  readonly #files: ReadonlyMap<string, string>
  readonly #notes: ImportNotes
  readonly #lab: ImportedLab
  readonly #used: Set<string>
  readonly #ids = new Set<string>()
  /** Commands since the last task: what solves the next one. */
  #since: string[] = []

  constructor(files: ReadonlyMap<string, string>, notes: ImportNotes, lab: ImportedLab, used: Set<string>) {
    this.#files = files
    this.#notes = notes
    this.#lab = lab
    this.#used = used
  }

  /** @param skipped lines of the file before this text */
  read(file: string, content: string, skipped: number): string {
    const out: string[] = []
    const html: HtmlState = { folded: undefined }
    let first = true
    for (const part of markdownParts(content)) {
      const line = part.line + skipped
      if (part.kind === "fence") {
        out.push("", this.#block(part.info, this.#filled(part.body, file, line), file, line), "")
        continue
      }
      // The page's own title is its heading already.
      if (first && /^#\s/.test(part.text)) {
        first = false
        continue
      }
      const [, tag] = /(\{%.*?%\}|\{\{[<%](?!\s*param)[^}]*[>%]\}\})/.exec(part.text) ?? []
      if (tag !== undefined) this.#notes.add(file, line, `${tag.slice(0, 60)} is not carried over`)
      const text = this.#filled(tag === undefined ? part.text : part.text.replace(tag, ""), file, line)
      for (const one of withoutHtml(withoutPictures(text, file, line, this.#notes), { file, line, notes: this.#notes, state: html }))
        out.push(one.startsWith(":::") ? one : plainColons(lowered(one)))
    }
    if (html.folded !== undefined) out.push(":::")
    return out
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim()
  }

  #filled(text: string, file: string, line: number): string {
    return text.replace(NAMESPACE, "default").replace(OTHER, (whole, ...groups: unknown[]) => {
      const name = groups.slice(0, 3).find((one) => typeof one === "string") as string
      this.#notes.add(file, line, `the variable ${name} is not carried over`)
      return whole.startsWith("%") ? whole : name
    })
  }

  #run(command: string): string {
    this.commands.push(command)
    this.#since.push(command)
    return fenced("bash exec", command)
  }

  #fields(body: string, file: string, line: number): Value {
    try {
      const value: unknown = parse(body)
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Value
    } catch {
      // Said below.
    }
    this.#notes.add(file, line, "the fields of this action cannot be read; it is left out")
    return {}
  }

  #block(info: string, body: string, file: string, line: number): string {
    const [action = ""] = info.split(/\s/)
    if (/^execute(-\d|-all)?$/.test(action)) return this.#run(body)
    if (/^copy(-and-edit)?$/.test(action)) return fenced("text", body)
    if (!/^[a-z]+:[a-z-]+$/.test(action)) return fenced(info.replace(/[{}]/g, "") || "text", body)
    const fields = this.#fields(body, file, line)
    const text = (name: string): string => (typeof fields[name] === "string" ? (fields[name] as string) : "")
    const only = (...names: string[]) => {
      for (const key of Object.keys(fields))
        if (!names.includes(key)) this.#notes.add(file, line, `"${key}" of ${action} is not carried over`)
    }
    switch (action) {
      case "terminal:execute":
      case "terminal:execute-all":
        only("command", "session", "clear", "prefix", "title", "description", "autostart", "cascade")
        if (typeof fields.session === "number" && fields.session > 1)
          this.#notes.add(file, line, `the command for terminal ${fields.session} is typed into the first one`)
        return this.#run(text("command"))
      case "terminal:input":
        this.#notes.add(file, line, "what is typed into a running program is a command of its own here")
        return this.#run(text("text"))
      case "workshop:copy":
      case "workshop:copy-and-edit":
        return fenced("text", text("text"))
      case "editor:open-file":
        only("file", "line", "title", "description")
        if (fields.line !== undefined) this.#notes.add(file, line, "the editor opens at the first line")
        return `::edit{path=${home(text("file"))}}`
      case "editor:create-file":
      case "editor:append-lines-to-file": {
        only("file", "text", "title", "description", "open", "preview")
        const write = action === "editor:create-file" ? ">" : ">>"
        return this.#run(`cat ${write} ${home(text("file"))} <<'EOF'\n${text("text").replace(/\n+$/, "")}\nEOF`)
      }
      case "section:heading":
      case "section:begin":
        return `### ${text("title") || "More"}`
      case "section:end":
        return ""
      case "examiner:execute-test":
        return this.#task(fields, file, line)
      default:
        this.#notes.add(file, line, `${action} is not carried over`)
        return typeof fields.text === "string" ? fenced("text", fields.text) : ""
    }
  }

  #task(fields: Value, file: string, line: number): string {
    const name = typeof fields.name === "string" ? fields.name : ""
    const path = [`workshop/examiner/tests/${name}`, `workshop/examiner/tests/${name}.sh`].find((one) => this.#files.has(one))
    const title = typeof fields.title === "string" ? fields.title : name
    if (path === undefined) {
      this.#notes.add(file, line, `there is no examiner test "${name}"; the task is left out`)
      return ""
    }
    this.#used.add(path)
    for (const key of Object.keys(fields))
      if (!["name", "title", "args", "timeout", "retries", "delay", "description", "autostart"].includes(key))
        this.#notes.add(file, line, `"${key}" of examiner:execute-test is not carried over`)
    const words = Array.isArray(fields.args) ? fields.args.map((word) => `'${String(word).replaceAll("'", `'\\''`)}'`) : []
    const script = this.#files.get(path) ?? ""
    if (/^#!.*python/.test(script)) {
      this.#notes.add(path, 1, "an examiner test in Python is not carried over; its task is left out")
      return ""
    }
    const id = nameOf(name || title, this.#ids, `test-${this.#ids.size + 1}`)
    const before = this.#lab.tasks.at(-1)?.id
    this.#lab.tasks.push({
      ...{ id, title: title.replace(/\?$/, ""), points: 5, needs: before === undefined ? [] : [before] },
      checks: [{ kind: "script", title, script: `${words.length > 0 ? `set -- ${words.join(" ")}\n` : ""}${script}` }],
      ...{ hints: [], solution: this.#since.join("\n") },
    })
    if (this.#since.length === 0) this.#notes.add(file, line, `no command comes before the test "${name}": write a solution`)
    this.#since = []
    return `::task{id=${id}}`
  }
}
