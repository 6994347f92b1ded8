/** Teachers who look into one session: what they may send, who of them asks to type, and who may. */
import type { ClientMessage, Watcher } from "@drydock/protocol"
import type { LearnerSocket } from "./learner-socket.ts"

/** What looking is: nothing of it changes the world. */
const LOOKING: ReadonlySet<ClientMessage["type"]> = new Set(["subscribe", "list-files", "read-file", "history", "describe"])

interface Looking {
  readonly socket: LearnerSocket
  readonly person: string
  readonly name: string
  asking: boolean
  typing: boolean
}

export class Watchers {
  readonly #looking = new Map<number, Looking>()
  /** All sockets of the session: everybody is told who looks in. */
  readonly #sockets: ReadonlyMap<number, LearnerSocket>

  constructor(sockets: ReadonlyMap<number, LearnerSocket>) {
    this.#sockets = sockets
  }

  get size(): number {
    return this.#looking.size
  }

  /** Ids of the people who look in. */
  get people(): readonly string[] {
    return [...new Set([...this.#looking.values()].map(({ person }) => person))]
  }

  has(socket: LearnerSocket): boolean {
    return this.#looking.has(socket.id)
  }

  of(person: string): readonly LearnerSocket[] {
    return [...this.#looking.values()].filter((one) => one.person === person).map(({ socket }) => socket)
  }

  add(socket: LearnerSocket, person: { readonly id: string; readonly name: string }): void {
    this.#looking.set(socket.id, { socket, person: person.id, name: person.name, asking: false, typing: false })
    this.tell()
  }

  /** Their right to type ends with their socket. */
  remove(socket: LearnerSocket): void {
    if (this.#looking.delete(socket.id)) this.tell()
  }

  /** Why a message is refused; undefined when it may pass. */
  refusal(socket: LearnerSocket, message: ClientMessage): string | undefined {
    const looking = this.#looking.get(socket.id)
    if (!looking || LOOKING.has(message.type)) return undefined
    if (message.type === "keys") return looking.typing ? undefined : "You may look here. Ask the learner to let you type."
    return "You may look here; this is the learner's to do."
  }

  ask(socket: LearnerSocket, ask: boolean): void {
    const looking = this.#looking.get(socket.id)
    if (!looking) return
    if (!ask) looking.typing = false
    looking.asking = ask && !looking.typing
    this.tell()
  }

  /** The learner's answer. False when nobody of that id looks in, or they have not asked. */
  allow(who: string, allow: boolean): boolean {
    const looking = [...this.#looking.values()].find(({ socket }) => String(socket.id) === who)
    // Nobody is given what they did not ask for.
    if (!looking || (allow && !looking.asking && !looking.typing)) return false
    looking.asking = false
    looking.typing = allow
    this.tell()
    return true
  }

  /** Without the learner nobody types. */
  endTyping(): void {
    let changed = false
    for (const looking of this.#looking.values()) {
      changed ||= looking.typing
      looking.typing = false
    }
    if (changed) this.tell()
  }

  #list(): Watcher[] {
    return [...this.#looking.values()].map(({ socket, name, typing, asking }) => ({ id: String(socket.id), name, typing, asking }))
  }

  /** @param only one socket, else all */
  tell(only?: LearnerSocket): void {
    const by = this.#list()
    for (const socket of only ? [only] : this.#sockets.values())
      socket.send({ type: "watched", by, ...(this.has(socket) && { you: String(socket.id) }) })
  }
}
