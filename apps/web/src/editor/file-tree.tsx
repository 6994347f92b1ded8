/** The files of a machine as a tree; a folder asks the lab when it is opened. The WAI-ARIA tree. */
"use client"
import { ChevronRight, File, Folder, FolderOpen, Link2 } from "lucide-react"
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react"
import type { Lab } from "../lab/lab.ts"

interface Entry {
  readonly name: string
  readonly type: "file" | "directory" | "symlink" | "other"
}

const join = (folder: string, name: string) => (folder === "/" ? `/${name}` : `${folder}/${name}`)

/** @param version changes when the tree should be read anew */
export const FileTree = ({
  lab,
  machine,
  root,
  version,
  selected,
  onOpen,
}: {
  lab: Lab
  machine: string
  root: string
  version: number
  selected: string | undefined
  onOpen: (path: string) => void
}) => {
  const [folders, setFolders] = useState<ReadonlyMap<string, readonly Entry[]>>(new Map())
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set([root]))
  const [problem, setProblem] = useState<string>()
  const [active, setActive] = useState<string>()
  const tree = useRef<HTMLDivElement>(null)
  const looked = useRef(0)

  const read = useCallback(
    async (path: string) => {
      try {
        const answer = await lab.ask({ type: "list-files", machine, path })
        if (answer.type !== "files") return
        const entries = answer.entries.toSorted(
          (a, b) => Number(b.type === "directory") - Number(a.type === "directory") || a.name.localeCompare(b.name),
        )
        setFolders((known) => new Map(known).set(path, entries))
        setProblem(undefined)
      } catch (reason) {
        setProblem(reason instanceof Error ? reason.message : "The folder could not be read.")
      }
    },
    [lab, machine],
  )

  useEffect(() => {
    setFolders(new Map())
    setOpen(new Set([root]))
  }, [root])

  useEffect(() => {
    looked.current = version
    for (const path of open) void read(path)
  }, [read, open, version])

  const toggle = (path: string) => {
    const next = new Set(open)
    if (!next.delete(path)) next.add(path)
    setOpen(next)
  }

  const rows: { path: string; entry: Entry; level: number }[] = []
  const collect = (folder: string, level: number) => {
    for (const entry of folders.get(folder) ?? []) {
      const path = join(folder, entry.name)
      rows.push({ path, entry, level })
      if (entry.type === "directory" && open.has(path) && level < 24) collect(path, level + 1)
    }
  }
  collect(root, 1)

  const focus = (path: string | undefined) => {
    if (path === undefined) return
    setActive(path)
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus()
  }
  const press = (event: KeyboardEvent) => {
    const at = rows.findIndex((row) => row.path === active)
    const row = rows[at]
    const folder = row?.entry.type === "directory"
    if (event.key === "ArrowDown") focus(rows[at + 1]?.path)
    else if (event.key === "ArrowUp") focus(rows[Math.max(0, at - 1)]?.path)
    else if (event.key === "ArrowRight" && folder) open.has(row.path) ? focus(rows[at + 1]?.path) : toggle(row.path)
    else if (event.key === "ArrowLeft" && row)
      folder && open.has(row.path) ? toggle(row.path) : focus(rows.findLast((known, index) => index < at && known.level < row.level)?.path)
    else if ((event.key === "Enter" || event.key === " ") && row) folder ? toggle(row.path) : onOpen(row.path)
    else return
    event.preventDefault()
  }

  if (problem && rows.length === 0) return <p className="p-3 text-[13px] text-failure">{problem}</p>
  return (
    <div ref={tree} role="tree" aria-label={`Files of ${machine}`} onKeyDown={press} className="py-1.5 text-[13px]" tabIndex={-1}>
      {folders.has(root) && rows.length === 0 && <p className="px-3 py-1 text-ink-3">This folder is empty.</p>}
      {rows.map(({ path, entry, level }, at) => {
        const folder = entry.type === "directory"
        const Icon = folder ? (open.has(path) ? FolderOpen : Folder) : entry.type === "symlink" ? Link2 : File
        // Keys are the tree's.
        const pointer = { onClick: () => (folder ? toggle(path) : onOpen(path)) }
        return (
          <div
            key={path}
            {...pointer}
            role="treeitem"
            data-path={path}
            tabIndex={path === active || (active === undefined && at === 0) ? 0 : -1}
            aria-level={level}
            aria-selected={path === selected}
            {...(folder && { "aria-expanded": open.has(path) })}
            onFocus={() => setActive(path)}
            style={{ paddingLeft: `${level * 14 - 4}px` }}
            className={`flex h-7 cursor-pointer items-center gap-1.5 pr-2 -outline-offset-2 ${path === selected ? "bg-accent-soft text-accent" : "text-ink-2 hover:bg-sunken hover:text-ink"}`}
          >
            <ChevronRight
              size={13}
              aria-hidden
              className={`shrink-0 transition-transform duration-150 ${folder ? "" : "invisible"} ${open.has(path) ? "rotate-90" : ""}`}
            />
            <Icon size={14} aria-hidden className="shrink-0" />
            <span className="truncate">{entry.name}</span>
          </div>
        )
      })}
    </div>
  )
}
