import { expect, test } from "vitest"
import { BARE_LAYER, bareMachine, startOn } from "../bare-machine.ts"
import { ROOT_VIEWER, FilesView } from "./view.ts"
import { MountNamespace } from "./mounts.ts"
import { defineLayer } from "./layer.ts"

test("bytes, file size and inodes have limits, and removal gives back", () => {
  const { machine } = bareMachine({ limits: { diskBytes: 10_000, fileBytes: 6_000, inodes: 40 } })
  const { files } = machine
  expect(() => files.write("/tmp/big", "x".repeat(6_001))).toThrow("File too large")
  files.mkdir("/tmp/d/e", { parents: true })
  files.write("/tmp/d/e/a", "x".repeat(5_000))
  files.write("/tmp/d/e/b", "x".repeat(4_000))
  expect(() => files.write("/tmp/c", "x".repeat(2_000))).toThrow("No space left on device")
  files.remove("/tmp/d", { recursive: true })
  files.write("/tmp/c", "x".repeat(2_000))
  const fill = () => {
    for (let i = 0; i < 1_000_000; i++) files.write(`/tmp/${i}`, "")
  }
  expect(fill).toThrow("No space left on device")
})

test("read-only mounts refuse every change; what is mounted is the same file", () => {
  const { machine } = bareMachine()
  machine.files.mkdir("/srv/data", { parents: true })
  machine.files.write("/srv/data/config", "one")
  const root = new FilesView(
    new MountNamespace(machine.createVolume({ device: "overlay", type: "overlay", layer: BARE_LAYER })),
    ROOT_VIEWER,
  )
  root.mount("/etc/config", { view: machine.files, path: "/srv/data" }, { readOnly: true })
  root.mount("/etc/hostname", { view: machine.files, path: "/srv/data/config" })
  for (const change of [
    () => root.write("/etc/config/config", "two"),
    () => root.write("/etc/config/new", ""),
    () => root.remove("/etc/config/config"),
    () => root.mkdir("/etc/config/d"),
    () => root.chmod("/etc/config/config", 0o600),
    () => root.rename("/etc/config/config", "/etc/config/other"),
    () => root.symlink("x", "/etc/config/l"),
  ])
    expect(change).toThrow("Read-only file system")
  expect(() => root.rename("/etc/hosts", "/etc/config/hosts")).toThrow("Invalid cross-device link")
  expect(() => root.remove("/etc/hostname")).toThrow("Device or resource busy")
  root.write("/etc/hostname", "written inside")
  expect(machine.files.readText("/srv/data/config")).toBe("written inside")
  machine.files.write("/srv/data/late", "seen")
  expect(root.list("/etc/config").map(({ name }) => name)).toEqual(["config", "late"])
  expect(root.readText("/etc/config/../config/late")).toBe("seen")
  root.unmount("/etc/hostname")
  expect(root.readText("/etc/hostname")).toBe("one\n")
})

test("a watcher above is told the path that changed, and of directories made later", () => {
  const { files } = bareMachine().machine
  const heard: string[] = []
  files.watch("/etc", (path) => heard.push(path))
  files.mkdir("/etc/kubernetes/manifests", { parents: true })
  files.write("/etc/kubernetes/manifests/a.yaml", "x")
  expect([...new Set(heard)]).toEqual(["/etc/kubernetes", "/etc/kubernetes/manifests", "/etc/kubernetes/manifests/a.yaml"])
})

test("a watcher of what is not there yet hears when it comes, and again after it was replaced", () => {
  const { files } = bareMachine().machine
  let heard: string[] = []
  const stop = files.watch("/var/lib/late/file", (path) => heard.push(path))
  files.mkdir("/var/lib/late", { parents: true })
  files.write("/var/lib/late/file", "1")
  expect(heard).toContain("/var/lib/late/file")
  files.remove("/var", { recursive: true })
  files.mkdir("/var/lib/late", { parents: true })
  heard = []
  files.write("/var/lib/late/file", "2")
  expect(heard).toContain("/var/lib/late/file")
  heard = []
  files.write("/etc/unrelated", "")
  stop()
  files.write("/var/lib/late/file", "3")
  expect(heard).toEqual([])
})

test("a file in a layer, and one made of a thunk, are read line by line in linear work", () => {
  let calls = 0
  const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}`).join("\n")
  const { sim, machine } = bareMachine()
  machine.files.write("/tmp/layered", text)
  machine.files.write("/tmp/made", () => {
    calls++
    return text
  })
  const ran = startOn(machine, function* (process) {
    for (const path of ["/tmp/layered", "/tmp/made"]) {
      const fd = yield* process.open(path, "r")
      let lines = 0
      while ((yield* process.readLine(fd)) !== undefined) lines++
      yield* process.print(`${lines} `)
    }
    return 0
  })
  sim.run({ until: sim.now() + 60_000 })
  expect(ran.stdout).toBe("20000 20000 ")
  expect(calls).toBeLessThan(5)
})

test("fifos join two processes by name, and opening one waits for the other end", () => {
  const { sim, machine } = bareMachine()
  machine.files.mkfifo("/tmp/fifo", 0o644)
  expect(machine.files.lstat("/tmp/fifo").type).toBe("fifo")
  const reader = startOn(machine, function* (process) {
    const fd = yield* process.open("/tmp/fifo", "r")
    yield* process.print(`${new TextDecoder().decode(yield* process.readAll(fd))}!`)
    return 0
  })
  sim.run({ until: sim.now() + 1_000 })
  expect(reader.status).toBeUndefined()
  startOn(machine, function* (process) {
    const fd = yield* process.open("/tmp/fifo", "w")
    yield* process.write(fd, "through")
    return 0
  })
  sim.run({ until: sim.now() + 1_000 })
  expect(reader).toMatchObject({ stdout: "through!", status: { kind: "exited", code: 0 } })
})

test("layers stack, later entries over earlier ones, and a base stays as it was", () => {
  const base = defineLayer([{ path: "/a/b", content: "base" }])
  const above = defineLayer(
    [
      { path: "/a/c", content: "above" },
      { path: "/a/b", content: "over" },
    ],
    base,
  )
  const view = (layer: typeof base) =>
    new FilesView(new MountNamespace(bareMachine().machine.createVolume({ device: "overlay", type: "overlay", layer })), ROOT_VIEWER)
  expect(view(base).list("/a")).toEqual([{ name: "b", type: "file" }])
  expect([view(base).readText("/a/b"), view(above).readText("/a/b"), view(above).readText("/a/c")]).toEqual(["base", "over", "above"])
})

test("the sticky bit and set-group-id directories", () => {
  const { sim, machine } = bareMachine()
  machine.files.write("/tmp/roots", "")
  machine.files.mkdir("/srv/team", { parents: true })
  machine.files.chown("/srv/team", 0, 50)
  machine.files.chmod("/srv/team", 0o2777)
  const ran = startOn(
    machine,
    function* (process) {
      for (const attempt of [() => process.files.remove("/tmp/roots"), () => process.files.rename("/tmp/roots", "/tmp/mine")])
        try {
          attempt()
        } catch (error) {
          yield* process.print(`${(error as Error).message}\n`)
        }
      process.files.write("/srv/team/a", "")
      const { uid, gid } = process.files.stat("/srv/team/a")
      yield* process.print(`${uid} ${gid}\n`)
      return 0
    },
    { credentials: { uid: 1000, gid: 1000, groups: [1000] } },
  )
  sim.run({ until: sim.now() + 10 })
  expect(ran.stdout).toBe("Operation not permitted\nOperation not permitted\n1000 50\n")
})
