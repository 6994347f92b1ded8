/** `edit FILE` asks for an editor, waits for it, and is part of a recording. */
import { expect, test } from "vitest"
import type { HostRequest } from "./contract.ts"
import { createWorld } from "./create-world.ts"
import { replay } from "./replay.ts"

test("edit waits until the editor is closed, live and replayed", () => {
  const world = createWorld({ topology: "docker-host", seed: "edit", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const asked: HostRequest[] = []
  world.onHostRequest((request) => asked.push(request))
  let screen = ""
  world.onOutput((_, data) => {
    screen += new TextDecoder().decode(data)
  })
  const run = (ms: number) => world.run({ until: world.sim.now() + ms })
  world.input({ kind: "open-terminal", terminal: "t", machine: "ubuntu", columns: 80, rows: 24 })
  world.input({ kind: "keys", terminal: "t", data: "echo a > note; edit note; echo it says $(cat note)\r" })
  run(1_000)
  expect(asked).toEqual([{ kind: "edit", id: 1, machine: "ubuntu", path: "/root/note", content: "a\n", wait: true }])
  expect(screen).not.toContain("it says b")
  run(60_000)
  world.input({ kind: "write-file", machine: "ubuntu", path: "/root/note", content: "b\n" })
  world.editorClosed(1)
  run(1_000)
  expect(screen).toContain("it says b")
  const again = replay(world.recording())
  while (!again.step(10_000));
  expect(again.world.hash()).toBe(world.hash())
})

test("edit without a file says how it is used", () => {
  const world = createWorld({ topology: "docker-host", seed: "edit", startedAt: 0 })
  world.boot()
  let result: unknown
  world.script({ script: "edit" }, (given) => {
    result = given
  })
  world.run({ until: world.sim.now() + 1_000 })
  expect(result).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: "Usage: edit [--no-wait] FILE\nOpens FILE in the editor beside the terminal and waits until it is closed.\n",
  })
})
