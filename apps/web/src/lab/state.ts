/** What the page knows of a lab, and how each message of the lab server changes it. Pure. */
import type { ClockState, MapItem, Notice, ServerMessage, TaskState, TraceHop, Watcher } from "@drydock/protocol"

export type Phase =
  /** Nothing asked yet. */
  | "idle"
  | "connecting"
  /** The world is being made or replayed. */
  | "preparing"
  | "ready"
  /** The line dropped; typing goes on and is sent later. */
  | "lost"
  /** Other labs took its place, or it was ended elsewhere. */
  | "ended"
  /** Another window took it. */
  | "elsewhere"
  | "failed"

export interface TerminalTab {
  /** The protocol's terminal id. */
  readonly id: string
  readonly machine: string
  /** The lab knows of it. */
  readonly open: boolean
  /** As its learner has it; told to who looks in. */
  readonly size?: { readonly columns: number; readonly rows: number }
}

/** A teacher's word. */
export interface ClassWord {
  /** Counts up. */
  readonly id: number
  readonly from: string
  readonly text: string
}

export interface LabEvent {
  /** Virtual ms. */
  readonly at: number
  readonly type: string
  readonly reason: string
  readonly object: string
  readonly message: string
  readonly count: number
}

export interface EditRequest {
  readonly editor: number
  readonly machine: string
  readonly path: string
  readonly content: string
  /** A command in the terminal waits until the editor is closed. */
  readonly wait: boolean
}

export interface LabState {
  readonly phase: Phase
  /** Says so on the page: the line has been down for 2 s. */
  readonly noticed: boolean
  readonly problem?: string
  readonly preparing?: { readonly step: string; readonly done: number }
  readonly session?: string
  readonly engine?: string
  /** The path below which pages of the lab's network are shown. */
  readonly preview?: string
  readonly machines: readonly string[]
  readonly terminals: readonly TerminalTab[]
  readonly clock?: ClockState & { /** performance.now() when it was told. */ readonly heardAt: number }
  readonly tasks: readonly TaskState[]
  readonly total: number
  readonly earned: number
  readonly items: ReadonlyMap<string, MapItem>
  /** Oldest first, the newest 1,500. */
  readonly hops: readonly TraceHop[]
  /** Newest last. */
  readonly events: readonly LabEvent[]
  readonly edits: readonly EditRequest[]
  /** What is amiss with the lab itself. */
  readonly notices: readonly Notice[]
  /** Who looks in; `you`: the entry of this page, when it does. */
  readonly watched: { readonly by: readonly Watcher[]; readonly you?: string }
  /** What teachers have said while this page was open, oldest first. */
  readonly words: readonly ClassWord[]
}

export const initialState: LabState = {
  phase: "idle",
  noticed: false,
  machines: [],
  terminals: [],
  tasks: [],
  total: 0,
  earned: 0,
  items: new Map(),
  hops: [],
  events: [],
  edits: [],
  notices: [],
  watched: { by: [] },
  words: [],
}

const HOPS = 1500
const EVENTS = 300

interface Known {
  readonly terminal: string
  readonly machine: string
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** A tab a machine has, and further ones the lab already knows. */
export const tabsOf = (machines: readonly string[], known: readonly Known[]): TerminalTab[] => {
  const open: TerminalTab[] = known.map(({ terminal, machine, columns, rows }) => ({
    ...{ id: terminal, machine, open: true },
    ...(columns !== undefined && rows !== undefined && { size: { columns, rows } }),
  }))
  const missing = machines.filter((machine) => !open.some((tab) => tab.machine === machine))
  const order = (tab: TerminalTab) => machines.indexOf(tab.machine)
  return [...open, ...missing.map((machine) => ({ id: `${machine}-1`, machine, open: false }))].toSorted((a, b) => order(a) - order(b))
}

/** An id that no tab of this machine has or had. */
export const freshTerminal = (tabs: readonly TerminalTab[], machine: string): string => {
  const used = tabs.filter((tab) => tab.machine === machine).map((tab) => Number(tab.id.slice(tab.id.lastIndexOf("-") + 1)) || 0)
  return `${machine}-${Math.max(0, ...used) + 1}`
}

const mergeItems = (items: ReadonlyMap<string, MapItem>, { full, items: changed }: Extract<ServerMessage, { type: "map" }>) => {
  const next = new Map(full ? [] : items)
  for (const item of changed) {
    if (item.level === "gone") next.delete(item.id)
    else next.set(item.id, item)
  }
  return next
}

const mergeEvents = (known: readonly LabEvent[], added: readonly LabEvent[]): LabEvent[] => {
  const key = (event: LabEvent) => `${event.object}\n${event.reason}\n${event.message}`
  const again = new Set(added.map(key))
  return [...known.filter((event) => !again.has(key(event))), ...added].toSorted((a, b) => a.at - b.at).slice(-EVENTS)
}

const mergeHops = (known: readonly TraceHop[], added: readonly TraceHop[]): TraceHop[] => {
  const last = known.at(-1)?.id ?? -1
  const news = added.filter((hop) => hop.id > last)
  return news.length === 0 ? [...known] : [...known, ...news].slice(-HOPS)
}

/** @param now performance.now() */
export const receive = (state: LabState, message: ServerMessage, now: number): LabState => {
  switch (message.type) {
    case "welcome": {
      const { session, engine, machines, tasks } = message
      const points = tasks.reduce((sum, task) => sum + task.points, 0)
      const earned = tasks.reduce((sum, task) => sum + (task.state === "done" ? task.points : 0), 0)
      const tabs = tabsOf(machines, message.terminals)
      // Tabs that the learner has opened and not looked at yet stay.
      const unopened = state.terminals.filter((tab) => !tab.open && machines.includes(tab.machine) && !tabs.some(({ id }) => id === tab.id))
      return {
        ...state,
        phase: "ready",
        noticed: false,
        preparing: undefined,
        problem: undefined,
        session,
        engine,
        ...(message.preview !== undefined && { preview: message.preview }),
        machines,
        terminals: [...tabs, ...unopened],
        clock: { ...message.clock, heardAt: now },
        tasks,
        total: points,
        earned,
        notices: message.notices ?? [],
      }
    }
    case "watched":
      return { ...state, watched: { by: message.by, ...(message.you !== undefined && { you: message.you }) } }
    case "message": {
      const { id, from, text } = message
      return state.words.some((word) => word.id === id) ? state : { ...state, words: [...state.words, { id, from, text }] }
    }
    case "terminal": {
      const { terminal, machine, columns, rows } = message
      const size = { columns, rows }
      if (state.terminals.some(({ id }) => id === terminal))
        return { ...state, terminals: state.terminals.map((tab) => (tab.id === terminal ? { ...tab, open: true, size } : tab)) }
      return { ...state, terminals: [...state.terminals, { id: terminal, machine, open: true, size }] }
    }
    case "notice":
      return { ...state, notices: [...state.notices, message.notice] }
    case "preparing":
      return { ...state, phase: "preparing", noticed: false, preparing: { step: message.step, done: message.done } }
    case "clock":
      return { ...state, clock: { ...message.clock, heardAt: now } }
    case "tasks":
      return { ...state, tasks: message.tasks, total: message.total, earned: message.earned }
    case "map":
      return { ...state, items: mergeItems(state.items, message) }
    case "trace":
      return { ...state, hops: mergeHops(state.hops, message.hops) }
    case "events":
      return { ...state, events: mergeEvents(state.events, message.events) }
    case "terminal-closed": {
      const closed = state.terminals.find((tab) => tab.id === message.terminal)
      if (!closed) return state
      const rest = state.terminals.filter((tab) => tab !== closed)
      // A machine keeps one tab: after `exit` it offers a new login.
      if (rest.some((tab) => tab.machine === closed.machine)) return { ...state, terminals: rest }
      const again: TerminalTab = { id: freshTerminal(state.terminals, closed.machine), machine: closed.machine, open: false }
      return { ...state, terminals: state.terminals.map((tab) => (tab === closed ? again : tab)) }
    }
    case "edit": {
      const { editor, machine, path, content, wait } = message
      return { ...state, edits: [...state.edits.filter((edit) => edit.editor !== editor), { editor, machine, path, content, wait }] }
    }
    case "error":
      // What answers no message of ours says why the line is about to be closed.
      if (message.id === undefined && ["internal", "ticket", "refused"].includes(message.code))
        return { ...state, problem: message.message }
      return state
    default:
      return state
  }
}

/** Virtual time now, ms since the epoch: what was told last, carried on at its speed, never beyond a pause. @param now performance.now() */
export const virtualNow = (clock: NonNullable<LabState["clock"]>, now: number): number =>
  clock.paused ? clock.now : clock.now + Math.max(0, now - clock.heardAt) * clock.speed
