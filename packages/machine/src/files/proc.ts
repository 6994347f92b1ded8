/** /proc and /dev: files made when they are read. */
import { EMPTY } from "../kernel/byte-queue.ts"
import { SystemError } from "../kernel/errno.ts"
import type { OpenFile } from "../kernel/open-file.ts"
import type { KernelProcess } from "../kernel/kernel-process.ts"
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
  ...rest,
})

const text = (content: () => string): Inode => inode("file", 0o444, { content })

/** What /proc/self means: the process that asks. */
export interface SystemFacts {
  running: () => KernelProcess | undefined
  cpus: number
  /** Bytes. */
  memory: number
  kernelVersion: string
  bootedAt: () => number
  now: () => number
  /** Bytes. */
  memoryUsed: () => number
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
          `MemTotal:       ${kib(facts.memory)} kB\nMemFree:        ${kib(Math.max(0, facts.memory * 0.78 - facts.memoryUsed()))} kB\nMemAvailable:   ${kib(Math.max(0, facts.memory - facts.memoryUsed()))} kB\nBuffers:        ${kib(facts.memory * 0.02)} kB\nCached:         ${kib(facts.memory * 0.2)} kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n`,
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
          .files.mounts.mounts.map((mount) => `${mount.source} ${mount.path} ${mount.type} ${mount.readOnly ? "ro" : "rw"},relatime 0 0\n`)
          .join(""),
      ),
    swaps: () => text(() => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    filesystems: () => text(() => "nodev\tproc\nnodev\ttmpfs\n\text4\nnodev\toverlay\n"),
  }
  return inode("directory", 0o555, {
    provider: {
      list: () => [
        ...Object.keys(fixed),
        "self",
        "sys",
        ...namespace()
          .list()
          .map(({ pid }) => String(pid)),
      ],
      lookup: (name) => {
        if (Object.hasOwn(fixed, name)) return fixed[name]()
        const { host } = namespace()
        const running = facts.running()
        if (name === "self" && running) return inode("symlink", 0o777, { target: String(host ? running.pid : running.hostPid) })
        if (name === "sys") return kernelSettings(namespace().hostname, facts.kernelVersion)
        const process = /^\d+$/.test(name) ? namespace().find(Number(name)) : undefined
        return process && processDirectory(process, Number(name))
      },
    },
  })
}

const directory = (entries: Readonly<Record<string, Inode>>): Inode =>
  inode("directory", 0o555, { children: new Map(Object.entries(entries)) })

/** /proc/sys: what a cluster's preflight checks read. */
const kernelSettings = (hostname: string, release: string): Inode => {
  const on = text(() => "1\n")
  return directory({
    kernel: directory({
      hostname: text(() => `${hostname}\n`),
      osrelease: text(() => `${release}\n`),
      ostype: text(() => "Linux\n"),
      pid_max: text(() => "4194304\n"),
    }),
    net: directory({
      ipv4: directory({ ip_forward: on }),
      bridge: directory({ "bridge-nf-call-iptables": on, "bridge-nf-call-ip6tables": on }),
    }),
    vm: directory({ overcommit_memory: on, swappiness: text(() => "60\n"), max_map_count: text(() => "65530\n") }),
    fs: directory({ inotify: directory({ max_user_instances: text(() => "128\n"), max_user_watches: text(() => "65536\n") }) }),
  })
}

const STATES: Readonly<Record<string, string>> = { R: "running", S: "sleeping", T: "stopped", Z: "zombie", D: "disk sleep" }

/** /proc/<pid>, by the number that whoever looks knows it by. */
const processDirectory = (process: KernelProcess, pid: number): Inode => {
  const info = process.info()
  const name = (info.argv[0] ?? "").split("/").at(-1)
  const { uid, gid } = info.credentials
  const files: Readonly<Record<string, () => string>> = {
    cmdline: () => info.argv.map((word) => `${word}\0`).join(""),
    comm: () => `${name}\n`,
    environ: () => [...process.env].map(([key, value]) => `${key}=${value}\0`).join(""),
    stat: () =>
      `${pid} (${name}) ${info.state} ${info.ppid} ${info.processGroup} ${info.session} 0 -1 0 0 0 0 0 ${Math.floor(info.cpuTime / 10)} 0\n`,
    status: () =>
      `Name:\t${name}\nUmask:\t${process.umask.toString(8).padStart(4, "0")}\nState:\t${info.state} (${STATES[info.state]})\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${info.ppid}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${gid}\t${gid}\t${gid}\t${gid}\nVmRSS:\t${String(info.rss).padStart(8)} kB\nThreads:\t${1 + (process.threads?.size ?? 0)}\n`,
  }
  const link = (target: string) => inode("symlink", 0o777, { target, uid, gid })
  const links: Readonly<Record<string, () => Inode>> = {
    cwd: () => link(process.cwd),
    root: () => link("/"),
    fd: () =>
      inode("directory", 0o500, {
        uid,
        gid,
        provider: {
          list: () => [...process.fds.keys()].map(String),
          lookup: (fd) => (process.fds.has(Number(fd)) ? link(process.fds.get(Number(fd))?.path ?? "") : undefined),
        },
      }),
  }
  return inode("directory", 0o555, {
    uid,
    gid,
    provider: {
      list: () => [...Object.keys(files), ...Object.keys(links)],
      lookup: (file) => (Object.hasOwn(files, file) ? text(files[file]) : Object.hasOwn(links, file) ? links[file]() : undefined),
    },
  })
}

/** Microseconds of a scheduling period (cpu.cfs_period_us). */
const PERIOD = 100_000

/** A container's control group: its limits, and what it uses of them. As Documentation/admin-guide/cgroup-v2.rst. */
const controlGroup = (namespace: () => ProcessNamespace, now: () => number): Record<string, Inode> => {
  const cpu = () => {
    const { cpuLimit, since } = namespace()
    const wanted = Math.round(namespace().usage().cpuMs * 1_000)
    const passed = Math.max(0, now() - since) * 1_000
    const most = cpuLimit === undefined ? Number.POSITIVE_INFINITY : Math.round((passed * cpuLimit) / 1_000)
    const used = Math.min(wanted, most)
    const throttled = wanted - used
    const periods = cpuLimit === undefined ? 0 : Math.floor(passed / PERIOD)
    return { used, throttled, periods, throttledPeriods: throttled > 0 ? periods : 0 }
  }
  return {
    "cpu.max": text(() => {
      const { cpuLimit } = namespace()
      return `${cpuLimit === undefined ? "max" : cpuLimit * (PERIOD / 1_000)} ${PERIOD}\n`
    }),
    "cpu.stat": text(() => {
      const { used, throttled, periods, throttledPeriods } = cpu()
      const user = Math.round(used * 0.8)
      return `usage_usec ${used}\nuser_usec ${user}\nsystem_usec ${used - user}\nnice_usec 0\ncore_sched.force_idle_usec 0\nnr_periods ${periods}\nnr_throttled ${throttledPeriods}\nthrottled_usec ${throttled}\nnr_bursts 0\nburst_usec 0\n`
    }),
    "memory.max": text(() => `${namespace().memoryLimit ?? "max"}\n`),
    "memory.current": text(() => `${namespace().usage().memory}\n`),
    "memory.events": text(
      () => `low 0\nhigh 0\nmax 0\noom ${namespace().outOfMemory ? 1 : 0}\noom_kill ${namespace().outOfMemory ? 1 : 0}\noom_group_kill 0\n`,
    ),
    "pids.current": text(() => `${namespace().list().length}\n`),
    "pids.max": text(() => "max\n"),
  }
}

/** /sys: the interfaces of a network, and that control groups are of version 2. */
export const sysRoot = (namespace: () => ProcessNamespace, facts: { memory: number; now: () => number }): Inode => {
  const interfaces = () => namespace().network.interfaces
  const net = inode("directory", 0o755, {
    provider: {
      list: () => ["lo", ...interfaces().map(({ name }) => name)],
      lookup: (name) => {
        const found = interfaces().find((one) => one.name === name)
        if (!found && name !== "lo") return undefined
        return directory({
          address: text(() => `${found?.mac ?? "00:00:00:00:00:00"}\n`),
          operstate: text(() => (found?.up === false ? "down\n" : found ? "up\n" : "unknown\n")),
        })
      },
    },
  })
  const cgroup = directory({
    "cgroup.controllers": text(() => "cpuset cpu io memory hugetlb pids rdma misc\n"),
    ...(namespace().host ? controlGroup(namespace, facts.now) : { "memory.max": text(() => `${facts.memory}\n`) }),
  })
  return directory({ class: directory({ net }), fs: directory({ cgroup }) })
}

/** By name; each made when it is looked up. */
export const deviceInodes = (random: () => number, tty: (name: string) => OpenFile | undefined): Record<string, () => Inode> => {
  const device = (make: NonNullable<Inode["device"]>) => () => inode("character-device", 0o666, { device: make })
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
