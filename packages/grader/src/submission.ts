/** What a learner hands in: manifests, scripts, a recording, answers to quizzes; taken out of files' texts, with everything wrong named. */
import type { LoggedInput, WorldInput } from "@drydock/world"

/** Of all files of one submission, UTF-16 units. */
const MOST_TEXT = 4 * 1024 * 1024
const MOST_FILES = 200
const MOST_INPUTS = 200_000
/** Virtual ms that a recording may last. */
const LONGEST = 24 * 3_600_000

export interface SubmittedRecording {
  readonly seed: string
  /** Virtual, ms since the epoch. */
  readonly startedAt: number
  readonly topology: unknown
  readonly inputs: readonly LoggedInput[]
  readonly until: number
}

export interface Submission {
  readonly name: string
  /** Laid under /root/submission, applied in this order. */
  readonly manifests: readonly { path: string; content: string }[]
  /** Typed into a login shell of the first machine, after the manifests. */
  readonly scripts: readonly { path: string; content: string }[]
  /** Task id → quiz id → answer. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
  readonly recording?: SubmittedRecording
}

/** Something in a submission that cannot be graded; `path` is the file. */
export class SubmissionProblem extends Error {
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

type Value = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Value => typeof value === "object" && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string")
const isMachineTime = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 8.64e15

/** Answers as { task: { quiz: answer } }. */
export const readAnswers = (path: string, value: unknown): Submission["answers"] => {
  if (!isMap(value)) throw new SubmissionProblem(path, "answers are a map of tasks")
  for (const [task, quizzes] of Object.entries(value)) {
    if (!isMap(quizzes)) throw new SubmissionProblem(path, `${task}: a task's answers are a map of quizzes`)
    for (const [quiz, answer] of Object.entries(quizzes))
      if (typeof answer !== "string" && !isTexts(answer))
        throw new SubmissionProblem(path, `${task}.${quiz}: an answer is text, or a list of texts`)
  }
  return value as Submission["answers"]
}

const TEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "open-terminal": ["terminal", "machine"],
  keys: ["terminal", "data"],
  resize: ["terminal"],
  "close-terminal": ["terminal"],
  "write-file": ["machine", "path", "content"],
  "editor-closed": [],
  api: [],
}

const NUMBER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "open-terminal": ["columns", "rows"],
  resize: ["columns", "rows"],
  "editor-closed": ["editor"],
}

const readInput = (path: string, index: number, entry: unknown): LoggedInput => {
  const wrong = (message: string) => new SubmissionProblem(path, `inputs[${index}]: ${message}`)
  if (!isMap(entry) || !isMachineTime(entry.at) || !isMap(entry.input)) throw wrong("an input has a time `at` and an `input`")
  const { at, input } = entry as { at: number; input: Value }
  const { kind } = input
  if (typeof kind !== "string" || !Object.hasOwn(TEXT_FIELDS, kind))
    throw wrong(
      kind === "script" || kind === "fault"
        ? `a learner has no input of the kind "${kind}"`
        : `there is no input of the kind ${JSON.stringify(kind)}`,
    )
  for (const field of TEXT_FIELDS[kind]) if (typeof input[field] !== "string") throw wrong(`"${field}" must be text`)
  for (const field of NUMBER_FIELDS[kind] ?? [])
    if (!Number.isInteger(input[field]) || (input[field] as number) < 0 || (input[field] as number) > 10_000)
      throw wrong(`"${field}" must be a whole number`)
  if (kind === "open-terminal" && input.user !== undefined && typeof input.user !== "string") throw wrong('"user" must be text')
  if (kind === "api") {
    const { request } = input
    if (!isMap(request) || typeof request.method !== "string" || typeof request.path !== "string")
      throw wrong("a call has a request with method and path")
    for (const field of ["query", "body"])
      if (request[field] !== undefined && typeof request[field] !== "string") throw wrong(`"request.${field}" must be text`)
    if (request.headers !== undefined && (!isMap(request.headers) || !isTexts(Object.values(request.headers))))
      throw wrong('"request.headers" must be a map of texts')
  }
  return { at, input: input as unknown as WorldInput }
}

/** A recording of a world, of which only what a learner did is taken: the lesson makes the rest. */
export const readRecording = (path: string, value: unknown): SubmittedRecording => {
  const wrong = (message: string) => new SubmissionProblem(path, message)
  if (!isMap(value) || !isMap(value.options) || !Array.isArray(value.inputs)) throw wrong("a recording has options and inputs")
  const { seed, startedAt, topology } = value.options
  if (typeof seed !== "string" || seed.length > 200) throw wrong("options.seed: must be text")
  if (!isMachineTime(startedAt)) throw wrong("options.startedAt: must be a time in ms since the epoch")
  if (!isMachineTime(value.until) || value.until < startedAt || value.until > startedAt + LONGEST)
    throw wrong("until: must be a time within 24 hours of options.startedAt")
  if (value.inputs.length > MOST_INPUTS) throw wrong(`inputs: ${value.inputs.length} are too many`)
  const inputs = value.inputs.map((entry: unknown, index) => readInput(path, index, entry))
  const disorder = inputs.findIndex(({ at }, index) => at > (value.until as number) || (index > 0 && at < inputs[index - 1].at))
  if (disorder >= 0) throw wrong(`inputs[${disorder}]: its time is not in order`)
  return { seed, startedAt, topology, inputs, until: value.until }
}

const parsed = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new SubmissionProblem(path, `not JSON: ${(error as Error).message.split("\n")[0]}`)
  }
}

/**
 * One submission out of its files, in their order.
 * @throws SubmissionProblem
 */
export const readSubmission = (name: string, files: readonly { path: string; content: string }[]): Submission => {
  const manifests: { path: string; content: string }[] = []
  const scripts: { path: string; content: string }[] = []
  let answers: Submission["answers"] = {}
  let recording: SubmittedRecording | undefined
  if (files.length > MOST_FILES) throw new SubmissionProblem(name, `${files.length} files in one submission; ${MOST_FILES} are allowed`)
  let length = 0
  const paths = new Set<string>()
  for (const { path, content } of files) {
    length += content.length
    if (length > MOST_TEXT) throw new SubmissionProblem(path, "with this file the submission has more than 4 MB")
    if (path === "" || path.startsWith("/") || path.includes("\0") || path.split("/").some((part) => part === ".." || part === "."))
      throw new SubmissionProblem(path, "this path leads out of the submission")
    if (paths.has(path)) throw new SubmissionProblem(path, "there are two files of this name")
    paths.add(path)
    const ending = /\.([a-z]+)$/i.exec(path)?.[1].toLowerCase()
    if (ending === "sh") scripts.push({ path, content })
    else if (ending === "yaml" || ending === "yml") manifests.push({ path, content })
    else if (ending === "json") {
      const value = parsed(path, content)
      if (/(^|\/)answers\.json$/.test(path)) answers = readAnswers(path, value)
      else if (isMap(value) && "inputs" in value) {
        if (recording) throw new SubmissionProblem(path, "a second recording in one submission")
        recording = readRecording(path, value)
      } else manifests.push({ path, content })
    } else
      throw new SubmissionProblem(path, "a submission is .yaml, .json or .sh files, a recording, and answers.json; this is none of them")
  }
  if (manifests.length + scripts.length === 0 && !recording && Object.keys(answers).length === 0)
    throw new SubmissionProblem(name, "nothing to grade: no .yaml, .json or .sh file")
  return { name, manifests, scripts, answers, ...(recording && { recording }) }
}
