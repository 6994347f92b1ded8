/** One login shell into which whole commands are typed, its output caught apart from its terminal. */
import type { Program, SimulatedMachine } from "@drydock/machine"
import { type CommandHook, type CommandSource, commandSession } from "@drydock/shell"
import type { ShellSession } from "./contract.ts"
import { loginOf } from "./login.ts"
import { codeOf, gatherer, TIMED_OUT } from "./scripts.ts"

export const typedSession = (machine: SimulatedMachine, user: string | undefined, onCommand: CommandHook): ShellSession => {
  const { sim } = machine
  const tty = machine.openTty({ columns: 200, rows: 50 })
  tty.modes.echo = false
  let pending: { text: string } | undefined
  let gathered = gatherer()
  let finished: ((exit: number) => void) | undefined
  const sources = new Set<() => void>()
  const program: Program = function* (process) {
    const queue = process.queue()
    sources.add(() => queue.wake())
    const source: CommandSource = {
      queue,
      next() {
        const given = pending
        pending = undefined
        return given
      },
      done: (exit) => finished?.(exit),
    }
    return yield* commandSession(source, onCommand)(process)
  }
  const { env, credentials, home } = loginOf(machine, user)
  machine.start(program, {
    argv: ["-bash"],
    env: new Map([...env, ["TERM", "xterm-256color"]]),
    credentials,
    cwd: home,
    tty,
    onStdout: (data) => gathered.stdout(data),
    onStderr: (data) => gathered.stderr(data),
    onExit: (status) => finished?.(codeOf(status)),
  })
  /** Ends what runs in the foreground and is not the shell itself. */
  const killForeground = () => {
    for (const one of machine.processes())
      if (one.tty === tty.name && one.processGroup === tty.foregroundGroup && one.processGroup !== one.session)
        machine.kill(one.pid, "SIGKILL")
    tty.input("\x03")
  }
  return {
    run(command, limits, done) {
      gathered = gatherer()
      const begun = sim.now()
      let timedOut = false
      const limit = sim.schedule(limits.timeout, () => {
        timedOut = true
        killForeground()
      })
      const interrupt = limits.interruptAfter === undefined ? undefined : sim.schedule(limits.interruptAfter, () => tty.input("\x03"))
      finished = (exit) => {
        finished = undefined
        sim.cancel(limit)
        sim.cancel(interrupt)
        done({ ...gathered.result(), exit: timedOut ? TIMED_OUT : exit, timedOut, took: sim.now() - begun })
      }
      pending = { text: command }
      for (const wake of sources) wake()
    },
    close: () => machine.closeTty(tty),
  }
}
