/** What a test typed, as it appears; and what a test told, as the page has it. */
import { expect, test } from "vitest"
import { beginning, told } from "./test-state.ts"
import { Typing } from "./typing.ts"

test("a command is typed key by key, then what it printed; however long, it takes a second at most", async () => {
  const written: string[] = []
  let waited = 0
  const typing = new Typing({ write: (text) => written.push(text) }, async (ms) => void (waited += ms))
  typing.command("ls a")
  typing.output("x\ny", 2)
  typing.command(`cat <<EOF\n${"long ".repeat(400)}\nEOF`)
  await typing.done()
  expect(written.slice(1, 8)).toEqual(["l", "s", " ", "a", "\r\n", "x\r\ny\r\n", "\u001b[31m(exit code 2)\u001b[0m\r\n"])
  expect(waited).toBeLessThan(1_000)
  typing.end()
  typing.note("nothing any more")
  await typing.done()
  expect(written.join("")).not.toContain("nothing")
})

test("tasks fill with what was before, after, and the verdict", () => {
  const no = [{ title: "T", passed: false, seen: "0" }]
  const yes = [{ title: "T", passed: true }]
  const proof = { id: "a", title: "A", ok: true, problems: [], virtualMs: 5 }
  const whole = { ok: true, problems: [], tasks: [proof], hash: "h", prose: [], wallMs: 9 }
  const state = [
    { type: "step", step: { kind: "task", task: "a" } } as const,
    { type: "step", step: { kind: "before", task: "a", checks: no } } as const,
    { type: "step", step: { kind: "typing", task: "a", command: "ls" } } as const,
    { type: "step", step: { kind: "after", task: "a", checks: yes } } as const,
    { type: "step", step: { kind: "proven", proof } } as const,
    { type: "step", step: { kind: "run", run: 2 } } as const,
    { type: "result", proof: whole } as const,
  ].reduce(told, beginning)
  expect(state).toEqual({ running: false, run: 2, tasks: [{ id: "a", before: no, after: yes, proof }], proof: whole })
})
