/** The files of the machines, and an editor over them; `edit FILE` in a terminal opens here too. */
"use client"
import { Circle, FilePlus2, FileText, RefreshCw, Save, X } from "lucide-react"
import dynamic from "next/dynamic"
import { useCallback, useEffect, useRef, useState } from "react"
import { Skeleton } from "../components/skeleton.tsx"
import type { LabState } from "../lab/state.ts"
import { useLab, usePlayer } from "../player/player-context.tsx"
import { FileTree } from "./file-tree.tsx"

const CodeEditor = dynamic(() => import("./code-editor.tsx").then((module) => module.CodeEditor), {
  ssr: false,
  loading: () => (
    <div className="space-y-2 p-4">
      {["w-1/3", "w-1/4", "w-2/5", "w-1/2"].map((width) => (
        <Skeleton key={width} className={`h-4 ${width}`} />
      ))}
    </div>
  ),
})

interface OpenFile {
  readonly machine: string
  readonly path: string
  /** As on the machine, when it was read or saved last. */
  readonly saved: string
  readonly text: string
  /** Counts the times it was read: another reading is another text to begin with. */
  readonly turn: number
  /** The editor number of a command that waits for it. */
  readonly editor?: number
}

const machinesOf = (state: LabState) => state.machines
const editsOf = (state: LabState) => state.edits
const keyOf = (file: { machine: string; path: string }) => `${file.machine}:${file.path}`
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1)

export const FilesPane = () => {
  const { lab, wantedFile } = usePlayer()
  const machines = useLab(machinesOf)
  const edits = useLab(editsOf)
  const [machine, setMachine] = useState<string>()
  const [root, setRoot] = useState("/root")
  const [version, setVersion] = useState(0)
  const [files, setFiles] = useState<readonly OpenFile[]>([])
  const [front, setFront] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [said, setSaid] = useState("")
  const here = machine ?? machines[0]
  const filesNow = useRef(files)
  filesNow.current = files

  const turns = useRef(0)
  const add = useCallback((read: Omit<OpenFile, "turn">) => {
    const file = { ...read, turn: ++turns.current }
    setFiles((known) => [...known.filter((one) => keyOf(one) !== keyOf(file)), file])
    setFront(keyOf(file))
    setProblem(undefined)
  }, [])

  const open = useCallback(
    async (on: string, path: string, fresh = false) => {
      if (!fresh && filesNow.current.some((file) => keyOf(file) === keyOf({ machine: on, path }))) {
        setFront(keyOf({ machine: on, path }))
        return
      }
      try {
        const answer = await lab.ask({ type: "read-file", machine: on, path })
        if (answer.type === "file") add({ machine: on, path: answer.path, saved: answer.content, text: answer.content })
      } catch (reason) {
        setProblem(`${path}: ${reason instanceof Error ? reason.message : "it could not be read"}`)
      }
    },
    [lab, add],
  )

  useEffect(() => {
    for (const { editor, machine: on, path, content, wait } of edits)
      if (!filesNow.current.some((file) => file.editor === editor)) {
        add({ machine: on, path, saved: content, text: content, ...(wait && { editor }) })
        if (!wait) lab.editorClosed(editor)
      }
  }, [edits, lab, add])

  useEffect(() => {
    const on = wantedFile?.machine ?? machines[0]
    if (wantedFile && on !== undefined) void open(on, wantedFile.path)
  }, [wantedFile, machines, open])

  const file = files.find((one) => keyOf(one) === front)
  const change = (key: string, part: Partial<OpenFile>) =>
    setFiles((known) => known.map((one) => (keyOf(one) === key ? { ...one, ...part } : one)))

  const save = async (wanted: OpenFile, text = wanted.text) => {
    try {
      await lab.saveFile(wanted.machine, wanted.path, text)
      change(keyOf(wanted), { saved: text })
      setSaid(`${nameOf(wanted.path)} is saved`)
      setProblem(undefined)
      setVersion((known) => known + 1)
    } catch (reason) {
      setProblem(`${wanted.path}: ${reason instanceof Error ? reason.message : "it could not be saved"}`)
    }
  }

  const close = (wanted: OpenFile) => {
    if (wanted.text !== wanted.saved && !window.confirm(`${nameOf(wanted.path)} has changes that are not saved. Close it and lose them?`))
      return
    if (wanted.editor !== undefined) lab.editorClosed(wanted.editor)
    const rest = files.filter((one) => one !== wanted)
    setFiles(rest)
    if (front === keyOf(wanted)) setFront(rest.at(-1) && keyOf(rest.at(-1) as OpenFile))
  }

  const create = () => {
    const name = window.prompt("Name of the new file", `${root === "/" ? "" : root}/pod.yaml`)?.trim()
    if (!name || here === undefined) return
    add({ machine: here, path: name.startsWith("/") ? name : `${root}/${name}`, saved: "", text: "" })
  }

  if (here === undefined)
    return (
      <div className="space-y-2 p-4">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-5 w-32" />
      </div>
    )
  return (
    <div className="absolute inset-0 flex bg-surface max-wide:flex-col">
      <aside
        className="flex w-56 shrink-0 flex-col border-line max-wide:h-44 max-wide:w-full max-wide:border-b wide:border-r"
        aria-label="Files"
      >
        <div className="grid gap-1 border-b border-line p-1.5">
          <div className="flex items-center gap-0.5">
            <select
              aria-label="Machine"
              className="h-8 min-w-0 flex-1 rounded-md border border-line bg-surface px-1.5 text-[13px]"
              value={here}
              onChange={(event) => setMachine(event.target.value)}
            >
              {machines.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
            <button type="button" className="icon-button size-7" aria-label="New file" title="New file" onClick={create}>
              <FilePlus2 size={15} aria-hidden />
            </button>
            <button
              type="button"
              className="icon-button size-7"
              aria-label="Read the files again"
              title="Read again"
              onClick={() => setVersion(version + 1)}
            >
              <RefreshCw size={14} aria-hidden />
            </button>
          </div>
          <select
            aria-label="Folder"
            className="h-8 w-full rounded-md border border-line bg-surface px-1.5 font-mono text-xs"
            value={root}
            onChange={(event) => setRoot(event.target.value)}
          >
            {["/root", "/etc/kubernetes", "/"].map((path) => (
              <option key={path}>{path}</option>
            ))}
          </select>
        </div>
        <div className="min-h-0 flex-1 overflow-auto">
          <FileTree
            key={here}
            lab={lab}
            machine={here}
            root={root}
            version={version}
            selected={file?.machine === here ? file.path : undefined}
            onOpen={(path) => void open(here, path)}
          />
        </div>
      </aside>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {files.length > 0 && (
          <div className="flex shrink-0 items-center border-b border-line">
            <ul className="flex min-w-0 flex-1 overflow-x-auto" aria-label="Open files">
              {files.map((one) => (
                <li
                  key={keyOf(one)}
                  className={`flex h-9 items-center border-r border-line pl-3 text-[13px] ${one === file ? "bg-surface font-medium" : "bg-canvas text-ink-2"}`}
                >
                  <button
                    type="button"
                    aria-pressed={one === file}
                    onClick={() => setFront(keyOf(one))}
                    title={`${one.path} on ${one.machine}`}
                  >
                    {nameOf(one.path)}
                  </button>
                  {one.text !== one.saved && <Circle size={8} fill="currentColor" className="ml-1.5 text-accent" aria-label="not saved" />}
                  <button
                    type="button"
                    className="icon-button ml-1 size-6"
                    aria-label={`Close ${nameOf(one.path)}`}
                    onClick={() => close(one)}
                  >
                    <X size={13} aria-hidden />
                  </button>
                </li>
              ))}
            </ul>
            {file && (
              <button
                type="button"
                className="button button-quiet mx-1 shrink-0 text-[13px]"
                disabled={file.text === file.saved && file.saved !== ""}
                onClick={() => void save(file)}
              >
                <Save size={14} aria-hidden /> Save{" "}
                <kbd className="key" aria-hidden>
                  Ctrl S
                </kbd>
              </button>
            )}
          </div>
        )}
        {problem && (
          <p role="alert" className="border-b border-line bg-failure-soft px-3 py-1.5 text-[13px] text-failure">
            {problem}
          </p>
        )}
        {file?.editor !== undefined && (
          <p className="border-b border-line bg-accent-soft px-3 py-1.5 text-[13px] text-accent">
            A command in the terminal waits: save, then close the file, and it goes on.
          </p>
        )}
        <div className="relative min-h-0 flex-1">
          {file ? (
            <CodeEditor
              key={`${keyOf(file)}#${file.turn}`}
              machine={file.machine}
              path={file.path}
              initial={file.text}
              onChange={(text) => change(keyOf(file), { text })}
              onSave={(text) => void save(file, text)}
            />
          ) : (
            <div className="flex h-full flex-col items-center justify-center gap-2 p-6 text-center text-sm text-ink-2">
              <FileText size={22} aria-hidden className="text-ink-3" />
              <p className="max-w-xs">
                Open a file from the tree, or run <code className="text-[13px]">edit FILE</code> in a terminal.
              </p>
            </div>
          )}
        </div>
        <p role="status" className="sr-only">
          {said}
        </p>
      </div>
    </div>
  )
}
