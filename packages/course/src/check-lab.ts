/** What a lab's schema cannot say: names that must be unique, refer to something, or agree with each other. */
import type { CheckSpec, LabSpec, Problem, SetupStep, TaskSpec } from "./lesson.ts"
import { assetPath, machinesOf } from "./lab-names.ts"
import { instantiateLab } from "./variables.ts"
import type { Path, YamlSource } from "./yaml-source.ts"

/** Complaints about a task's expressions and patterns; `path` leads from the task to the field. */
export type TaskChecker = (task: TaskSpec) => readonly { path: Path; message: string }[]

/** What variables are drawn from when only the form of what they make matters. */
const LINT_SEED = "lint"

export const checkLab = (
  lab: LabSpec,
  source: YamlSource,
  files: ReadonlyMap<string, string>,
  checkTask?: TaskChecker,
  binary?: ReadonlySet<string>,
): Problem[] => {
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
    if (file.from !== undefined && binary?.has(assetPath(file.from)))
      add([...path, "from"], `${assetPath(file.from)} is no text; files of a machine are texts in UTF-8`)
    else if (file.from !== undefined && !files.has(assetPath(file.from)))
      add([...path, "from"], `there is no ${assetPath(file.from)} in the lesson's folder`)
    if (!file.path.startsWith("/")) add([...path, "path"], `the path ${file.path} must begin with /`)
    machine(file.machine, [...path, "machine"])
  }
  const setup = (steps: readonly SetupStep[], path: Path) => {
    for (const [index, step] of steps.entries()) if (typeof step !== "string") machine(step.machine, [...path, index, "machine"])
  }
  setup(lab.setup, ["setup"])
  for (const [name, spec] of Object.entries(lab.variables ?? {}))
    if ("from" in spec && spec.to < spec.from) add(["variables", name], `the variable "${name}" goes from ${spec.from} down to ${spec.to}`)
  // Expressions are looked at as an attempt has them.
  const attempt = instantiateLab(lab, LINT_SEED).lab

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
      for (const { path: field, message } of checkCheck(attempt.tasks[index].checks[at])) add([...where, ...field], message)
    }
    setup(task.setup ?? [], [...path, "setup"])
    if (task.partial && task.checks.every(({ weight }) => weight === 0))
      add([...path, "partial"], `all checks of the task "${task.id}" have the weight 0, so nothing can be earned by parts`)
    const costs = task.hints.reduce((sum, hint) => sum + (typeof hint === "string" ? 0 : hint.cost), task.solutionCost ?? 0)
    if (costs > task.points)
      add([...path, "hints"], `the help of the task "${task.id}" costs ${costs} points, and the task gives ${task.points}`, "warning")
    if (task.hints.length === 0) add(path, `the task "${task.id}" has no hints`, "warning")
    if (task.solution.trim() === "" && task.checks.some(({ kind }) => kind !== "quiz"))
      add([...path, "solution"], `the task "${task.id}" has no solution: nothing proves that it can be solved`, "warning")
    if (first.get(task.id) === index)
      for (const { path: field, message } of checkTask?.(attempt.tasks[index]) ?? []) add([...path, ...field], message)
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
    if (check.while !== undefined && check.always === undefined && check.command === undefined)
      problems.push({ path: ["while"], message: "while belongs to always or command" })
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
  const add = (field: string, message: string) => problems.push({ path: [field], message })
  const answers = typeof quiz.answer === "string" ? [quiz.answer] : quiz.answer
  if (quiz.pattern !== undefined && quiz.type !== "text") add("pattern", "a pattern belongs to a text quiz")
  for (const reply of Object.keys(quiz.replies ?? {})) {
    if (quiz.type === "order" || quiz.type === "several") add("replies", `a quiz of type ${quiz.type} has no replies to single answers`)
    else if (answers.includes(reply)) add("replies", `"${reply}" is right; what is said then is because`)
    else if (quiz.type === "single" && !quiz.options.includes(reply)) add("replies", `"${reply}" is not among the options`)
  }
  if (quiz.type === "text") {
    if (quiz.options.length > 0) add("options", "a text quiz has no options")
    if (answers.length === 0) add("answer", "a text quiz needs an answer")
    return problems
  }
  if (quiz.type === "order") {
    if (typeof quiz.answer === "string" || answers.length < 2) add("answer", "an order has at least two entries, in the right order")
    if (new Set(answers).size !== answers.length) add("answer", "two entries of the order are the same")
    if (quiz.options.length > 0 && [...quiz.options].sort().join("\0") !== [...answers].sort().join("\0"))
      add("options", "the options of an order are the entries of its answer, or left out")
    return problems
  }
  if (quiz.options.length < 2) add("options", "a quiz needs at least two options")
  if (new Set(quiz.options).size !== quiz.options.length) add("options", "two options are the same")
  if (quiz.type === "single" && typeof quiz.answer !== "string")
    add("answer", "a single-choice quiz has one answer; use type: several for a list")
  if (quiz.type === "several" && typeof quiz.answer === "string") add("answer", "a quiz of type several has a list of answers")
  if (answers.length === 0) add("answer", "no option is right")
  for (const answer of answers) if (!quiz.options.includes(answer)) add("answer", `the answer "${answer}" is not among the options`)
  return problems
}
