/** What is amiss with the lab itself, said above the lesson; and the text written anew for the attempt that has begun. */
"use client"
import { TriangleAlert } from "lucide-react"
import { useRouter } from "next/navigation"
import { useEffect } from "react"
import type { LabState } from "../lab/state.ts"
import { useLab } from "./player-context.tsx"

const picks = { notices: (state: LabState) => state.notices, session: (state: LabState) => state.session }

/**
 * @param changed the lesson has been published anew since the reader began
 * @param attempt the lab session that the text is written for, null for none yet; undefined when the text is the same for all
 */
export const LabNotices = ({ attempt, changed = false }: { attempt: string | null | undefined; changed?: boolean }) => {
  const notices = useLab(picks.notices)
  const session = useLab(picks.session)
  const router = useRouter()
  useEffect(() => {
    if (attempt !== undefined && session !== undefined && session !== attempt) router.refresh()
  }, [attempt, session, router])
  const texts = [
    ...(changed ? ["This lesson has changed since you began. You go on with yours; “Start the lab over” gives you the new one."] : []),
    ...notices.map(({ text }) => text),
  ]
  if (texts.length === 0) return null
  return (
    <ul role="status" className="mb-6 max-w-[68ch] space-y-2">
      {texts.map((text) => (
        <li key={text} className="flex items-start gap-2 rounded-lg border border-attention/45 p-3 text-[15px] leading-snug text-ink-2">
          <TriangleAlert size={16} className="mt-0.5 shrink-0 text-attention" aria-hidden />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
