/** Publishing a revision: looked at once more by the lab server, refused while there are mistakes. */
"use client"
import { CircleCheck } from "lucide-react"
import Link from "next/link"
import { useState } from "react"
import type { Problem } from "@drydock/course/lesson"
import { Dialog } from "../components/dialog.tsx"
import { ProblemList } from "./problem-list.tsx"
import { publishDraft } from "./studio-door.ts"

type Outcome = { readonly version: string } | { readonly problems: readonly Problem[] } | { readonly failed: string }

/** @param older an earlier revision's number; undefined: the draft as it is */
export const PublishDialog = ({
  draft,
  older,
  prepare,
  onClose,
  onGo,
  onPublished,
}: {
  draft: { readonly id: string; readonly course: string; readonly lesson: string }
  older: number | undefined
  /** Saves; the revision that it is. */
  prepare: () => Promise<number>
  onClose: () => void
  onGo: (path: string, line: number) => void
  onPublished: () => void
}) => {
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const address = `/learn/${draft.course}/${draft.lesson}`
  const publish = async () => {
    setBusy(true)
    try {
      const { version, problems } = await publishDraft(draft.id, older ?? (await prepare()))
      if (version === undefined) setOutcome({ problems: problems.filter(({ severity }) => severity === "error") })
      else {
        setOutcome({ version })
        onPublished()
      }
    } catch (reason) {
      setOutcome({ failed: reason instanceof Error ? reason.message : "It could not be published." })
    }
    setBusy(false)
  }
  const done = outcome !== undefined && "version" in outcome
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      wide={outcome !== undefined && "problems" in outcome}
      title={done ? "Published" : older === undefined ? "Publish the lesson?" : `Publish revision ${older} again?`}
      {...(!done && {
        description: "Whoever opens the lesson from now on gets this version. Whoever has begun it keeps the version they began with.",
      })}
    >
      {done && (
        <p className="flex items-start gap-2 text-[15px]">
          <CircleCheck size={18} aria-hidden className="mt-0.5 shrink-0 text-success" />
          <span>
            Learners get it at{" "}
            <Link href={address} className="link break-words">
              {address}
            </Link>
            .
          </span>
        </p>
      )}
      {outcome && "failed" in outcome && (
        <p role="alert" className="text-sm text-failure">
          {outcome.failed}
        </p>
      )}
      {outcome && "problems" in outcome && (
        <div role="alert">
          <p className="mb-1 text-sm font-medium text-failure">Not published: mend these first.</p>
          <ProblemList
            problems={outcome.problems}
            onGo={(path, line) => {
              onClose()
              onGo(path, line)
            }}
          />
        </div>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <button type="button" className="button" onClick={onClose}>
          {outcome ? "Close" : "Not yet"}
        </button>
        {!done && (
          <button type="button" className="button button-primary" disabled={busy} onClick={() => void publish()}>
            {busy ? "Looking at it…" : "Publish"}
          </button>
        )}
      </div>
    </Dialog>
  )
}
