/** One lab on the page: opens it, keeps its state for whoever listens, and does what the learner asks. No React. */
import type { ServerMessage, TraceHop } from "@drydock/protocol"
import type { Target } from "../server/api/lab.ts"
import { api, asLearner, codeOf } from "./api.ts"
import { CommandTyping } from "./command-typing.ts"
import type { Answer, Command, Connection, Question, Socket, Status, Wanted, Word } from "./connection.ts"
import { freshTerminal, initialState, type LabState, receive } from "./state.ts"

/** The page says nothing of a line that is back within this, ms. */
const NOTICE_MS = 2000
/** Text kept for a terminal that is not drawn yet, UTF-16 units. */
const BACKLOG = 512 * 1024

type Write = (text: string, reset: boolean) => void

const browserSocket = (ticket: string): Socket =>
  new WebSocket(
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/lab/socket?ticket=${encodeURIComponent(ticket)}`,
  ) as unknown as Socket

const words = (reason: unknown): string => (reason instanceof Error && reason.message ? reason.message : "The lab could not be reached.")

/** How another lab than one of the page's own is reached: a teacher looks in. */
export interface LabDoor {
  open(): Promise<{ session: string; ticket: string }>
}

export class Lab {
  readonly target: Target
  readonly #door: LabDoor | undefined
  #state: LabState = initialState
  readonly #listeners = new Set<() => void>()
  readonly #writers = new Map<string, Write>()
  readonly #typing = new CommandTyping((terminal, text) => this.keys(terminal, text))
  readonly #backlog = new Map<string, string>()
  #connection: Connection | undefined
  #queued: Command[] = []
  #notice: ReturnType<typeof setTimeout> | undefined
  #opening = 0
  #visitor: boolean
  #wanted: Wanted = {}
  /** Commands clicked before the lab told its machines. */
  #commands: { command: string; machine: string | undefined }[] = []

  /** @param visitor nobody is signed in, not even as a guest */
  constructor(target: Target, visitor: boolean, door?: LabDoor) {
    this.target = target
    this.#door = door
    this.#visitor = visitor
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): LabState => this.#state

  /** Opens the lab of the target; a second call while one runs changes nothing. */
  async open(): Promise<void> {
    if (!["idle", "ended", "elsewhere", "failed"].includes(this.#state.phase)) return
    await this.#begin(async () => {
      if (this.#door) return this.#door.open()
      const opened = await asLearner(() => api.lab.open.mutate(this.target), this.#visitor)
      this.#visitor = false
      return opened
    })
  }

  /** Ends this world and begins a new one. */
  async restart(): Promise<void> {
    const { session } = this.#state
    if (session) await this.#begin(() => api.lab.restart.mutate({ session }))
  }

  close(): void {
    this.#opening++
    this.#connection?.close()
    this.#connection = undefined
    this.#typing.clear()
    clearTimeout(this.#notice)
    this.#state = initialState
  }

  /** Typed into the active terminal of a machine, with Enter at the end. */
  run(command: string, terminal?: string, machine?: string): void {
    const tab = this.#state.terminals.find((known) => (terminal ? known.id === terminal : machine ? known.machine === machine : true))
    if (!tab) {
      this.#commands.push({ command, machine })
      void this.open()
      return
    }
    if (!tab.open) this.openTerminal(tab.id, 80, 24)
    this.#typing.run(tab.id, command)
  }

  keys(terminal: string, text: string): void {
    this.#connection?.keys(terminal, text)
  }

  send(command: Command): void {
    if (this.#connection) this.#connection.send(command)
    else this.#queued.push(command)
  }

  say(word: Word): void {
    this.#connection?.say(word)
  }

  async ask(question: Question): Promise<Answer> {
    if (!this.#connection) throw new Error("The lab is not open yet.")
    return this.#connection.ask(question)
  }

  async saveFile(machine: string, path: string, content: string): Promise<void> {
    if (!this.#connection) throw new Error("The lab is not open yet.")
    await this.#connection.save({ type: "write-file", machine, path, content })
  }

  async describe(item: { kind: string; namespace?: string; name: string }): Promise<string> {
    const { kind, namespace, name } = item
    const answer = await this.ask({ type: "describe", kind, name, ...(namespace !== undefined && { namespace }) })
    return answer.type === "describe" ? answer.text : ""
  }

  /** Hops of one object's life, or of the last change. */
  async history(of?: { kind: string; namespace?: string; name: string }): Promise<readonly TraceHop[]> {
    const answer = await this.ask({
      type: "history",
      ...(of && { kind: of.kind, name: of.name, ...(of.namespace !== undefined && { namespace: of.namespace }) }),
    })
    return answer.type === "history" ? answer.hops : []
  }

  openTerminal(id: string, columns: number, rows: number): void {
    const tab = this.#state.terminals.find((known) => known.id === id)
    if (!tab) return
    if (tab.open) this.send({ type: "resize", terminal: id, columns, rows })
    else {
      this.#set({ terminals: this.#state.terminals.map((known) => (known === tab ? { ...tab, open: true } : known)) })
      this.send({ type: "open-terminal", terminal: id, machine: tab.machine, columns, rows })
    }
  }

  /** A further tab on a machine. @returns its id */
  addTerminal(machine: string): string {
    const id = freshTerminal(this.#state.terminals, machine)
    this.#set({ terminals: [...this.#state.terminals, { id, machine, open: false }] })
    return id
  }

  closeTerminal(id: string): void {
    const tab = this.#state.terminals.find((known) => known.id === id)
    if (!tab) return
    if (tab.open) this.send({ type: "close-terminal", terminal: id })
    this.#set({ terminals: this.#state.terminals.filter((known) => known !== tab) })
  }

  editorClosed(editor: number): void {
    this.#set({ edits: this.#state.edits.filter((edit) => edit.editor !== editor) })
    this.send({ type: "editor-closed", editor })
  }

  /** Hands over what a terminal has written and will write. */
  attach(terminal: string, write: Write): () => void {
    this.#writers.set(terminal, write)
    const before = this.#backlog.get(terminal)
    this.#backlog.delete(terminal)
    if (before) write(before, false)
    return () => {
      if (this.#writers.get(terminal) === write) this.#writers.delete(terminal)
    }
  }

  /** What is shown; the rest is not sent. */
  show(wanted: Wanted): void {
    this.#wanted = wanted
    this.#connection?.subscribe(wanted)
  }

  hurry(): void {
    this.#connection?.hurry()
  }

  async #begin(ask: () => Promise<{ session: string; ticket: string }>): Promise<void> {
    const turn = ++this.#opening
    this.#connection?.close()
    this.#connection = undefined
    this.#backlog.clear()
    this.#typing.clear()
    clearTimeout(this.#notice)
    this.#state = initialState
    this.#set({ phase: "connecting" })
    try {
      const [{ session, ticket }, { Connection, LabEnded }] = await Promise.all([ask(), import("./connection.ts")])
      if (turn !== this.#opening) return
      const connection = new Connection({
        socket: browserSocket,
        ticket: async () => {
          try {
            return (await (this.#door ? this.#door.open() : api.lab.ticket.mutate({ session }))).ticket
          } catch (reason) {
            const code = codeOf(reason)
            if (code === "PRECONDITION_FAILED" || code === "NOT_FOUND" || code === "UNAUTHORIZED") throw new LabEnded(words(reason))
            throw reason
          }
        },
        onStatus: (status) => this.#status(status),
        onMessage: (message) => this.#message(message),
        onOutput: (terminal, text, reset) => this.#output(terminal, text, reset),
      })
      this.#connection = connection
      connection.subscribe(this.#wanted)
      this.#set({ session })
      for (const command of this.#queued.splice(0)) connection.send(command)
      connection.start(ticket)
    } catch (reason) {
      if (turn === this.#opening) this.#set({ phase: "failed", problem: words(reason) })
    }
  }

  #status(status: Status): void {
    clearTimeout(this.#notice)
    if (status.state === "ended")
      this.#set({
        phase: ({ gone: "ended", replaced: "elsewhere", failed: "failed" } as const)[status.reason],
        problem: status.message,
        noticed: false,
      })
    else if (status.state === "lost") {
      if (this.#state.phase === "ready" || this.#state.phase === "preparing") this.#set({ phase: "lost" })
      if (!this.#state.noticed) this.#notice = setTimeout(() => this.#set({ noticed: true }), NOTICE_MS)
      // Told anew when the line is back.
      if (this.#state.watched.by.length > 0) this.#set({ watched: { by: [] } })
    } else if (this.#state.noticed && status.state === "open") this.#set({ noticed: false })
  }

  #message(message: ServerMessage): void {
    this.#state = receive(this.#state, message, performance.now())
    for (const listener of this.#listeners) listener()
    if (message.type === "welcome") for (const { command, machine } of this.#commands.splice(0)) this.run(command, undefined, machine)
  }

  #output(terminal: string, text: string, reset: boolean): void {
    this.#typing.heard(terminal, text, reset)
    const write = this.#writers.get(terminal)
    if (write) write(text, reset)
    else this.#backlog.set(terminal, `${reset ? "" : (this.#backlog.get(terminal) ?? "")}${text}`.slice(-BACKLOG))
  }

  #set(change: Partial<LabState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}
