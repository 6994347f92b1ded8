/** Makes a class: a name and a course. */
"use client"
import { useRouter } from "next/navigation"
import { type FormEvent, useState } from "react"
import { api } from "../lab/api.ts"
import { reasonOf } from "./words.ts"

export const NewClassForm = ({ courses }: { courses: readonly { readonly slug: string; readonly title: string }[] }) => {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setProblem(undefined)
    try {
      const { id } = await api.classes.create.mutate({ name: String(form.get("name")), course: String(form.get("course")) })
      router.push(`/classes/${id}/people`)
    } catch (reason) {
      setProblem(reasonOf(reason))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit} className="card mt-8 p-5">
      <h2 className="font-semibold">Make a class</h2>
      <div className="mt-3 flex flex-wrap items-end gap-3">
        <label className="block min-w-48 flex-1 text-sm font-medium">
          Name
          <input
            name="name"
            className="field mt-1.5 font-normal"
            required
            maxLength={100}
            placeholder="Operations, autumn"
            autoComplete="off"
          />
        </label>
        <label className="block min-w-48 flex-1 text-sm font-medium">
          Course
          <select name="course" className="field mt-1.5 font-normal">
            {courses.map(({ slug, title }) => (
              <option key={slug} value={slug}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button button-primary h-10 px-4" disabled={busy}>
          Make it
        </button>
      </div>
      {problem && (
        <p role="alert" className="mt-3 text-sm text-failure">
          {problem}
        </p>
      )}
    </form>
  )
}
