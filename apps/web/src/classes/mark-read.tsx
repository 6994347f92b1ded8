/** Marks messages as read. */
"use client"
import { useRouter } from "next/navigation"
import { api } from "../lab/api.ts"

export const MarkRead = ({ upTo, count }: { upTo: number; count: number }) => {
  const router = useRouter()
  return (
    <button
      type="button"
      className="button h-8 text-[13px]"
      onClick={() =>
        void api.classes.read.mutate({ message: upTo }).then(
          () => router.refresh(),
          () => {},
        )
      }
    >
      Mark {count === 1 ? "it" : "them"} as read
    </button>
  )
}
