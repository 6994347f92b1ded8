import { expect, test } from "vitest"
import { bareMachine, runBare, startOn } from "../bare-machine.ts"
import type { Program, Steps } from "./process.ts"

const EXITED = { kind: "exited", code: 0 }

test("two processes that only wake each other cannot stop the clock", () => {
  const { sim, machine } = bareMachine()
  const player: Program = function* (process) {
    for (;;) yield* process.sleep(0)
  }
  startOn(machine, player)
  startOn(machine, player)
  const result = sim.run({ until: sim.now() + 20, events: 200_000 })
  expect(result.reason).toBe("until")
})

test("a program that gives way without charging anything is held to the quota", () => {
  const { sim, machine } = bareMachine({ limits: { fuelPerSecond: 10_000 } })
  let turns = 0
  startOn(machine, function* (process): Steps<number> {
    for (;;) {
      turns++
      yield* process.yield()
    }
  })
  sim.run({ until: sim.now() + 100_000 })
  // A burst of 30 s' worth first, then 10,000 units a second at 2 a turn.
  expect(turns).toBeGreaterThan(400_000)
  expect(turns).toBeLessThan(700_000)
})

test("spawning costs the parent fuel", () => {
  const { sim, machine } = bareMachine({ limits: { fuelPerSecond: 10_000 } })
  let spawned = 0
  startOn(machine, function* (process): Steps<number> {
    for (;;) {
      process.spawn(
        function* () {
          return 0
        },
        { argv: ["child"] },
      )
      spawned++
      yield* process.waitFor({ pid: "any" })
    }
  })
  sim.run({ until: sim.now() + 60_000 })
  expect(spawned).toBeLessThan(25_000)
})

test("a busy loop does not delay a neighbour by more than a slice", () => {
  const { sim, machine } = bareMachine()
  startOn(machine, function* (process): Steps<number> {
    for (;;) if (process.charge(1)) yield* process.yield()
  })
  sim.run({ until: sim.now() + 60_000 })
  const ran = startOn(machine, function* (process) {
    yield* process.print("hi")
    return 0
  })
  sim.run({ until: sim.now() + 1_000 })
  expect(ran).toMatchObject({ stdout: "hi", status: EXITED })
  expect(ran.took).toBeLessThan(100)
})

test("a program that throws ends alone, as a crash, and says so", () => {
  const ran = runBare(function* (process) {
    const child = process.spawn(
      function* () {
        throw new TypeError("x is not a function")
      },
      { argv: ["/usr/bin/broken"] },
    )
    yield* process.print(JSON.stringify((yield* process.waitFor({ pid: child.pid }))?.status))
    return 0
  })
  expect(ran).toMatchObject({
    stdout: '{"kind":"signaled","signal":"SIGSEGV","coreDumped":true}',
    stderr: "broken: x is not a function\n",
    status: EXITED,
  })
})

test("a stack that runs over in one program is that program's end alone", () => {
  const deep = function* (): Steps<number> {
    return yield* deep()
  }
  const ran = runBare(deep)
  expect(ran.status).toEqual({ kind: "signaled", signal: "SIGSEGV", coreDumped: true })
})

test("exec follows #! with its one argument, and refuses what is no program", () => {
  const { sim, machine } = bareMachine()
  machine.files.install("/usr/bin/show", function* (process) {
    yield* process.print(`${JSON.stringify(process.argv)}\n`)
    return 0
  })
  machine.files.write("/tmp/script", "#! /usr/bin/show -x y \nbody\n", { mode: 0o755 })
  machine.files.write("/tmp/data", "no program\n", { mode: 0o755 })
  machine.files.write("/tmp/plain", "#!/usr/bin/show\n", { mode: 0o644 })
  const ran = startOn(machine, function* (process) {
    for (const path of ["/tmp/data", "/tmp/plain", "/tmp/none", "/tmp"])
      try {
        process.spawnFile(path, { argv: [path] })
      } catch (error) {
        yield* process.print(`${(error as Error).message}\n`)
      }
    return yield* process.exec("/tmp/script", ["script", "a b"])
  })
  sim.run({ until: sim.now() + 10 })
  expect(ran.stdout).toBe(
    'Exec format error\nPermission denied\nNo such file or directory\nPermission denied\n["/usr/bin/show","-x y","/tmp/script","a b"]\n',
  )
})

test("standard input given at the start is all of it; without it more may come", () => {
  const { sim, machine } = bareMachine()
  const count: Program = function* (process) {
    yield* process.print(String((yield* process.readAll(0)).length))
    return 0
  }
  const whole = startOn(machine, count, { stdin: "x".repeat(300_000) })
  const empty = startOn(machine, count, { stdin: "" })
  let piped = ""
  const started = machine.start(count, {
    argv: ["count"],
    stdin: new Uint8Array(0),
    onStdout: (data) => (piped += new TextDecoder().decode(data)),
  })
  sim.run({ until: sim.now() + 100 })
  started.input("abc")
  sim.run({ until: sim.now() + 100 })
  started.input("de")
  started.end()
  sim.run({ until: sim.now() + 100 })
  expect([whole.stdout, empty.stdout, piped]).toEqual(["300000", "0", "5"])
})
