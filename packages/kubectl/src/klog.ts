/** Log lines of Go components: "W1121 07:35:52.123456      12 helpers.go:731] text". As k8s.io/klog. */
import type { Process } from "@drydock/machine"

export const klog = (process: Process, level: "I" | "W" | "E" | "F", place: string, text: string): string => {
  const [, month, day, time] = /^\d+-(\d\d)-(\d\d)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  return `${level}${month}${day} ${time}000 ${String(process.pid).padStart(7)} ${place}] ${text}\n`
}
