/** iximiuz Labs' challenges and tutorials: index.md with tasks in its front matter (init, needs, hintcheck) and components in its text. */
import { parse } from "yaml"
import { YamlSource } from "../yaml-source.ts"
import { type HtmlState, withoutHtml, withoutPictures } from "./html-lines.ts"
import { ImportNotes, nameOf } from "./import-notes.ts"
import { type Imported, type ImportedLab, writeLab, writeLesson } from "./imported.ts"
import { fenced, lowered, markdownParts, splitHeader } from "./markdown-parts.ts"

type Value = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Value => typeof value === "object" && value !== null && !Array.isArray(value)
const text = (value: unknown): string => (typeof value === "string" ? value : "")
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [])

export const isIximiuz = (files: ReadonlyMap<string, string>): boolean =>
  /^kind:\s*(challenge|tutorial|lesson|unit|course)\b/m.test(splitHeader(files.get("index.md") ?? "").header)

/** Functions that the examiner of the original gives every script. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  docker_container_count_total: "docker_container_count_total() { docker ps -aq | wc -l; }",
  docker_container_count_running: "docker_container_count_running() { docker ps -q | wc -l; }",
  docker_container_is_running: `docker_container_is_running() { [ "$(docker inspect -f '{{.State.Running}}' "$1" 2>/dev/null)" = true ]; }`,
  docker_container_pid: `docker_container_pid() { docker inspect -f '{{.State.Pid}}' "$1"; }`,
  docker_container_ip: `docker_container_ip() { docker inspect -f '{{.NetworkSettings.IPAddress}}' "$1"; }`,
  docker_container_image: `docker_container_image() { docker inspect -f '{{.Config.Image}}' "$1"; }`,
}

const topologyOf = (playground: string): { topology: string; note?: string } => {
  if (/^(docker|podman|nerdctl|containerd|ubuntu|debian|alpine|mini-lan)/.test(playground)) return { topology: "docker-host" }
  if (/^(k3s|k8s|kubernetes|minikube|kind)/.test(playground)) return { topology: "kubeadm-2nodes", note: "its place takes kubeadm-2nodes" }
  if (playground === "") return { topology: "docker-host", note: "no playground is named; it is a docker-host" }
  return { topology: "kubeadm-2nodes", note: "there is no such playground here; its place takes kubeadm-2nodes" }
}

interface Examined {
  name: string
  value: Value
}

/** A script with its functions, its variables and, when it fails, the hint that the author computes. */
const scriptOf = (task: Examined, all: ReadonlyMap<string, Examined>, note: (key: string, message: string) => void): string => {
  const { value } = task
  const [run, hint, fail] = [text(value.run), text(value.hintcheck), text(value.failcheck)]
  const lines: string[] = []
  for (const entry of texts(value.env)) {
    const [, name, given] = /^([A-Za-z_]\w*)=(.*)$/s.exec(entry) ?? []
    if (name === undefined) continue
    const [, other, stream] = /^x\(\.needs\.(\w+)\.(stdout|stderr)\)$/.exec(given.trim()) ?? []
    const needed = other === undefined ? undefined : all.get(other)
    if (needed) {
      lines.push(`${name}="$(\n${text(needed.value.run).trimEnd()}\n)"`)
      if (stream === "stderr") note("env", `${name} is what the task ${other} prints on its standard output`)
    } else if (other !== undefined) note("env", `the task ${other} does not exist; ${name} is empty`)
    else lines.push(`${name}='${given.replaceAll("'", `'\\''`)}'`)
    lines.push(`export ${name}`)
  }
  if (fail !== "")
    lines.push(`( ${"\n"}${fail.trimEnd()}\n) 2>&1 | tr '\\n' ' ' | tee /tmp/.failcheck\n[ "\${PIPESTATUS[0]}" = 0 ] || exit 1`)
  if (hint === "") lines.push(run.trimEnd())
  else
    lines.push(
      `said="$( (\n${run.trimEnd()}\n) 2>&1 )" && exit 0`,
      `hint="$( (\n${hint.trimEnd()}\n) 2>&1 | tr '\\n' ' ')"`,
      // The last line is what the learner is told.
      `echo "\${hint:-$(echo "$said" | tail -n 1)}"\nexit 1`,
    )
  const whole = lines.join("\n")
  const functions = Object.entries(FUNCTIONS).filter(([name]) => whole.includes(name))
  for (const [, name] of whole.matchAll(/\b((?:docker|kubectl|systemd|file|user)_[a-z]+_[a-z_]+)\b/g))
    if (!Object.hasOwn(FUNCTIONS, name)) note("run", `the function ${name} of the original's examiner is not there`)
  return `${functions.map(([, body]) => `${body}\n`).join("")}${whole}\n`
}

/** Before what needs it. */
const inOrder = (tasks: readonly Examined[]): Examined[] => {
  const done = new Set<string>()
  const names = new Set(tasks.map(({ name }) => name))
  const ordered: Examined[] = []
  for (let left = [...tasks]; left.length > 0; ) {
    const ready = left.filter(({ value }) => texts(value.needs).every((need) => done.has(need) || !names.has(need)))
    // A circle: as they are written.
    for (const task of ready.length > 0 ? ready : left) {
      ordered.push(task)
      done.add(task.name)
    }
    left = left.filter(({ name }) => !done.has(name))
  }
  return ordered
}

export const importIximiuz = (files: ReadonlyMap<string, string>, slug: string): Imported => {
  const notes = new ImportNotes()
  const { header, skipped, rest } = splitHeader(files.get("index.md") ?? "")
  const source = new YamlSource("index.md", header, 1)
  const parsed: unknown = parse(header)
  const front = isMap(parsed) ? parsed : {}
  const at = (path: readonly (string | number)[], message: string) => notes.add("index.md", source.problem(path, "").line, message)
  notes.unread(source, [], front, ["kind", "title", "description", "playground", "tasks"])
  const playground = isMap(front.playground) ? front.playground : {}
  const { topology, note } = topologyOf(text(playground.name))
  if (note !== undefined) at(["playground"], `the playground "${text(playground.name)}" is not carried over: ${note}`)
  notes.unread(source, ["playground"], playground, ["name"])
  const lab: ImportedLab = { topology, files: [], setup: [], tasks: [] }
  const machine = (value: Value): { machine?: string } =>
    topology === "kubeadm-2nodes" && /^(node|worker)/.test(text(value.machine)) ? { machine: "node01" } : {}

  const all = new Map<string, Examined>()
  for (const [name, value] of Object.entries(isMap(front.tasks) ? front.tasks : {})) if (isMap(value)) all.set(name, { name, value })
  const tasks = inOrder([...all.values()])
  const ids = new Map<string, string>()
  const taken = new Set<string>()
  const isRegular = ({ value }: Examined) => value.init !== true && value.helper !== true
  for (const task of tasks.filter(isRegular)) ids.set(task.name, nameOf(task.name.replace(/^verify_/, ""), taken, "task"))
  for (const task of tasks) {
    const { name, value } = task
    const path = ["tasks", name]
    const about = (key: string, message: string) => at([...path, key], message)
    notes.unread(source, path, value, [
      "init",
      "helper",
      "machine",
      "needs",
      "run",
      "hintcheck",
      "failcheck",
      "env",
      "user",
      "timeout_seconds",
    ])
    if (text(value.user) !== "" && text(value.user) !== "root") about("user", `the script runs as root, not as ${text(value.user)}`)
    const where = machine(value)
    const script = scriptOf(task, all, about)
    if (value.init === true) lab.setup.push(where.machine ? { machine: where.machine, script } : script)
    else if (value.helper === true) at(path, `the helper "${name}" runs for ever and is not carried over`)
    else {
      if (text(value.failcheck) !== "") about("failcheck", "a failed failcheck makes this check fail; it does not end the attempt")
      const timeout = Number(value.timeout_seconds ?? 10)
      if (timeout > 20) about("timeout_seconds", "a check may take 20 seconds")
      lab.tasks.push({
        id: ids.get(name) ?? name,
        title: name
          .replace(/^verify_/, "")
          .replaceAll("_", " ")
          .replace(/^./, (letter) => letter.toUpperCase()),
        points: 5,
        needs: texts(value.needs).flatMap((need) => ids.get(need) ?? []),
        checks: [{ kind: "script", title: name.replaceAll("_", " "), script, ...where }],
        ...{ hints: [], settle: Math.max(60, timeout), solution: "" },
      })
    }
  }
  const prose = components(rest, skipped, { notes, ids, lab })
  const shown = new Set([...prose.matchAll(/^::task\{id=([a-z0-9-]+)\}/gm)].map(([, id]) => id))
  const missing = lab.tasks.filter(({ id }) => !shown.has(id)).map(({ id }) => `::task{id=${id}}`)
  solutions(files, lab, notes)
  for (const path of files.keys())
    if (path !== "index.md" && !/^solution.*\.md$/.test(path)) notes.add(path, 1, "this file is not carried over")
  const title = text(front.title) || slug
  if (lab.tasks.length === 0) {
    at([], "nothing is checked: one question stands in for a task")
    lab.tasks.push({
      ...{ id: "read", title: "Read to the end", points: 1, needs: [] },
      checks: [{ kind: "quiz", id: "read", question: "Have you read it?", type: "single", options: ["yes", "not yet"], answer: "yes" }],
      ...{ hints: [], solution: "" },
    })
    missing.push("::task{id=read}")
  }
  return {
    ...{ form: "iximiuz", title, notes: notes.notes },
    lessons: [
      {
        ...{ slug, title },
        files: new Map([
          [
            "lesson.md",
            writeLesson({ title, summary: text(front.description), minutes: 20 }, [`# ${title}`, prose, ...missing].join("\n\n")),
          ],
          ["lab.yaml", writeLab(lab)],
        ]),
      },
    ],
  }
}

/** Commands of solution.md; with several tasks nobody knows where one ends, so the first has them all. */
const solutions = (files: ReadonlyMap<string, string>, lab: ImportedLab, notes: ImportNotes): void => {
  const [path, ...more] = [...files.keys()].filter((one) => /^solution.*\.md$/.test(one)).sort()
  for (const other of more) notes.add(other, 1, "a second solution is not carried over")
  const [first, ...others] = lab.tasks
  if (first && path !== undefined) {
    const commands = markdownParts(splitHeader(files.get(path) ?? "").rest).flatMap((part) =>
      part.kind === "fence" && /^(bash|sh|shell|console)?\b/.test(part.info) ? [part.body.replace(/^\$ /gm, "")] : [],
    )
    first.solution = commands.join("\n")
    if (others.length > 0) notes.add(path, 1, `the whole solution belongs to the task "${first.id}" now: give the others their part`)
  }
  for (const task of lab.tasks)
    if (task.solution === "" && (task === first || path === undefined))
      notes.add("index.md", 1, `no solution was found for "${task.id}": write one, or nothing proves that it can be solved`)
}

/** The text with its components as ours: tasks, hints, remarks. */
const components = (
  content: string,
  skipped: number,
  about: { notes: ImportNotes; ids: ReadonlyMap<string, string>; lab: ImportedLab },
): string => {
  const { notes, ids, lab } = about
  const out: string[] = []
  const html: HtmlState = { folded: undefined }
  interface Open {
    name: string
    fields: Record<string, string>
    /** 0: before its fields, 1: in them, 2: after. */
    state: 0 | 1 | 2
    slot: string
    line: number
    active: string[]
  }
  const open: Open[] = []
  const begin = ({ name, fields }: Open) => {
    if (/^(hint|details)-box$/.test(name)) out.push("", `:::hint[${(fields.summary ?? "Hint").replace(/[[\]]/g, "")}]`, "")
    if (name === "remark-box") out.push("", `:::${fields.kind === "warning" || fields.kind === "error" ? "warning" : "note"}`, "")
  }
  const end = (one: Open) => {
    const { name, fields, line, active } = one
    if (/^(hint|details)-box$|^remark-box$/.test(name)) return void out.push("", ":::", "")
    if (/^(simple|user-input)-task$/.test(name)) {
      const id = ids.get(fields.name ?? "")
      if (id === undefined) return notes.add("index.md", line, `there is no task "${fields.name ?? ""}"; its card is left out`)
      const task = lab.tasks.find((known) => known.id === id)
      if (task && active.length > 0) task.feedback = active.join(" ")
      if (name === "user-input-task") {
        out.push("", `Write your answer into \`${fields.destination ?? ""}\`: \`echo ANSWER > ${fields.destination ?? ""}\``)
        notes.add("index.md", line, "the field for an answer is a file now")
      }
      return void out.push("", `::task{id=${id}}`, "")
    }
    notes.add("index.md", line, `the component ${name}${fields.src ? ` (${fields.src})` : ""} is left out`)
  }
  for (const part of markdownParts(content)) {
    const line = part.line + skipped
    const top = open.at(-1)
    if (part.kind === "fence") {
      if (!top || /-box$/.test(top.name)) out.push("", fenced(part.info.split(/\s/)[0] || "text", part.body), "")
      continue
    }
    const trimmed = part.text.trim()
    const [, opened] = /^:{2,}([a-z][a-z-]*)\s*(\{.*\})?$/.exec(trimmed) ?? []
    if (opened !== undefined) {
      open.push({ name: opened, fields: {}, state: 0, slot: "", line, active: [] })
      continue
    }
    if (top && /^:{2,}$/.test(trimmed)) {
      if (top.state < 2) begin(top)
      open.pop()
      end(top)
      continue
    }
    if (top && top.state < 2) {
      if (trimmed === "---") {
        top.state = top.state === 0 ? 1 : 2
        if (top.state === 2) begin(top)
        continue
      }
      if (top.state === 1) {
        const [, key, value] = /^:?([\w-]+):\s*(.*)$/.exec(trimmed) ?? []
        if (key !== undefined) top.fields[key] = value.replace(/^["']|["']$/g, "")
        continue
      }
      if (trimmed !== "") {
        top.state = 2
        begin(top)
      }
    }
    if (top && /-task$/.test(top.name)) {
      if (/^#(active|completed|failed)\b/.test(trimmed)) top.slot = trimmed.slice(1)
      else if (trimmed !== "" && top.slot === "active") top.active.push(trimmed)
      else if (trimmed !== "")
        notes.add("index.md", line, `what is said when the task is ${top.slot || "shown"} is not carried over: ${trimmed.slice(0, 50)}`)
      continue
    }
    if (top && !/-box$/.test(top.name)) continue
    const plain = withoutPictures(part.text, "index.md", line, notes)
    for (const one of withoutHtml(plain, { file: "index.md", line, notes, state: html }))
      out.push(one.startsWith(":::") ? one : lowered(one))
  }
  if (html.folded !== undefined) out.push(":::")
  for (const left of open) notes.add("index.md", left.line, `the component ${left.name} is not closed`)
  return out
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
}
