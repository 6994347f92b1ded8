/** Who is in a class, the link by which others join, and what its teachers may change. */
"use client"
import { Ellipsis, GraduationCap, RefreshCw, UserMinus } from "lucide-react"
import { useRouter } from "next/navigation"
import { useEffect, useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { Menu, MenuItem } from "../components/menu.tsx"
import { api } from "../lab/api.ts"
import { CopyButton } from "../player/copy-button.tsx"
import { reasonOf } from "./words.ts"

export interface Member {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: "learner" | "teacher"
  readonly guest: boolean
  readonly owner: boolean
}

export const JoinLink = ({ id, joinCode, archived }: { id: string; joinCode: string; archived: boolean }) => {
  const [code, setCode] = useState(joinCode)
  const [origin, setOrigin] = useState("")
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string>()
  useEffect(() => setOrigin(location.origin), [])
  const link = `${origin}/join/${code}`
  const renew = async () => {
    setAsking(false)
    try {
      setCode((await api.classes.renewCode.mutate({ id })).joinCode)
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  if (archived) return <p className="text-[15px] text-ink-2">The class is archived: nobody joins it any more.</p>
  return (
    <div>
      <h2 className="text-lg font-semibold">Join link</h2>
      <p className="mt-1 text-[15px] text-ink-2">Whoever opens it is in the class, with an account or as a guest with a name.</p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <code className="min-w-0 rounded-md bg-sunken px-3 py-2 text-[13px] break-all" data-join-link>
          {link}
        </code>
        <CopyButton text={link} />
        <button type="button" className="button" onClick={() => setAsking(true)}>
          <RefreshCw size={15} aria-hidden /> Renew it
        </button>
      </div>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Renew the join link?"
        description="The old link leads nowhere from then on. Whoever is in the class stays in it."
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Keep it
          </button>
          <button type="button" className="button button-primary" onClick={() => void renew()}>
            Renew it
          </button>
        </div>
      </Dialog>
    </div>
  )
}

export const People = ({ id, members }: { id: string; members: readonly Member[] }) => {
  const router = useRouter()
  const [removing, setRemoving] = useState<Member>()
  const [problem, setProblem] = useState<string>()
  const act = async (change: () => Promise<unknown>) => {
    setProblem(undefined)
    try {
      await change()
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  const learners = members.filter(({ role }) => role === "learner").length
  return (
    <section aria-label="People">
      <h2 className="text-lg font-semibold">
        People <span className="ml-1 font-normal text-ink-3 tabular-nums">{members.length}</span>
      </h2>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
      <ul className="card mt-3 divide-y divide-line">
        {members.map((member) => (
          <li key={member.id} className="flex items-center gap-3 px-4 py-2.5">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{member.name}</p>
              <p className="truncate text-sm text-ink-3">{member.guest ? "guest" : member.email}</p>
            </div>
            {member.role === "teacher" && (
              <span className="inline-flex items-center gap-1.5 text-sm text-ink-2">
                <GraduationCap size={15} aria-hidden /> Teacher
              </span>
            )}
            {!member.owner && (
              <Menu
                trigger={
                  <button type="button" className="icon-button" aria-label={`What to do with ${member.name}`}>
                    <Ellipsis size={17} aria-hidden />
                  </button>
                }
              >
                <MenuItem
                  icon={<GraduationCap size={15} aria-hidden />}
                  disabled={member.guest}
                  onSelect={() =>
                    void act(() => api.classes.setTeacher.mutate({ id, person: member.id, teacher: member.role === "learner" }))
                  }
                >
                  {member.role === "learner" ? "Make a teacher of this class" : "Make a learner of this class"}
                </MenuItem>
                <MenuItem icon={<UserMinus size={15} aria-hidden />} onSelect={() => setRemoving(member)}>
                  Remove from the class
                </MenuItem>
              </Menu>
            )}
          </li>
        ))}
      </ul>
      {learners === 0 && <p className="mt-3 text-[15px] text-ink-2">Nobody has joined yet. Give the link above to your learners.</p>}
      <Dialog
        open={removing !== undefined}
        onOpenChange={(open) => !open && setRemoving(undefined)}
        title={`Remove ${removing?.name ?? ""}?`}
        description="What they did stays theirs; you do not see it here any more. The join link lets them in again until you renew it."
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setRemoving(undefined)}>
            Keep them
          </button>
          <button
            type="button"
            className="button button-primary"
            onClick={() => {
              const person = removing?.id
              setRemoving(undefined)
              if (person !== undefined) void act(() => api.classes.remove.mutate({ id, person }))
            }}
          >
            Remove
          </button>
        </div>
      </Dialog>
    </section>
  )
}

export const ClassSettings = ({ id, name, archived }: { id: string; name: string; archived: boolean }) => {
  const router = useRouter()
  const [problem, setProblem] = useState<string>()
  const change = async (to: { name?: string; archived?: boolean }) => {
    setProblem(undefined)
    try {
      await api.classes.change.mutate({ id, ...to })
      router.refresh()
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <section aria-label="The class">
      <h2 className="text-lg font-semibold">The class</h2>
      <form
        className="mt-3 flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void change({ name: String(new FormData(event.currentTarget).get("name")) })
        }}
      >
        <label className="block max-w-sm min-w-48 flex-1 text-sm font-medium">
          Name
          <input name="name" className="field mt-1.5 font-normal" required maxLength={100} defaultValue={name} autoComplete="off" />
        </label>
        <button type="submit" className="button h-10">
          Rename
        </button>
        <button type="button" className="button h-10" onClick={() => void change({ archived: !archived })}>
          {archived ? "Take it out of the archive" : "Archive it"}
        </button>
      </form>
      {problem && (
        <p role="alert" className="mt-2 text-sm text-failure">
          {problem}
        </p>
      )}
    </section>
  )
}
