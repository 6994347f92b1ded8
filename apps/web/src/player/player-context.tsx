/** What the parts of a player share: the lab, the lesson's outline, and which pane is in front. */
"use client"
import { createContext, use, useCallback, useSyncExternalStore } from "react"
import type { InsideAddress } from "../browser/inside-address.ts"
import type { Lab } from "../lab/lab.ts"
import type { LabState } from "../lab/state.ts"
import type { TaskOutline } from "../server/api/outline.ts"

/** Top right. A terminal by its id, the files, or the lab's browser. */
export type UpperTab = { readonly kind: "terminal"; readonly id: string } | { readonly kind: "files" } | { readonly kind: "browser" }
/** Bottom right. */
export type LowerTab = "map" | "request" | "events"
/** On a narrow screen one of three is shown. */
export type Pane = "lesson" | "upper" | "lower"

export interface RequestSubject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export interface PlayerView {
  readonly lab: Lab
  readonly tasks: readonly TaskOutline[]
  /** Tasks finished before this page was loaded. */
  readonly doneBefore: readonly string[]
  /** "task/quiz" of questions that stand in the text. */
  readonly placedQuizzes: readonly string[]
  readonly upper: UpperTab
  readonly lower: LowerTab
  readonly pane: Pane
  readonly subject: RequestSubject | undefined
  showUpper(tab: UpperTab): void
  showLower(tab: LowerTab): void
  showPane(pane: Pane): void
  /** Follows an object's requests, or the last change. */
  follow(subject: RequestSubject | undefined): void
  /** Types a command into the terminal in front, or one of the machine named. */
  run(command: string, machine?: string): void
  /** Opens a machine's file in the editor. */
  edit(machine: string | undefined, path: string): void
  /** Opens a page of the lab's network; absent where nobody may. */
  browse?(address: InsideAddress): void
  /** A teacher looks in: what only the learner may do is not offered. */
  readonly looksIn?: boolean
  /** An exam: a question takes one answer, and says nothing of it. */
  readonly exam?: boolean
  /** The file that `edit` asked for last; `turn` tells two askings apart. */
  readonly wantedFile: { readonly machine: string | undefined; readonly path: string; readonly turn: number } | undefined
  /** The page that `browse` asked for last. */
  readonly wantedPage?: { readonly address: InsideAddress; readonly turn: number } | undefined
}

export const PlayerContext = createContext<PlayerView | undefined>(undefined)

export const usePlayer = (): PlayerView => {
  const view = use(PlayerContext)
  if (!view) throw new Error("This belongs inside a player.")
  return view
}

/** A part of the lab's state; draws again when that part is another value. */
export const useLab = <Part,>(pick: (state: LabState) => Part): Part => {
  const { lab } = usePlayer()
  const read = useCallback(() => pick(lab.state()), [lab, pick])
  return useSyncExternalStore(lab.subscribe, read, read)
}
