/** Leaves a class, after asking once. */
"use client"
import { useRouter } from "next/navigation"
import { AskOnce } from "../components/ask-once.tsx"
import { api } from "../lab/api.ts"
import { reasonOf } from "./words.ts"

export const LeaveClass = ({ id }: { id: string }) => {
  const router = useRouter()
  const leave = async () => {
    try {
      await api.classes.leave.mutate({ id })
    } catch (reason) {
      return reasonOf(reason)
    }
    router.push("/classes")
    router.refresh()
    return undefined
  }
  return (
    <AskOnce
      label="Leave the class"
      title="Leave the class?"
      description="What you did stays yours. Your teacher does not see it any more."
      keep="Stay"
      confirm="Leave"
      act={leave}
    />
  )
}
