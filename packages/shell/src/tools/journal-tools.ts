/** logger, dmesg, wall: what is told to the journal, by the kernel and to everybody. */
import { Accounts, type SimulatedMachine } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions, usageError } from "./reading.ts"

const LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]

export const logger = (machine: () => SimulatedMachine): Tool =>
  defineTool({
    name: "logger",
    version: "from util-linux 2.39.3",
    summary: "enter messages into the system log",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "iesd",
        valued: "tpfnPT",
        long: { "tag=": "t", "priority=": "p", id: "i", "id=": "id", stderr: "s", "file=": "f", journald: "j" },
      })
      if (problem) return yield* usageError(process, "logger", problem)
      const level = LEVELS.indexOf(
        String(flags.get("p") ?? "user.notice")
          .split(".")
          .at(-1)
          ?.replace(/^warn$/, "warning")
          .replace(/^error$/, "err") ?? "",
      )
      if (level < 0) {
        yield* process.error(`logger: unknown priority name: ${String(flags.get("p"))}\n`)
        return 1
      }
      const text =
        words.length > 0
          ? words.join(" ")
          : typeof flags.get("f") === "string"
            ? process.files.readText(String(flags.get("f")))
            : new TextDecoder().decode(yield* process.readAll(0))
      const identifier = String(flags.get("t") ?? new Accounts(process.files).userName(process.credentials.uid))
      const { journal, sim } = machine()
      for (const message of text.replace(/\n$/, "").split("\n")) {
        journal.append({ at: sim.now(), unit: "session-1.scope", identifier, pid: process.pid, priority: level, message })
        if (flags.has("s")) yield* process.error(`${formatDate("<13>%b %d %H:%M:%S", process.now())} ${identifier}: ${message}\n`)
      }
      return 0
    },
  })

/** The first lines of every boot, with seconds since. */
const AT_BOOT: readonly (readonly [seconds: number, text: string])[] = [
  [
    0,
    "Linux version 6.8.0-94-generic (buildd@lcy02-amd64-080) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0) #1-Ubuntu SMP PREEMPT_DYNAMIC",
  ],
  [0, "Command line: BOOT_IMAGE=/vmlinuz-6.8.0-94-generic root=LABEL=cloudimg-rootfs ro console=tty1 console=ttyS0"],
  [0, "Hypervisor detected: KVM"],
  [0.21, "smpboot: Total of 2 processors activated (8799.98 BogoMIPS)"],
  [1.84, "EXT4-fs (vda1): mounted filesystem with ordered data mode"],
  [2.31, "systemd[1]: systemd 255.4-1ubuntu8.11 running in system mode"],
  [4.12, "Bridge firewalling registered"],
]

/** What the kernel said: of the boot, and what stands in the journal. */
export const kernelLines = (machine: SimulatedMachine, bootedAt: number): { at: number; message: string; priority: number }[] => [
  ...AT_BOOT.map(([seconds, message]) => ({ at: bootedAt + seconds * 1_000, message, priority: 6 })),
  ...machine.journal.entries.filter(({ identifier }) => identifier === "kernel"),
]

export const dmesg = (machine: () => SimulatedMachine): Tool =>
  defineTool({
    name: "dmesg",
    version: "from util-linux 2.39.3",
    summary: "print or control the kernel ring buffer",
    *run(process, args) {
      const { flags, problem } = parseOptions(args, {
        letters: "THLkxtwuWed",
        valued: "ln",
        long: { ctime: "T", human: "H", follow: "w", "level=": "l", kernel: "k", notime: "t", decode: "x", "color=?": "L", nopager: "P" },
      })
      if (problem) return yield* usageError(process, "dmesg", problem)
      if (process.credentials.uid !== 0) {
        yield* process.error("dmesg: read kernel buffer failed: Operation not permitted\n")
        return 1
      }
      const uptime = Number(process.files.readText("/proc/uptime").split(" ")[0])
      const bootedAt = process.now() - uptime * 1_000
      const levels =
        typeof flags.get("l") === "string"
          ? String(flags.get("l"))
              .split(",")
              .map((name) => LEVELS.indexOf(name.replace(/^warn$/, "warning")))
          : undefined
      for (const { at, message, priority } of kernelLines(machine(), bootedAt)) {
        if (levels && !levels.includes(priority)) continue
        const seconds = Math.max(0, at - bootedAt) / 1_000
        const head = flags.has("t")
          ? ""
          : flags.has("T") || flags.has("H")
            ? `[${formatDate("%a %b %e %H:%M:%S %Y", at)}] `
            : `[${seconds.toFixed(6).padStart(12)}] `
        yield* process.print(`${flags.has("x") ? `kern  :${LEVELS[priority].padEnd(6)}: ` : ""}${head}${message}\n`)
      }
      return 0
    },
  })
