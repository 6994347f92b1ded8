/** What each message of a browser does to its session's world. */
import type { ClientMessage, ServerMessage } from "@drydock/protocol"
import type { FromWorker, LabInput, Origin } from "../link.ts"
import type { SessionBody } from "./body.ts"
import { history } from "./hops.ts"
import type { LabWorld } from "./lab-world.ts"
import { listFiles, readFile, Refusal } from "./machine-files.ts"
import { idOf } from "./map-items.ts"
import { openPorts } from "../preview/open-ports.ts"
import { SOLUTION } from "./tasks.ts"
import { MAX_TERMINALS } from "./terminals.ts"
import { yamlText } from "./yaml-lines.ts"

type ErrorMessage = Extract<ServerMessage, { type: "error" }>

const NAME = /^[A-Za-z0-9][-A-Za-z0-9.:_]{0,252}$/

export interface Sender {
  socket: number
  client: string
}

export class ClientMessages {
  readonly #lab: LabWorld
  readonly #post: (message: FromWorker) => void

  constructor(lab: LabWorld, post: (message: FromWorker) => void) {
    this.#lab = lab
    this.#post = post
  }

  #reply(socket: number, message: ServerMessage): void {
    this.#post({ type: "send", session: this.#lab.spec.session, sockets: [socket], text: JSON.stringify(message) })
  }

  #error(socket: number, code: ErrorMessage["code"], message: string, id?: number): void {
    this.#reply(socket, { type: "error", ...(id !== undefined && { id }), code, message })
  }

  handle(sender: Sender, message: ClientMessage): void {
    if ("seq" in message) this.#numbered(sender, message)
    else this.#ask(sender.socket, message)
  }

  #numbered(sender: Sender, message: Extract<ClientMessage, { seq: number }>): void {
    const { socket } = sender
    const origin: Origin = { client: sender.client, seq: message.seq }
    const body = this.#lab.body
    // A save is a question too: its answer goes by its id.
    const answers = message.type === "write-file" ? message.id : message.seq
    // A page that resends after a reconnect: what was applied stays applied once.
    if (body && this.#lab.inbox.isDone(origin)) return this.#lab.acknowledge(origin)
    const push = (input: LabInput, after?: (refused: string | undefined) => void) =>
      this.#lab.inbox.push({
        input,
        origin,
        applied: 0,
        socket,
        after: (refused) => {
          if (refused !== undefined) this.#error(socket, "refused", refused, answers)
          after?.(refused)
        },
      })
    const refuse = (code: ErrorMessage["code"], text: string) => {
      this.#error(socket, code, text, answers)
      this.#lab.acknowledge(origin)
    }
    // Until the world is there everything waits in the inbox; what needs a look at the world is checked when it comes to be applied.
    if (!body && message.type !== "keys") return refuse("refused", "The lab is still being prepared.")
    const tasks = body?.tasks
    if (this.#lab.spec.exam && (message.type === "hint" || message.type === "solution")) return refuse("refused", "An exam gives no help.")
    if (this.#lab.spec.exam && message.type === "restart") return refuse("refused", "The world of an exam is not started over.")
    switch (message.type) {
      case "open-terminal": {
        const open = body?.terminals.open
        if (open?.has(message.terminal)) return this.#lab.acknowledge(origin)
        if (!body?.world.machines.has(message.machine)) return refuse("not-found", `There is no machine "${message.machine}".`)
        if ((open?.size ?? 0) >= MAX_TERMINALS) return refuse("refused", `At most ${MAX_TERMINALS} terminals can be open at once.`)
        const { terminal, machine, columns, rows } = message
        return push({ kind: "open-terminal", terminal, machine, columns, rows })
      }
      case "close-terminal":
        if (!body?.terminals.open.has(message.terminal)) return this.#lab.acknowledge(origin)
        return push({ kind: "close-terminal", terminal: message.terminal }, () => this.#lab.terminalClosed(message.terminal))
      case "keys":
        if (message.data === "\x03") this.#lab.interrupt(message.terminal)
        return push({ kind: "keys", terminal: message.terminal, data: message.data })
      case "resize":
        return push({ kind: "resize", terminal: message.terminal, columns: message.columns, rows: message.rows })
      case "write-file": {
        if (!body?.world.machines.has(message.machine)) return refuse("not-found", `There is no machine "${message.machine}".`)
        if (!message.path.startsWith("/")) return refuse("refused", "The path must begin with /.")
        return push({ kind: "write-file", machine: message.machine, path: message.path, content: message.content }, (refused) => {
          if (refused === undefined) this.#reply(socket, { type: "saved", id: message.id })
        })
      }
      case "editor-closed":
        return push({ kind: "editor-closed", editor: message.editor })
      case "clock":
        return this.#clock(message, origin)
      case "hint": {
        const hint = tasks?.nextHint(message.task)
        if (hint === undefined)
          return refuse("not-found", tasks?.has(message.task) ? "There is no further hint." : "There is no such task.")
        return push({ kind: "hint", task: message.task, hint }, () =>
          this.#post({ type: "hint-used", session: this.#lab.spec.session, task: message.task, hint }),
        )
      }
      case "solution":
        if (!tasks?.has(message.task)) return refuse("not-found", "There is no such task.")
        return push({ kind: "hint", task: message.task, hint: SOLUTION }, () =>
          this.#post({ type: "hint-used", session: this.#lab.spec.session, task: message.task, hint: SOLUTION }),
        )
      case "answer": {
        const { task, quiz, answer } = message
        if (!tasks?.quiz(task, quiz)) return refuse("not-found", "There is no such question.")
        if (tasks.isFinal(task, quiz)) return refuse("refused", "An exam takes one answer to a question.")
        return push({ kind: "answer", task, quiz, answer }, () => {
          const correct = tasks.states().some((state) => state.id === task && state.quizzes.some((one) => one.id === quiz && one.correct))
          this.#post({ type: "answered", session: this.#lab.spec.session, task, quiz, answer, correct })
        })
      }
      case "restart":
        return this.#post({ type: "restart", session: this.#lab.spec.session, origin })
    }
  }

  #clock(message: Extract<ClientMessage, { type: "clock" }>, origin: Origin): void {
    const lab = this.#lab
    const before = lab.clockState()
    switch (message.action) {
      case "pause":
      case "resume": {
        const paused = message.action === "pause"
        const speed = message.speed ?? before.speed
        const input: LabInput = { kind: "clock", paused, speed }
        return lab.inbox.push({ input, origin, applied: 0, after: () => lab.setClock(paused, speed) })
      }
      case "skip":
      case "forward":
        lab.hurry(message.action === "skip" ? undefined : (message.by ?? 60_000))
        return lab.acknowledge(origin)
    }
  }

  #ask(socket: number, message: Exclude<ClientMessage, { seq: number }>): void {
    if (message.type === "ping") return this.#reply(socket, { type: "pong", at: message.at })
    const body = this.#lab.body
    if (message.type === "subscribe") return this.#lab.viewers.get(socket)?.wants(message, body)
    const id = "id" in message ? message.id : undefined
    if (!body) return this.#error(socket, "refused", "The lab is still being prepared.", id)
    if (this.#lab.spec.exam && (message.type === "history" || message.type === "describe" || message.type === "ports"))
      return this.#error(socket, "refused", "An exam shows terminals and tasks alone.", id)
    try {
      switch (message.type) {
        case "resume":
          return this.#error(socket, "bad-message", "resume is the first message of a connection.")
        case "list-files": {
          const { path } = message
          return this.#reply(socket, { type: "files", id: message.id, path, entries: listFiles(machineOf(body, message.machine), path) })
        }
        case "read-file": {
          const { machine, path } = message
          return this.#reply(socket, { type: "file", id: message.id, machine, path, content: readFile(machineOf(body, machine), path) })
        }
        case "history":
          return this.#reply(socket, { type: "history", id: message.id, hops: history(body.world.trace, message) })
        case "ports":
          return this.#reply(socket, { type: "ports", id: message.id, ports: openPorts(body.world, body.view) })
        case "describe":
          return this.#describe(socket, body, message)
      }
    } catch (error) {
      if (error instanceof Refusal) return this.#error(socket, error.code, error.message, id)
      throw error
    }
  }

  #describe(socket: number, body: SessionBody, message: Extract<ClientMessage, { type: "describe" }>): void {
    const { id, kind, namespace, name } = message
    if (!NAME.test(kind) || !NAME.test(name) || (namespace !== undefined && !NAME.test(namespace)))
      throw new Refusal("refused", "That is no name of an object.")
    if (!body.world.cluster) throw new Refusal("not-found", "This lab has no cluster.")
    const looksIn = this.#lab.viewers.get(socket)?.watching ?? false
    if (looksIn || this.#lab.clockState().paused) {
      // kubectl takes time, and time stands; and whoever only looks runs nothing in the learner's world.
      const wanted = idOf({ kind, metadata: { name, ...(namespace !== undefined && { namespace }) } })
      const object = body.view.object(wanted)
      if (!object)
        throw new Refusal("not-found", looksIn ? "It is gone." : "The clock is paused; resume it to have kubectl describe this object.")
      const why = looksIn ? "You look in" : "The clock is paused"
      return this.#reply(socket, { type: "describe", id, text: `# ${why}: this is the object itself.\n${yamlText(object)}` })
    }
    const object = { kind, name, ...(namespace !== undefined && { namespace }) }
    this.#lab.inbox.push({
      input: { kind: "describe", object },
      applied: 0,
      socket,
      described: (text) => this.#reply(socket, { type: "describe", id, text }),
    })
  }
}

const machineOf = (body: SessionBody, name: string) => {
  const machine = body.world.machines.get(name)
  if (!machine) throw new Refusal("not-found", `There is no machine "${name}".`)
  return machine
}
