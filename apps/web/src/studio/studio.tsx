/** A draft in one window: its files, the editor, what learners will read, its lab, and what is wrong, tested and was before. */
"use client"
import {
  ArrowLeft,
  BookOpen,
  Download,
  Eye,
  FlaskConical,
  FolderTree,
  MoreHorizontal,
  PencilLine,
  SquareTerminal,
  Trash2,
  Upload,
  X,
} from "lucide-react"
import dynamic from "next/dynamic"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { type ReactNode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react"
import { draftSeed, type SourceFiles } from "@drydock/course/draft-files"
import { outlineOf } from "@drydock/course/learner-view"
import type { Lesson } from "@drydock/course/lesson"
import { sha256 } from "@drydock/course/sha256"
import { instantiateLab } from "@drydock/course/variables"
import { Dialog } from "../components/dialog.tsx"
import { Menu, MenuItem } from "../components/menu.tsx"
import { PaneBar, type PaneChoice } from "../components/pane-bar.tsx"
import { SplitHandle } from "../components/split-handle.tsx"
import { api } from "../lab/api.ts"
import { useLabOf } from "../lab/use-lab-of.ts"
import { type PaneTab, PaneTabs } from "../player/pane-tabs.tsx"
import { PlayerContext } from "../player/player-context.tsx"
import { useWorkspace } from "../player/use-workspace.ts"
import { ThemeSwitch } from "../site/theme-switch.tsx"
import { DraftStore } from "./draft-store.ts"
import { HistoryView } from "./history-view.tsx"
import { LabPane, type LabTab } from "./lab-pane.tsx"
import { OtherWriters } from "./other-writers.tsx"
import { Outline } from "./outline.tsx"
import { Preview } from "./preview.tsx"
import { ProblemList } from "./problem-list.tsx"
import { PublishDialog } from "./publish-dialog.tsx"
import { SaveStatus } from "./save-status.tsx"
import type { Reveal } from "./source-editor.tsx"
import { SourceTree } from "./source-tree.tsx"
import { useProblems } from "./use-problems.ts"

const SourceEditor = dynamic(() => import("./source-editor.tsx").then((module) => module.SourceEditor), {
  ssr: false,
  loading: () => <p className="p-4 text-sm text-ink-3">Opening the editor…</p>,
})
const TestView = dynamic(() => import("./test-view.tsx").then((module) => module.TestView), { ssr: false })

/** How often others' work is asked for while the page is looked at, ms. */
const NEWS_MS = 4_000

export interface StudioDraft {
  readonly id: string
  readonly course: string
  readonly lesson: string
}

type Lower = "problems" | "test" | "history"
/** On a narrow screen one is shown. */
type Part = "files" | "editor" | "preview" | "lab" | "lower"

const PARTS: readonly PaneChoice<Part>[] = [
  { id: "files", label: "Files", icon: FolderTree },
  { id: "editor", label: "Write", icon: PencilLine },
  { id: "preview", label: "Preview", icon: Eye },
  { id: "lab", label: "Lab", icon: SquareTerminal },
  { id: "lower", label: "Test", icon: FlaskConical },
]

const useDraft = (draft: StudioDraft, files: SourceFiles, base: number): DraftStore => {
  const [store] = useState(
    () =>
      new DraftStore(
        {
          save: (from, changes) => api.studio.save.mutate({ draft: draft.id, base: from, changes }),
          news: (from) => api.studio.news.query({ draft: draft.id, base: from }),
        },
        files,
        base,
      ),
  )
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void store.refresh()
    }, NEWS_MS)
    const leave = (event: BeforeUnloadEvent) => {
      if (store.state().status === "saved") return
      void store.save()
      event.preventDefault()
    }
    window.addEventListener("beforeunload", leave)
    return () => {
      clearInterval(timer)
      window.removeEventListener("beforeunload", leave)
      void store.save()
    }
  }, [store])
  return store
}

/** The lab of a draft, around what shows it. A part of its own: another lab.yaml makes another. */
const InLab = ({
  draft,
  made,
  lesson,
  onLab,
  children,
}: {
  draft: string
  made: string
  lesson: Lesson
  onLab: (tab: LabTab) => void
  children: ReactNode
}) => {
  const lab = useLabOf(
    useMemo(() => ({ draft, lab: made }), [draft, made]),
    false,
  )
  useEffect(() => lab.show({ map: true, events: false, trace: true }), [lab])
  const tasks = useMemo(() => outlineOf(instantiateLab(lesson.lab, draftSeed(lesson.lab, draft)).lab), [lesson, draft])
  const onShown = useCallback((tab: LabTab | "events") => onLab(tab === "events" ? "map" : tab), [onLab])
  const view = useWorkspace({ lab, tasks, onShown })
  return <PlayerContext value={view}>{children}</PlayerContext>
}

/** The lab that was made last goes on until another is saved: half a word of YAML ends nobody's work. */
const useMade = (lesson: Lesson | undefined, saved: boolean) => {
  const [made, setMade] = useState<{ readonly key: string; readonly lesson: Lesson }>()
  useEffect(() => {
    if (!lesson || !saved) return
    const key = sha256(JSON.stringify(lesson.lab)).slice(0, 28)
    setMade((known) => (known?.key === key && known.lesson === lesson ? known : { key, lesson }))
  }, [lesson, saved])
  return made
}

const download = async (files: SourceFiles, name: string) => {
  const { packSource } = await import("@drydock/course/import-source")
  const url = URL.createObjectURL(new Blob([packSource(files, name) as BlobPart], { type: "application/zip" }))
  const link = document.createElement("a")
  link.href = url
  link.download = `${name}.zip`
  link.click()
  URL.revokeObjectURL(url)
}

export const Studio = ({
  draft,
  files: given,
  base,
  published,
}: {
  draft: StudioDraft
  files: SourceFiles
  base: number
  published: boolean
}) => {
  const router = useRouter()
  const store = useDraft(draft, given, base)
  const state = useSyncExternalStore(store.subscribe, store.state, store.state)
  const { files } = state
  const [selected, setSelected] = useState("lesson.md")
  const [reveal, setReveal] = useState<Reveal>()
  const [lower, setLower] = useState<Lower>("problems")
  const [part, setPart] = useState<Part>("editor")
  const [labTab, setLabTab] = useState<LabTab>("terminal")
  const [testing, setTesting] = useState(0)
  const [publishing, setPublishing] = useState<{ readonly older?: number }>()
  const [publishedNow, setPublishedNow] = useState(0)
  const [removing, setRemoving] = useState(false)
  const [sizes, setSizes] = useState({ across: 44, down: 62, lab: 56 })
  const saved = state.status === "saved"
  const looked = useProblems(draft, files, saved ? state.base : undefined)
  const { problems } = looked
  const made = useMade(looked.current && looked.files === files ? looked.lesson : undefined, saved)
  const errors = problems.filter(({ severity }) => severity === "error").length
  const path = files[selected] === undefined ? "lesson.md" : selected
  const file = files[path]
  const texts = {
    markdown: typeof files["lesson.md"] === "string" ? files["lesson.md"] : "",
    lab: typeof files["lab.yaml"] === "string" ? files["lab.yaml"] : "",
  }

  const go = useCallback((to: string, line: number) => {
    setSelected(to)
    setPart("editor")
    setReveal((known) => ({ path: to, line, turn: (known?.turn ?? 0) + 1 }))
  }, [])
  const showLab = useCallback((tab: LabTab) => {
    setLabTab(tab)
    setPart("lab")
  }, [])
  const showLower = (tab: Lower) => {
    setLower(tab)
    setPart("lower")
  }
  const prepare = async (): Promise<number> => {
    if (!(await store.save())) throw new Error(store.state().problem ?? "The draft could not be saved.")
    return store.state().base
  }
  const remove = async () => {
    await api.studio.remove.mutate({ draft: draft.id })
    store.close()
    router.push("/studio")
  }

  const hidden = (of: Part) => (part === of ? "" : "max-wide:hidden")
  const lowerTabs: readonly PaneTab[] = [
    { id: "problems", label: problems.length > 0 ? `Problems ${problems.length}` : "Problems" },
    { id: "test", label: "Test" },
    { id: "history", label: "History" },
  ]
  const preview = (
    <article
      aria-label="Preview"
      // Scrolled with the keys.
      tabIndex={-1}
      className={`relative min-h-0 overflow-y-auto bg-surface px-5 pt-6 pb-16 max-wide:flex-1 sm:px-7 wide:h-[var(--lab)] wide:shrink-0 ${hidden("preview")}`}
    >
      {made ? (
        <Preview lesson={made.lesson} text={texts.markdown} draft={draft.id} />
      ) : (
        <p className="text-sm text-ink-3">
          {errors > 0 ? "The preview and the lab open when the first mistakes are mended." : "Reading the lesson…"}
        </p>
      )}
    </article>
  )
  const beside = (
    <div
      className={`flex min-h-0 min-w-0 flex-col max-wide:flex-1 wide:flex-1 ${part === "preview" || part === "lab" ? "" : "max-wide:hidden"}`}
    >
      {preview}
      <SplitHandle
        orientation="horizontal"
        label="Height of the preview"
        controls="studio-lab"
        value={sizes.lab}
        min={15}
        max={85}
        onChange={(lab) => setSizes((known) => ({ ...known, lab }))}
        className="max-wide:hidden"
      />
      <div className={`flex min-h-0 flex-1 flex-col ${hidden("lab")}`}>
        {made ? (
          <LabPane key={made.key} tab={labTab} onTab={setLabTab} />
        ) : (
          <section id="studio-lab" aria-label="Lab" className="flex-1 bg-terminal" />
        )}
      </div>
    </div>
  )

  return (
    <div
      className="flex h-dvh flex-col overflow-clip"
      style={{ "--across": `${sizes.across}%`, "--down": `${sizes.down}%`, "--lab": `${sizes.lab}%` } as Record<string, string>}
    >
      <header className="flex min-h-13 shrink-0 items-center gap-2 border-b border-line bg-surface px-2 sm:px-3">
        <Link href="/studio" className="icon-button" aria-label="All drafts" title="All drafts">
          <ArrowLeft size={17} aria-hidden />
        </Link>
        <div className="min-w-0 flex-1">
          <h1 className="truncate text-sm font-semibold">{looked.lesson?.header.title ?? draft.lesson}</h1>
          <p className="truncate text-xs text-ink-3">
            {draft.course}/{draft.lesson}
          </p>
        </div>
        <OtherWriters draft={draft.id} path={path} />
        <SaveStatus state={state} />
        <button
          type="button"
          className="button max-sm:px-2.5"
          onClick={() => {
            showLower("test")
            setTesting((turn) => turn + 1)
          }}
        >
          <FlaskConical size={15} aria-hidden /> <span className="max-sm:sr-only">Test this lesson</span>
        </button>
        <button type="button" className="button button-primary max-sm:px-2.5" onClick={() => setPublishing({})}>
          <Upload size={15} aria-hidden /> <span className="max-sm:sr-only">Publish</span>
        </button>
        <Menu
          trigger={
            <button type="button" className="icon-button" aria-label="More">
              <MoreHorizontal size={17} aria-hidden />
            </button>
          }
        >
          <MenuItem icon={<Download size={15} aria-hidden />} onSelect={() => void download(files, draft.lesson)}>
            Export as a zip
          </MenuItem>
          {(published || publishedNow > 0) && (
            <MenuItem icon={<BookOpen size={15} aria-hidden />} onSelect={() => router.push(`/learn/${draft.course}/${draft.lesson}`)}>
              Open the published lesson
            </MenuItem>
          )}
          <MenuItem icon={<Trash2 size={15} aria-hidden />} onSelect={() => setRemoving(true)}>
            Delete the draft
          </MenuItem>
        </Menu>
        <span className="max-sm:hidden">
          <ThemeSwitch />
        </span>
      </header>
      {(state.clashes.length > 0 || state.others !== undefined) && (
        <div
          role="alert"
          className={`flex shrink-0 items-start gap-3 px-4 py-2 text-[13px] ${state.clashes.length > 0 ? "bg-attention-soft text-attention" : "bg-accent-soft text-accent"}`}
        >
          <div className="min-w-0 flex-1">
            {state.clashes.length === 0 && <p>{state.others} saved this draft too; both your changes are in it.</p>}
            {state.clashes.map(({ path: where, message }) => (
              <p key={`${where} ${message}`}>
                <button type="button" className="font-mono underline" onClick={() => go(where, 1)}>
                  {where}
                </button>{" "}
                {message}
              </p>
            ))}
          </div>
          <button type="button" className="icon-button size-6" aria-label="Dismiss" onClick={() => store.dismiss()}>
            <X size={14} aria-hidden />
          </button>
        </div>
      )}
      <main className="flex min-h-0 flex-1">
        <div className={`flex min-h-0 flex-col border-r border-line bg-surface max-wide:w-full wide:w-52 wide:shrink-0 ${hidden("files")}`}>
          <SourceTree
            files={files}
            selected={path}
            problems={problems}
            onSelect={(next) => {
              setSelected(next)
              setPart("editor")
            }}
            onChange={(changes) => store.editAll(changes)}
          />
          {typeof file === "string" && <Outline path={path} text={file} onGo={(line) => go(path, line)} />}
        </div>
        <div
          id="studio-write"
          className={`flex min-h-0 min-w-0 flex-col max-wide:flex-1 wide:w-[var(--across)] wide:shrink ${part === "editor" || part === "lower" ? "" : "max-wide:hidden"}`}
        >
          <section
            aria-label={`Editor: ${path}`}
            className={`flex min-h-0 flex-col max-wide:flex-1 wide:h-[var(--down)] wide:shrink-0 ${hidden("editor")}`}
          >
            <p className="flex h-10 shrink-0 items-center border-b border-line bg-canvas px-3 font-mono text-[13px] text-ink-2">{path}</p>
            <div className="relative min-h-0 flex-1 bg-surface">
              {typeof file === "string" ? (
                <SourceEditor
                  path={path}
                  text={file}
                  problems={problems}
                  reveal={reveal}
                  onChange={(of, text) => store.edit(of, text)}
                  onSave={() => void store.save()}
                />
              ) : (
                <p className="p-4 text-sm text-ink-2">This file is no text. It goes with the lesson's folder; machines cannot have it.</p>
              )}
            </div>
          </section>
          <SplitHandle
            orientation="horizontal"
            label="Height of the editor"
            controls="studio-write"
            value={sizes.down}
            min={20}
            max={85}
            onChange={(down) => setSizes((known) => ({ ...known, down }))}
            className="max-wide:hidden"
          />
          <section aria-label="Problems, test and history" className={`flex min-h-0 flex-1 flex-col bg-surface ${hidden("lower")}`}>
            <PaneTabs
              label="Problems, test and history"
              tabs={lowerTabs}
              front={lower}
              panel="panel-studio"
              onChoose={(id) => setLower(id as Lower)}
            />
            <div
              id="panel-studio"
              role="tabpanel"
              aria-labelledby={`tab-${lower}`}
              className="@container relative min-h-0 flex-1 overflow-y-auto"
            >
              {lower === "problems" && <ProblemList problems={problems} onGo={go} />}
              <div className={`absolute inset-0 ${lower === "test" ? "" : "invisible"}`}>
                {(lower === "test" || testing > 0) && (
                  <TestView draft={draft.id} lab={texts.lab} turn={testing} prepare={prepare} onGo={go} />
                )}
              </div>
              {lower === "history" && (
                <div className="absolute inset-0">
                  <HistoryView
                    draft={draft.id}
                    head={state.base + publishedNow}
                    onRestored={(number, restored) => store.adopt(number, restored)}
                    onPublish={(older) => setPublishing({ older })}
                  />
                </div>
              )}
            </div>
          </section>
        </div>
        <SplitHandle
          orientation="vertical"
          label="Width of the editor"
          controls="studio-write"
          value={sizes.across}
          min={25}
          max={75}
          onChange={(across) => setSizes((known) => ({ ...known, across }))}
          className="max-wide:hidden"
        />
        {made ? (
          <InLab draft={draft.id} made={made.key} lesson={made.lesson} onLab={showLab}>
            {beside}
          </InLab>
        ) : (
          beside
        )}
      </main>
      <PaneBar
        panes={PARTS.map((choice) => (choice.id === "lower" && errors > 0 ? { ...choice, label: `${errors} wrong` } : choice))}
        front={part}
        onChoose={setPart}
      />
      {publishing && (
        <PublishDialog
          draft={draft}
          older={publishing.older}
          prepare={prepare}
          onClose={() => setPublishing(undefined)}
          onGo={go}
          onPublished={() => setPublishedNow((count) => count + 1)}
        />
      )}
      <Dialog
        open={removing}
        onOpenChange={setRemoving}
        title="Delete the draft?"
        description="Its files and history go. What was published of it stays with learners."
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setRemoving(false)}>
            Keep it
          </button>
          <button type="button" className="button button-primary" onClick={() => void remove()}>
            Delete
          </button>
        </div>
      </Dialog>
    </div>
  )
}
