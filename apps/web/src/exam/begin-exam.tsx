/** The button that starts the clock. A visitor becomes a guest first. */
"use client"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { api, asLearner } from "../lab/api.ts"

/** @param asksName the candidate has none yet, and somebody will review what they do */
export const BeginExam = ({ exam, visitor, minutes, asksName }: { exam: string; visitor: boolean; minutes: string; asksName: boolean }) => {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const begin = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim()
    setBusy(true)
    setProblem(undefined)
    try {
      await asLearner(() => api.exams.begin.mutate({ exam, ...(name !== "" && { name }) }), visitor)
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void begin(event)}>
      {asksName && (
        <label className="mb-4 block max-w-sm text-sm font-medium">
          Your name
          <input name="name" className="field mt-1.5 font-normal" required maxLength={100} autoComplete="name" />
        </label>
      )}
      <button type="submit" className="button button-primary h-10 px-5" disabled={busy}>
        {busy ? "Making your clusters" : `Begin: ${minutes}`}
      </button>
      {problem && (
        <p role="alert" className="mt-3 text-sm text-failure">
          {problem}
        </p>
      )}
    </form>
  )
}
