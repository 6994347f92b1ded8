/** People, found by name or e-mail, and their roles. */
"use client"
import { type FormEvent, useState } from "react"
import type { KnownPerson, Role } from "@drydock/db"
import { reasonOf } from "../classes/words.ts"
import { api } from "../lab/api.ts"

const ROLES: readonly Role[] = ["learner", "instructor", "admin"]

export const PeopleTable = ({ initial, self }: { initial: readonly KnownPerson[]; self: string }) => {
  const [people, setPeople] = useState(initial)
  const [problem, setProblem] = useState<string>()
  const find = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setProblem(undefined)
    try {
      setPeople(await api.admin.people.query({ text: String(form.get("text") ?? ""), guests: form.get("guests") !== null }))
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  const setRole = async (person: string, role: Role) => {
    setProblem(undefined)
    try {
      await api.admin.setRole.mutate({ person, role })
      setPeople((all) => all.map((one) => (one.id === person ? { ...one, role } : one)))
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <section aria-label="People" className="mt-10">
      <h2 className="text-lg font-semibold">People</h2>
      <form onSubmit={find} className="mt-3 flex flex-wrap items-center gap-3">
        <input
          name="text"
          aria-label="Name or e-mail"
          placeholder="Name or e-mail"
          className="field max-w-xs"
          maxLength={100}
          autoComplete="off"
        />
        <label className="flex items-center gap-2 text-sm">
          <input name="guests" type="checkbox" /> Guests too
        </label>
        <button type="submit" className="button h-10">
          Find
        </button>
      </form>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
      {people.length === 0 ? (
        <p className="mt-4 text-[15px] text-ink-2">Nobody of that name.</p>
      ) : (
        <ul className="card mt-3 divide-y divide-line">
          {people.map(({ id, name, email, role, isAnonymous, labs }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
              <div className="min-w-48 flex-1">
                <p className="truncate font-medium">{name}</p>
                <p className="truncate text-sm text-ink-3">
                  {isAnonymous ? "guest" : email}
                  {labs > 0 && `, ${labs} ${labs === 1 ? "lab" : "labs"}`}
                </p>
              </div>
              {isAnonymous ? null : (
                <select
                  aria-label={`Role of ${name}`}
                  className="field h-9 w-36 text-sm"
                  value={role}
                  disabled={id === self}
                  onChange={(event) => void setRole(id, event.target.value as Role)}
                >
                  {ROLES.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
