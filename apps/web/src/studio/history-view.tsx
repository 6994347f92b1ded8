/** Who changed what in a draft, and when; any two neighbours compared, any of them brought back or published again. */
"use client"
import { History, RotateCcw, Upload } from "lucide-react"
import dynamic from "next/dynamic"
import { useEffect, useState } from "react"
import type { SourceFile, SourceFiles } from "@drydock/course/draft-files"
import { api } from "../lab/api.ts"
import { changesOf } from "./draft-store.ts"
import { orderedPaths } from "./source-tree.tsx"

const DiffView = dynamic(() => import("./diff-view.tsx").then((module) => module.DiffView), { ssr: false })

type Revision = Awaited<ReturnType<typeof api.studio.revisions.query>>[number]

const when = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })
const textOf = (file: SourceFile | undefined): string =>
  file === undefined ? "" : typeof file === "string" ? file : `(${Math.floor((file.base64.length * 3) / 4)} bytes that are no text)`

/** @param head asks again when there is another. */
export const HistoryView = ({
  draft,
  head,
  onRestored,
  onPublish,
}: {
  draft: string
  head: number
  onRestored: (number: number, files: SourceFiles) => void
  onPublish: (number: number) => void
}) => {
  const [revisions, setRevisions] = useState<readonly Revision[]>()
  const [chosen, setChosen] = useState<number>()
  const [pair, setPair] = useState<{ readonly number: number; readonly before: SourceFiles; readonly after: SourceFiles }>()
  const [path, setPath] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    let current = true
    api.studio.revisions
      .query({ draft })
      .then((found) => {
        if (current && head > 0) setRevisions(found)
      })
      .catch((reason: Error) => current && setProblem(reason.message))
    return () => {
      current = false
    }
  }, [draft, head])

  const number = chosen ?? revisions?.[0]?.number
  const before = revisions?.[revisions.findIndex((one) => one.number === number) + 1]?.number

  useEffect(() => {
    if (number === undefined) return
    let current = true
    const files = (of: number | undefined) =>
      of === undefined
        ? Promise.resolve<SourceFiles>({})
        : api.studio.revision.query({ draft, number: of }).then((found): SourceFiles => found.files)
    Promise.all([files(before), files(number)])
      .then(([was, is]) => {
        if (!current) return
        setPair({ number, before: was, after: is })
        const changed = orderedPaths(Object.fromEntries(Object.keys(changesOf(was, is)).map((one) => [one, ""])))
        setPath((known) => (known !== undefined && changed.includes(known) ? known : changed[0]))
      })
      .catch((reason: Error) => current && setProblem(reason.message))
    return () => {
      current = false
    }
  }, [draft, number, before])

  const restore = async (of: number) => {
    setBusy(true)
    try {
      const made = await api.studio.restore.mutate({ draft, number: of })
      onRestored(made.number, made.files)
      setChosen(undefined)
    } catch (reason) {
      setProblem(reason instanceof Error ? reason.message : "It could not be brought back.")
    }
    setBusy(false)
  }

  if (problem !== undefined) return <p className="p-4 text-sm text-failure">{problem}</p>
  if (!revisions) return <p className="p-4 text-sm text-ink-3">Reading the history…</p>
  const changed = pair ? orderedPaths(Object.fromEntries(Object.keys(changesOf(pair.before, pair.after)).map((one) => [one, ""]))) : []
  return (
    <div className="flex h-full min-h-0 flex-col @xl:flex-row">
      <ol
        aria-label="Revisions"
        className="min-h-0 shrink-0 overflow-y-auto border-line max-@xl:max-h-40 max-@xl:border-b @xl:w-64 @xl:border-r"
      >
        {revisions.map((revision) => {
          const live = revision.published.some(({ current }) => current)
          return (
            <li key={revision.number}>
              <button
                type="button"
                aria-pressed={revision.number === number}
                onClick={() => setChosen(revision.number)}
                className={`block w-full border-b border-line px-3 py-2 text-left text-[13px] -outline-offset-2 ${revision.number === number ? "bg-accent-soft" : "hover:bg-sunken"}`}
              >
                <span className="font-medium">{revision.author.name}</span>
                <span className="text-ink-3"> {when.format(revision.at)}</span>
                <span className="block text-xs text-ink-3">
                  revision {revision.number}
                  {revision.note && `, ${revision.note}`}
                </span>
                {revision.published.length > 0 && (
                  <span className={`mt-0.5 block text-xs font-medium ${live ? "text-success" : "text-ink-2"}`}>
                    {live ? "learners get this" : `published by ${revision.published.at(-1)?.by}`}
                  </span>
                )}
              </button>
            </li>
          )
        })}
      </ol>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-2 py-1.5">
          <label className="mr-auto flex min-w-0 items-center gap-2 text-[13px]">
            <span className="text-ink-3">Changed</span>
            <select
              className="field h-8 w-auto min-w-0 py-0 text-[13px]"
              value={path ?? ""}
              onChange={(event) => setPath(event.target.value)}
            >
              {changed.length === 0 && <option value="">nothing</option>}
              {changed.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          {number !== undefined && number !== revisions[0]?.number && (
            <button type="button" className="button button-quiet" disabled={busy} onClick={() => void restore(number)}>
              <RotateCcw size={14} aria-hidden /> Bring back
            </button>
          )}
          {number !== undefined && (
            <button type="button" className="button button-quiet" onClick={() => onPublish(number)}>
              <Upload size={14} aria-hidden /> Publish this
            </button>
          )}
        </div>
        <div className="relative min-h-40 flex-1">
          {pair && path !== undefined ? (
            <DiffView path={path} before={textOf(pair.before[path])} after={textOf(pair.after[path])} />
          ) : (
            <p className="flex items-center gap-2 p-4 text-sm text-ink-3">
              <History size={15} aria-hidden /> {pair ? "Nothing differs from the revision before." : "Reading…"}
            </p>
          )}
        </div>
      </div>
    </div>
  )
}
