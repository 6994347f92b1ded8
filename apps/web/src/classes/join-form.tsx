/** Joins a class: at once with an account, with a name as a guest. */
"use client"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { api, asLearner } from "../lab/api.ts"
import { reasonOf } from "./words.ts"

/** @param visitor nobody is signed in, not even as a guest @param named their account has a name */
export const JoinForm = ({ code, visitor, named }: { code: string; visitor: boolean; named: boolean }) => {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get("name")
    setBusy(true)
    setProblem(undefined)
    try {
      const { id } = await asLearner(() => api.classes.join.mutate({ code, ...(name !== null && { name: String(name) }) }), visitor)
      router.push(`/classes/${id}`)
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit} className="mt-6 space-y-4">
      {!named && (
        <label className="block text-sm font-medium">
          Your name
          <input
            name="name"
            className="field mt-1.5 font-normal"
            required
            maxLength={100}
            autoComplete="name"
            aria-describedby="name-hint"
          />
          <span id="name-hint" className="mt-1 block font-normal text-ink-2">
            Your teacher sees it.
          </span>
        </label>
      )}
      {problem && (
        <p role="alert" className="rounded-md bg-failure-soft px-3 py-2 text-sm text-failure">
          {problem}
        </p>
      )}
      <button type="submit" className="button button-primary h-10 w-full" disabled={busy}>
        {named ? "Join the class" : "Join as a guest"}
      </button>
    </form>
  )
}
