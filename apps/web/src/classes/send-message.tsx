/** A word to all learners of a class, or to one. */
"use client"
import { Send } from "lucide-react"
import { type FormEvent, useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"
import { reasonOf } from "./words.ts"

export interface Addressee {
  readonly id: string
  readonly name: string
}

/** @param to one person; absent: the form asks, and "all" is the first choice */
export const MessageForm = ({
  id,
  to,
  people = [],
  onSent,
}: {
  id: string
  to?: Addressee
  people?: readonly Addressee[]
  onSent: () => void
}) => {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const chosen = to?.id ?? String(given.get("to") ?? "")
    setBusy(true)
    setProblem(undefined)
    try {
      await api.classes.send.mutate({ id, text: String(given.get("text")), ...(chosen !== "" && { to: chosen }) })
      form.reset()
      onSent()
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
    setBusy(false)
  }
  return (
    <form onSubmit={submit} className="space-y-3">
      {!to && (
        <label className="block max-w-sm text-sm font-medium">
          To
          <select name="to" className="field mt-1.5 font-normal">
            <option value="">All learners</option>
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {person.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="block text-sm font-medium">
        Message
        <textarea name="text" required maxLength={2000} rows={3} className="field mt-1.5 h-auto py-2 font-normal" />
      </label>
      {problem && (
        <p role="alert" className="text-sm text-failure">
          {problem}
        </p>
      )}
      <div className="flex justify-end">
        <button type="submit" className="button button-primary" disabled={busy}>
          <Send size={15} aria-hidden /> Send
        </button>
      </div>
    </form>
  )
}

export const MessageDialog = ({ id, to, onClose }: { id: string; to: Addressee; onClose: () => void }) => (
  <Dialog open onOpenChange={(open) => !open && onClose()} title={`Message to ${to.name}`} description="It shows in their lab at once.">
    <MessageForm id={id} to={to} onSent={onClose} />
  </Dialog>
)
