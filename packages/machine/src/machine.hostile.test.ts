import { Digest } from "@drydock/sim"
import { expect, test } from "vitest"
import { BARE_LAYER, bareMachine, startOn } from "./bare-machine.ts"
import { MountNamespace } from "./files/mounts.ts"
import { FilesView, ROOT_VIEWER } from "./files/view.ts"
import { SystemError } from "./kernel/errno.ts"
import type { Program, Steps } from "./kernel/process.ts"

const forkBomb: Program = function* (process): Steps<number> {
  for (;;) {
    try {
      process.spawn(forkBomb, { argv: ["bomb"] })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
    yield* process.yield()
  }
}
const yes: Program = function* (process): Steps<number> {
  for (;;) yield* process.write(1, "y\n")
}

test("a fork bomb, a flood and a spin leave the machine answering, and are gone after one signal", () => {
  const { sim, machine } = bareMachine({ limits: { processes: 200 } })
  const bomb = machine.start(forkBomb, { argv: ["bomb"] })
  machine.start(yes, { argv: ["yes"] })
  machine.start(
    function* (process): Steps<number> {
      for (;;) if (process.charge(1)) yield* process.yield()
    },
    { argv: ["spin"] },
  )
  sim.run({ until: sim.now() + 90_000 })
  expect(machine.processes().length).toBe(200)
  for (const { pid, argv } of machine.processes()) if (argv[0] === "bomb") machine.kill(pid, "SIGKILL")
  sim.run({ until: sim.now() + 20_000 })
  expect(machine.processes().map(({ argv }) => argv[0])).toEqual(["yes", "spin"])
  expect(bomb.process.processes().length).toBe(2)
  const ran = startOn(machine, function* (process) {
    yield* process.print("alive")
    return 0
  })
  sim.run({ until: sim.now() + 1_000 })
  expect(ran.stdout).toBe("alive")
})

test("a virtual minute of every kind of loop is a bounded number of steps for the host", () => {
  for (const program of [forkBomb, yes]) {
    const { sim, machine } = bareMachine()
    startOn(machine, program, { onStdout: () => {} })
    const result = sim.run({ until: sim.now() + 60_000, events: 500_000 })
    expect(result.reason).toBe("until")
  }
})

test("pipes that feed themselves, links that go round, paths and names too long", () => {
  const { sim, machine } = bareMachine()
  const ran = startOn(machine, function* (process): Steps<number> {
    const { read, write } = process.pipe()
    const doubling: Program = function* (own): Steps<number> {
      yield* own.write(1, "x")
      for (;;) {
        const data = yield* own.read(0)
        yield* own.write(1, data)
        yield* own.write(1, data)
      }
    }
    for (let i = 0; i < 2; i++)
      process.spawn(doubling, {
        argv: ["double"],
        fds: new Map([
          [0, read],
          [1, write],
        ]),
      })
    yield* process.sleep(30_000)
    const { files } = process
    files.symlink("loop2", "/tmp/loop1")
    files.symlink("loop1", "/tmp/loop2")
    for (const attempt of [
      () => files.stat("/tmp/loop1/x"),
      () => files.write(`/tmp/${"n".repeat(256)}`, ""),
      () => files.stat(`/${"d/".repeat(3_000)}`),
      () => files.link("/tmp", "/tmp/again"),
    ])
      try {
        attempt()
      } catch (error) {
        yield* process.print(`${(error as SystemError).code} `)
      }
    return 0
  })
  sim.run({ until: sim.now() + 120_000 })
  expect(ran.stdout).toBe("ELOOP ENAMETOOLONG ENAMETOOLONG EPERM ")
})

test("descriptors have a limit, and an unlinked file that is open still counts until it is closed", () => {
  const { sim, machine } = bareMachine({ limits: { openFiles: 10, diskBytes: 5_000 } })
  const ran = startOn(machine, function* (process) {
    const fd = yield* process.open("/tmp/ghost", "w")
    yield* process.write(fd, "x".repeat(4_000))
    process.files.remove("/tmp/ghost")
    const write = function* () {
      try {
        process.files.write("/tmp/more", "x".repeat(2_000))
        yield* process.print("written ")
      } catch (error) {
        yield* process.print(`${(error as SystemError).code} `)
      }
    }
    yield* write()
    process.close(fd)
    yield* write()
    try {
      for (;;) yield* process.open("/dev/null", "r")
    } catch (error) {
      yield* process.print(`${(error as SystemError).code} ${process.fds.size}`)
    }
    return 0
  })
  sim.run({ until: sim.now() + 100 })
  expect(ran.stdout).toBe("ENOSPC written EMFILE 10")
})

test("a container sees its own processes, files and name; nothing outlives its first process", () => {
  const { sim, machine } = bareMachine()
  const files = new FilesView(
    new MountNamespace(machine.createVolume({ device: "overlay", type: "overlay", layer: BARE_LAYER })),
    ROOT_VIEWER,
  )
  const namespaces = machine.createNamespaces({ hostname: "web-0", files })
  machine.mountSystem(files, () => namespaces.processes)
  const init = startOn(
    machine,
    function* (process) {
      process.spawn(
        function* (own) {
          yield* own.sleep(1e9)
          return 0
        },
        { argv: ["worker"] },
      )
      process.files.write("/tmp/inside", "1")
      yield* process.print(
        `${process.pid} ${process.ppid} ${process.hostname} ${process.processes().map(({ pid, argv }) => `${pid}:${argv[0]}`)} `,
      )
      yield* process.print(
        process.files
          .list("/proc")
          .flatMap(({ name }) => (/^\d+$/.test(name) ? [name] : []))
          .join(),
      )
      yield* process.sleep(1_000)
      return 7
    },
    { namespaces, argv: ["init"] },
  )
  sim.run({ until: sim.now() + 10 })
  expect(init.stdout).toBe("1 0 web-0 1:init,2:worker 1,2")
  expect(machine.files.exists("/tmp/inside")).toBe(false)
  expect(machine.processes().map(({ argv }) => argv[0])).toEqual(["init", "worker"])
  sim.run({ until: sim.now() + 2_000 })
  expect([init.status, machine.processes()]).toEqual([{ kind: "exited", code: 7 }, []])
})

test("the same seed gives the same machine after everything at once, another seed another", () => {
  const hash = (seed: string) => {
    const { sim, machine } = bareMachine({ seed, limits: { processes: 50 } })
    machine.start(forkBomb, { argv: ["bomb"] })
    machine.start(yes, { argv: ["yes"] })
    machine.start(
      function* (process) {
        for (let i = 0; i < 100; i++) {
          process.files.write(`/tmp/${Math.floor(process.random() * 50)}`, String(process.random()))
          yield* process.sleep(process.random() * 100)
        }
        return 0
      },
      { argv: ["writer"] },
    )
    sim.run({ until: sim.now() + 20_000 })
    const digest = new Digest()
    machine.digest(digest)
    sim.digest(digest)
    return digest.toString()
  }
  expect(hash("a")).toBe(hash("a"))
  expect(hash("a")).not.toBe(hash("b"))
})
