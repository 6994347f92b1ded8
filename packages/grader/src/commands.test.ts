import { expect, test } from "vitest"
import { commandsOf, parseCommand } from "./commands.ts"

test.each([
  ["kubectl get pods", ["kubectl get pods"]],
  ["cd /tmp; ls | wc -l && echo done &", ["cd /tmp; ls | wc -l && echo done &", "cd /tmp", "ls", "wc -l", "echo done"]],
  [`echo "a; b" 'c && d'`, [`echo "a; b" 'c && d'`]],
  ["kubectl get pods 2>&1 | cat", ["kubectl get pods 2>&1 | cat", "kubectl get pods 2>&1", "cat"]],
  ["A=1 B=2 sudo kubectl get", ["A=1 B=2 sudo kubectl get", "kubectl get"]],
  ["watch -n 1 kubectl get nodes", ["watch -n 1 kubectl get nodes", "kubectl get nodes"]],
  ["(kubectl get pods)", ["(kubectl get pods)", "kubectl get pods)"]],
  ["echo a\\;b", ["echo a\\;b"]],
  ["", [""]],
])("%s", (line, expected) => {
  expect(commandsOf(line)).toEqual(expected)
})

test("what a shell tells of a command", () => {
  expect(parseCommand("0 kubectl get pods")).toEqual({ exit: 0, line: "kubectl get pods" })
  expect(parseCommand("130 ")).toEqual({ exit: 130, line: "" })
  expect(parseCommand("x")).toBeUndefined()
  expect(parseCommand(undefined)).toBeUndefined()
})
