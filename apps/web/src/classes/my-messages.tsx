/** What teachers have said to the viewer; shown where it is asked for, and read by being marked so. */
import { MessageSquare } from "lucide-react"
import { api } from "../server/context.ts"
import { MarkRead } from "./mark-read.tsx"

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" })

/** @param of one class; absent: all */
export const MyMessages = async ({ of }: { of?: string }) => {
  const all = await (await api()).classes.messages()
  const messages = of === undefined ? all : all.filter((message) => message.class === of)
  if (messages.length === 0) return null
  const unread = messages.filter(({ read }) => !read)
  return (
    <section aria-label="Messages" className="mt-10">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="text-lg font-semibold">Messages</h2>
        {unread[0] && <MarkRead upTo={unread[0].id} count={unread.length} />}
      </div>
      <ul className="card mt-3 divide-y divide-line">
        {messages.map((message) => (
          <li key={message.id} className="flex items-start gap-3 px-4 py-3">
            <MessageSquare size={16} aria-hidden className={`mt-1 shrink-0 ${message.read ? "text-ink-3" : "text-accent"}`} />
            <div className="min-w-0">
              <p className="text-[13px] text-ink-3">
                {message.from}, {message.className}, {day.format(message.at)}
                {!message.read && <span className="ml-2 font-medium text-accent">new</span>}
              </p>
              <p className="mt-0.5 text-[15px] leading-snug break-words whitespace-pre-line">{message.text}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
