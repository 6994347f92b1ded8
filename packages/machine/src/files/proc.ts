/** /proc and /dev: files made when they are read. */
import { EMPTY } from "../kernel/byte-queue.ts"
import { SystemError } from "../kernel/errno.ts"
import type { OpenFile } from "../kernel/open-file.ts"
import type { ProcessNamespace } from "../kernel/process-namespace.ts"
import { DeviceFile, nullDevice } from "../kernel/regular-file.ts"
import type { Inode } from "./inode.ts"

const inode = (type: Inode["type"], mode: number, rest: Partial<Inode>): Inode => ({
  id: 4,
  type,
  mode,
  uid: 0,
  gid: 0,
  links: 1,
  modifiedAt: 0,
  changedAt: 0,
  accessedAt: 0,
  ...rest,
})

const text = (content: () => string): Inode => inode("file", 0o444, { content })

export interface SystemFacts {
  cpus: number
  /** Bytes. */
  memory: number
  kernelVersion: string
  bootedAt: () => number
  now: () => number
}

export const procRoot = (facts: SystemFacts, namespace: () => ProcessNamespace): Inode => {
  const kib = (bytes: number) => String(Math.floor(bytes / 1024)).padStart(8)
  const fixed: Readonly<Record<string, () => Inode>> = {
    version: () => text(() => `Linux version ${facts.kernelVersion} (buildd@lcy02-amd64-080) #1 SMP PREEMPT_DYNAMIC\n`),
    uptime: () =>
      text(() => `${((facts.now() - facts.bootedAt()) / 1000).toFixed(2)} ${((facts.now() - facts.bootedAt()) / 1000).toFixed(2)}\n`),
    loadavg: () => text(() => `0.08 0.03 0.01 1/${namespace().list().length} ${namespace().list().at(-1)?.pid ?? 1}\n`),
    meminfo: () =>
      text(
        () =>
          `MemTotal:       ${kib(facts.memory)} kB\nMemFree:        ${kib(facts.memory * 0.6)} kB\nMemAvailable:   ${kib(facts.memory * 0.75)} kB\nBuffers:        ${kib(facts.memory * 0.02)} kB\nCached:         ${kib(facts.memory * 0.2)} kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n`,
      ),
    cpuinfo: () =>
      text(() =>
        Array.from(
          { length: facts.cpus },
          (_, cpu) => `processor\t: ${cpu}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Processor\ncpu MHz\t\t: 2200.000\n`,
        ).join("\n"),
      ),
    mounts: () =>
      text(() =>
        namespace()
          .files.mounts.mounts.map(
            (mount) => `${mount.source} ${mount.path} ${mount.volume.type} ${mount.readOnly ? "ro" : "rw"},relatime 0 0\n`,
          )
          .join(""),
      ),
    swaps: () => text(() => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    filesystems: () => text(() => "nodev\tproc\nnodev\ttmpfs\n\text4\nnodev\toverlay\n"),
  }
  return inode("directory", 0o555, {
    provider: {
      list: () => [
        ...Object.keys(fixed),
        ...namespace()
          .list()
          .map(({ pid }) => String(pid)),
      ],
      lookup: (name) => {
        if (Object.hasOwn(fixed, name)) return fixed[name]()
        const process = /^\d+$/.test(name) ? namespace().find(Number(name)) : undefined
        if (!process) return undefined
        const info = process.info()
        const files: Readonly<Record<string, () => string>> = {
          cmdline: () => info.argv.map((word) => `${word}\0`).join(""),
          comm: () => `${(info.argv[0] ?? "").split("/").at(-1)}\n`,
          environ: () => [...process.env].map(([key, value]) => `${key}=${value}\0`).join(""),
          status: () =>
            `Name:\t${(info.argv[0] ?? "").split("/").at(-1)}\nState:\t${info.state}\nPid:\t${info.pid}\nPPid:\t${info.ppid}\nUid:\t${info.credentials.uid}\t${info.credentials.uid}\t${info.credentials.uid}\t${info.credentials.uid}\nGid:\t${info.credentials.gid}\t${info.credentials.gid}\t${info.credentials.gid}\t${info.credentials.gid}\nVmRSS:\t${info.rss} kB\n`,
        }
        return inode("directory", 0o555, {
          provider: { list: () => Object.keys(files), lookup: (file) => (Object.hasOwn(files, file) ? text(files[file]) : undefined) },
        })
      },
    },
  })
}

export const deviceInodes = (random: () => number, tty: (name: string) => OpenFile | undefined): Record<string, Inode> => {
  const device = (make: NonNullable<Inode["device"]>): Inode => inode("character-device", 0o666, { device: make })
  const zeros = (max: number) => new Uint8Array(max)
  return {
    null: device(nullDevice),
    zero: device((flags) => new DeviceFile("/dev/zero", flags, { read: zeros, write: (data) => data.length })),
    full: device(
      (flags) =>
        new DeviceFile("/dev/full", flags, {
          read: zeros,
          write: () => {
            throw new SystemError("ENOSPC")
          },
        }),
    ),
    urandom: device(
      (flags) =>
        new DeviceFile("/dev/urandom", flags, {
          read: (max) => Uint8Array.from({ length: Math.min(max, 4096) }, () => Math.floor(random() * 256)),
          write: (data) => data.length,
        }),
    ),
    random: device(
      (flags) =>
        new DeviceFile("/dev/random", flags, {
          read: (max) => Uint8Array.from({ length: Math.min(max, 4096) }, () => Math.floor(random() * 256)),
          write: (data) => data.length,
        }),
    ),
    tty: device(
      (flags) =>
        tty("tty") ??
        new DeviceFile("/dev/tty", flags, {
          read: () => EMPTY,
          write: () => {
            throw new SystemError("ENXIO")
          },
        }),
    ),
  }
}

export { inode as systemInode }
