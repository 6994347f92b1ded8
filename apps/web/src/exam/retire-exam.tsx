/** Puts an exam away: nobody can begin it any more, scores stay. */
"use client"
import { useRouter } from "next/navigation"
import { reasonOf } from "../classes/words.ts"
import { AskOnce } from "../components/ask-once.tsx"
import { api } from "../lab/api.ts"

export const RetireExam = ({ id }: { id: string }) => {
  const router = useRouter()
  const retire = async () => {
    try {
      await api.examDesk.retire.mutate({ id })
    } catch (reason) {
      return reasonOf(reason)
    }
    router.push("/studio/exams")
    return undefined
  }
  return (
    <AskOnce
      label="Put it away"
      title="Put this exam away?"
      description="Nobody can begin it any more. Its scores stay."
      keep="Keep it"
      confirm="Put it away"
      act={retire}
    />
  )
}
