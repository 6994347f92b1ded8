/** Educates' workshops: resources/workshop.yaml, pages with fenced actions, exercises, set-up scripts and examiner tests. */
import { parse } from "yaml"
import { YamlSource } from "../yaml-source.ts"
import { EducatesPages } from "./educates-pages.ts"
import { ImportNotes } from "./import-notes.ts"
import { type Imported, type ImportedLab, minutesOf, ranCheck, writeLab, writeLesson } from "./imported.ts"
import { splitHeader } from "./markdown-parts.ts"

type Value = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Value => typeof value === "object" && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === "string" ? value : "")

const DEFINITIONS = ["resources/workshop.yaml", "resources/workshop.yml", "workshop.yaml"] as const

const definitionOf = (files: ReadonlyMap<string, string>) =>
  DEFINITIONS.find((name) => /^kind:\s*["']?Workshop\b/m.test(files.get(name) ?? ""))

export const isEducates = (files: ReadonlyMap<string, string>): boolean => definitionOf(files) !== undefined

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

/** Pages in the order in which the workshop shows them: as workshop.yaml lists them, else by their names. */
const pagesOf = (files: ReadonlyMap<string, string>, notes: ImportNotes, used: Set<string>): string[] => {
  const all = [...files.keys()].filter((path) => /^workshop\/content\/.*\.md$/.test(path)).sort()
  const listing = files.get("workshop/workshop.yaml")
  if (listing === undefined) return all
  used.add("workshop/workshop.yaml")
  const source = new YamlSource("workshop/workshop.yaml", listing)
  const whole: unknown = parse(listing)
  notes.unread(source, [], whole, ["name", "modules"])
  const modules = isMap(whole) && isMap(whole.modules) ? whole.modules : {}
  notes.unread(source, ["modules"], modules, ["activate"])
  const active = Array.isArray(modules.activate) ? modules.activate.filter((one): one is string => typeof one === "string") : []
  if (active.length === 0) return all
  const ordered = active.flatMap((name, index) => {
    const path = all.find((one) => one === `workshop/content/${name}.md`)
    if (path === undefined)
      notes.add("workshop/workshop.yaml", source.problem(["modules", "activate", index], "").line, `there is no page ${name}`)
    return path === undefined ? [] : [path]
  })
  for (const path of all.filter((one) => !ordered.includes(one))) notes.add(path, 1, "this page is not active and not carried over")
  return ordered
}

export const importEducates = (files: ReadonlyMap<string, string>, slug: string): Imported => {
  const notes = new ImportNotes()
  const name = definitionOf(files) ?? DEFINITIONS[0]
  const content = files.get(name) ?? ""
  const source = new YamlSource(name, content)
  const parsed: unknown = parse(content)
  const whole = isMap(parsed) ? parsed : {}
  const spec = isMap(whole.spec) ? whole.spec : {}
  const session = isMap(spec.session) ? spec.session : {}
  const used = new Set<string>([name])
  const lab: ImportedLab = { topology: "kubeadm-1node", files: [], setup: [], tasks: [] }
  const kept = new Map<string, string>()

  notes.unread(source, ["spec"], spec, ["title", "description", "duration", "session"], {
    content: "the pages are read from this folder",
    workshop: "every lesson runs in the same machines",
    publish: "the folder itself is the lesson",
    request: "nobody asks for a lesson from outside",
    environment: "a lab shares nothing with others",
  })
  notes.unread(source, ["spec", "session"], session, ["env", "objects"], {
    applications: "every lesson has terminals, the editor and the map",
    namespaces: "the learner is the administrator of a cluster of their own and works in the namespace default",
    resources: "a lab has what it needs",
    budget: "a lab has what it needs",
    ingresses: "addresses inside the lab's network answer curl",
    dashboards: "there is no further tab",
  })
  const variables: string[] = []
  for (const [index, entry] of (Array.isArray(session.env) ? (session.env as unknown[]) : []).entries()) {
    if (!isMap(entry)) continue
    if (typeof entry.value === "string") variables.push(`export ${text(entry.name)}=${quoted(entry.value)}`)
    else
      notes.add(
        name,
        source.problem(["spec", "session", "env", index], "").line,
        `the variable ${text(entry.name)} has no plain value and is not carried over`,
      )
  }
  if (variables.length > 0) lab.setup.push(`cat >> /root/.bashrc <<'EOF'\n${variables.join("\n")}\nEOF\n`)
  const objects = Array.isArray(session.objects) ? (session.objects as unknown[]) : []
  if (objects.length > 0) {
    kept.set(
      "files/session-objects.json",
      `${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, null, 2)}\n`.replace(
        /\$\(session_namespace\)|\$\(workshop_namespace\)/g,
        "default",
      ),
    )
    lab.files.push({ path: "/opt/session-objects.json", from: "session-objects.json" })
    lab.setup.push("kubectl apply -f /opt/session-objects.json")
  }
  for (const [path, body] of files) {
    const [, exercise] = /^(?:workshop\/files\/|(exercises\/))/.exec(path) ?? []
    const target = path.startsWith("exercises/") ? path : /^workshop\/files\//.test(path) ? path.slice("workshop/files/".length) : undefined
    if (target !== undefined) {
      used.add(path)
      kept.set(`files/${target}`, body)
      lab.files.push({ path: `/root/${target}`, from: target, ...(/^#!/.test(body) && { mode: "0755" }) })
    } else if (exercise !== undefined) used.add(path)
    if (/^workshop\/setup\.d\/.*\.sh$/.test(path)) {
      used.add(path)
      lab.setup.push(variables.length > 0 ? `. /root/.bashrc\n${body}` : body)
    }
  }

  const title = text(spec.title) || slug
  const prose = [`# ${title}`]
  const order = pagesOf(files, notes, used)
  const pages = new EducatesPages(files, notes, lab, used)
  for (const path of order) {
    used.add(path)
    const { header, skipped, rest } = splitHeader(files.get(path) ?? "")
    const front: unknown = header === "" ? {} : parse(header)
    if (header !== "") notes.unread(new YamlSource(path, header, 1), [], front, ["title", "weight", "menuTitle"])
    prose.push(`## ${(isMap(front) && text(front.title)) || /^#\s+(.*)$/m.exec(rest)?.[1] || path.split("/").at(-1)?.replace(/\.md$/, "")}`)
    prose.push(pages.read(path, rest, skipped))
  }
  if (lab.tasks.length === 0) {
    const last = pages.commands.at(-1)
    notes.add(name, 1, "nothing is examined: the one task is to go through all commands")
    lab.tasks.push({
      ...{ id: "all", title: "Go through all of it", points: 5, needs: [] },
      checks: [
        last === undefined
          ? { kind: "quiz", id: "read", question: "Have you read it?", type: "single", options: ["yes", "not yet"], answer: "yes" }
          : ranCheck("You went through the commands", last),
      ],
      ...{ hints: [], solution: pages.commands.join("\n") },
    })
    prose.push("::task{id=all}")
  }
  for (const path of files.keys())
    if (!used.has(path) && !/^(README|LICENSE|\.git)/i.test(path)) notes.add(path, 1, "this file is not carried over")
  return {
    ...{ form: "educates", title, notes: notes.notes },
    lessons: [
      {
        ...{ slug, title },
        files: new Map([
          ["lesson.md", writeLesson({ title, summary: text(spec.description), minutes: minutesOf(spec.duration) }, prose.join("\n\n"))],
          ["lab.yaml", writeLab(lab)],
          ...kept,
        ]),
      },
    ],
  }
}
