/** A published lesson's way into the studio: the draft there is, or a new one made of it. */
"use client"
import { PencilLine } from "lucide-react"
import { useRouter } from "next/navigation"
import { useState } from "react"
import { api } from "../lab/api.ts"

export const EditLesson = ({ course, lesson, title }: { course: string; lesson: string; title: string }) => {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const edit = async () => {
    setBusy(true)
    try {
      router.push(`/studio/${(await api.studio.fromLesson.mutate({ course, lesson })).draft}`)
    } catch (reason) {
      setProblem(reason instanceof Error ? reason.message : "It could not be opened.")
      setBusy(false)
    }
  }
  return (
    <>
      {problem !== undefined && <span className="text-sm text-failure">{problem}</span>}
      <button
        type="button"
        className="button button-quiet shrink-0"
        disabled={busy}
        onClick={() => void edit()}
        aria-label={`Edit ${title}`}
      >
        <PencilLine size={15} aria-hidden /> Edit
      </button>
    </>
  )
}
