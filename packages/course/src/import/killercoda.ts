/** Killercoda's and Katacoda's scenarios: index.json with steps, their Markdown with {{exec}} and {{copy}}, their scripts and assets. */
import { parse } from "yaml"
import { YamlSource } from "../yaml-source.ts"
import { ImportNotes, nameOf } from "./import-notes.ts"
import {
  type Imported,
  type ImportedLab,
  type ImportedLesson,
  type ImportedTask,
  minutesOf,
  ranCheck,
  writeLab,
  writeLesson,
} from "./imported.ts"
import { type KillercodaPage, killercodaPage } from "./killercoda-page.ts"

type Value = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Value => typeof value === "object" && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === "string" ? value : "")

/** The lab for an environment's image id, and what is different about it. */
const topologyOf = (image: string): { topology: string; note?: string } => {
  const plain = image.replace(/(-rapid|-\d+GB)$/i, "")
  const [, kubeadm, system] = /(kubeadm-(?:1node|2nodes))(?:-(\w.*))?$/.exec(plain) ?? []
  if (kubeadm) return { topology: kubeadm, ...(system && { note: `its nodes run what ours run, not ${system}` }) }
  if (/^(ubuntu|docker|node|python|java|go)/.test(plain)) return { topology: "docker-host" }
  if (/^(kubernetes-cluster|kubernetes-cluster-running)/.test(plain))
    return { topology: "kubeadm-2nodes", note: "its place takes kubeadm-2nodes" }
  if (/^(kubernetes|minikube)/.test(plain)) return { topology: "kubeadm-1node", note: "its place takes kubeadm-1node" }
  return { topology: "kubeadm-2nodes", note: "there is no such environment here; its place takes kubeadm-2nodes" }
}

/** Katacoda's `client` and host01 are the first machine, host02 the second. */
const machineOf = (host: string, topology: string): string | undefined =>
  /^host0?2$|^node0?1$/.test(host) && topology === "kubeadm-2nodes" ? "node01" : undefined

const globbed = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*\*\/?/g, "\0")
      .replace(/\*/g, "[^/]*")
      .replace(/\0/g, ".*")
      .replace(/\?/g, ".")}$`,
  )

const SCRIPTS = ["courseData", "background", "code", "foreground"] as const

class Scenario {
  readonly #files: ReadonlyMap<string, string>
  readonly #prefix: string
  readonly #notes: ImportNotes
  readonly #source: YamlSource
  readonly #index: Value
  readonly #lab: ImportedLab
  readonly #kept = new Map<string, string>()
  readonly #used = new Set<string>()

  constructor(files: ReadonlyMap<string, string>, prefix: string, name: string, notes: ImportNotes) {
    this.#files = files
    this.#prefix = prefix
    this.#notes = notes
    const content = files.get(`${prefix}${name}`) ?? ""
    this.#source = new YamlSource(`${prefix}${name}`, content)
    this.#used.add(`${prefix}${name}`)
    const parsed: unknown = parse(content)
    this.#index = isMap(parsed) ? parsed : {}
    const image = text(isMap(this.#index.backend) ? this.#index.backend.imageid : "")
    const { topology, note } = topologyOf(image)
    if (note !== undefined) this.#note(["backend", "imageid"], `the environment "${image}" is not carried over: ${note}`)
    this.#lab = { topology, files: [], setup: [], tasks: [] }
  }

  #note(path: readonly (string | number)[], message: string): void {
    const { file, line } = this.#source.problem(path, "")
    this.#notes.add(file, line, message)
  }

  /** A file that the index names; undefined, and a note, when it is not there. */
  #named(path: readonly (string | number)[], name: string): { file: string; content: string } | undefined {
    const file = `${this.#prefix}${name.replace(/^\.?\//, "")}`
    const content = this.#files.get(file)
    this.#used.add(file)
    if (content !== undefined) return { file, content }
    this.#note(path, `there is no file ${name}`)
    return undefined
  }

  /** Scripts that run when a part is entered, in the order in which they begin. */
  #scripts(part: Value, path: readonly (string | number)[]): string[] {
    return SCRIPTS.flatMap((key) => {
      const name = text(part[key])
      const found = name === "" ? undefined : this.#named([...path, key], name)
      return found ? [found.content] : []
    })
  }

  #page(part: Value, path: readonly (string | number)[]): KillercodaPage | undefined {
    const name = text(part.text)
    const found = name === "" ? undefined : this.#named([...path, "text"], name)
    return found && killercodaPage(found.content, { file: found.file, notes: this.#notes, topology: this.#lab.topology })
  }

  /** Files that an entry of "assets" names, by pattern or by folder: below assets/, else from where the index is. */
  #matching(entry: string): { base: "assets/" | ""; matching: string[] } {
    const wanted = entry.replace(/^\.?\//, "")
    const patterns = [globbed(wanted), globbed(`${wanted.replace(/\/$/, "")}/**`)]
    const below = (base: string) =>
      [...this.#files.keys()].filter((file) => {
        const start = `${this.#prefix}${base}`
        return file.startsWith(start) && patterns.some((pattern) => pattern.test(file.slice(start.length)))
      })
    const matching = below("assets/")
    return matching.length > 0 || wanted === "" || !/\w/.test(wanted) ? { base: "assets/", matching } : { base: "", matching: below("") }
  }

  #assets(assets: unknown): void {
    if (!isMap(assets)) return
    for (const [host, list] of Object.entries(assets)) {
      const machine = machineOf(host, this.#lab.topology)
      if (machine === undefined && !/^(client|host0?1|controlplane|ubuntu|node0?1)$/.test(host))
        this.#note(["details", "assets", host], `there is no machine "${host}"; its files are laid on the first one`)
      for (const [index, entry] of (Array.isArray(list) ? (list as unknown[]) : []).entries()) {
        const path = ["details", "assets", host, index]
        if (!isMap(entry)) continue
        const { base, matching } = this.#matching(text(entry.file))
        if (matching.length === 0) this.#note(path, `there is no file assets/${text(entry.file)}`)
        else if (base === "") this.#note(path, `${text(entry.file)} is beside index.json, not in assets: taken from there`)
        const target = (text(entry.target) || "/root").replace(/^~/, "/root").replace(/\/$/, "")
        const mode = /x/.test(text(entry.chmod)) ? "0755" : /^0?[0-7]{3}$/.test(text(entry.chmod)) ? text(entry.chmod) : undefined
        for (const file of matching) {
          this.#used.add(file)
          const name = file.slice(this.#prefix.length + base.length)
          this.#kept.set(`files/${name}`, this.#files.get(file) ?? "")
          this.#lab.files.push({ path: `${target}/${name}`, from: name, ...(mode !== undefined && { mode }), ...(machine && { machine }) })
        }
        this.#notes.unread(this.#source, path, entry, ["file", "target", "chmod"])
      }
    }
  }

  read(slug: string): ImportedLesson {
    const index = this.#index
    const details = isMap(index.details) ? index.details : {}
    this.#notes.unread(this.#source, [], index, ["title", "description", "details", "backend", "time", "difficulty"], {
      interface: "every lesson has text, terminals and the map side by side",
      icon: "the catalogue has no pictures",
    })
    if (index.difficulty !== undefined) this.#note(["difficulty"], `"difficulty" is not carried over: say it in the summary`)
    this.#notes.unread(this.#source, ["backend"], index.backend, ["imageid"])
    this.#notes.unread(this.#source, ["details"], details, ["intro", "steps", "finish", "assets"])
    this.#assets(details.assets)

    const prose: string[] = [`# ${text(index.title) || slug}`]
    const intro = isMap(details.intro) ? details.intro : {}
    this.#notes.unread(this.#source, ["details", "intro"], intro, ["title", "text", ...SCRIPTS])
    this.#lab.setup.push(...this.#scripts(intro, ["details", "intro"]))
    const opening = this.#page(intro, ["details", "intro"])
    if (opening) prose.push(opening.prose)
    this.#steps(Array.isArray(details.steps) ? (details.steps as unknown[]) : [], prose)
    const finish = isMap(details.finish) ? details.finish : {}
    this.#notes.unread(this.#source, ["details", "finish"], finish, ["title", "text", ...SCRIPTS])
    if (this.#scripts(finish, ["details", "finish"]).length > 0)
      this.#note(["details", "finish"], "the scripts of the finish page are not carried over: nothing comes after them")
    const closing = this.#page(finish, ["details", "finish"])
    if (closing) prose.push(closing.prose)
    for (const file of this.#files.keys())
      if (file.startsWith(this.#prefix) && !this.#used.has(file))
        this.#notes.add(file, 1, "this file is named nowhere and not carried over")
    const title = text(index.title) || slug
    return {
      slug,
      title,
      files: new Map([
        ["lesson.md", writeLesson({ title, summary: text(index.description), minutes: minutesOf(index.time) }, prose.join("\n\n"))],
        ["lab.yaml", writeLab(this.#lab)],
        ...this.#kept,
      ]),
    }
  }

  #steps(steps: readonly unknown[], prose: string[]): void {
    const ids = new Set<string>()
    const anyVerify = steps.some((step) => isMap(step) && text(step.verify) !== "")
    let waiting: string[] = []
    let before: string | undefined
    for (const [index, given] of steps.entries()) {
      const step = isMap(given) ? given : {}
      const path = ["details", "steps", index]
      this.#notes.unread(this.#source, path, step, ["title", "text", "verify", "answer", "solve", "solution", "hint", ...SCRIPTS])
      const title = text(step.title) || `Step ${index + 1}`
      const page = this.#page(step, path)
      const scripts = this.#scripts(step, path)
      if (index === 0) this.#lab.setup.push(...scripts)
      else waiting.push(...scripts)
      prose.push(`## ${title}`, ...(page ? [page.prose] : []))
      const verify = text(step.verify) === "" ? undefined : this.#named([...path, "verify"], text(step.verify))
      const commands = page?.commands ?? []
      const last = commands.at(-1)
      const check = verify
        ? { kind: "script", title: `${title}: what the step asks for is so`, script: verify.content }
        : !anyVerify && last !== undefined
          ? ranCheck(`You went through: ${title}`, last)
          : undefined
      if (!check) continue
      const id = nameOf(title, ids, `step-${index + 1}`)
      const task: ImportedTask = {
        ...{ id, title, points: 5, needs: before === undefined ? [] : [before] },
        ...(waiting.length > 0 && { setup: waiting }),
        checks: [check],
        hints: this.#hints(step, path),
        solution: this.#solution(step, path, page),
      }
      if (task.solution === "") this.#note(path, `no solution was found for "${title}": write one, or nothing proves that it can be solved`)
      this.#lab.tasks.push(task)
      prose.push(`::task{id=${id}}`)
      before = id
      waiting = []
    }
    if (waiting.length > 0) {
      this.#note(["details", "steps"], "scripts of steps that nothing is checked after run at the beginning")
      this.#lab.setup.push(...waiting)
    }
    if (this.#lab.tasks.length > 0) return
    this.#note(["details", "steps"], "nothing is checked and no command is there to run: one question stands in for a task")
    this.#lab.tasks.push({
      ...{ id: "read", title: "Read to the end", points: 1, needs: [] },
      checks: [{ kind: "quiz", id: "read", question: "Have you read it?", type: "single", options: ["yes", "not yet"], answer: "yes" }],
      hints: [],
      solution: "",
    })
    prose.push("::task{id=read}")
  }

  #hints(step: Value, path: readonly (string | number)[]): string[] {
    const name = text(step.hint)
    const found = name === "" ? undefined : this.#named([...path, "hint"], name)
    return found ? [found.content.replace(/\s+/g, " ").trim()] : []
  }

  #solution(step: Value, path: readonly (string | number)[], page: KillercodaPage | undefined): string {
    for (const key of ["solve", "solution"] as const) {
      const found = text(step[key]) === "" ? undefined : this.#named([...path, key], text(step[key]))
      if (found) return found.file.endsWith(".md") ? this.#commandsOf(found).join("\n") : found.content.replace(/^#!.*\n/, "")
    }
    const answer = text(step.answer) === "" ? undefined : this.#named([...path, "answer"], text(step.answer))
    if (answer) return this.#commandsOf(answer).join("\n")
    const found = page?.solution.length ? page.solution : (page?.commands ?? [])
    return found.join("\n")
  }

  #commandsOf({ file, content }: { file: string; content: string }): readonly string[] {
    const { commands, solution, shells } = killercodaPage(content, { file, notes: this.#notes, topology: this.#lab.topology })
    return [commands, solution, shells].find((one) => one.length > 0) ?? []
  }
}

const INDEX = ["index.json", "index.yaml", "index.yml"] as const
const indexAt = (files: ReadonlyMap<string, string>, prefix: string) => INDEX.find((name) => files.has(`${prefix}${name}`))

export const isKillercoda = (files: ReadonlyMap<string, string>): boolean => indexAt(files, "") !== undefined || files.has("structure.json")

/** One scenario, or a course of them that structure.json lists. */
export const importKillercoda = (files: ReadonlyMap<string, string>, slug: string): Imported => {
  const notes = new ImportNotes()
  const lessons: ImportedLesson[] = []
  const taken = new Set<string>()
  const structure = (prefix: string, depth: number): string => {
    const name = `${prefix}structure.json`
    const content = files.get(name) ?? "{}"
    const source = new YamlSource(name, content)
    const parsed: unknown = parse(content)
    const whole = isMap(parsed) ? parsed : {}
    notes.unread(source, [], whole, ["items", "title"])
    for (const [index, item] of (Array.isArray(whole.items) ? (whole.items as unknown[]) : []).entries()) {
      if (!isMap(item)) continue
      notes.unread(source, ["items", index], item, ["path", "title", "description"])
      const inner = `${prefix}${text(item.path)
        .replace(/^\.?\//, "")
        .replace(/\/$/, "")}/`
      const file = indexAt(files, inner)
      if (file) {
        const part = nameOf(`${String(lessons.length + 1).padStart(2, "0")}-${text(item.path).split("/").at(-1) ?? ""}`, taken, "lesson")
        lessons.push(new Scenario(files, inner, file, notes).read(part))
      } else if (depth < 3 && files.has(`${inner}structure.json`)) structure(inner, depth + 1)
      else {
        const { line } = source.problem(["items", index], "")
        notes.add(name, line, `there is no scenario in ${text(item.path)}`)
      }
    }
    return text(whole.title)
  }
  const index = indexAt(files, "")
  const title = index ? "" : structure("", 0)
  if (index) lessons.push(new Scenario(files, "", index, notes).read(slug))
  return { form: "killercoda", title: title || (lessons[0]?.title ?? slug), lessons, notes: notes.notes }
}
