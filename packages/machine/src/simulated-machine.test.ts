import { Digest, Simulation } from "@drydock/sim"
import { describe, expect, test } from "vitest"
import { defineLayer, Fabric, type Process, type Program, SimulatedMachine, type Steps, SystemError } from "./index.ts"

const layer = defineLayer([
  { path: "/etc/hostname", content: "one\n" },
  { path: "/tmp", mode: 0o1777 },
  { path: "/root", mode: 0o700 },
])

const make = (seed = "s") => {
  const sim = new Simulation(seed, 1_000_000)
  const fabric = new Fabric({ sim })
  const machine = new SimulatedMachine({
    sim,
    name: "one",
    fabric,
    layer,
    interfaces: [{ name: "eth0", address: "10.0.0.1", prefix: 24, mac: "", up: true }],
  })
  return { sim, fabric, machine }
}

const run = (program: Program, stdin?: string) => {
  const { sim, machine } = make()
  let out = ""
  let status: unknown
  machine.start(program, {
    argv: ["test"],
    ...(stdin !== undefined && { stdin }),
    onStdout: (data) => (out += new TextDecoder().decode(data)),
    onStderr: (data) => (out += new TextDecoder().decode(data)),
    onExit: (given) => (status = given),
  })
  sim.run({ until: sim.now() + 60_000 })
  return { out, status, machine, sim }
}

describe("processes", () => {
  test("a pipe carries more than it holds, and its reader sees the end", () => {
    const { out, status } = run(function* (process) {
      const { read, write } = process.pipe()
      process.spawn(
        function* (child) {
          yield* child.write(1, "x".repeat(200_000))
          return 3
        },
        { argv: ["writer"], fds: new Map([[1, write]]) },
      )
      const reader = process.spawn(
        function* (child) {
          const all = yield* child.readAll(0)
          yield* child.print(String(all.length))
          return 0
        },
        {
          argv: ["reader"],
          fds: new Map([
            [0, read],
            [1, process.fds.get(1)!],
          ]),
        },
      )
      const codes: unknown[] = []
      for (let i = 0; i < 2; i++) codes.push((yield* process.waitFor({ pid: "any" }))?.status)
      yield* process.print(` ${JSON.stringify(codes)} ${reader.pid > 1}`)
      return 7
    })
    expect(out).toBe('200000 [{"kind":"exited","code":3},{"kind":"exited","code":0}] true')
    expect(status).toEqual({ kind: "exited", code: 7 })
  })

  test("writing to a pipe that nobody reads kills with SIGPIPE", () => {
    const { out } = run(function* (process) {
      const { write } = process.pipe()
      process.spawn(
        function* (child) {
          for (;;) yield* child.write(1, "y\n")
        },
        { argv: ["yes"], fds: new Map([[1, write]]) },
      )
      const ended = yield* process.waitFor({ pid: "any" })
      yield* process.print(JSON.stringify(ended?.status))
      return 0
    })
    expect(out).toBe('{"kind":"signaled","signal":"SIGPIPE"}')
  })

  test("a busy loop spends its quota, lets others run, and ends on a signal", () => {
    const { out, sim } = run(function* (process) {
      const loop = process.spawn(
        function* (child) {
          for (;;) if (child.charge(1)) yield* child.yield()
        },
        { argv: ["loop"] },
      )
      yield* process.sleep(5_000)
      process.kill(loop.pid, "SIGINT")
      yield* process.print(JSON.stringify((yield* process.waitFor({ pid: loop.pid }))?.status))
      return 0
    })
    expect(out).toBe('{"kind":"signaled","signal":"SIGINT"}')
    expect(sim.now()).toBe(1_060_000)
  })

  test("a fork bomb reaches its own limit only", () => {
    const bomb: Program = function* (process): Steps<number> {
      try {
        for (;;) {
          process.spawn(bomb, { argv: ["bomb"] })
          if (process.charge(10)) yield* process.yield()
        }
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.sleep(1e9)
      }
      return 1
    }
    const { machine } = run(bomb)
    expect(machine.processes().length).toBe(machine.limits.processes)
  })

  test("stop, continue and their reports", () => {
    const { out } = run(function* (process) {
      const child = process.spawn(
        function* (own) {
          yield* own.sleep(1_000)
          return 4
        },
        { argv: ["sleep"] },
      )
      process.kill(child.pid, "SIGSTOP")
      const seen: unknown[] = [(yield* process.waitFor({ pid: child.pid, untraced: true }))?.status]
      yield* process.sleep(3_000)
      process.kill(child.pid, "SIGCONT")
      seen.push((yield* process.waitFor({ pid: child.pid, untraced: true }))?.status, (yield* process.waitFor({ pid: child.pid }))?.status)
      yield* process.print(JSON.stringify(seen.map((status) => (status as { kind: string }).kind)))
      return 0
    })
    expect(out).toBe('["stopped","continued","exited"]')
  })

  test("same seed, same digest", () => {
    const digest = (seed: string) => {
      const { sim, machine } = make(seed)
      machine.start(
        function* (process: Process) {
          process.files.write("/tmp/a", String(process.random()))
          yield* process.sleep(10)
          return 0
        },
        { argv: ["a"] },
      )
      sim.run({ until: sim.now() + 100 })
      const result = new Digest()
      machine.digest(result)
      return result.toString()
    }
    expect(digest("a")).toBe(digest("a"))
    expect(digest("a")).not.toBe(digest("b"))
  })
})

describe("files", () => {
  test("layers are copied on write, and stay as they were", () => {
    const one = make().machine
    const two = make().machine
    one.files.write("/etc/hostname", "changed\n")
    expect([one.files.readText("/etc/hostname"), two.files.readText("/etc/hostname")]).toEqual(["changed\n", "one\n"])
  })

  test("permissions bite for others than root", () => {
    const { out } = run(function* (process) {
      process.files.write("/root/secret", "s", { mode: 0o600 })
      process.spawn(
        function* (child) {
          for (const attempt of [
            () => child.files.readText("/root/secret"),
            () => child.files.write("/etc/x", ""),
            () => child.files.write("/tmp/mine", "ok"),
          ])
            try {
              attempt()
              yield* child.print("done ")
            } catch (error) {
              yield* child.print(`${(error as SystemError).code} `)
            }
          return 0
        },
        { argv: ["other"], credentials: { uid: 1000, gid: 1000, groups: [1000] } },
      )
      yield* process.waitFor({ pid: "any" })
      return 0
    })
    expect(out).toBe("EACCES EACCES done ")
  })

  test("links: loops end, hard links share, renames keep", () => {
    const { files } = make().machine
    files.symlink("b", "/tmp/a")
    files.symlink("a", "/tmp/b")
    expect(() => files.readText("/tmp/a")).toThrow("Too many levels of symbolic links")
    files.write("/tmp/x", "1")
    files.link("/tmp/x", "/tmp/y")
    files.write("/tmp/y", "2")
    expect([files.readText("/tmp/x"), files.stat("/tmp/x").links]).toEqual(["2", 2])
    files.mkdir("/tmp/d/e", { parents: true })
    files.rename("/tmp/d", "/tmp/f")
    expect(files.list("/tmp").map(({ name }) => name)).toEqual(["a", "b", "f", "x", "y"])
    expect(() => files.rename("/tmp/f", "/tmp/f/e/g")).toThrow("Invalid argument")
  })

  test("a watcher hears of changes below, also by rename", () => {
    const { files } = make().machine
    files.mkdir("/etc/kubernetes/manifests", { parents: true })
    const heard: string[] = []
    files.watch("/etc/kubernetes/manifests", (path) => heard.push(path))
    files.write("/etc/kubernetes/manifests/a.yaml", "x")
    files.rename("/etc/kubernetes/manifests/a.yaml", "/root/a.yaml")
    expect(new Set(heard)).toEqual(new Set(["/etc/kubernetes/manifests/a.yaml"]))
    expect(heard.length).toBeGreaterThan(1)
  })
})

describe("network", () => {
  test("an HTTP listener, a refusal, and a raw client of the listener", () => {
    const { sim, fabric, machine } = make()
    const other = new SimulatedMachine({
      sim,
      name: "two",
      fabric,
      layer,
      interfaces: [{ name: "eth0", address: "10.0.0.2", prefix: 24, mac: "", up: true }],
    })
    other.network.serve(80, ({ path, remoteAddress }) => ({ status: 200, headers: {}, body: `${path} from ${remoteAddress}` }))
    let out = ""
    machine.start(
      function* (process) {
        const answer = yield* process.network.request("10.0.0.2", 80, { method: "GET", path: "/a", headers: {} })
        yield* process.print(`${answer.body}\n`)
        try {
          yield* process.network.request("10.0.0.2", 81, { method: "GET", path: "/", headers: {} })
        } catch (error) {
          yield* process.print(`${(error as SystemError).message}\n`)
        }
        const stream = yield* process.network.connect("10.0.0.2", 80)
        stream.tryWrite(new TextEncoder().encode("GET /raw HTTP/1.0\r\n\r\n"))
        for (;;) {
          const data = stream.tryRead()
          if (data === undefined) yield* process.wait({ queues: [stream.readQueue] })
          else if (data.length === 0) break
          else yield* process.print(new TextDecoder().decode(data).split("\r\n").at(-1) as string)
        }
        return 0
      },
      { argv: ["client"], onStdout: (data) => (out += new TextDecoder().decode(data)) },
    )
    sim.run({ until: sim.now() + 1_000 })
    expect(out).toBe("/a from 10.0.0.1\nConnection refused\n/raw from 10.0.0.1")
  })
})

describe("terminal", () => {
  test("canonical lines are edited and echoed; ^C reaches the foreground group", () => {
    const { sim, machine } = make()
    const tty = machine.openTty({ columns: 80, rows: 24 })
    let screen = ""
    tty.onOutput = (data) => (screen += new TextDecoder().decode(data))
    let status: unknown
    machine.start(
      function* (process) {
        yield* process.print(`<${yield* process.readLine(0)}>\n`)
        yield* process.sleep(1e6)
        return 0
      },
      { argv: ["reader"], tty, onExit: (given) => (status = given) },
    )
    sim.run({ until: sim.now() + 10 })
    tty.input("abx\x7fc\r")
    sim.run({ until: sim.now() + 10 })
    tty.input("\x03")
    sim.run({ until: sim.now() + 10 })
    expect(screen).toBe("abx\b \bc\r\n<abc>\r\n^C")
    expect(status).toEqual({ kind: "signaled", signal: "SIGINT" })
  })
})
