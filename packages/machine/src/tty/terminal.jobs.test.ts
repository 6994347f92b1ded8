import fc from "fast-check"
import { expect, test } from "vitest"
import { bareMachine } from "../bare-machine.ts"
import type { SystemError } from "../kernel/errno.ts"
import type { Program, Steps } from "../kernel/process.ts"
import type { TtyModes } from "./contract.ts"

const open = (program: Program, limits = {}) => {
  const { sim, machine } = bareMachine({ limits })
  const tty = machine.openTty({ columns: 80, rows: 24 })
  const seen = { screen: "", status: undefined as unknown, bytes: 0 }
  tty.onOutput = (data) => {
    seen.screen += new TextDecoder().decode(data)
    seen.bytes += data.length
  }
  machine.start(program, { argv: ["shell"], tty, onExit: (status) => (seen.status = status) })
  const run = (ms = 10) => sim.run({ until: sim.now() + ms })
  run()
  return { tty, seen, run, machine, sim }
}
const lines: Program = function* (process) {
  for (;;) {
    const line = yield* process.readLine(0)
    if (line === undefined) return 0
    yield* process.print(`<${line}>`)
  }
}

test("lines edited by any keys are what a list of characters edited the same way is", () => {
  const keys = fc.array(fc.constantFrom("a", "b", " ", "é", "漢", "\x7f", "\b", "\x15", "\x17"), { maxLength: 40 })
  fc.assert(
    fc.property(keys, (typed) => {
      let line: string[] = []
      for (const key of typed)
        if (key === "\x7f" || key === "\b") line.pop()
        else if (key === "\x15") line = []
        else if (key === "\x17") {
          while (line.at(-1) === " ") line.pop()
          while (line.length > 0 && line.at(-1) !== " ") line.pop()
        } else line.push(key)
      const { tty, seen, run } = open(lines)
      tty.setModes({ echo: false })
      tty.input(`${typed.join("")}\r`)
      run()
      expect(seen.screen).toBe(`<${line.join("")}>`)
    }),
  )
})

test("^D ends input on an empty line, and hands over what is typed on another", () => {
  const chunks: Program = function* (process) {
    for (;;) {
      const data = yield* process.read(0)
      if (data.length === 0) return 5
      yield* process.print(`[${new TextDecoder().decode(data)}]`)
    }
  }
  const { tty, seen, run } = open(chunks)
  tty.input("ab\x04c\r\x04")
  run()
  expect([seen.screen, seen.status]).toEqual(["abc\r\n[ab][c\r\n]", { kind: "exited", code: 5 }])
})

test("raw mode hands over every byte and echoes nothing; back in canonical mode what is left is a line", () => {
  const modes = (given: Partial<TtyModes>): Program =>
    function* (process) {
      process.tty?.setModes(given)
      for (;;) yield* process.print(JSON.stringify(new TextDecoder().decode(yield* process.read(0))))
    }
  const { tty, seen, run } = open(modes({ canonical: false, echo: false, signals: false }))
  tty.input("a\x03\x7f\r")
  run()
  expect(seen.screen).toBe(JSON.stringify("a\x03\x7f\r"))
})

test("^Z stops the foreground job, bg reads are stopped by SIGTTIN, and fg goes on where it was", () => {
  const shell: Program = function* (process): Steps<number> {
    for (const signal of ["SIGTTOU", "SIGTTIN", "SIGTSTP", "SIGINT"] as const) process.onSignal(signal, "ignore")
    const job = process.spawn(
      function* (own) {
        for (const signal of ["SIGTTOU", "SIGTTIN", "SIGTSTP", "SIGINT"] as const) own.onSignal(signal, "default")
        yield* own.print(`(${yield* own.readLine(0)})`)
        return 3
      },
      { argv: ["job"], processGroup: "new" },
    )
    const tty = process.tty!
    tty.foregroundGroup = job.pid
    const wait = function* () {
      const { status } = (yield* process.waitFor({ pid: job.pid, untraced: true }))!
      if (status.kind !== "continued") tty.foregroundGroup = process.processGroup
      yield* process.print(`{${"signal" in status ? status.signal : status.kind}}`)
    }
    yield* wait()
    yield* process.sleep(5)
    // In the background it asks for input at once, and is stopped for it.
    process.kill(-job.pid, "SIGCONT")
    yield* wait()
    yield* wait()
    tty.foregroundGroup = job.pid
    process.kill(-job.pid, "SIGCONT")
    yield* wait()
    yield* wait()
    return 0
  }
  const { tty, seen, run } = open(shell)
  tty.input("\x1a")
  run(100)
  expect(seen.screen).toBe("^Z{SIGTSTP}{continued}{SIGTTIN}{continued}")
  tty.input("go\r")
  run(100)
  expect(seen.screen).toBe("^Z{SIGTSTP}{continued}{SIGTTIN}{continued}go\r\n(go){exited}")
})

test("^C also drops what was typed ahead and what was not shown yet", () => {
  const flood: Program = function* (process): Steps<number> {
    for (;;) yield* process.write(1, "y\n".repeat(8_192))
  }
  const { tty, seen, run } = open(flood, { outputPerSecond: 10_000 })
  run(5_000)
  // The first burst, then the rate.
  expect(seen.bytes).toBeLessThan(80_000)
  tty.input("typed\x03")
  const before = seen.bytes
  run(60_000)
  expect(seen.status).toEqual({ kind: "signaled", signal: "SIGINT" })
  expect(seen.bytes - before).toBeLessThan(100)
})

test("a resize is told to the foreground group, once", () => {
  const { tty, seen, run } = open(function* (process) {
    process.onSignal("SIGWINCH", () => process.files.write("/tmp/size", `${process.tty?.columns}x${process.tty?.rows};`, { append: true }))
    for (;;)
      try {
        yield* process.sleep(1e9)
      } catch (error) {
        yield* process.print(`${(error as SystemError).code} ${process.files.readText("/tmp/size")}`)
      }
  })
  tty.resize(100, 30)
  tty.resize(100, 30)
  run()
  expect(seen.screen).toBe("EINTR 100x30;")
})

test("hanging up ends the session, reads see the end, writes fail", () => {
  const { tty, seen, run } = open(function* (process) {
    process.onSignal("SIGHUP", "ignore")
    const rest = yield* process.readAll(0)
    try {
      yield* process.print("x")
    } catch (error) {
      return (error as SystemError).code === "EIO" ? rest.length + 1 : 99
    }
    return 98
  })
  tty.hangUp()
  run()
  expect(seen.status).toEqual({ kind: "exited", code: 1 })
  const other = open(lines)
  other.tty.hangUp()
  other.run()
  expect(other.seen.status).toEqual({ kind: "signaled", signal: "SIGHUP" })
})

test("with tostop a background writer is stopped", () => {
  const { tty, seen, run } = open(function* (process) {
    const job = process.spawn(
      function* (own) {
        yield* own.print("job")
        return 0
      },
      { argv: ["job"], processGroup: "new" },
    )
    const { status } = (yield* process.waitFor({ pid: job.pid, untraced: true }))!
    yield* process.print(JSON.stringify(status))
    return 0
  })
  tty.setModes({})
  run()
  expect(seen.screen).toBe('job{"kind":"exited","code":0}')
  const stopped = open(function* (process) {
    process.tty?.setModes({ stopsBackgroundOutput: true })
    const job = process.spawn(
      function* (own) {
        yield* own.print("job")
        return 0
      },
      { argv: ["job"], processGroup: "new" },
    )
    const { status } = (yield* process.waitFor({ pid: job.pid, untraced: true }))!
    yield* process.print(JSON.stringify(status))
    return 0
  })
  expect(stopped.seen.screen).toBe('{"kind":"stopped","signal":"SIGTTOU"}')
})

test("a paste larger than what the terminal holds disturbs nobody", () => {
  const { tty, seen, run } = open(function* (process) {
    yield* process.sleep(1_000)
    return yield* lines(process)
  })
  tty.setModes({ echo: false })
  tty.input(`${"x".repeat(100)}\r`.repeat(10_000))
  run(5_000)
  tty.input("after\r")
  run(5_000)
  expect(seen.screen.endsWith("<after>")).toBe(true)
  expect(seen.screen.replaceAll(`<${"x".repeat(100)}>`, "")).toBe("<after>")
})
