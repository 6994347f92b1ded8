/** One login shell into which whole commands are typed, its output caught apart from its terminal. */
import type { Program, SimulatedMachine } from "@drydock/machine"
import type { Timer } from "@drydock/sim"
import { type CommandHook, type CommandSource, commandSession } from "@drydock/shell"
import type { ShellSession } from "./contract.ts"
import { loginOf } from "./login.ts"
import { codeOf, gatherer, TIMED_OUT } from "./scripts.ts"

/** ms without output after which what stands on the last line is taken for a prompt. */
const QUIET = 1_000
/** ms after which Enter is pressed where a program asks for it to show its prompt. */
const ASKED = 3_000
/** Shells within shells that a command is looked for in before it is given up. */
const NESTING = 5
const COMMAND_DIRECTORIES = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

/** What a terminal would show of it: without escape sequences. */
const shown = (text: string): string => text.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|.)/g, "")

/** The unfinished line that a program waits on: "/ # ", "mysql> ", or "" when there is none. */
const promptOf = (text: string): string => {
  const visible = shown(text)
  return visible.slice(Math.max(visible.lastIndexOf("\n"), visible.lastIndexOf("\r")) + 1)
}

/** `/ # `, `root@pod:/# ` and `$ `, but not `mysql> ` or `postgres=# `. */
const isShellPrompt = (prompt: string): boolean => /[$#] $/.test(prompt) && !/=[#>] $/.test(prompt)

const firstWord = (command: string): string => /^\s*([^\s;|&<>()]+)/.exec(command)?.[1] ?? ""

export const typedSession = (machine: SimulatedMachine, user: string | undefined, onCommand: CommandHook): ShellSession => {
  const { sim } = machine
  const tty = machine.openTty({ columns: 200, rows: 50 })
  tty.modes.echo = false
  let pending: { text: string } | undefined
  let gathered = gatherer()
  /** Both streams in the order in which they came. */
  let screen = ""
  let lastOutput = 0
  /** The foreground program stands at a prompt of its own: the last command has not ended, and what is typed goes to it. */
  let inside = false
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
      done(exit) {
        inside = false
        finished?.(exit)
      },
    }
    return yield* commandSession(source, onCommand)(process)
  }
  const screenDecoder = new TextDecoder()
  const took = (data: Uint8Array) => {
    screen = (screen + screenDecoder.decode(data, { stream: true })).slice(-4_096)
    lastOutput = sim.now()
  }
  const { env, credentials, home } = loginOf(machine, user)
  let loggedIn = false
  const logIn = () => {
    loggedIn = true
    inside = false
    sources.clear()
    machine.start(program, {
      argv: ["-bash"],
      env: new Map([...env, ["TERM", "xterm-256color"]]),
      credentials,
      cwd: home,
      tty,
      onStdout: (data) => {
        took(data)
        gathered.stdout(data)
      },
      onStderr: (data) => {
        took(data)
        gathered.stderr(data)
      },
      onExit: (status) => {
        loggedIn = false
        finished?.(codeOf(status))
      },
    })
  }
  logIn()
  /** Ends what runs in the foreground and is not the shell itself. */
  const killForeground = () => {
    for (const one of machine.processes())
      if (one.tty === tty.name && one.processGroup === tty.foregroundGroup && one.processGroup !== one.session)
        machine.kill(one.pid, "SIGKILL")
    tty.input("\x03")
  }
  const clear = () => {
    gathered = gatherer()
    screen = ""
    lastOutput = sim.now()
  }

  /** Calls `stands` when the foreground program shows a prompt and reads the terminal; one that asks for Enter gets it. */
  const watchPrompt = (stands: () => void): (() => void) => {
    let pressed = false
    let timer: Timer | undefined
    const look = () => {
      const quiet = sim.now() - lastOutput
      if (tty.readQueue.parked && quiet >= QUIET) {
        const prompt = promptOf(screen)
        if (prompt.trim() !== "") return stands()
        if (!pressed && quiet >= ASKED && /try pressing enter\.\s*$/.test(shown(screen))) {
          pressed = true
          tty.input("\r")
        }
      }
      timer = sim.schedule(QUIET, look)
    }
    timer = sim.schedule(QUIET, look)
    return () => sim.cancel(timer)
  }

  return {
    run(command, limits, done) {
      // Who logged out finds a new prompt, as in a page's terminal.
      if (!loggedIn) logIn()
      const begun = sim.now()
      const word = firstWord(command)
      /** Another program's terminal is what was seen. */
      let entered = inside
      let timedOut = false
      let unwatch = () => {}
      /** Again until it is over: what was typed may have further commands that do not end, and a loop ends with ^C alone. */
      const strike = () => {
        if (timedOut) tty.input("\x03")
        else killForeground()
        timedOut = true
        limit = sim.schedule(QUIET / 2, strike)
      }
      let limit = sim.schedule(limits.timeout, strike)
      const interrupt = limits.interruptAfter === undefined ? undefined : sim.schedule(limits.interruptAfter, () => tty.input("\x03"))
      const end = (exit: number) => {
        finished = undefined
        unwatch()
        sim.cancel(limit)
        sim.cancel(interrupt)
        const { stdout, stderr } = gathered.result()
        const terminal = entered || inside
        done({
          stdout: terminal ? shown(stdout).replace(/\r/g, "") : stdout,
          stderr,
          exit: timedOut ? TIMED_OUT : exit,
          timedOut,
          took: sim.now() - begun,
        })
      }
      const watch = (stands: () => void) => {
        unwatch()
        unwatch = watchPrompt(stands)
      }
      /** Until it ends, or stands at a prompt. */
      const endAtPrompt = () => {
        inside = true
        end(0)
      }
      const give = () => {
        clear()
        entered = false
        finished = end
        if (limits.prompts) watch(endAtPrompt)
        pending = { text: command }
        for (const wake of sources) wake()
      }
      /** Leaves the programs one by one, with ^D as their users do, then gives the command to the login shell. */
      const leave = (depth: number) => {
        if (depth > NESTING) return endAtPrompt()
        finished = () => {
          unwatch()
          if (timedOut) end(TIMED_OUT)
          else give()
        }
        clear()
        watch(() => leave(depth + 1))
        tty.input("\x04")
      }
      if (!inside) return give()
      const foreign =
        !isShellPrompt(promptOf(screen)) && COMMAND_DIRECTORIES.some((directory) => machine.files.exists(`${directory}/${word}`))
      if (foreign) return leave(1)
      clear()
      finished = end
      watch(() => {
        if (shown(screen).includes(`${word}: not found`) || shown(screen).includes(`${word}: command not found`)) leave(1)
        else endAtPrompt()
      })
      tty.input(`${command.replace(/\n/g, "\r")}\r`)
    },
    close: () => machine.closeTty(tty),
  }
}
