/** Whether what is written is kept, in words. */
import { Check, CloudAlert, LoaderCircle } from "lucide-react"
import type { DraftState } from "./draft-store.ts"

export const SaveStatus = ({ state }: { state: DraftState }) => {
  const { status, problem } = state
  return (
    <p role="status" className={`flex items-center gap-1.5 text-[13px] ${status === "failed" ? "text-failure" : "text-ink-3"}`}>
      {status === "saved" ? (
        <>
          <Check size={14} aria-hidden /> Saved
        </>
      ) : status === "failed" ? (
        <>
          <CloudAlert size={14} aria-hidden className="shrink-0" />
          <span className="max-sm:sr-only">Not saved, trying again: {problem}</span>
        </>
      ) : (
        <>
          <LoaderCircle size={14} aria-hidden className={status === "saving" ? "motion-safe:animate-spin" : ""} />
          {status === "saving" ? "Saving" : "Not saved yet"}
        </>
      )}
    </p>
  )
}
