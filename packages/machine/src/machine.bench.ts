import { bench, describe } from "vitest"
import { bareMachine } from "./bare-machine.ts"
import type { Process, Steps } from "./kernel/process.ts"

const ROUNDS = 1_000

describe(`${ROUNDS} at a time`, () => {
  bench("spawn, exit and wait", () => {
    const { sim, machine } = bareMachine()
    machine.start(
      function* (process) {
        for (let i = 0; i < ROUNDS; i++) {
          process.spawn(
            function* () {
              return 0
            },
            { argv: ["true"] },
          )
          yield* process.waitFor({ pid: "any" })
        }
        return 0
      },
      { argv: ["spawner"] },
    )
    sim.run({ until: sim.now() + 10_000 })
  })

  bench("switches between two processes", () => {
    const { sim, machine } = bareMachine()
    const player = function* (process: Process): Steps<number> {
      for (let i = 0; i < ROUNDS / 2; i++) yield* process.yield()
      return 0
    }
    for (let i = 0; i < 2; i++) machine.start(player, { argv: ["player"] })
    sim.run({ until: sim.now() + 10_000 })
  })

  bench("bytes to and fro through two pipes", () => {
    const { sim, machine } = bareMachine()
    machine.start(
      function* (process) {
        const [there, back] = [process.pipe(), process.pipe()]
        process.spawn(
          function* (echo) {
            for (let i = 0; i < ROUNDS / 2; i++) yield* echo.write(1, yield* echo.read(0))
            return 0
          },
          {
            argv: ["echo"],
            fds: new Map([
              [0, there.read],
              [1, back.write],
            ]),
          },
        )
        process.fds.set(3, there.write)
        process.fds.set(4, back.read)
        there.write.retain()
        back.read.retain()
        for (let i = 0; i < ROUNDS / 2; i++) {
          yield* process.write(3, "x")
          yield* process.read(4)
        }
        return 0
      },
      { argv: ["pipes"] },
    )
    sim.run({ until: sim.now() + 10_000 })
  })

  bench("HTTP exchanges", () => {
    const { sim, machine } = bareMachine()
    machine.network.serve(80, () => ({ status: 200, headers: {}, body: { json: {} } }))
    machine.start(
      function* (process) {
        for (let i = 0; i < ROUNDS; i++) yield* process.network.request("127.0.0.1", 80, { method: "GET", path: "/", headers: {} })
        return 0
      },
      { argv: ["client"] },
    )
    sim.run({ until: sim.now() + 10_000 })
  })
})

describe("a machine", () => {
  bench("made", () => {
    bareMachine()
  })

  bench("a virtual minute of a busy loop", () => {
    const { sim, machine } = bareMachine()
    machine.start(
      function* (process): Steps<number> {
        for (;;) if (process.charge(1)) yield* process.yield()
      },
      { argv: ["loop"] },
    )
    sim.run({ until: sim.now() + 60_000 })
  })
})
