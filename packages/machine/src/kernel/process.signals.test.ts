import { expect, test } from "vitest"
import { bareMachine, runBare, startOn } from "../bare-machine.ts"
import { type Process, ProcessExit, type Program, type Steps } from "./process.ts"
import type { SystemError } from "./errno.ts"

const sleeper: Program = function* (process) {
  yield* process.sleep(1e9)
  return 0
}
const statusOf = function* (process: Process, pid: number): Steps<string> {
  const ended = yield* process.waitFor({ pid, untraced: true })
  return JSON.stringify(ended?.status)
}

test("a handler runs, and the call in progress ends with EINTR", () => {
  const ran = runBare(function* (process) {
    const child = process.spawn(
      function* (own) {
        own.onSignal("SIGTERM", () => own.files.write("/tmp/heard", "yes"))
        try {
          yield* own.sleep(1e6)
        } catch (error) {
          yield* own.print(`${(error as SystemError).code} ${own.files.readText("/tmp/heard")}`)
        }
        return 0
      },
      { argv: ["handler"] },
    )
    yield* process.sleep(10)
    process.kill(child.pid, "SIGTERM")
    yield* process.waitFor({ pid: child.pid })
    return 0
  })
  expect(ran).toMatchObject({ stdout: "EINTR yes", status: { kind: "exited", code: 0 } })
})

test("a stopped process dies of SIGTERM only when continued, of SIGKILL at once", () => {
  const ran = runBare(function* (process) {
    const one = process.spawn(sleeper, { argv: ["one"] })
    const two = process.spawn(sleeper, { argv: ["two"] })
    yield* process.sleep(1)
    for (const { pid } of [one, two]) process.kill(pid, "SIGSTOP")
    for (const { pid } of [one, two]) yield* process.waitFor({ pid, untraced: true })
    process.kill(one.pid, "SIGTERM")
    process.kill(two.pid, "SIGKILL")
    yield* process.sleep(10)
    yield* process.print(`${process.processes().map(({ argv, state }) => `${argv[0]}:${state}`)}\n`)
    process.kill(one.pid, "SIGCONT")
    yield* process.sleep(10)
    yield* process.print(`${yield* statusOf(process, one.pid)}${yield* statusOf(process, two.pid)}`)
    return 0
  })
  expect(ran.stdout).toBe('test:R,one:T,two:Z\n{"kind":"signaled","signal":"SIGTERM"}{"kind":"signaled","signal":"SIGKILL"}')
})

test("finally-blocks run when a process is killed, and what they throw harms nobody", () => {
  const ran = runBare(function* (process) {
    const child = process.spawn(
      function* (own): Steps<number> {
        try {
          yield* own.sleep(1e6)
          return 0
        } finally {
          own.files.write("/tmp/cleaned", "yes")
          own.files.write("/no/such/directory", "")
        }
      },
      { argv: ["child"] },
    )
    yield* process.sleep(1)
    process.kill(child.pid, "SIGTERM")
    yield* process.print(`${yield* statusOf(process, child.pid)} ${process.files.readText("/tmp/cleaned")}`)
    return 0
  })
  expect(ran.stdout).toBe('{"kind":"signaled","signal":"SIGTERM"} yes')
})

test("a process sees only what it may signal; ignored signals stay ignored in children", () => {
  const ran = runBare(function* (process) {
    process.onSignal("SIGHUP", "ignore")
    const other = process.spawn(sleeper, { argv: ["other"] })
    const user = { uid: 1000, gid: 1000, groups: [1000] }
    const mine = process.spawn(
      function* (own) {
        for (const [pid, signal] of [
          [other.pid, "SIGTERM"],
          [99_999, "SIGTERM"],
          [-99_999, "SIGTERM"],
        ] as const)
          try {
            own.kill(pid, signal)
          } catch (error) {
            yield* own.print(`${(error as SystemError).code} `)
          }
        return 0
      },
      { argv: ["mine"], credentials: user },
    )
    yield* process.waitFor({ pid: mine.pid })
    process.kill(other.pid, "SIGHUP")
    yield* process.sleep(5)
    yield* process.print(process.processes().find(({ pid }) => pid === other.pid)?.state ?? "gone")
    return 0
  })
  expect(ran.stdout).toBe("EPERM ESRCH ESRCH S")
})

test("waitFor: by group, without waiting, none left", () => {
  const ran = runBare(function* (process) {
    const child = process.spawn(
      function* (own) {
        yield* own.sleep(5)
        throw new ProcessExit(300)
      },
      { argv: ["child"], processGroup: "new" },
    )
    yield* process.print(`${yield* process.waitFor({ pid: "any", noHang: true })} `)
    yield* process.print(JSON.stringify((yield* process.waitFor({ pid: { group: child.pid } }))?.status))
    try {
      yield* process.waitFor({ pid: "any" })
    } catch (error) {
      yield* process.print(` ${(error as SystemError).code}`)
    }
    return 0
  })
  expect(ran.stdout).toBe('undefined {"kind":"exited","code":44} ECHILD')
})

test("an orphan goes to init, which reaps it; a stopped orphan group is hung up", () => {
  const { sim, machine } = bareMachine()
  startOn(machine, function* (process) {
    const group = process.spawn(sleeper, { argv: ["stopped"], processGroup: "new" })
    process.spawn(sleeper, { argv: ["orphan"] })
    yield* process.sleep(1)
    process.kill(group.pid, "SIGSTOP")
    yield* process.sleep(1)
    return 0
  })
  sim.run({ until: sim.now() + 100 })
  expect(machine.processes().map(({ argv, ppid, state }) => [argv[0], ppid, state])).toEqual([["orphan", 1, "S"]])
})
