/** The player: text left, terminals and files over the map, requests and events right; on a narrow screen one of the three at a time. */
"use client"
import type { TraceHop } from "@drydock/protocol"
import { BookOpen, FolderTree, Network, Plus, Search, SquareTerminal } from "lucide-react"
import dynamic from "next/dynamic"
import { type CSSProperties, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { Menu, MenuItem } from "../components/menu.tsx"
import { SplitHandle } from "../components/split-handle.tsx"
import type { LabState } from "../lab/state.ts"
import { useLabOf } from "../lab/use-lab-of.ts"
import type { Target } from "../server/api/lab.ts"
import type { TaskOutline } from "../server/api/outline.ts"
import { Terminals } from "../terminal/terminals.tsx"
import { setTheme } from "../theme/theme.ts"
import { Clock } from "./clock.tsx"
import type { Action } from "./palette.tsx"
import { ClassWords } from "./class-words.tsx"
import { PaneTabs } from "./pane-tabs.tsx"
import { type LowerTab, type Pane, PlayerContext, type PlayerView, type RequestSubject, type UpperTab, useLab } from "./player-context.tsx"
import { type Place, PlayerHeader } from "./player-header.tsx"
import { useLayout } from "./use-layout.ts"
import { WatchedBar } from "./watched-bar.tsx"

const ClusterMap = dynamic(() => import("../map/cluster-map.tsx").then((module) => module.ClusterMap), { ssr: false })
const RequestView = dynamic(() => import("../request/request-view.tsx").then((module) => module.RequestView), { ssr: false })
const EventsView = dynamic(() => import("./events-view.tsx").then((module) => module.EventsView), { ssr: false })
const FilesPane = dynamic(() => import("../editor/files-pane.tsx").then((module) => module.FilesPane), { ssr: false })
const Palette = dynamic(() => import("./palette.tsx").then((module) => module.Palette), { ssr: false })
const KeysDialog = dynamic(() => import("./keys-dialog.tsx").then((module) => module.KeysDialog), { ssr: false })

const picks = {
  terminals: (state: LabState) => state.terminals,
  machines: (state: LabState) => state.machines,
  session: (state: LabState) => state.session,
  paused: (state: LabState) => state.clock?.paused ?? false,
  edits: (state: LabState) => state.edits.length,
}

/** "node01-2" is the second terminal on node01. */
const machineOf = (terminal: string) => terminal.replace(/-\d+$/, "")

const LOWER: readonly { readonly id: LowerTab; readonly label: string }[] = [
  { id: "map", label: "Map" },
  { id: "request", label: "Request" },
  { id: "events", label: "Events" },
]

const PANES: readonly { readonly id: Pane; readonly label: string; readonly icon: typeof BookOpen }[] = [
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
  const lab = useLabOf(props.target, props.visitor)
  const [upper, setUpper] = useState<UpperTab>()
  const [lower, showLower] = useState<LowerTab>("map")
  const [pane, showPane] = useState<Pane>(props.children ? "lesson" : "upper")
  const [subject, setSubject] = useState<RequestSubject>()
  const [wantedFile, setWantedFile] = useState<PlayerView["wantedFile"]>()
  const front = useRef<UpperTab>(undefined)
  const turn = useRef(0)

  const showUpper = useCallback((tab: UpperTab) => {
    setUpper(tab)
    if (tab.kind === "terminal") front.current = tab
  }, [])
  const follow = useCallback((wanted: RequestSubject | undefined) => {
    setSubject(wanted)
    showLower("request")
    showPane("lower")
  }, [])
  const run = useCallback(
    (command: string, machine?: string) => {
      const tabs = lab.state().terminals
      const inFront =
        front.current?.kind === "terminal"
          ? tabs.find((tab) => front.current?.kind === "terminal" && tab.id === front.current.id)
          : undefined
      const tab =
        inFront && (machine === undefined || inFront.machine === machine)
          ? inFront
          : tabs.find((known) => machine === undefined || known.machine === machine)
      if (tab) showUpper({ kind: "terminal", id: tab.id })
      lab.run(command, tab?.id, machine)
      showPane("upper")
    },
    [lab, showUpper],
  )
  const edit = useCallback((machine: string | undefined, path: string) => {
    setWantedFile({ machine, path, turn: ++turn.current })
    setUpper({ kind: "files" })
    showPane("upper")
  }, [])

  const { tasks, doneBefore, placedQuizzes } = props
  const view = useMemo<PlayerView>(
    () => ({
      lab,
      tasks,
      doneBefore,
      placedQuizzes: placedQuizzes ?? [],
      upper: upper ?? { kind: "terminal", id: "" },
      lower,
      pane,
      subject,
      wantedFile,
      showUpper,
      showLower,
      showPane,
      follow,
      run,
      edit,
    }),
    [lab, tasks, doneBefore, placedQuizzes, upper, lower, pane, subject, wantedFile, showUpper, follow, run, edit],
  )
  return (
    <PlayerContext value={view}>
      <Workbench {...props} view={view} />
    </PlayerContext>
  )
}

const Workbench = ({ place, visitor, children, view }: PlayerProps & { view: PlayerView }) => {
  const { lab, lower, pane, showUpper, showLower, showPane } = view
  const terminals = useLab(picks.terminals)
  const machines = useLab(picks.machines)
  const session = useLab(picks.session)
  const paused = useLab(picks.paused)
  const edits = useLab(picks.edits)
  const [layout, setLayout] = useLayout()
  const [hop, setHop] = useState<TraceHop>()
  const [palette, setPalette] = useState(false)
  const [keys, setKeys] = useState(false)
  const [restarting, setRestarting] = useState(false)
  const [filesSeen, setFilesSeen] = useState(false)
  const panes = useRef<Record<Pane, HTMLElement | null>>({ lesson: null, upper: null, lower: null })
  /** Where the focus is about to be. */
  const going = useRef<Pane>(undefined)
  const focusTerminal = useRef(() => {})
  const findInTerminal = useRef(() => {})

  const wanted = view.upper.kind === "terminal" ? view.upper.id : ""
  // After `exit` the machine has another tab; before the lab has told, there is none.
  const front = terminals.find((tab) => tab.id === wanted) ?? terminals.find((tab) => tab.machine === machineOf(wanted)) ?? terminals[0]
  const upper: UpperTab = view.upper.kind === "files" ? view.upper : { kind: "terminal", id: front?.id ?? "" }
  const frontTerminal = upper.kind === "terminal" && upper.id ? upper.id : undefined

  useEffect(() => {
    if (upper.kind === "files") setFilesSeen(true)
  }, [upper.kind])
  useEffect(() => {
    if (edits > 0) showUpper({ kind: "files" })
  }, [edits, showUpper])

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
          else panes.current.upper?.querySelector<HTMLElement>('[role="treeitem"], textarea, button')?.focus()
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

  const actions: Action[] = [
    ...(children ? [{ group: "Go to", name: "Lesson", keys: "F6", run: () => focusPane("lesson") }] : []),
    ...terminals.map((tab) => ({
      group: "Go to",
      name: `Terminal on ${tab.machine}${terminals.filter((known) => known.machine === tab.machine).length > 1 ? ` (${tab.id})` : ""}`,
      run: () => {
        showUpper({ kind: "terminal", id: tab.id })
        focusPane("upper")
      },
    })),
    {
      group: "Go to",
      name: "Files",
      run: () => {
        showUpper({ kind: "files" })
        focusPane("upper")
      },
    },
    ...LOWER.map(({ id, label }) => ({
      group: "Go to",
      name: label,
      run: () => {
        showLower(id)
        focusPane("lower")
      },
    })),
    ...machines.map((machine) => ({ group: "Terminal", name: `New terminal on ${machine}`, run: () => addTerminal(machine) })),
    { group: "Terminal", name: "Find in the terminal", keys: "Ctrl Shift F", run: () => findInTerminal.current() },
    {
      group: "Terminal",
      name: layout.screenReader ? "Ordinary terminal" : "Terminal for screen readers",
      run: () => setLayout({ screenReader: !layout.screenReader }),
    },
    {
      group: "Clock",
      name: paused ? "Let the clock run" : "Pause the clock",
      run: () => lab.send({ type: "clock", action: paused ? "resume" : "pause" }),
    },
    { group: "Clock", name: "Normal speed", run: () => lab.send({ type: "clock", action: "resume", speed: 1 }) },
    { group: "Clock", name: "Ten times as fast", run: () => lab.send({ type: "clock", action: "resume", speed: 10 }) },
    { group: "Clock", name: "Skip to the next event", run: () => lab.send({ type: "clock", action: "skip" }) },
    { group: "Clock", name: "Skip one minute", run: () => lab.send({ type: "clock", action: "forward", by: 60_000 }) },
    { group: "Clock", name: "Skip five minutes", run: () => lab.send({ type: "clock", action: "forward", by: 300_000 }) },
    { group: "Lab", name: "Follow the last change", run: () => view.follow(undefined) },
    ...(session ? [{ group: "Lab", name: "Download a kubeconfig", run: () => location.assign(`/kubeconfig/${session}`) }] : []),
    { group: "Lab", name: "Start the lab over", run: () => setRestarting(true) },
    { group: "Appearance", name: "Light", run: () => setTheme("light") },
    { group: "Appearance", name: "Dark", run: () => setTheme("dark") },
    { group: "Appearance", name: "As the system", run: () => setTheme("system") },
    { group: "Help", name: "Keys", keys: "?", run: () => setKeys(true) },
  ]

  const upperTabs = [
    ...terminals.map((tab) => {
      const same = terminals.filter((known) => known.machine === tab.machine)
      return {
        id: tab.id,
        label: same.length > 1 ? `${tab.machine} ${same.indexOf(tab) + 1}` : tab.machine,
        icon: <SquareTerminal size={14} aria-hidden />,
        ...(same.length > 1 && { close: () => lab.closeTerminal(tab.id) }),
      }
    }),
    { id: "files", label: "Files", icon: <FolderTree size={14} aria-hidden /> },
  ]
  const upperFront = upper.kind === "files" ? "files" : upper.id
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
        onScreenReader={(screenReader) => setLayout({ screenReader })}
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
            aria-label="Terminals and files"
            tabIndex={-1}
            className={`group/upper flex min-h-0 flex-col outline-none max-wide:flex-1 wide:h-[var(--down)] wide:shrink-0 ${hidden("upper")}`}
          >
            <PaneTabs
              label="Terminals and files"
              tabs={upperTabs}
              front={upperFront}
              panel="panel-upper"
              dark
              onChoose={(id) => showUpper(id === "files" ? { kind: "files" } : { kind: "terminal", id })}
            >
              <span
                aria-hidden
                className="mr-1 text-xs text-[#8797a5] opacity-0 transition-opacity duration-150 group-has-[.xterm-helper-textarea:focus]/upper:opacity-100 max-wide:hidden"
              >
                Esc leaves the terminal
              </span>
              {frontTerminal && (
                <button
                  type="button"
                  className="icon-button size-7 text-inherit hover:bg-[#1b2530] hover:text-white"
                  aria-label="Find in the terminal"
                  title="Find"
                  onClick={() => findInTerminal.current()}
                >
                  <Search size={14} aria-hidden />
                </button>
              )}
              {machines.length > 0 && (
                <Menu
                  trigger={
                    <button
                      type="button"
                      className="icon-button size-7 text-inherit hover:bg-[#1b2530] hover:text-white"
                      aria-label="New terminal"
                      title="New terminal"
                    >
                      <Plus size={16} aria-hidden />
                    </button>
                  }
                >
                  {machines.map((machine) => (
                    <MenuItem key={machine} icon={<SquareTerminal size={15} aria-hidden />} onSelect={() => addTerminal(machine)}>
                      New terminal on {machine}
                    </MenuItem>
                  ))}
                </Menu>
              )}
            </PaneTabs>
            <div id="panel-upper" role="tabpanel" aria-labelledby={`tab-${upperFront}`} className="relative min-h-0 flex-1 bg-terminal">
              <Terminals
                lab={lab}
                front={upper.kind === "files" ? undefined : upper.id}
                screenReader={layout.screenReader}
                onLeave={leaveTerminal}
                registerFocus={registerFocus}
              />
              {filesSeen && (
                <div className={`absolute inset-0 ${upper.kind === "files" ? "" : "invisible"}`}>
                  <FilesPane />
                </div>
              )}
            </div>
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
            <PaneTabs label="Cluster" tabs={LOWER} front={lower} panel="panel-lower" onChoose={(id) => showLower(id as LowerTab)} />
            <div className="flex justify-end border-b border-line px-2 py-1.5 sm:hidden">
              <Clock />
            </div>
            <div
              id="panel-lower"
              role="tabpanel"
              aria-labelledby={`tab-${lower}`}
              className={`relative min-h-0 flex-1 ${paused ? "shadow-[inset_0_0_0_2px_var(--attention)]" : ""}`}
            >
              <div className={`absolute inset-0 ${lower === "map" ? "" : "hidden"}`}>
                <ClusterMap hop={hop} />
              </div>
              {lower === "request" && (
                <div className="absolute inset-0">
                  <RequestView onHop={setHop} />
                </div>
              )}
              {lower === "events" && (
                <div className="absolute inset-0">
                  <EventsView />
                </div>
              )}
            </div>
          </section>
        </div>
      </main>
      <nav aria-label="Panes" className="flex shrink-0 border-t border-line bg-surface wide:hidden">
        {PANES.filter(({ id }) => children || id !== "lesson").map(({ id, label, icon: Icon }) => (
          <button
            key={id}
            type="button"
            aria-current={pane === id ? "true" : undefined}
            onClick={() => showPane(id)}
            className={`flex h-13 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium ${pane === id ? "text-accent" : "text-ink-3"}`}
          >
            <Icon size={18} aria-hidden />
            {label}
          </button>
        ))}
      </nav>
      {palette && <Palette actions={actions} onClose={() => setPalette(false)} />}
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
