/** A zip or a folder of somebody's lesson as drafts: and, line by line, what could not be carried over. */
"use client"
import { FileArchive, FolderUp, Upload } from "lucide-react"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { useRef, useState } from "react"
import { LARGEST_FILE, LARGEST_LESSON } from "@drydock/course/limits"
import { Dialog } from "../components/dialog.tsx"
import { api } from "../lab/api.ts"
import { PlaceFields } from "./place-fields.tsx"
import { slugOf } from "./slug-of.ts"

type Outcome = Awaited<ReturnType<typeof api.studio.import.mutate>>
interface Chosen {
  readonly name: string
  readonly zip: Uint8Array
  /** Files of a folder that were left out before it was sent. */
  readonly left: readonly string[]
}

const FORMS = { drydock: "Drydock", killercoda: "Killercoda", educates: "Educates", iximiuz: "iximiuz" } as const

const toBase64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** A chosen folder, zipped here: one way in for both. */
const zipOf = async (files: readonly File[]): Promise<Chosen> => {
  const { packFiles } = await import("@drydock/course/zip")
  const packed = new Map<string, Uint8Array>()
  const left: string[] = []
  let name = "lesson"
  for (const file of files) {
    const [folder = "", ...rest] = file.webkitRelativePath.split("/")
    name = folder || name
    if (rest.some((part) => part === ".git" || part === "node_modules")) continue
    if (file.size > LARGEST_FILE) left.push(`${rest.join("/")}: it has more than 1 MiB`)
    else packed.set(rest.join("/"), new Uint8Array(await file.arrayBuffer()))
  }
  return { name, zip: packFiles(packed), left }
}

export const ImportDialog = ({ courses }: { courses: readonly { readonly slug: string; readonly title: string }[] }) => {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState<Chosen>()
  const [place, setPlace] = useState({ course: courses[0]?.slug ?? "", lesson: "" })
  const [problem, setProblem] = useState<string>()
  const [outcome, setOutcome] = useState<Outcome>()
  const [busy, setBusy] = useState(false)
  const zipInput = useRef<HTMLInputElement>(null)
  const folderInput = useRef<HTMLInputElement>(null)

  const close = (to: boolean) => {
    setOpen(to)
    if (to) return
    if (outcome) router.refresh()
    setChosen(undefined)
    setOutcome(undefined)
    setProblem(undefined)
  }
  const take = async (files: FileList | null, folder: boolean) => {
    const [first] = files ?? []
    if (!files || !first) return
    setProblem(undefined)
    if (!folder && first.size > LARGEST_LESSON) return setProblem("The zip is larger than 8 MiB, which is what a lesson may have.")
    const made = folder
      ? await zipOf([...files])
      : { name: first.name.replace(/\.zip$/i, ""), zip: new Uint8Array(await first.arrayBuffer()), left: [] }
    if (made.zip.length > LARGEST_LESSON) return setProblem("The folder is larger than 8 MiB, which is what a lesson may have.")
    setChosen(made)
    setPlace((known) => ({ ...known, lesson: slugOf(made.name) || "imported" }))
  }
  const send = async () => {
    if (!chosen) return
    setBusy(true)
    setProblem(undefined)
    try {
      setOutcome(await api.studio.import.mutate({ ...place, zip: toBase64(chosen.zip) }))
    } catch (reason) {
      setProblem(reason instanceof Error ? reason.message : "It could not be imported.")
    }
    setBusy(false)
  }

  const notes = outcome ? [...outcome.notes, ...(chosen?.left ?? []).map((message) => ({ file: "", line: 1, message }))] : []
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Upload size={16} aria-hidden /> Import
      </button>
      <Dialog
        open={open}
        onOpenChange={close}
        wide={outcome !== undefined}
        title={outcome ? "Imported" : "Import a lesson"}
        {...(!outcome && {
          description: "A zip or a folder: a lesson of Drydock's, or one made for Killercoda, Katacoda, Educates or iximiuz.",
        })}
      >
        {outcome ? (
          <>
            <ul className="space-y-1">
              {outcome.drafts.map(({ id, lesson, title }) => (
                <li key={id}>
                  <Link href={`/studio/${id}`} className="link">
                    {title}
                  </Link>{" "}
                  <span className="text-sm text-ink-3">
                    {place.course}/{lesson}, from {FORMS[outcome.form]}
                  </span>
                </li>
              ))}
            </ul>
            {notes.length > 0 && (
              <>
                <h3 className="mt-4 text-sm font-semibold">Not carried over as it was</h3>
                <ul aria-label="Not carried over" className="mt-1 divide-y divide-line rounded-md border border-line">
                  {notes.map(({ file, line, message }) => (
                    <li key={`${file}:${line}:${message}`} className="px-3 py-1.5 text-[13px]">
                      {file && (
                        <span className="font-mono text-xs text-ink-3">
                          {file}:{line}{" "}
                        </span>
                      )}
                      {message}
                    </li>
                  ))}
                </ul>
              </>
            )}
            <div className="mt-4 flex justify-end">
              <button type="button" className="button button-primary" onClick={() => close(false)}>
                Done
              </button>
            </div>
          </>
        ) : (
          <form
            className="space-y-4"
            onSubmit={(event) => {
              event.preventDefault()
              void send()
            }}
          >
            <div className="flex flex-wrap gap-2">
              <button type="button" className="button" onClick={() => zipInput.current?.click()}>
                <FileArchive size={15} aria-hidden /> Choose a zip
              </button>
              <button type="button" className="button" onClick={() => folderInput.current?.click()}>
                <FolderUp size={15} aria-hidden /> Choose a folder
              </button>
              <input
                ref={zipInput}
                type="file"
                accept=".zip,application/zip"
                hidden
                aria-label="Zip file"
                onChange={(event) => void take(event.target.files, false)}
              />
              <input
                ref={folderInput}
                type="file"
                hidden
                aria-label="Folder"
                {...{ webkitdirectory: "" }}
                onChange={(event) => void take(event.target.files, true)}
              />
            </div>
            {chosen && (
              <p className="text-sm text-ink-2">
                {chosen.name}, {Math.max(1, Math.round(chosen.zip.length / 1024))} KiB
              </p>
            )}
            {chosen && <PlaceFields courses={courses} place={place} onChange={setPlace} />}
            {problem !== undefined && (
              <p role="alert" className="text-sm text-failure">
                {problem}
              </p>
            )}
            <div className="flex justify-end gap-2">
              <button type="button" className="button" onClick={() => close(false)}>
                Cancel
              </button>
              <button type="submit" className="button button-primary" disabled={!chosen || busy}>
                {busy ? "Reading it…" : "Import"}
              </button>
            </div>
          </form>
        )}
      </Dialog>
    </>
  )
}
