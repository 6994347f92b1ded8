/** What a class's teachers have said, who has read it, and a form for more. */
"use client"
import { CheckCheck } from "lucide-react"
import { useEffect, useState } from "react"
import type { SentMessage } from "@drydock/db"
import { api } from "../lab/api.ts"
import { type Addressee, MessageForm } from "./send-message.tsx"
import { usePolled } from "./use-polled.ts"

const EVERY_MS = 4_000

/** Said in the reader's own time zone, so only once the page is theirs. */
const When = ({ at }: { at: number }) => {
  const [text, setText] = useState("")
  useEffect(() => setText(new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(at)), [at])
  return <time dateTime={new Date(at).toISOString()}>{text}</time>
}

export const ClassMessages = ({ id, people, initial }: { id: string; people: readonly Addressee[]; initial: readonly SentMessage[] }) => {
  const { value: sent, refresh } = usePolled<readonly SentMessage[]>(() => api.classes.sent.query({ id }), EVERY_MS, initial)
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
      <section aria-label="New message" className="card h-fit p-5">
        <MessageForm id={id} people={people} onSent={refresh} />
      </section>
      <section aria-label="Sent">
        {sent.length === 0 ? (
          <p className="text-[15px] text-ink-2">
            Nothing said yet. A message shows at once in the labs that are open, and else on the progress page.
          </p>
        ) : (
          <ul className="card divide-y divide-line">
            {sent.map((message) => (
              <li key={message.id} className="px-4 py-3">
                <p className="flex flex-wrap gap-x-3 text-[13px] text-ink-3">
                  <span>
                    {message.from} to {message.to?.name ?? "all"}
                  </span>
                  <When at={message.at} />
                  <span className="ml-auto inline-flex items-center gap-1 tabular-nums">
                    <CheckCheck size={14} aria-hidden className={message.read >= message.recipients ? "text-success" : ""} />
                    {message.to ? (message.read > 0 ? "read" : "not read yet") : `read by ${message.read} of ${message.recipients}`}
                  </span>
                </p>
                <p className="mt-1 text-[15px] leading-snug break-words whitespace-pre-line">{message.text}</p>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}
