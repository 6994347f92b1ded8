/** Follow the request: one line a hop, played, stepped or scrubbed, with what was decided and what changed in the object. */
"use client"
import type { TraceHop } from "@drydock/protocol"
import { ArrowRight, ChevronLeft, ChevronRight, Pause, Play, RefreshCw, Route } from "lucide-react"
import { createElement, Fragment, type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react"
import { ScrollBox } from "../components/scroll-box.tsx"
import { Skeleton } from "../components/skeleton.tsx"
import type { LabState } from "../lab/state.ts"
import { actorLabel } from "../map/actors.ts"
import { type RequestSubject, useLab, usePlayer } from "../player/player-context.tsx"

const STEP_MS = 900
const hopsOf = (state: LabState) => state.hops
const itemsOf = (state: LabState) => state.items
const openOf = (state: LabState) => state.phase === "ready" || state.phase === "lost"

/** The order in which a request meets them. */
const LANES = [
  "kubectl",
  "kube-apiserver",
  "etcd",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "containerd",
  "cni",
  "csi",
] as const

const isChange = (hop: TraceHop) => hop.verb === "request" && (hop.from === "kubectl" || hop.from === "client")

/** "+0.135 s" since the first hop, on the virtual clock. */
const since = (ms: number) => (ms < 100_000 ? `+${(ms / 1000).toFixed(3)} s` : `+${(ms / 60_000).toFixed(1)} min`)

const keyOf = (subject: RequestSubject | undefined) => (subject ? `${subject.kind}/${subject.namespace ?? ""}/${subject.name}` : "")

const Lanes = ({ hop, used }: { hop: TraceHop | undefined; used: ReadonlySet<string> }) => (
  <ol className="flex flex-wrap items-center gap-1" aria-label="Parts that take part">
    {LANES.filter((lane) => used.has(lane) || (lane === "kubectl" && used.has("client"))).map((lane, at) => {
      const on = hop && (hop.from === lane || hop.to === lane || (lane === "kubectl" && hop.from === "client"))
      return (
        <li key={lane} className="flex items-center gap-1">
          {at > 0 && <span className="h-px w-2.5 bg-line-strong" aria-hidden />}
          <span
            className={`rounded-md border px-2 py-0.5 text-xs font-medium transition-colors duration-150 ${on ? "border-accent bg-accent text-on-accent" : "border-line bg-surface text-ink-2"}`}
          >
            {actorLabel(lane)}
          </span>
        </li>
      )
    })}
  </ol>
)

/** A fixed text's lines: children by place, without keys. */
const Diff = ({ lines }: { lines: readonly string[] }) => (
  <ScrollBox
    as="pre"
    label="What changed in the object"
    className="mt-3 rounded-lg border border-line bg-sunken py-2 text-[12.5px] leading-5"
  >
    {createElement(
      Fragment,
      null,
      ...lines.map((line) =>
        createElement(
          "span",
          {
            className: `block px-3 ${line.startsWith("+") ? "bg-success-soft text-success" : line.startsWith("-") ? "bg-failure-soft text-failure" : "text-ink-2"}`,
          },
          line,
        ),
      ),
    )}
  </ScrollBox>
)

const Detail = ({ hop }: { hop: TraceHop }) => (
  <article aria-live="polite">
    <p className="flex flex-wrap items-center gap-x-2 text-sm font-semibold">
      {actorLabel(hop.from)}
      {hop.to !== hop.from && (
        <>
          <ArrowRight size={14} role="img" aria-label="to" className="text-ink-3" /> {actorLabel(hop.to)}
        </>
      )}
      {hop.instance && <span className="font-mono text-xs font-normal text-ink-3">{hop.instance}</span>}
    </p>
    <p className="mt-1 text-sm text-ink-2">
      <span className="font-medium text-ink">{hop.verb}</span>
      {hop.object && (
        <span className="ml-1.5 font-mono text-[13px]">
          {hop.object.kind} {hop.object.namespace ? `${hop.object.namespace}/` : ""}
          {hop.object.name}
        </span>
      )}
    </p>
    {hop.detail && <p className="mt-2 text-sm leading-relaxed break-words text-ink">{hop.detail}</p>}
    {hop.diff && hop.diff.length > 0 && <Diff lines={hop.diff} />}
  </article>
)

const Subjects = ({ subject, onPick }: { subject: RequestSubject | undefined; onPick: (subject: RequestSubject | undefined) => void }) => {
  const items = useLab(itemsOf)
  const choices = useMemo(() => {
    const known = [...items.values()].filter((item) => item.namespace !== "kube-system" && item.namespace !== "kube-public")
    const subjects = known.map(
      ({ kind, namespace, name }): RequestSubject => ({ kind, name, ...(namespace !== undefined && { namespace }) }),
    )
    return subject && !subjects.some((one) => keyOf(one) === keyOf(subject)) ? [subject, ...subjects] : subjects
  }, [items, subject])
  return (
    <select
      aria-label="Whose requests"
      className="h-8 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-[13px]"
      value={keyOf(subject)}
      onChange={(event) => onPick(choices.find((one) => keyOf(one) === event.target.value))}
    >
      <option value="">The last change</option>
      {choices.map((one) => (
        <option key={keyOf(one)} value={keyOf(one)}>
          {one.kind} {one.name}
        </option>
      ))}
    </select>
  )
}

/** @param onHop the hop looked at, so that the map can light it */
export const RequestView = ({ onHop }: { onHop: (hop: TraceHop | undefined) => void }) => {
  const { lab, subject, follow } = usePlayer()
  const open = useLab(openOf)
  const live = useLab(hopsOf)
  const [hops, setHops] = useState<readonly TraceHop[]>()
  const [problem, setProblem] = useState<string>()
  const [at, setAt] = useState(0)
  const [playing, setPlaying] = useState(false)
  const list = useRef<HTMLOListElement>(null)
  const asked = useRef(0)

  const load = useCallback(() => {
    const turn = ++asked.current
    setProblem(undefined)
    lab.history(subject).then(
      (found) => {
        if (turn !== asked.current) return
        setHops(found)
        setAt(0)
        setPlaying(false)
      },
      (reason) => turn === asked.current && setProblem(reason instanceof Error ? reason.message : "The lab did not answer."),
    )
  }, [lab, subject])

  useEffect(() => {
    if (open) load()
  }, [open, load])

  const hop = hops?.[at]
  useEffect(() => {
    onHop(hop)
    return () => onHop(undefined)
  }, [hop, onHop])

  useEffect(() => {
    if (!playing || !hops) return
    const timer = setInterval(() => {
      setAt((now) => {
        if (now + 1 >= hops.length) {
          setPlaying(false)
          return now
        }
        return now + 1
      })
    }, STEP_MS)
    return () => clearInterval(timer)
  }, [playing, hops])

  useEffect(() => {
    list.current?.querySelector(`[data-hop="${at}"]`)?.scrollIntoView({ block: "nearest" })
  }, [at])

  const used = useMemo(() => new Set(hops?.flatMap((known) => [known.from, known.to]) ?? []), [hops])
  const lastKnown = hops?.at(-1)?.id ?? -1
  const newer = useMemo(
    () =>
      live.some(
        (known) =>
          known.id > lastKnown && (subject ? known.object?.kind === subject.kind && known.object.name === subject.name : isChange(known)),
      ),
    [live, lastKnown, subject],
  )

  const step = (to: number) => {
    setPlaying(false)
    setAt(Math.max(0, Math.min((hops?.length ?? 1) - 1, to)))
  }
  const press = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: (hops?.length ?? 1) - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    step(to)
    const next = Math.max(0, Math.min((hops?.length ?? 1) - 1, to))
    list.current?.querySelector<HTMLElement>(`[data-hop="${next}"]`)?.focus()
  }

  if (problem)
    return (
      <div role="alert" className="p-4 text-sm">
        <p>{problem}</p>
        <button type="button" className="button mt-3" onClick={load}>
          <RefreshCw size={15} aria-hidden /> Ask again
        </button>
      </div>
    )
  const first = hops?.[0]
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
        <Subjects subject={subject} onPick={follow} />
        <button type="button" className={`button h-8 px-2.5 text-[13px] ${newer ? "border-accent text-accent" : ""}`} onClick={load}>
          <RefreshCw size={14} aria-hidden /> {newer ? "There is a newer one" : "Look again"}
        </button>
        {hops && hops.length > 1 && (
          <div className="flex min-w-48 flex-1 items-center gap-1">
            <button type="button" className="icon-button size-7" aria-label="Step back" disabled={at === 0} onClick={() => step(at - 1)}>
              <ChevronLeft size={16} aria-hidden />
            </button>
            <button
              type="button"
              className="icon-button size-7"
              aria-label={playing ? "Pause" : "Play"}
              onClick={() => {
                if (!playing && at + 1 >= hops.length) setAt(0)
                setPlaying(!playing)
              }}
            >
              {playing ? <Pause size={15} aria-hidden /> : <Play size={15} aria-hidden />}
            </button>
            <button
              type="button"
              className="icon-button size-7"
              aria-label="Step on"
              disabled={at + 1 >= hops.length}
              onClick={() => step(at + 1)}
            >
              <ChevronRight size={16} aria-hidden />
            </button>
            <input
              type="range"
              aria-label="Hop"
              aria-valuetext={hop ? `${at + 1} of ${hops.length}: ${actorLabel(hop.from)} to ${actorLabel(hop.to)}, ${hop.verb}` : ""}
              className="mx-1 min-w-16 flex-1 accent-[var(--accent)]"
              min={0}
              max={hops.length - 1}
              value={at}
              onChange={(event) => step(Number(event.target.value))}
            />
            <span className="text-xs whitespace-nowrap text-ink-3 tabular-nums">
              {at + 1} of {hops.length}
            </span>
          </div>
        )}
      </div>
      {hops === undefined ? (
        <div className="space-y-2 p-4">
          {["w-3/4", "w-2/3", "w-1/2"].map((width) => (
            <Skeleton key={width} className={`h-6 ${width}`} />
          ))}
        </div>
      ) : hops.length === 0 || !first || !hop ? (
        <div className="flex flex-1 flex-col items-center justify-center gap-2 p-6 text-center text-sm text-ink-2">
          <Route size={22} aria-hidden className="text-ink-3" />
          <p className="max-w-sm">
            {subject
              ? "Nothing is remembered of this object."
              : "Nobody has asked the API for anything yet. Run a command, then look again: every hop of it is written down."}
          </p>
        </div>
      ) : (
        <>
          <div className="shrink-0 border-b border-line px-4 py-2">
            <Lanes hop={hop} used={used} />
          </div>
          <div className="grid min-h-0 flex-1 grid-cols-1 grid-rows-[minmax(0,1fr)_minmax(0,1fr)] @2xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)] @2xl:grid-rows-1">
            <div className="min-h-0 overflow-auto px-2 py-2">
              <ol ref={list}>
                {hops.map((known, index) => (
                  <li key={known.id}>
                    <button
                      type="button"
                      data-hop={index}
                      tabIndex={index === at ? 0 : -1}
                      aria-current={index === at ? "step" : undefined}
                      onClick={() => step(index)}
                      onKeyDown={press}
                      className={`grid w-full grid-cols-[5.2rem_1fr] items-baseline gap-x-3 rounded-md px-2 py-1 text-left text-[13px] leading-5 ${index === at ? "bg-accent-soft" : index < at ? "hover:bg-sunken" : "text-ink-2 hover:bg-sunken"}`}
                    >
                      <span className="text-right font-mono text-xs text-ink-3 tabular-nums">
                        {index === 0 || known.at !== hops[index - 1].at ? since(known.at - first.at) : ""}
                      </span>
                      <span className="min-w-0 truncate">
                        <span className="text-ink-3">
                          {actorLabel(known.from)}
                          {known.to === known.from ? "" : ` → ${actorLabel(known.to)}`}
                        </span>{" "}
                        <span className="font-medium text-ink">{known.verb}</span>
                        {known.object && known.object.kind !== first.object?.kind && (
                          <span className="ml-1 text-ink-2">
                            {known.object.kind} {known.object.name}
                          </span>
                        )}
                        {known.detail && <span className="ml-1.5 text-ink-3">{known.detail}</span>}
                      </span>
                    </button>
                  </li>
                ))}
              </ol>
            </div>
            <div className="min-h-0 overflow-auto border-line p-4 @max-2xl:border-t @2xl:border-l">
              <Detail hop={hop} />
            </div>
          </div>
        </>
      )}
    </div>
  )
}
