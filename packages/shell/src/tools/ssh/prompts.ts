/** What ssh and its kin ask at the terminal, with or without what is typed being shown. As readpass.c. */
import type { Process, Steps } from "@drydock/machine"

/** Undefined when there is no terminal to ask at, or ^D or ^C was the answer. */
export function* askAtTerminal(process: Process, prompt: string, { hidden = true } = {}): Steps<string | undefined> {
  const { tty } = process
  if (!tty) return undefined
  const before = { ...tty.modes }
  const fd = yield* process.open("/dev/tty", "r+")
  try {
    if (hidden) tty.setModes({ canonical: true, echo: false })
    yield* process.write(fd, prompt)
    const answer = yield* process.readLine(fd)
    if (hidden) yield* process.write(fd, "\n")
    return answer
  } finally {
    tty.setModes(before)
    process.close(fd)
  }
}
