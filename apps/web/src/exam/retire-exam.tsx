/** Puts an exam away: nobody can begin it any more, scores stay. */
"use client"
import { useRouter } from "next/navigation"
import { useState } from "react"
import { reasonOf } from "../classes/words.ts"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"

export const RetireExam = ({ id }: { id: string }) => {
  const router = useRouter()
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const retire = async () => {
    try {
      await api.examDesk.retire.mutate({ id })
      router.push("/studio/exams")
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        Put it away
      </button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Put this exam away?"
        description="Nobody can begin it any more. Its scores stay."
      >
        {problem && (
          <p role="alert" className="text-sm text-failure">
            {problem}
          </p>
        )}
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Keep it
          </button>
          <button type="button" className="button button-primary" onClick={() => void retire()}>
            Put it away
          </button>
        </div>
      </Dialog>
    </>
  )
}
