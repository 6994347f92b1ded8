/** The player: text left, where you work over what you see of the cluster right; on a narrow screen one of the three at a time. */
"use client"
import { BookOpen, Network, SquareTerminal } from "lucide-react"
import dynamic from "next/dynamic"
import { type CSSProperties, type ReactNode, useCallback, useEffect, useRef, useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { PaneBar, type PaneChoice } from "../components/pane-bar.tsx"
import { SplitHandle } from "../components/split-handle.tsx"
import type { LabState } from "../lab/state.ts"
import { useLabOf } from "../lab/use-lab-of.ts"
import type { Target } from "../server/api/lab.ts"
import type { TaskOutline } from "../server/api/outline.ts"
import { ClassWords } from "./class-words.tsx"
import { LowerPane } from "./lower-pane.tsx"
import { playerActions } from "./player-actions.ts"
import { type Pane, PlayerContext, type PlayerView, useLab } from "./player-context.tsx"
import { type Place, PlayerHeader } from "./player-header.tsx"
import { UpperPane } from "./upper-pane.tsx"
import { useLayout } from "./use-layout.ts"
import { useWorkspace } from "./use-workspace.ts"
import { WatchedBar } from "./watched-bar.tsx"

const Palette = dynamic(() => import("./palette.tsx").then((module) => module.Palette), { ssr: false })
const KeysDialog = dynamic(() => import("./keys-dialog.tsx").then((module) => module.KeysDialog), { ssr: false })

const picks = {
  terminals: (state: LabState) => state.terminals,
  machines: (state: LabState) => state.machines,
  session: (state: LabState) => state.session,
  paused: (state: LabState) => state.clock?.paused ?? false,
}

const PANES: readonly PaneChoice<Pane>[] = [
  { id: "lesson", label: "Lesson", icon: BookOpen },
  { id: "upper", label: "Terminal", icon: SquareTerminal },
  { id: "lower", label: "Cluster", icon: Network },
]

export interface PlayerProps {
  readonly place: Place
  readonly target: Target
  /** Nobody is signed in, not even as a guest. */
  readonly visitor: boolean
  readonly tasks: readonly TaskOutline[]
  readonly doneBefore: readonly string[]
  /** "task/quiz" of questions that the text asks where it wants; cards leave them out. */
  readonly placedQuizzes?: readonly string[]
  /** The lesson's text; none in the playground. */
  readonly children?: ReactNode
}

export const Player = (props: PlayerProps) => {
  const { target, visitor, tasks, doneBefore, placedQuizzes, children } = props
  const lab = useLabOf(target, visitor)
  const view = useWorkspace({
    ...{ lab, tasks, doneBefore, pane: children ? "lesson" : "upper" },
    ...(placedQuizzes && { placedQuizzes }),
  })
  return (
    <PlayerContext value={view}>
      <Workbench {...props} view={view} />
    </PlayerContext>
  )
}

const Workbench = ({ place, visitor, children, view }: PlayerProps & { view: PlayerView }) => {
  const { lab, lower, pane, showUpper, showPane } = view
  const terminals = useLab(picks.terminals)
  const machines = useLab(picks.machines)
  const session = useLab(picks.session)
  const paused = useLab(picks.paused)
  const [layout, setLayout] = useLayout()
  const [palette, setPalette] = useState(false)
  const [keys, setKeys] = useState(false)
  const [restarting, setRestarting] = useState(false)
  const panes = useRef<Record<Pane, HTMLElement | null>>({ lesson: null, upper: null, lower: null })
  /** Where the focus is about to be. */
  const going = useRef<Pane>(undefined)
  const focusTerminal = useRef(() => {})
  const findInTerminal = useRef(() => {})

  const focusPane = useCallback(
    (next: Pane) => {
      showPane(next)
      going.current = next
      // Drawn first: on a narrow screen it was hidden until now.
      requestAnimationFrame(() => {
        if (going.current !== next) return
        going.current = undefined
        if (next === "upper") {
          if (view.upper.kind === "terminal") focusTerminal.current()
          else panes.current.upper?.querySelector<HTMLElement>('[role="tabpanel"] :is([role="treeitem"], textarea, input)')?.focus()
        } else panes.current[next]?.focus()
      })
    },
    [showPane, view.upper.kind],
  )

  useEffect(() => {
    const order: Pane[] = children ? ["lesson", "upper", "lower"] : ["upper", "lower"]
    const press = (event: KeyboardEvent) => {
      if (event.key === "F6") {
        event.preventDefault()
        const at = going.current
          ? order.indexOf(going.current)
          : order.findIndex((known) => panes.current[known]?.contains(document.activeElement))
        focusPane(order[(at + (event.shiftKey ? order.length - 1 : 1) + (at < 0 && event.shiftKey ? 1 : 0)) % order.length])
        return
      }
      const target = event.target instanceof HTMLElement ? event.target : undefined
      const terminal = target?.closest("[data-terminal]") !== null && target?.closest("[data-terminal]") !== undefined
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && (!terminal || event.metaKey || event.shiftKey)) {
        event.preventDefault()
        setPalette(true)
      } else if (event.key === "?" && !target?.closest("input, textarea, select, [contenteditable]")) {
        event.preventDefault()
        setKeys(true)
      }
    }
    window.addEventListener("keydown", press)
    return () => window.removeEventListener("keydown", press)
  }, [children, focusPane])

  useEffect(() => lab.show({ map: true, events: true, trace: lower === "request" }), [lab, lower])

  const registerFocus = useCallback((focus: () => void, find: () => void) => {
    focusTerminal.current = focus
    findInTerminal.current = find
  }, [])
  const leaveTerminal = useCallback(() => {
    const tab = document.querySelector<HTMLElement>('#pane-upper [role="tab"][aria-selected="true"]')
    ;(tab ?? panes.current.upper)?.focus()
  }, [])
  const addTerminal = (machine: string) => {
    showUpper({ kind: "terminal", id: lab.addTerminal(machine) })
    focusPane("upper")
  }
  const setScreenReader = (screenReader: boolean) => setLayout({ screenReader })
  const actions = () =>
    playerActions({
      ...{ view, terminals, machines, session, paused, focusPane, addTerminal, setScreenReader },
      hasLesson: children !== undefined,
      screenReader: layout.screenReader,
      find: () => findInTerminal.current(),
      restart: () => setRestarting(true),
      showKeys: () => setKeys(true),
    })

  const hidden = (of: Pane) => (pane === of ? "" : "max-wide:hidden")
  const sizes = { "--across": children ? `${layout.across}%` : "0%", "--down": `${layout.down}%` } as CSSProperties

  return (
    <div className="relative flex h-dvh flex-col overflow-clip" style={sizes}>
      <button
        type="button"
        className="button absolute top-2 left-2 z-50 -translate-y-20 focus:translate-y-0"
        onClick={() => focusPane("upper")}
      >
        To the terminal
      </button>
      <PlayerHeader
        place={place}
        session={session}
        screenReader={layout.screenReader}
        onScreenReader={setScreenReader}
        onPalette={() => setPalette(true)}
        onKeys={() => setKeys(true)}
        onRestart={() => setRestarting(true)}
      />
      <WatchedBar />
      <ClassWords visitor={visitor} />
      <main className="relative flex min-h-0 flex-1">
        {children && (
          <>
            <article
              ref={(element) => {
                panes.current.lesson = element
              }}
              id="pane-lesson"
              aria-label="Lesson"
              tabIndex={-1}
              className={`relative min-h-0 w-full overflow-y-auto scroll-smooth bg-surface px-5 pt-7 pb-24 outline-none sm:px-8 wide:w-[var(--across)] wide:shrink-0 ${hidden("lesson")}`}
            >
              {children}
            </article>
            <SplitHandle
              orientation="vertical"
              label="Width of the lesson"
              controls="pane-lesson"
              value={layout.across}
              min={22}
              max={65}
              onChange={(across) => setLayout({ across })}
              className="max-wide:hidden"
            />
          </>
        )}
        <div className={`relative flex min-h-0 min-w-0 flex-1 flex-col ${pane === "lesson" && children ? "max-wide:hidden" : ""}`}>
          <section
            ref={(element) => {
              panes.current.upper = element
            }}
            id="pane-upper"
            aria-label="Terminals, files and browser"
            tabIndex={-1}
            className={`group/upper flex min-h-0 flex-col outline-none max-wide:flex-1 wide:h-[var(--down)] wide:shrink-0 ${hidden("upper")}`}
          >
            <UpperPane
              screenReader={layout.screenReader}
              find={() => findInTerminal.current()}
              onLeave={leaveTerminal}
              onAdd={addTerminal}
              registerFocus={registerFocus}
            />
          </section>
          <SplitHandle
            orientation="horizontal"
            label="Height of the terminals"
            controls="pane-upper"
            value={layout.down}
            min={20}
            max={85}
            onChange={(down) => setLayout({ down })}
            className="max-wide:hidden"
          />
          <section
            ref={(element) => {
              panes.current.lower = element
            }}
            id="pane-lower"
            aria-label="Cluster"
            tabIndex={-1}
            className={`@container flex min-h-0 flex-1 flex-col bg-surface outline-none ${hidden("lower")}`}
          >
            <LowerPane />
          </section>
        </div>
      </main>
      <PaneBar panes={PANES.filter(({ id }) => children || id !== "lesson")} front={pane} onChoose={showPane} />
      {palette && <Palette actions={actions()} onClose={() => setPalette(false)} />}
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
      <Dialog
        open={restarting}
        onOpenChange={setRestarting}
        title="Start the lab over?"
        description="You get a new cluster. Files and objects that you made in this one are gone; finished tasks stay finished."
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setRestarting(false)}>
            Keep this one
          </button>
          <button
            type="button"
            className="button button-primary"
            onClick={() => {
              setRestarting(false)
              void lab.restart()
            }}
          >
            Start over
          </button>
        </div>
      </Dialog>
    </div>
  )
}
