/** The files of a draft: chosen, added, renamed, deleted, uploaded. Arrow keys walk them; the WAI-ARIA tree pattern, flat. */
"use client"
import { File, FileImage, FilePlus, FileText, ListChecks, Pencil, Trash2, Upload } from "lucide-react"
import { type KeyboardEvent, useRef, useState } from "react"
import { pathProblem, type SourceFile, type SourceFiles } from "@drydock/course/draft-files"
import { LARGEST_FILE } from "@drydock/course/limits"
import type { Problem } from "@drydock/course/lesson"
import { Dialog } from "../components/dialog.tsx"

/** The two every lesson has stand first. */
const FIRST = ["lesson.md", "lab.yaml"]
export const orderedPaths = (files: SourceFiles): string[] => [
  ...FIRST.filter((path) => files[path] !== undefined),
  ...Object.keys(files)
    .filter((path) => !FIRST.includes(path))
    .toSorted(),
]

/** A file as its text, or its bytes when they are no text. */
const readFile = async (file: Blob): Promise<SourceFile> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    let text = ""
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
    return { base64: btoa(text) }
  }
}

type Asked = { readonly kind: "add" } | { readonly kind: "rename" | "delete"; readonly path: string }

export const SourceTree = ({
  files,
  selected,
  problems,
  onSelect,
  onChange,
}: {
  files: SourceFiles
  selected: string
  problems: readonly Problem[]
  onSelect: (path: string) => void
  onChange: (changes: Readonly<Record<string, SourceFile | null>>) => void
}) => {
  const tree = useRef<HTMLDivElement>(null)
  const upload = useRef<HTMLInputElement>(null)
  const [asked, setAsked] = useState<Asked>()
  const [name, setName] = useState("")
  const [refused, setRefused] = useState<readonly string[]>([])
  const paths = orderedPaths(files)

  const ask = (wanted: Asked) => {
    setName(wanted.kind === "rename" ? wanted.path : "files/")
    setAsked(wanted)
  }
  const wrong =
    asked?.kind === "add" || asked?.kind === "rename"
      ? name === "files/"
        ? ""
        : asked.kind === "rename" && name === asked.path
          ? ""
          : (pathProblem(name) ?? (files[name] === undefined ? undefined : "there is a file of this name"))
      : undefined

  const finish = () => {
    if (!asked || wrong !== undefined) return
    if (asked.kind === "add") {
      onChange({ [name]: "" })
      onSelect(name)
    } else if (asked.kind === "rename") {
      onChange({ [asked.path]: null, [name]: files[asked.path] ?? "" })
      if (selected === asked.path) onSelect(name)
    } else {
      onChange({ [asked.path]: null })
      if (selected === asked.path) onSelect("lesson.md")
    }
    setAsked(undefined)
  }

  const take = async (given: FileList | null) => {
    const taken: Record<string, SourceFile> = {}
    const not: string[] = []
    for (const file of given ?? []) {
      const path = `files/${file.name}`
      const reason = file.size > LARGEST_FILE ? "has more than 1 MiB" : pathProblem(path)
      if (reason === undefined) taken[path] = await readFile(file)
      else not.push(`${file.name}: ${reason}`)
    }
    setRefused(not)
    if (Object.keys(taken).length > 0) {
      onChange(taken)
      onSelect(Object.keys(taken)[0] ?? selected)
    }
    if (upload.current) upload.current.value = ""
  }

  const press = (event: KeyboardEvent) => {
    const at = paths.indexOf(selected)
    const next = { ArrowDown: paths[at + 1], ArrowUp: paths[at - 1], Home: paths[0], End: paths.at(-1) }[event.key]
    if (next !== undefined) {
      event.preventDefault()
      onSelect(next)
      tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(next)}"]`)?.focus()
    } else if (event.key === "Delete" && !FIRST.includes(selected)) ask({ kind: "delete", path: selected })
    else if (event.key === "F2" && !FIRST.includes(selected)) ask({ kind: "rename", path: selected })
  }

  return (
    <section aria-label="Files" className="flex min-h-0 flex-col">
      <div className="flex h-10 shrink-0 items-center gap-0.5 border-b border-line pr-1.5 pl-3">
        <h2 className="mr-auto text-[13px] font-semibold">Files</h2>
        <button type="button" className="icon-button size-7" aria-label="New file" title="New file" onClick={() => ask({ kind: "add" })}>
          <FilePlus size={15} aria-hidden />
        </button>
        <button
          type="button"
          className="icon-button size-7"
          aria-label="Upload files"
          title="Upload"
          onClick={() => upload.current?.click()}
        >
          <Upload size={15} aria-hidden />
        </button>
        <input ref={upload} type="file" multiple hidden onChange={(event) => void take(event.target.files)} aria-label="Files to upload" />
      </div>
      {refused.length > 0 && (
        <p role="alert" className="border-b border-line bg-failure-soft px-3 py-2 text-[13px] text-failure">
          Not uploaded: {refused.join("; ")}
        </p>
      )}
      <div
        ref={tree}
        role="tree"
        aria-label="Files of the lesson"
        tabIndex={-1}
        onKeyDown={press}
        className="min-h-0 overflow-y-auto py-1.5 text-[13px]"
      >
        {paths.map((path) => {
          const on = path === selected
          const errors = problems.filter(({ file, severity }) => file === path && severity === "error").length
          const Icon =
            path === "lesson.md" ? FileText : path === "lab.yaml" ? ListChecks : typeof files[path] === "string" ? File : FileImage
          // Keys are the tree's.
          const pointer = { onClick: () => onSelect(path) }
          return (
            <div
              key={path}
              {...pointer}
              role="treeitem"
              data-path={path}
              tabIndex={on ? 0 : -1}
              aria-level={1}
              aria-selected={on}
              className={`group flex h-8 cursor-pointer items-center gap-2 pr-1.5 pl-3 -outline-offset-2 ${on ? "bg-accent-soft text-accent" : "text-ink-2 hover:bg-sunken hover:text-ink"}`}
            >
              <Icon size={14} aria-hidden className="shrink-0" />
              <span className="min-w-0 flex-1 truncate" title={path}>
                {path}
              </span>
              {errors > 0 && (
                <span className="shrink-0 rounded-full bg-failure-soft px-1.5 text-[11px] font-semibold text-failure">
                  {errors}
                  <span className="sr-only">{errors === 1 ? " mistake" : " mistakes"}</span>
                </span>
              )}
            </div>
          )
        })}
      </div>
      {!FIRST.includes(selected) && files[selected] !== undefined && (
        <div className="flex gap-1 border-t border-line p-1.5">
          <button type="button" className="button button-quiet flex-1" onClick={() => ask({ kind: "rename", path: selected })}>
            <Pencil size={14} aria-hidden /> Rename
          </button>
          <button type="button" className="button button-quiet flex-1" onClick={() => ask({ kind: "delete", path: selected })}>
            <Trash2 size={14} aria-hidden /> Delete
          </button>
        </div>
      )}
      <Dialog
        open={asked !== undefined}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={asked?.kind === "add" ? "New file" : asked?.kind === "rename" ? "Rename the file" : "Delete the file?"}
        {...(asked?.kind === "delete" && { description: `${asked.path} goes from the draft. The history keeps it.` })}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault()
            finish()
          }}
        >
          {asked?.kind !== "delete" && (
            <label className="block text-sm font-medium">
              Path
              <input
                className="field mt-1 font-mono text-sm"
                value={name}
                onChange={(event) => setName(event.target.value)}
                spellCheck={false}
              />
              <span className={`mt-1 block min-h-5 text-[13px] font-normal ${wrong ? "text-failure" : "text-ink-3"}`}>
                {wrong || "In files/. In lab.yaml, “from” names it without that."}
              </span>
            </label>
          )}
          <div className="mt-3 flex justify-end gap-2">
            <button type="button" className="button" onClick={() => setAsked(undefined)}>
              Cancel
            </button>
            <button type="submit" className="button button-primary" disabled={wrong !== undefined}>
              {asked?.kind === "add" ? "Make it" : asked?.kind === "rename" ? "Rename" : "Delete"}
            </button>
          </div>
        </form>
      </Dialog>
    </section>
  )
}
