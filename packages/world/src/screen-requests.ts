/** `edit` and `code`: programs that ask for an editor on the learner's screen and wait until it is closed. */
import { type Process, type Program, type SimulatedMachine, SystemError, type WaitQueue } from "@drydock/machine"
import type { HostRequest } from "./contract.ts"

const USAGE = "Usage: edit [--no-wait] FILE\nOpens FILE in the editor beside the terminal and waits until it is closed.\n"

export class ScreenRequests {
  readonly #listeners = new Set<(request: HostRequest) => void>()
  readonly #waiting = new Map<number, { closed: boolean; queue: WaitQueue }>()
  #next = 1

  onRequest(listener: (request: HostRequest) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The editor with this number was closed: its `edit` goes on. */
  editorClosed(id: number): void {
    const one = this.#waiting.get(id)
    if (!one) return
    one.closed = true
    one.queue.wake()
  }

  program(machine: SimulatedMachine): Program {
    const requests = this
    return function* edit(process: Process) {
      const words = process.argv.slice(1)
      const wait = !words.some((word) => word === "--no-wait" || word === "-n")
      const [file, ...more] = words.filter((word) => !/^(--wait|--no-wait|-w|-n)$/.test(word))
      if (file === undefined || more.length > 0 || file === "--help") {
        yield* file === "--help" ? process.write(1, USAGE) : process.error(USAGE)
        return file === "--help" ? 0 : 2
      }
      const path = file.startsWith("/") ? file : `${process.cwd === "/" ? "" : process.cwd}/${file}`
      let content = ""
      try {
        if (process.files.exists(path)) content = process.files.readText(path)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`edit: ${file}: ${error.message}\n`)
        return 1
      }
      const id = requests.#next++
      const queue = process.queue()
      const state = { closed: false, queue }
      if (wait) requests.#waiting.set(id, state)
      for (const listener of [...requests.#listeners]) listener({ kind: "edit", id, machine: machine.name, path, content, wait })
      try {
        while (wait && !state.closed) yield* process.wait({ queues: [queue] })
      } finally {
        requests.#waiting.delete(id)
      }
      return 0
    }
  }
}
