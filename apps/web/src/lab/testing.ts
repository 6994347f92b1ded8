/** A socket in memory, and what a lab would say over it: for tests of the browser's end. */
import { CLOSE, type ClientMessage, type ServerMessage } from "@drydock/protocol"
import { Connection, type ConnectionOptions, type Socket, type Status } from "./connection.ts"

export class FakeSocket implements Socket {
  readyState = 0
  onopen: Socket["onopen"] = null
  onmessage: Socket["onmessage"] = null
  onclose: Socket["onclose"] = null
  onerror: Socket["onerror"] = null
  readonly sent: ClientMessage[] = []
  readonly ticket: string

  constructor(ticket: string) {
    this.ticket = ticket
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientMessage)
  }
  close(): void {
    this.readyState = 3
  }
  open(): void {
    this.readyState = 1
    this.onopen?.()
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  drop(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code, reason: "" })
  }
  /** Numbered messages that went over this socket. */
  get numbered(): { seq: number; data?: string }[] {
    return this.sent.flatMap((message) =>
      "seq" in message ? [{ seq: message.seq, ...("data" in message && { data: message.data }) }] : [],
    )
  }
}

export const welcome = (part: Partial<Extract<ServerMessage, { type: "welcome" }>> = {}): ServerMessage => ({
  type: "welcome",
  session: "s1",
  engine: "1",
  machines: ["controlplane", "node01"],
  terminals: [],
  acknowledged: 0,
  clock: { now: 5000, startedAt: 1000, paused: false, speed: 1, nextAt: null },
  tasks: [],
  api: "/k8s/x",
  ...part,
})

/** A connection whose sockets, outputs and states are kept. */
export const connected = (options: Partial<ConnectionOptions> = {}) => {
  const sockets: FakeSocket[] = []
  const heard: ServerMessage[] = []
  const outputs: { terminal: string; text: string; reset: boolean }[] = []
  const states: Status["state"][] = []
  let tickets = 0
  const connection = new Connection({
    socket: (ticket) => {
      const socket = new FakeSocket(ticket)
      sockets.push(socket)
      return socket
    },
    ticket: async () => `ticket-${++tickets}`,
    onStatus: (status) => states.push(status.state),
    onMessage: (message) => heard.push(message),
    onOutput: (terminal, text, reset) => outputs.push({ terminal, text, reset }),
    client: "page",
    ...options,
  })
  connection.start("first")
  return { connection, sockets, heard, outputs, states, last: () => sockets.at(-1) as FakeSocket }
}

export { CLOSE }
