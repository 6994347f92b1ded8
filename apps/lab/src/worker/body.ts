/** One session's world with all that takes part in its run: terminals, calls from outside, map, grader. Live and replayed alike. */
import { instantiateLab, type LabSpec } from "@drydock/course"
import { setupProblem } from "@drydock/grader"
import { createWorld, type World, type WorldInput } from "@drydock/world"
import type { Notice } from "@drydock/protocol"
import type { LabInput, LogEntry, SessionSpec } from "../link.ts"
import { Calls } from "./calls.ts"
import { ClusterView } from "./cluster-view.ts"
import { solveBefore } from "./solve-before.ts"
import { Tasks } from "./tasks.ts"
import { Terminals } from "./terminals.ts"
import type { Progress } from "./making.ts"

/** Virtual time a set-up script may take, ms. */
const SETUP_LIMIT = 600_000
const DESCRIBE_LIMIT = 10_000

const WORLD_INPUTS: ReadonlySet<string> = new Set<WorldInput["kind"]>([
  "open-terminal",
  "keys",
  "resize",
  "close-terminal",
  "write-file",
  "script",
  "api",
  "fault",
  "editor-closed",
])
const isWorldInput = (input: LabInput): input is WorldInput => WORLD_INPUTS.has(input.kind)

/** Single quotes protect everything but themselves. */
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

export class SessionBody {
  readonly world: World
  readonly terminals: Terminals
  readonly calls: Calls
  readonly view: ClusterView
  readonly tasks: Tasks | undefined
  /** Editors that the learner's `edit FILE` opened and that are still open. */
  readonly editors = new Map<number, { machine: string; path: string; content: string; wait: boolean }>()
  /** Told of each newly opened editor. */
  onEdit: ((editor: number) => void) | undefined
  /** The learner's pause and speed, as the log last set them. */
  clock = { paused: false, speed: 1 }
  /** Set-up scripts of the lesson that failed, a sentence each. */
  readonly problems: string[]

  constructor(world: World, spec: SessionSpec, problems: string[] = []) {
    this.world = world
    this.problems = problems
    this.terminals = new Terminals(world)
    this.calls = new Calls(world)
    this.view = new ClusterView(world)
    this.tasks = spec.lab && new Tasks(world, spec.lab, spec)
    world.onHostRequest((request) => {
      if (request.kind !== "edit") return
      const { id, machine, path, content, wait } = request
      this.editors.set(id, { machine, path, content, wait })
      this.onEdit?.(id)
    })
  }

  /** What the learner should know about the lab itself. */
  notices(): Notice[] {
    return [...this.problems, ...(this.tasks?.problems() ?? [])].map((text) => ({ level: "warning", text }))
  }

  /** Does one input at the world's present instant. The reason when it cannot be done; nothing is thrown. */
  apply(input: LabInput, described?: (text: string) => void): string | undefined {
    try {
      if (isWorldInput(input)) this.#applyToWorld(input)
      else this.#applyOther(input, described)
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  #applyToWorld(input: WorldInput): void {
    if (input.kind === "open-terminal") this.terminals.opened(input.terminal, input.machine, input.columns, input.rows)
    try {
      this.world.input(input)
    } catch (error) {
      if (input.kind === "open-terminal") this.terminals.closed(input.terminal)
      throw error
    }
    if (input.kind === "resize") this.terminals.resized(input.terminal, input.columns, input.rows)
    if (input.kind === "editor-closed") this.editors.delete(input.editor)
    if (input.kind === "close-terminal") this.terminals.closed(input.terminal)
  }

  #applyOther(input: Exclude<LabInput, WorldInput>, described?: (text: string) => void): void {
    switch (input.kind) {
      case "answer":
        this.tasks?.answer(input.task, input.quiz, input.answer)
        break
      case "hint":
        this.tasks?.openHint(input.task, input.hint)
        break
      case "clock":
        this.clock = { paused: input.paused, speed: input.speed }
        break
      case "describe": {
        const { kind, namespace, name } = input.object
        const script = `kubectl describe ${quoted(kind)} ${quoted(name)}${namespace === undefined ? "" : ` -n ${quoted(namespace)}`}`
        this.world.script({ script, timeout: DESCRIBE_LIMIT }, ({ stdout, stderr }) => described?.(stdout || stderr))
        break
      }
      case "call":
        this.calls.begin(input.call, input.request, true)
        break
      case "call-data":
        this.calls.data(input.call, input.channel, Buffer.from(input.base64, "base64"))
        break
      case "call-end":
        this.calls.end(input.call, input.channel)
        break
      case "call-closed":
        this.calls.close(input.call)
        break
    }
  }
}

const worldFiles = (lab: LabSpec | undefined) =>
  (lab?.files ?? []).map(({ path, content, mode, machine }) => ({
    path,
    content: content ?? "",
    ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }),
    ...(machine !== undefined && { machine }),
  }))

/**
 * Makes a session's world and brings it to where its log ends, in slices: whoever drives it asks `pause` as often as events happen and gets
 * control back soon after that said true. Throws with a sentence for the learner when the lab cannot be made.
 */
export function* prepare(
  given: SessionSpec,
  log: readonly LogEntry[],
  reachedAt: number,
  pause: () => boolean,
): Generator<Progress, SessionBody> {
  // What is random in a lesson is drawn from the session's seed: the same after every replay.
  const lab = given.lab && instantiateLab(given.lab, given.seed).lab
  const spec = { ...given, ...(lab && { lab }) }
  const problems: string[] = []
  const booting = { step: "starting the machines", done: 0.02 }
  yield booting
  const world = createWorld({
    topology: lab?.topology ?? spec.topology,
    seed: spec.seed,
    startedAt: spec.startedAt,
    files: worldFiles(lab),
    ...(lab && lab.addons.length > 0 && { addons: lab.addons }),
  })
  for (const _ of world.booting()) if (pause()) yield booting
  function* runTo(until: number, progress: () => Progress): Generator<Progress> {
    while (world.run({ until, stop: pause }).reason !== "until") yield progress()
  }
  // Whole milliseconds throughout: the log keeps no fractions.
  const whole = () => runTo(Math.ceil(world.sim.now()), () => booting)
  yield* whole()
  for (const [index, entry] of (lab?.setup ?? []).entries()) {
    const { machine, script } = typeof entry === "string" ? { machine: undefined, script: entry } : entry
    const progress = { step: "setting up the lab", done: 0.1 + (0.2 * index) / (lab?.setup.length ?? 1) }
    let ended = false
    world.script({ ...(machine !== undefined && { machine }), script, timeout: SETUP_LIMIT }, (result) => {
      ended = true
      if (result.exit !== 0) problems.push(`The lab's set-up (step ${index + 1}) ${setupProblem(result)}`)
    })
    const limit = world.sim.now() + SETUP_LIMIT + 1_000
    while (!ended && world.run({ until: limit, stop: () => ended || pause() }).reason === "stopped") if (!ended) yield progress
    yield* whole()
  }
  for (const fault of lab?.faults ?? []) {
    const input: WorldInput = {
      kind: "fault",
      name: fault.name,
      target: fault.target,
      ...(fault.parameters && { parameters: fault.parameters }),
    }
    if (fault.after === undefined) world.input(input)
    else world.sim.schedule(fault.after * 1_000, () => world.input(input))
  }
  yield* whole()
  const body = new SessionBody(world, spec, problems)
  body.problems.push(...(yield* solveBefore(body, spec.before ?? [], pause, () => ({ step: "setting up the lab", done: 0.3 }))))
  yield* whole()
  const begun = world.sim.now()
  const end = Math.max(reachedAt, log.at(-1)?.at ?? 0)
  const replaying = (): Progress => ({
    step: "bringing back what you did",
    done: 0.3 + 0.7 * Math.min(1, (world.sim.now() - begun) / Math.max(1, end - begun)),
  })
  for (const { at, input } of log) {
    yield* runTo(Math.max(at, Math.ceil(world.sim.now())), replaying)
    body.apply(input)
    if (pause()) yield replaying()
  }
  yield* runTo(Math.max(Math.ceil(reachedAt), Math.ceil(world.sim.now())), replaying)
  return body
}
