/** A click on a command of several lines: one paste where bash waits, else line by line. */
import { expect, test } from "vitest"
import { takesPaste, typedCommand } from "./typed-command.ts"

test("several lines are one paste, one line is typed", () => {
  expect(typedCommand("ssh node01 'systemctl stop kubelet'\nkubectl get nodes", true)).toBe(
    "\x1b[200~ssh node01 'systemctl stop kubelet'\rkubectl get nodes\x1b[201~\r",
  )
  expect(typedCommand("a\nb", false)).toBe("a\rb\r")
  expect(typedCommand("kubectl get nodes", true)).toBe("kubectl get nodes\r")
})

test("the line editor says when it waits and when it runs something", () => {
  expect(takesPaste("controlplane $ \x1b[?2004h", false)).toBe(true)
  expect(takesPaste("\x1b[?2004l\rout", true)).toBe(false)
  expect(takesPaste("\x1b[?2004l\rdone\r\n\x1b[?2004h$ ", true)).toBe(true)
  expect(takesPaste("plain", true)).toBe(true)
})
