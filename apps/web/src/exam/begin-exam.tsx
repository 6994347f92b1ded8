/** The button that starts the clock. A visitor becomes a guest first. */
"use client"
import { useRouter } from "next/navigation"
import { useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { api, asLearner } from "../lab/api.ts"

export const BeginExam = ({ exam, visitor, minutes }: { exam: string; visitor: boolean; minutes: string }) => {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const begin = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      await asLearner(() => api.exams.begin.mutate({ exam }), visitor)
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
      setBusy(false)
    }
  }
  return (
    <div>
      <button type="button" className="button button-primary h-10 px-5" disabled={busy} onClick={() => void begin()}>
        {busy ? "Making your clusters" : `Begin: ${minutes}`}
      </button>
      {problem && (
        <p role="alert" className="mt-3 text-sm text-failure">
          {problem}
        </p>
      )}
    </div>
  )
}
