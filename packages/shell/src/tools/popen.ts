/** Command lines that a tool writes to or reads from, as popen(3) starts them. */
import type { OpenFile, Process } from "@drydock/machine"

/** The tool's end of the pipe, and who has the other. */
export interface PipedCommand {
  readonly fd: number
  readonly pid: number
}

/** Descriptors from here on are the tool's own: commands do not get them. */
const OWN = 10

const free = (process: Process): number => {
  let fd = OWN
  while (process.fds.has(fd)) fd++
  return fd
}

const inherited = (process: Process): Map<number, OpenFile> => new Map([...process.fds].filter(([fd]) => fd < OWN))

/** Starts a command whose output is read from `fd`. */
export const readFrom = (process: Process, command: string): PipedCommand => {
  const { read, write } = process.pipe()
  read.retain()
  const child = process.spawnFile("/bin/sh", { argv: ["sh", "-c", command], fds: inherited(process).set(1, write) })
  const fd = free(process)
  process.fds.set(fd, read)
  return { fd, pid: child.pid }
}

/** Starts a command whose input is what is written to `fd`; `env` adds to its environment. */
export const writeTo = (process: Process, command: string, env: ReadonlyMap<string, string> = new Map()): PipedCommand => {
  const { read, write } = process.pipe()
  read.retain()
  write.retain()
  const child = process.spawnFile("/bin/sh", {
    argv: ["sh", "-c", command],
    fds: inherited(process).set(0, read),
    env: new Map([...process.env, ...env]),
  })
  read.release()
  const fd = free(process)
  process.fds.set(fd, write)
  return { fd, pid: child.pid }
}
