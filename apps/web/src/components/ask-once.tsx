/** A button for what is not taken back lightly: asks once, does it, and says what went wrong. */
"use client"
import { type ReactNode, useState } from "react"
import { Dialog } from "./dialog.tsx"

export const AskOnce = ({
  label,
  title,
  description,
  keep,
  confirm,
  act,
}: {
  label: ReactNode
  title: string
  description: string
  /** The word that changes nothing. */
  keep: string
  confirm: string
  /** The problem in words, or nothing. */
  act: () => Promise<string | undefined>
}) => {
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        {label}
      </button>
      <Dialog open={asking} onOpenChange={setAsking} title={title} description={description}>
        {problem && (
          <p role="alert" className="text-sm text-failure">
            {problem}
          </p>
        )}
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setAsking(false)}>
            {keep}
          </button>
          <button type="button" className="button button-primary" onClick={() => void act().then(setProblem)}>
            {confirm}
          </button>
        </div>
      </Dialog>
    </>
  )
}
