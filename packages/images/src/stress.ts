/** stress tools: programs that use what they are told to. */
import type { Process, Program, Steps } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

const UNITS: Readonly<Record<string, number>> = { "": 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 }

/** "250M", "150Mi" in bytes. */
const bytes = (text: string | undefined): number => {
  const match = /^(\d+(?:\.\d+)?)([KMG]i?|B)?/i.exec(text ?? "")
  if (!match) return 0
  const unit = match[2] ?? ""
  return Number(match[1]) * (UNITS[unit] ?? UNITS[unit.toUpperCase()] ?? 1)
}

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 }

/** "1ms", "1s" in ms. */
const duration = (text: string | undefined): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text ?? "")
  return match ? Number(match[1]) * (MS[match[2] ?? "s"] ?? 1_000) : 0
}

const flagValue = (argv: readonly string[], ...names: string[]): string | undefined => {
  for (const [index, word] of argv.entries())
    for (const name of names) {
      if (word === name) return argv[index + 1]
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1)
    }
  return undefined
}

/** stress and stress-ng: workers that spin, or hold memory. */
const stress: Program = function* (process) {
  const { argv } = process
  const cpu = Number(flagValue(argv, "-c", "--cpu") ?? 0)
  const vm = Number(flagValue(argv, "-m", "--vm") ?? 0)
  const io = Number(flagValue(argv, "-i", "--io") ?? 0)
  const hdd = Number(flagValue(argv, "-d", "--hdd") ?? 0)
  const name = (argv[0] ?? "").split("/").at(-1) ?? "stress"
  if (cpu + vm + io + hdd === 0) {
    yield* process.print(`\`${name}' imposes certain types of compute stress on your system\n\nUsage: ${name} [OPTION [ARG]] ...\n`)
    return 0
  }
  const say = (text: string) => `${name}: info: [${process.pid}] ${text}\n`
  yield* process.print(say(`dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`))
  const memory = vm * (bytes(flagValue(argv, "--vm-bytes")) || 256 * 1024 ** 2)
  const hangs = flagValue(argv, "--vm-hang", "--vm-keep") !== undefined
  yield* process.sleep(500)
  process.use({ memory, cpu: (cpu + (hangs ? 0 : vm)) * 1_000 })
  const timeout = duration(flagValue(argv, "-t", "--timeout"))
  if (timeout > 0) {
    yield* process.sleep(timeout)
    yield* process.print(say(`successful run completed in ${Math.round(timeout / 1_000)}s`))
    return 0
  }
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

const klog = (process: Process, line: number, text: string): string => {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  return `I${month}${day} ${time}000       1 main.go:${line}] ${text}\n`
}

/** vish/stress: takes memory in steps, and burns CPUs. */
const vish: Program = function* (process) {
  const { argv } = process
  const flag = (name: string, fallback: string) => flagValue(argv, `-${name}`, `--${name}`) ?? fallback
  const [total, size, pause, cpus] = [
    flag("mem-total", "0"),
    flag("mem-alloc-size", "4Ki"),
    flag("mem-alloc-sleep", "1ms"),
    Number(flag("cpus", "0")),
  ]
  yield* process.error(klog(process, 26, `Allocating "${total}" memory, in "${size}" chunks, with a ${pause} sleep between allocations`))
  for (let i = 0; i < cpus; i++) yield* process.error(klog(process, 39, "Spawning a thread to consume CPU"))
  const [wanted, chunk] = [bytes(total), Math.max(bytes(size), 4_096)]
  const steps = Math.min(200, Math.ceil(wanted / chunk))
  yield* grow(process, wanted, steps, (duration(pause) * (wanted / chunk)) / Math.max(1, steps), cpus * 1_000)
  yield* process.error(klog(process, 29, `Allocated "${total}" memory`))
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

function* grow(process: Process, wanted: number, steps: number, pause: number, cpu: number): Steps<void> {
  process.use({ memory: 0, cpu })
  for (let step = 1; step <= steps; step++) {
    yield* process.sleep(Math.max(1, pause))
    process.use({ memory: (wanted * step) / steps, cpu })
  }
}

const image = (repository: string, program: Program, entrypoint: readonly string[], path: string, sizeBytes: number) =>
  defineImage({
    repository,
    tags: ["latest", "1*", "v1*"],
    sizeBytes,
    ...(entrypoint.length > 0 ? { entrypoint } : { command: ["/bin/bash"] }),
    shell: "bash",
    files: [{ path, program }],
  })

export const stressImages = [
  image("polinux/stress", stress, [], "/usr/local/bin/stress", 4_000_000),
  image("progrium/stress", stress, ["/usr/bin/stress", "--verbose"], "/usr/bin/stress", 281_000_000),
  image("alexeiled/stress-ng", stress, ["/stress-ng"], "/stress-ng", 3_000_000),
  image("vish/stress", vish, ["/stress"], "/stress", 1_600_000),
]
