/** "Test this lesson": the solution typed into a terminal that can be watched, and what the checks said before and after it. */
"use client"
import { FitAddon } from "@xterm/addon-fit"
import { Terminal } from "@xterm/xterm"
import "@xterm/xterm/css/xterm.css"
import { Check, CircleCheck, CircleX, LoaderCircle, Play, Square, X } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { labPlaces } from "@drydock/course/lab-places"
import { TERMINAL_THEME } from "../terminal/look.ts"
import { ProblemList } from "./problem-list.tsx"
import { type SeenCheck, testDraft } from "./studio-door.ts"
import { beginning, type TestedTask, type TestState, told } from "./test-state.ts"
import { Typing } from "./typing.ts"

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

const Mark = ({ check, wanted }: { check: SeenCheck | undefined; wanted: boolean }) => {
  if (!check) return <span className="text-ink-3">…</span>
  const right = check.passed === wanted
  return (
    <span className={`inline-flex items-center gap-1 ${right ? "text-ink-2" : wanted ? "text-failure" : "text-attention"}`}>
      {check.passed ? <Check size={13} aria-hidden /> : <X size={13} aria-hidden />}
      {check.passed ? "holds" : "does not hold"}
    </span>
  )
}

const Task = ({
  task,
  title,
  lines,
  onGo,
}: {
  task: TestedTask
  title: string
  lines: readonly number[]
  onGo: (line: number) => void
}) => {
  const { before, after, proof } = task
  const checks = after ?? before ?? []
  const Icon = proof ? (proof.ok ? CircleCheck : CircleX) : LoaderCircle
  return (
    <li className="border-b border-line px-3 py-2.5 last:border-0" data-tested={task.id}>
      <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
        <Icon
          size={16}
          aria-hidden
          className={`shrink-0 ${proof ? (proof.ok ? "text-success" : "text-failure") : "text-accent motion-safe:animate-spin"}`}
        />
        <span className="min-w-40 flex-1">{title}</span>
        <span className="text-xs font-normal text-ink-3">
          {proof ? `${proof.ok ? "proven" : "not proven"}, ${seconds(proof.virtualMs)} in the lab` : "under way"}
        </span>
      </p>
      <ul className="mt-1 space-y-0.5 pl-6">
        {checks.map((check, index) => (
          <li key={check.title} className="text-[13px] leading-snug">
            <button
              type="button"
              className="w-full rounded-sm text-left hover:bg-sunken"
              onClick={() => onGo(lines[index] ?? 1)}
              title={`lab.yaml, line ${lines[index] ?? 1}`}
            >
              <span>{check.title}</span>{" "}
              <span className="text-xs whitespace-nowrap text-ink-3">
                before: <Mark check={before?.[index]} wanted={false} /> · after: <Mark check={after?.[index]} wanted />
              </span>
              {check.seen !== undefined && after && !check.passed && <span className="block text-xs text-failure">now: {check.seen}</span>}
            </button>
          </li>
        ))}
      </ul>
      {proof?.problems.map((problem) => (
        <p key={problem} className="mt-1 pl-6 text-[13px] text-failure">
          {problem}
        </p>
      ))}
    </li>
  )
}

const Verdict = ({ state }: { state: TestState }) => {
  if (state.refused) return <p className="text-sm font-medium text-failure">Not tested: there are mistakes in what is written.</p>
  if (state.ended !== undefined) return <p className="text-sm font-medium text-failure">{state.ended}</p>
  if (state.proof)
    return (
      <p className={`text-sm font-medium ${state.proof.ok ? "text-success" : "text-failure"}`}>
        {state.proof.ok ? "The lesson can be solved as it is written" : "The lesson is not proven"}
        <span className="font-normal text-ink-3">
          {" "}
          ({state.proof.tasks.filter(({ ok }) => ok).length} of {state.proof.tasks.length} tasks, {seconds(state.proof.wallMs)})
        </span>
      </p>
    )
  return (
    <p className="text-sm text-ink-2">
      {state.prose !== undefined
        ? `The text: its ${state.prose} ${state.prose === 1 ? "block" : "blocks"} of commands, and what they print.`
        : state.run === 1
          ? "Under way: each task's checks, its solution, the checks again."
          : state.run === 2
            ? "Once more: it must end the same."
            : "Once more, with other variables."}
    </p>
  )
}

/** @param turn another number: begin. @param prepare saves; the revision to test */
export const TestView = ({
  draft,
  lab,
  turn,
  prepare,
  onGo,
}: {
  draft: string
  /** lab.yaml, for the places of its checks. */
  lab: string
  turn: number
  prepare: () => Promise<number>
  onGo: (path: string, line: number) => void
}) => {
  const host = useRef<HTMLDivElement>(null)
  const screen = useRef<Terminal>(undefined)
  const [state, setState] = useState<TestState>()
  const [again, setAgain] = useState(0)
  const stop = useRef<AbortController>(undefined)
  const prepared = useRef(prepare)
  prepared.current = prepare
  const places = labPlaces(lab)

  useEffect(() => {
    const element = host.current
    if (!element) return
    const xterm = new Terminal({
      ...{ theme: TERMINAL_THEME, fontFamily: '"JetBrains Mono Variable", ui-monospace, Menlo, monospace', fontSize: 12, lineHeight: 1.25 },
      ...{ disableStdin: true, cursorBlink: false, scrollback: 5000, minimumContrastRatio: 4.5 },
    })
    const fit = new FitAddon()
    xterm.loadAddon(fit)
    xterm.open(element)
    if (xterm.textarea) xterm.textarea.tabIndex = -1
    screen.current = xterm
    const watch = new ResizeObserver(() => element.offsetWidth > 0 && fit.fit())
    watch.observe(element)
    return () => {
      watch.disconnect()
      xterm.dispose()
    }
  }, [])

  useEffect(() => {
    if (turn + again === 0) return
    const gone = new AbortController()
    stop.current = gone
    screen.current?.reset()
    const typing = new Typing({ write: (text) => screen.current?.write(text) })
    setState(beginning)
    const fail = (reason: unknown) =>
      setState((known) => ({
        ...(known ?? beginning),
        running: false,
        ended: reason instanceof Error ? reason.message : "The test could not be run.",
      }))
    void (async () => {
      try {
        const number = await prepared.current()
        await testDraft(
          draft,
          number,
          (line) => {
            if (line.type === "step") {
              const { step } = line
              if (step.kind === "task") typing.note(step.task)
              if (step.kind === "typing") typing.command(step.command)
              if (step.kind === "typed") typing.output(step.output, step.exit)
            }
            setState((known) => told(known ?? beginning, line))
          },
          gone.signal,
        )
      } catch (reason) {
        if (gone.signal.aborted) setState((known) => ({ ...(known ?? beginning), running: false, ended: "You stopped the test." }))
        else fail(reason)
      }
    })()
    return () => {
      typing.end()
      gone.abort()
    }
  }, [draft, turn, again])

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-3 border-b border-line px-3 py-2">
        <div role="status" className="min-w-0 flex-1">
          {state ? (
            <Verdict state={state} />
          ) : (
            <p className="text-sm text-ink-2">Types each task's solution into a fresh lab and looks at the checks before and after.</p>
          )}
        </div>
        {state?.running ? (
          <button type="button" className="button button-quiet shrink-0" onClick={() => stop.current?.abort()}>
            <Square size={13} aria-hidden /> Stop
          </button>
        ) : (
          <button type="button" className="button button-quiet shrink-0" onClick={() => setAgain((count) => count + 1)}>
            <Play size={13} aria-hidden /> {state ? "Again" : "Test"}
          </button>
        )}
      </div>
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto @xl:flex-row @xl:overflow-hidden">
        <div className="relative h-40 shrink-0 bg-terminal @xl:h-auto @xl:w-1/2">
          <section ref={host} aria-label="What the test types" className="absolute inset-0 overflow-hidden py-1.5 pl-2" />
        </div>
        <div className="min-h-0 min-w-0 @xl:flex-1 @xl:overflow-y-auto">
          {state?.refused && <ProblemList problems={state.refused} onGo={onGo} />}
          <ol aria-label="Tasks">
            {state?.tasks.map((task) => {
              const place = places.find(({ id }) => id === task.id)
              return (
                <Task
                  key={task.id}
                  task={task}
                  title={task.proof?.title ?? place?.title ?? task.id}
                  lines={place?.checks ?? []}
                  onGo={(line) => onGo("lab.yaml", line)}
                />
              )
            })}
          </ol>
          {state?.proof && state.proof.prose.length > 0 && (
            <ul aria-label="The text" className="border-b border-line px-3 py-2 text-[13px]">
              {state.proof.prose.map(({ line, message }) => (
                <li key={`${line} ${message}`}>
                  <button
                    type="button"
                    className="w-full rounded-sm text-left text-failure hover:bg-sunken"
                    onClick={() => onGo("lesson.md", line ?? 1)}
                  >
                    <span className="font-mono">lesson.md{line === undefined ? "" : `:${line}`}</span> {message}
                  </button>
                </li>
              ))}
            </ul>
          )}
          {state?.proof?.problems.map((problem) => (
            <p key={problem} className="px-3 py-1.5 text-[13px] text-failure">
              {problem}
            </p>
          ))}
        </div>
      </div>
    </div>
  )
}
