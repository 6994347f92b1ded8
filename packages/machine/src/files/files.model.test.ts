import fc from "fast-check"
import { expect, test } from "vitest"
import { bareMachine } from "../bare-machine.ts"
import type { SystemError } from "../kernel/errno.ts"

/** The same operations on a flat map of paths: what the inode tree must agree with. */
class Model {
  entries = new Map<string, string | undefined>([["/tmp", undefined]])

  #parent(path: string): void {
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (!this.entries.has(parent)) {
      for (let at = parent; at.length > 4; at = at.slice(0, at.lastIndexOf("/")))
        if (this.entries.get(at) !== undefined) throw new Error("ENOTDIR")
      throw new Error("ENOENT")
    }
    if (this.entries.get(parent) !== undefined) throw new Error("ENOTDIR")
  }

  #below(path: string): string[] {
    return [...this.entries.keys()].filter((other) => other.startsWith(`${path}/`))
  }

  write(path: string, content: string): void {
    this.#parent(path)
    if (this.entries.has(path) && this.entries.get(path) === undefined) throw new Error("EISDIR")
    this.entries.set(path, content)
  }

  mkdir(path: string): void {
    this.#parent(path)
    if (this.entries.has(path)) throw new Error("EEXIST")
    this.entries.set(path, undefined)
  }

  remove(path: string): void {
    this.#parent(path)
    if (!this.entries.has(path)) throw new Error("ENOENT")
    if (this.entries.get(path) === undefined) throw new Error("EISDIR")
    this.entries.delete(path)
  }

  removeAll(path: string): void {
    this.#parent(path)
    if (!this.entries.has(path)) throw new Error("ENOENT")
    for (const other of [path, ...this.#below(path)]) this.entries.delete(other)
  }

  rmdir(path: string): void {
    this.#parent(path)
    if (!this.entries.has(path)) throw new Error("ENOENT")
    if (this.entries.get(path) !== undefined) throw new Error("ENOTDIR")
    if (this.#below(path).length > 0) throw new Error("ENOTEMPTY")
    this.entries.delete(path)
  }

  rename(from: string, to: string): void {
    this.#parent(from)
    this.#parent(to)
    if (!this.entries.has(from)) throw new Error("ENOENT")
    if (to.startsWith(`${from}/`)) throw new Error("EINVAL")
    if (from === to) return
    const directory = this.entries.get(from) === undefined
    if (this.entries.has(to)) {
      const onto = this.entries.get(to) === undefined
      if (onto && !directory) throw new Error("EISDIR")
      if (!onto && directory) throw new Error("ENOTDIR")
      if (onto && this.#below(to).length > 0) throw new Error("ENOTEMPTY")
    }
    for (const other of [from, ...this.#below(from)]) {
      this.entries.set(to + other.slice(from.length), this.entries.get(other))
      this.entries.delete(other)
    }
  }
}

const names = fc.constantFrom("a", "b", "c")
const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => `/tmp/${parts.join("/")}`)
const operation = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), path, content: fc.string({ maxLength: 20 }) }),
  fc.record({ kind: fc.constantFrom("mkdir" as const, "remove" as const, "removeAll" as const, "rmdir" as const), path }),
  fc.record({ kind: fc.constant("rename" as const), path, to: path }),
)

const attempt = (action: () => void): string => {
  try {
    action()
    return "ok"
  } catch (error) {
    return (error as SystemError).code ?? (error as Error).message
  }
}

test("a tree of files behaves as a map of paths does, errors included", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const { files, volume } = bareMachine().machine
      const model = new Model()
      files.mkdir("/tmp/x")
      files.rmdir("/tmp/x")
      const before = [volume.bytesUsed, volume.inodesUsed]
      for (const one of operations) {
        const [real, wanted] =
          one.kind === "write"
            ? [attempt(() => files.write(one.path, one.content)), attempt(() => model.write(one.path, one.content))]
            : one.kind === "rename"
              ? [attempt(() => files.rename(one.path, one.to)), attempt(() => model.rename(one.path, one.to))]
              : one.kind === "removeAll"
                ? [attempt(() => files.remove(one.path, { recursive: true })), attempt(() => model.removeAll(one.path))]
                : [attempt(() => files[one.kind as "mkdir" | "remove" | "rmdir"](one.path)), attempt(() => model[one.kind](one.path))]
        expect([one, real]).toEqual([one, wanted])
      }
      const found = new Map<string, string | undefined>()
      let directories = 0
      const walk = (at: string) => {
        const directory = files.stat(at).type === "directory"
        found.set(at, directory ? undefined : files.readText(at))
        if (!directory) return
        directories++
        const inside = files.list(at)
        expect(files.stat(at).links).toBe(2 + inside.filter(({ type }) => type === "directory").length)
        for (const { name } of inside) walk(`${at}/${name}`)
      }
      walk("/tmp")
      expect([...found].sort()).toEqual([...model.entries].sort())
      // What was written is accounted for, and nothing else.
      const bytes = [...found.values()].reduce((sum, content) => sum + new TextEncoder().encode(content ?? "").length, 0)
      expect(volume.bytesUsed - before[0]).toBe(bytes)
      expect(volume.inodesUsed - before[1]).toBe(found.size - 1)
      expect(directories).toBeGreaterThan(0)
      files.remove("/tmp", { recursive: true })
      expect([volume.bytesUsed, volume.inodesUsed]).toEqual([before[0], before[1] - 1])
    }),
    { numRuns: 300 },
  )
})

test("reads and writes at any offset agree with an array of bytes", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), at: fc.nat(300), data: fc.uint8Array({ maxLength: 200 }) }),
    fc.record({ kind: fc.constant("truncate" as const), at: fc.nat(400) }),
    fc.record({ kind: fc.constant("read" as const), at: fc.nat(400), length: fc.integer({ min: 1, max: 300 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.string({ maxLength: 100 }), (steps, initial) => {
      const { sim, machine } = bareMachine()
      machine.files.write("/tmp/f", initial)
      let model = new TextEncoder().encode(initial)
      let done = false
      machine.start(
        function* (process) {
          const fd = yield* process.open("/tmp/f", "r+")
          const file = process.fds.get(fd)!
          for (const one of steps) {
            if (one.kind === "truncate") {
              file.truncate?.(one.at)
              const grown = new Uint8Array(one.at)
              grown.set(model.subarray(0, one.at))
              model = grown
              continue
            }
            file.seek?.(one.at, "set")
            if (one.kind === "read") {
              expect([...(yield* process.read(fd, one.length))]).toEqual([...model.subarray(one.at, one.at + one.length)])
              continue
            }
            if (one.data.length === 0) continue
            yield* process.write(fd, one.data)
            const grown = new Uint8Array(Math.max(model.length, one.at + one.data.length))
            grown.set(model)
            grown.set(one.data, one.at)
            model = grown
          }
          done = true
          return 0
        },
        { argv: ["t"] },
      )
      sim.run({ until: sim.now() + 1_000 })
      expect(done).toBe(true)
      expect([...machine.files.readBytes("/tmp/f")]).toEqual([...model])
    }),
  )
})
