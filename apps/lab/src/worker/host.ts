/** A worker: many worlds on one thread, each in its turn, none for longer than a few milliseconds. */
import type { FromWorker, Port, ToWorker } from "../link.ts"
import { changesWorld } from "./calls.ts"
import { ClientMessages } from "./client-messages.ts"
import { LabWorld } from "./lab-world.ts"
import { Viewer } from "./viewer.ts"

/** Host time of one world's turn, ms. */
const SLICE_MS = 5
/** The longest a worker sleeps, so that worlds without viewers come to their rest. */
const SLEEP_MS = 5_000

interface Resident {
  lab: LabWorld
  messages: ClientMessages
  /** Wall time of its next turn, as its last one left it. */
  wakeAt: number
}

/** @param running shared with the front: the handle of the world whose turn it is, 0 between turns */
export const hostWorlds = (port: Port<readonly FromWorker[]>, running: Int32Array): { stop(): void } => {
  const residents = new Map<string, Resident>()
  /** Worlds with more to do at once, in the order of their turns. */
  const busy = new Set<Resident>()
  let timer: NodeJS.Timeout | undefined
  let timerAt = Number.POSITIVE_INFINITY
  let immediate: NodeJS.Immediate | undefined
  let stopped = false
  /** What one turn has to say goes together: waking the other thread costs more than the message. */
  let outbox: FromWorker[] = []
  const post = (message: FromWorker) => void outbox.push(message)
  const deliver = () => {
    if (outbox.length === 0) return
    port.postMessage(outbox)
    outbox = []
  }

  const turn = (resident: Resident): void => {
    const { lab } = resident
    busy.delete(resident)
    Atomics.store(running, 0, lab.handle)
    try {
      if (lab.turn(SLICE_MS)) busy.add(resident)
    } catch (error) {
      // A fault of the simulation: this world ends, the others go on.
      lab.failed = error instanceof Error ? (error.stack ?? error.message) : String(error)
      post({ type: "failed", session: lab.spec.session, reason: lab.failed })
    } finally {
      Atomics.store(running, 0, 0)
      // Only turns change it, so there is no need to ask every world all the time.
      resident.wakeAt = lab.wakeAt ?? Number.POSITIVE_INFINITY
      deliver()
    }
  }

  const arm = (): void => {
    if (stopped) return
    if (busy.size > 0) {
      immediate ??= setImmediate(round)
      return
    }
    let at = performance.now() + SLEEP_MS
    for (const { wakeAt } of residents.values()) if (wakeAt < at) at = wakeAt
    if (timer !== undefined && Math.abs(timerAt - at) < 0.5) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(round, Math.max(0, at - performance.now()))
  }

  /** One world's turn a round: between rounds messages come in, and are served at once. */
  const round = (): void => {
    clearTimeout(timer)
    timer = immediate = undefined
    timerAt = Number.POSITIVE_INFINITY
    const now = performance.now()
    for (const resident of residents.values()) if (resident.wakeAt <= now + 0.5) busy.add(resident)
    const until = now + SLICE_MS
    for (const resident of [...busy]) {
      turn(resident)
      if (performance.now() >= until) break
    }
    arm()
  }

  const serve = (message: Extract<ToWorker, { session: string }>): void => {
    const resident = residents.get(message.session)
    if (!resident) return
    const { lab, messages } = resident
    switch (message.type) {
      case "unload":
        lab.unload()
        residents.delete(message.session)
        busy.delete(resident)
        return post({ type: "unloaded", session: message.session })
      case "attach": {
        const { socket, client, session, received, trace, watching } = message
        lab.attach(new Viewer({ socket, client, session, received, trace, watching, post, plain: lab.spec.exam !== undefined }))
        break
      }
      case "detach":
        lab.detach(message.socket)
        return
      case "client":
        messages.handle(message, message.message)
        break
      case "flow":
        lab.viewers.get(message.socket)?.setBlocked(message.blocked, lab.body)
        return
      case "call": {
        const { call, request } = message
        lab.touch()
        if (changesWorld(request)) lab.inbox.push({ input: { kind: "call", call, request }, applied: 0 })
        else lab.body?.calls.begin(call, request, false)
        break
      }
      case "call-data": {
        lab.touch()
        const { call, channel, data } = message
        lab.inbox.push({ input: { kind: "call-data", call, channel, base64: Buffer.from(data).toString("base64") }, applied: 0 })
        break
      }
      case "call-end":
        lab.inbox.push({ input: { kind: "call-end", call: message.call, channel: message.channel }, applied: 0 })
        break
      case "call-closed":
        lab.touch()
        if (lab.body?.calls.isLogged(message.call)) lab.inbox.push({ input: { kind: "call-closed", call: message.call }, applied: 0 })
        else lab.body?.calls.close(message.call)
        break
    }
    // At once, ahead of worlds that wait for their turn: whoever typed wants to see it.
    if (lab.body) turn(resident)
    else busy.add(resident)
  }

  port.on("message", ((message: ToWorker): void => {
    if (stopped) return
    if (message.type === "ping") post({ type: "pong", id: message.id })
    else if (message.type === "load") {
      const { handle, spec, log, reachedAt } = message
      const lab = new LabWorld({ handle, spec, log, reachedAt }, post)
      const resident = { lab, messages: new ClientMessages(lab, post), wakeAt: 0 }
      residents.set(spec.session, resident)
      busy.add(resident)
    } else serve(message)
    deliver()
    arm()
  }) as (message: never) => void)
  post({ type: "up" })
  deliver()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      if (immediate) clearImmediate(immediate)
    },
  }
}
