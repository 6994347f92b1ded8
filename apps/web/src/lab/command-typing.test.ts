/** Commands clicked before, at and after a terminal's first prompt. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { CommandTyping, PATIENCE_MS } from "./command-typing.ts"

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const typing = () => {
  const typed: string[] = []
  return { typed, typing: new CommandTyping((terminal, text) => typed.push(`${terminal}: ${text}`)) }
}

test("several lines clicked before the first prompt go in as one paste when it comes", () => {
  const { typed, typing: commands } = typing()
  commands.run("a-1", "ssh node01\nuptime")
  commands.heard("a-1", "Welcome\r\n", false)
  expect(typed).toEqual([])
  commands.heard("a-1", "\x1b[?2004h$ ", false)
  expect(typed).toEqual(["a-1: \x1b[200~ssh node01\ruptime\x1b[201~\r"])
  // The program that they started reads what is typed now.
  commands.heard("a-1", "\x1b[?2004l", false)
  commands.run("a-1", "x\ny")
  expect(typed.at(-1)).toBe("a-1: x\ry\r")
})

test("a terminal without a prompt is typed into after a while, and another world begins anew", () => {
  const { typed, typing: commands } = typing()
  commands.run("a-1", "one")
  commands.run("a-1", "two")
  commands.run("b-1", "other")
  vi.advanceTimersByTime(PATIENCE_MS)
  expect(typed).toEqual(["a-1: one\r", "a-1: two\r", "b-1: other\r"])
  commands.clear()
  commands.run("a-1", "three")
  commands.clear()
  vi.advanceTimersByTime(2 * PATIENCE_MS)
  expect(typed).toHaveLength(3)
})
