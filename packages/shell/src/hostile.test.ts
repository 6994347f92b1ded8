/** What a learner may do to a shell on purpose or by mistake: it stays within its bounds, ^C ends it, and a neighbour goes on. */
import { beforeAll, describe, expect, test } from "vitest"
import { ENVIRONMENT, openTerminal, shellMachine, type TypedTerminal } from "./shell-machine.ts"

/** Scripts that never end by themselves, or ask for more than there is. */
const HOSTILE: Readonly<Record<string, string>> = {
  "an endless loop": "while :; do :; done",
  "an endless arithmetic loop": "while ((1)); do ((i++)); done",
  "an endless for loop": "for ((;;)); do x=$x; done",
  "a loop of programs": "while true; do /usr/bin/true; done",
  "a fork bomb": ":(){ :|:& };:",
  "a fork bomb in the foreground": "b() { b | b; }; b",
  "a doubled string": "x=aaaaaaaa; while :; do x=$x$x; done",
  "a doubled array": 'a=(1 2 3 4); while :; do a+=("${a[@]}"); done',
  "yes into nothing": "yes > /dev/null",
  "yes on the screen": "yes",
  "zeros into nothing": "cat /dev/zero > /dev/null",
  "zeros into a variable": "x=$(cat /dev/zero)",
  "zeros into a sort": "sort /dev/zero",
  "zeros into a file": "cat /dev/zero > /tmp/zeros; while :; do :; done",
  "a catastrophic grep": "grep -E '(a+)+$' <<< aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; while :; do :; done",
  "a catastrophic Perl pattern": "while :; do grep -P '^(a+)+$' <<< aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; done",
  "a catastrophic glob": "while :; do [[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab == *a*a*a*a*a*a*a*a*a*a*c ]]; done",
  "a catastrophic extglob": "shopt -s extglob; while :; do [[ aaaaaaaaaaaaaaaaaaaaaaaaaaab == +(+(a))c ]]; done",
  "deep recursion": "f() { f; }; while :; do (f) 2>/dev/null; done",
  "deep substitution": "f() { echo $(f); }; f; while :; do :; done",
  "many files": "i=0; while :; do : > /tmp/many$((i++)); done",
  "many directories": "mkdir -p /tmp/d; cd /tmp/d; while mkdir d && cd d; do :; done; while :; do :; done",
  "a loop of links": "ln -s a b; ln -s b a; while :; do cat a 2>/dev/null; done",
  "brace expansion": "while :; do echo {1..9999}{1..9999} > /dev/null; done",
  "arithmetic that names itself": "x='x+x'; while :; do (echo $((x))) 2>/dev/null; done",
  "endless awk": "awk 'BEGIN { while (1) s = s \"x\" }'",
  "endless sed": "sed ':a;ba' <<< x",
  "endless jq": "jq -n 'def f: f; f, range(1e9)'",
  "endless bc": "echo 'while (1) { x = x + 1 }' | bc",
  "endless seq": "seq 1 99999999999 | sort",
  "traps that call themselves": "trap 'false' ERR DEBUG; while :; do false; done",
  "a shell in a shell": "export D=0; f() { bash -c f; }; export -f f; f; while :; do :; done",
  "an endless prompt": "PROMPT_COMMAND='while :; do :; done'",
}

/** As slow as a learner's machine is at its limit: what is hostile burns its own time. */
const SMALL = { fuelPerSecond: 50_000 }

const settle = (terminal: TypedTerminal): void => {
  for (let tries = 0; tries < 40 && !/READY:1/.test(terminal.output); tries++) {
    terminal.output = ""
    terminal.type("\x03", 50)
    terminal.type("\x15PROMPT_COMMAND=; trap - ERR DEBUG; echo READY:$((1))\r", 250)
  }
}

describe("hostile scripts", () => {
  beforeAll(() => {
    // Warm.
    openTerminal().type("echo\r")
  })

  test.each(Object.entries(HOSTILE))("%s", (_, script) => {
    const machine = shellMachine(SMALL)
    let heartbeats = 0
    machine.start("/usr/bin/bash", {
      argv: ["bash", "-c", "while sleep 0.05; do echo beat; done"],
      env: ENVIRONMENT,
      cwd: "/root",
      stdin: "",
      onStdout: (data) => (heartbeats += data.length / 5),
    })
    const terminal = openTerminal({ machine })
    terminal.type(`${script}\r`, 1_500)
    // The neighbour had its turns, if not each on time.
    expect(heartbeats).toBeGreaterThanOrEqual(1)
    terminal.output = ""
    settle(terminal)
    expect(terminal.output).toMatch(/READY:1/)
  })
})
