/** Leaves a class, after asking once. */
"use client"
import { useRouter } from "next/navigation"
import { useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"
import { reasonOf } from "./words.ts"

export const LeaveClass = ({ id }: { id: string }) => {
  const router = useRouter()
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const leave = async () => {
    try {
      await api.classes.leave.mutate({ id })
      router.push("/classes")
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        Leave the class
      </button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Leave the class?"
        description="What you did stays yours. Your teacher does not see it any more."
      >
        {problem && (
          <p role="alert" className="text-sm text-failure">
            {problem}
          </p>
        )}
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Stay
          </button>
          <button type="button" className="button button-primary" onClick={() => void leave()}>
            Leave
          </button>
        </div>
      </Dialog>
    </>
  )
}
