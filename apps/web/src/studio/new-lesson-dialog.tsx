/** A new lesson: its course, its name, its title. */
"use client"
import { FilePlus } from "lucide-react"
import { useRouter } from "next/navigation"
import { useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"
import { PlaceFields } from "./place-fields.tsx"
import { slugOf } from "./slug-of.ts"

export const NewLessonDialog = ({ courses }: { courses: readonly { readonly slug: string; readonly title: string }[] }) => {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [title, setTitle] = useState("")
  const [place, setPlace] = useState({ course: courses[0]?.slug ?? "", lesson: "" })
  const [named, setNamed] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const lesson = named ? place.lesson : slugOf(title)
  const make = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      const { draft } = await api.studio.create.mutate({ course: place.course, lesson, title })
      router.push(`/studio/${draft}`)
    } catch (reason) {
      setProblem(reason instanceof Error ? reason.message : "It could not be made.")
      setBusy(false)
    }
  }
  return (
    <>
      <button type="button" className="button button-primary" onClick={() => setOpen(true)}>
        <FilePlus size={16} aria-hidden /> New lesson
      </button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="New lesson"
        description="It begins as a small lesson that can be solved, to be changed into yours."
      >
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            void make()
          }}
        >
          <label className="block text-sm font-medium">
            Title
            <input className="field mt-1" value={title} maxLength={200} required onChange={(event) => setTitle(event.target.value)} />
          </label>
          <PlaceFields
            courses={courses}
            place={{ ...place, lesson }}
            onChange={(next) => {
              if (next.lesson !== lesson) setNamed(true)
              setPlace(next)
            }}
          />
          {problem !== undefined && (
            <p role="alert" className="text-sm text-failure">
              {problem}
            </p>
          )}
          <div className="flex justify-end gap-2">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Cancel
            </button>
            <button type="submit" className="button button-primary" disabled={busy}>
              {busy ? "Making it…" : "Begin"}
            </button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
