/** What a lab's schema cannot say: names that must be unique, refer to something, or agree with each other. */
import type { CheckSpec, LabSpec, Problem, TaskSpec } from "./lesson.ts"
import { assetPath, machinesOf } from "./lab-names.ts"
import type { Path, YamlSource } from "./yaml-source.ts"

/** Complaints about a task's expressions and patterns; `path` leads from the task to the field. */
export type TaskChecker = (task: TaskSpec) => readonly { path: Path; message: string }[]

export const checkLab = (lab: LabSpec, source: YamlSource, files: ReadonlyMap<string, string>, checkTask?: TaskChecker): Problem[] => {
  const problems: Problem[] = []
  const add = (path: Path, message: string, severity?: Problem["severity"]) =>
    problems.push(source.problem(path, message, severity ? { severity } : {}))

  const machines = machinesOf(lab)
  if (!machines)
    add(
      ["topology"],
      `there is no topology "${lab.topology as string}"; there are kubeadm-1node, kubeadm-2nodes, docker-host, or nodes: […]`,
    )
  const machine = (name: string | undefined, path: Path) => {
    if (name !== undefined && machines && !machines.includes(name))
      add(path, `there is no machine "${name}"; there are ${machines.join(", ")}`)
  }

  for (const [index, file] of lab.files.entries()) {
    const path = ["files", index]
    if ((file.content === undefined) === (file.from === undefined)) add(path, `the file ${file.path} needs either content or from`)
    if (file.from !== undefined && !files.has(assetPath(file.from)))
      add([...path, "from"], `there is no ${assetPath(file.from)} in the lesson's folder`)
    if (!file.path.startsWith("/")) add([...path, "path"], `the path ${file.path} must begin with /`)
    machine(file.machine, [...path, "machine"])
  }
  for (const [index, step] of lab.setup.entries()) if (typeof step !== "string") machine(step.machine, ["setup", index, "machine"])

  const first = new Map<string, number>()
  for (const [index, task] of lab.tasks.entries()) {
    if (first.has(task.id)) add(["tasks", index, "id"], `two tasks have the id "${task.id}"`)
    else first.set(task.id, index)
  }
  for (const [index, task] of lab.tasks.entries()) {
    const path: Path = ["tasks", index]
    for (const [at, need] of task.needs.entries())
      if (!first.has(need)) add([...path, "needs", at], `the task "${task.id}" needs "${need}", which does not exist`)
    const cycle = cycleFrom(task, lab.tasks)
    if (cycle) add([...path, "needs"], `the tasks need each other in a circle: ${cycle.join(" → ")}`)
    const ids = new Set<string>()
    for (const [at, check] of task.checks.entries()) {
      const where = [...path, "checks", at]
      if (check.id !== undefined && ids.has(check.id))
        add([...where, "id"], `two checks of the task "${task.id}" have the id "${check.id}"`)
      if (check.id !== undefined) ids.add(check.id)
      if ("machine" in check) machine(check.machine, [...where, "machine"])
      for (const { path: field, message } of checkCheck(check)) add([...where, ...field], message)
    }
    if (task.hints.length === 0) add(path, `the task "${task.id}" has no hints`, "warning")
    if (task.solution.trim() === "" && task.checks.some(({ kind }) => kind !== "quiz"))
      add([...path, "solution"], `the task "${task.id}" has no solution`)
    if (first.get(task.id) === index) for (const { path: field, message } of checkTask?.(task) ?? []) add([...path, ...field], message)
  }
  return problems
}

/** A circle of needs that this task begins, said once: by its first task in order. */
const cycleFrom = (start: TaskSpec, tasks: readonly TaskSpec[]): string[] | undefined => {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const search = (task: TaskSpec, way: readonly string[], seen: Set<string>): string[] | undefined => {
    for (const need of task.needs) {
      if (need === start.id) return [...way, need]
      const next = byId.get(need)
      if (!next || seen.has(need)) continue
      seen.add(need)
      const found = search(next, [...way, need], seen)
      if (found) return found
    }
    return undefined
  }
  const cycle = search(start, [start.id], new Set())
  if (!cycle) return undefined
  const earliest = tasks.find(({ id }) => cycle.includes(id))
  return earliest?.id === start.id ? cycle : undefined
}

const checkCheck = (check: CheckSpec): { path: Path; message: string }[] => {
  const problems: { path: Path; message: string }[] = []
  if (check.kind === "history") {
    const given = (["command", "ever", "always", "event"] as const).filter((name) => check[name] !== undefined)
    if (given.length !== 1) problems.push({ path: [], message: "a history check has exactly one of command, ever, always and event" })
    if (check.exit !== undefined && check.command === undefined) problems.push({ path: ["exit"], message: "exit belongs to command" })
    if (check.while !== undefined && check.always === undefined) problems.push({ path: ["while"], message: "while belongs to always" })
  }
  if (check.kind === "http") {
    if (!/^https?:\/\/[^/\s]+/.test(check.url)) problems.push({ path: ["url"], message: `"${check.url}" is not an http or https address` })
    if (check.status === undefined && check.contains === undefined)
      problems.push({ path: [], message: "an http check needs status or contains" })
  }
  if (check.kind === "quiz") problems.push(...checkQuiz(check))
  return problems
}

const checkQuiz = (quiz: Extract<CheckSpec, { kind: "quiz" }>): { path: Path; message: string }[] => {
  const problems: { path: Path; message: string }[] = []
  const answers = typeof quiz.answer === "string" ? [quiz.answer] : quiz.answer
  if (quiz.type === "text") {
    if (quiz.options.length > 0) problems.push({ path: ["options"], message: "a text quiz has no options" })
    if (answers.length === 0) problems.push({ path: ["answer"], message: "a text quiz needs an answer" })
    return problems
  }
  if (quiz.options.length < 2) problems.push({ path: ["options"], message: "a quiz needs at least two options" })
  if (new Set(quiz.options).size !== quiz.options.length) problems.push({ path: ["options"], message: "two options are the same" })
  if (quiz.type === "single" && typeof quiz.answer !== "string")
    problems.push({ path: ["answer"], message: "a single-choice quiz has one answer; use type: several for a list" })
  if (quiz.type === "several" && typeof quiz.answer === "string")
    problems.push({ path: ["answer"], message: "a quiz of type several has a list of answers" })
  if (answers.length === 0) problems.push({ path: ["answer"], message: "no option is right" })
  for (const answer of answers)
    if (!quiz.options.includes(answer)) problems.push({ path: ["answer"], message: `the answer "${answer}" is not among the options` })
  return problems
}
