/** What kubeadm finds and does on its machine: units and ports. */
import type { Process, Steps } from "@drydock/machine"

/** Runs systemctl without its output; its exit code. */
export function* systemctl(process: Process, ...words: readonly string[]): Steps<number> {
  const fd = yield* process.open("/dev/null", "r+")
  const nothing = process.fds.get(fd)
  const fds = new Map(nothing ? [0, 1, 2].map((one) => [one, nothing] as const) : [])
  const child = process.spawnFile("/usr/bin/systemctl", { argv: ["systemctl", ...words], fds })
  const ended = yield* process.waitFor({ pid: child.pid })
  process.close(fd)
  return ended?.status.kind === "exited" ? ended.status.code : 1
}

export const listens = (process: Process, port: number): boolean => process.network.listeners.some((one) => one.port === port)

/** klog's warning: "W0105 08:00:01.000000     412 reset.go:141] …". */
export function* warn(process: Process, where: string, text: string): Steps<void> {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  yield* process.error(`W${month}${day} ${time}000 ${String(process.pid).padStart(7)} ${where}] ${text}\n`)
}
