/** What every page around a lab keeps for its parts: which terminal, file, page and object are in front, and how each gets there. */
"use client"
import { useCallback, useMemo, useRef, useState } from "react"
import type { InsideAddress } from "../browser/inside-address.ts"
import type { Lab } from "../lab/lab.ts"
import type { TaskOutline } from "../server/api/outline.ts"
import type { LowerTab, Pane, PlayerView, RequestSubject, UpperTab } from "./player-context.tsx"

const NONE: readonly string[] = []

export interface WorkspaceOptions {
  readonly lab: Lab
  readonly tasks: readonly TaskOutline[]
  readonly doneBefore?: readonly string[]
  readonly placedQuizzes?: readonly string[]
  /** On a narrow screen, at first. */
  readonly pane?: Pane
  /** Something was brought to the front, by the page or in answer to the learner. Stable. */
  readonly onShown?: (tab: UpperTab["kind"] | LowerTab) => void
}

export const useWorkspace = ({
  lab,
  tasks,
  doneBefore = NONE,
  placedQuizzes = NONE,
  pane: first = "upper",
  onShown,
}: WorkspaceOptions): PlayerView => {
  const [upper, setUpper] = useState<UpperTab>({ kind: "terminal", id: "" })
  const [lower, setLower] = useState<LowerTab>("map")
  const [pane, showPane] = useState<Pane>(first)
  const [subject, setSubject] = useState<RequestSubject>()
  const [wantedFile, setWantedFile] = useState<PlayerView["wantedFile"]>()
  const [wantedPage, setWantedPage] = useState<PlayerView["wantedPage"]>()
  /** The terminal that was in front last, whatever is now. */
  const front = useRef("")
  const turn = useRef(0)

  const showUpper = useCallback(
    (tab: UpperTab) => {
      setUpper(tab)
      if (tab.kind === "terminal") front.current = tab.id
      onShown?.(tab.kind)
    },
    [onShown],
  )
  const showLower = useCallback(
    (tab: LowerTab) => {
      setLower(tab)
      onShown?.(tab)
    },
    [onShown],
  )
  const follow = useCallback(
    (wanted: RequestSubject | undefined) => {
      setSubject(wanted)
      showLower("request")
      showPane("lower")
    },
    [showLower],
  )
  const run = useCallback(
    (command: string, machine?: string) => {
      const tabs = lab.state().terminals
      const suits = (tab: { readonly machine: string }) => machine === undefined || tab.machine === machine
      const tab = tabs.find((known) => known.id === front.current && suits(known)) ?? tabs.find(suits)
      showUpper({ kind: "terminal", id: tab?.id ?? "" })
      lab.run(command, tab?.id, machine)
      showPane("upper")
    },
    [lab, showUpper],
  )
  const edit = useCallback(
    (machine: string | undefined, path: string) => {
      setWantedFile({ machine, path, turn: ++turn.current })
      showUpper({ kind: "files" })
      showPane("upper")
    },
    [showUpper],
  )
  const browse = useCallback(
    (address: InsideAddress) => {
      setWantedPage({ address, turn: ++turn.current })
      showUpper({ kind: "browser" })
      showPane("upper")
    },
    [showUpper],
  )
  return useMemo<PlayerView>(
    () => ({
      ...{ lab, tasks, doneBefore, placedQuizzes, upper, lower, pane, subject, wantedFile, wantedPage },
      ...{ showUpper, showLower, showPane, follow, run, edit, browse },
    }),
    [
      lab,
      tasks,
      doneBefore,
      placedQuizzes,
      upper,
      lower,
      pane,
      subject,
      wantedFile,
      wantedPage,
      showUpper,
      showLower,
      follow,
      run,
      edit,
      browse,
    ],
  )
}
