/** /sys/fs/cgroup: the tree of control groups as systemd and the kubelet make it, and a container's view of its own. As Documentation/admin-guide/cgroup-v2.rst. */
import type { CpuBandwidth } from "../kernel/cpu-bandwidth.ts"
import type { KernelProcess } from "../kernel/kernel-process.ts"
import type { ProcessNamespace } from "../kernel/process-namespace.ts"
import type { Inode } from "./inode.ts"
import { lazyDirectory, textInode } from "./system-inode.ts"

/** A control group that something asked for; those above it are there because it is. Paths have no slash at the start. */
export interface ControlGroup {
  readonly path: string
  /** Bytes. */
  readonly memory?: number | undefined
  /** Millicores. */
  readonly cpu?: number | undefined
  /** cpu.weight */
  readonly weight?: number | undefined
  readonly pids?: number | undefined
  /** Of a container; undefined: processes are told apart by `owns`. */
  readonly namespace?: ProcessNamespace | undefined
  /** Numbers of processes of the machine itself that are in it. */
  readonly processes?: readonly number[] | undefined
}

/** Microseconds of a scheduling period (cpu.cfs_period_us). */
const PERIOD = 100_000

interface Measured {
  cpuMs: number
  memory: number
  pids: readonly number[]
}

const NONE: Measured = { cpuMs: 0, memory: 0, pids: [] }

const sum = (parts: readonly Measured[]): Measured =>
  parts.reduce((a, b) => ({ cpuMs: a.cpuMs + b.cpuMs, memory: a.memory + b.memory, pids: [...a.pids, ...b.pids] }), NONE)

interface Limits {
  readonly memory?: number | undefined
  readonly cpu?: number | undefined
  readonly weight?: number | undefined
  readonly pids?: number | undefined
  readonly outOfMemory?: boolean | undefined
  readonly bandwidth?: CpuBandwidth | undefined
  /** Virtual ms since it was made. */
  readonly age: number
}

/** The files of one group. `own`: processes in it and in none below. */
const groupFiles = (limits: () => Limits, all: () => Measured, own: () => readonly number[]): Record<string, () => Inode> => {
  const number = (value: number | undefined) => `${value ?? "max"}\n`
  const cpu = () => {
    const { cpu: limit, age, bandwidth } = limits()
    const wanted = Math.round(all().cpuMs * 1_000)
    const passed = Math.max(0, age) * 1_000
    const used = Math.min(wanted, limit === undefined ? Number.POSITIVE_INFINITY : Math.round((passed * limit) / 1_000))
    const periods = limit === undefined ? 0 : Math.floor(passed / PERIOD)
    // What a program only says that it uses is known at the end of it: then every period had too little.
    const short = wanted > used ? periods : 0
    return {
      used,
      throttled: Math.round(Math.max(wanted - used, (bandwidth?.throttledMs ?? 0) * 1_000)),
      periods,
      throttledPeriods: Math.min(periods, Math.max(short, bandwidth?.throttledPeriods ?? 0)),
    }
  }
  return {
    "cgroup.controllers": () => textInode(() => "cpuset cpu io memory hugetlb pids rdma misc\n"),
    "cgroup.events": () => textInode(() => `populated ${all().pids.length > 0 ? 1 : 0}\nfrozen 0\n`),
    "cgroup.procs": () =>
      textInode(() =>
        own()
          .map((pid) => `${pid}\n`)
          .join(""),
      ),
    "cgroup.threads": () =>
      textInode(() =>
        own()
          .map((pid) => `${pid}\n`)
          .join(""),
      ),
    "cgroup.stat": () => textInode(() => "nr_descendants 0\nnr_dying_descendants 0\n"),
    "cgroup.subtree_control": () => textInode(() => (own().length > 0 ? "\n" : "cpuset cpu io memory hugetlb pids rdma misc\n")),
    "cgroup.type": () => textInode(() => "domain\n"),
    "cpu.max": () =>
      textInode(() => {
        const { cpu: limit } = limits()
        return `${limit === undefined ? "max" : limit * (PERIOD / 1_000)} ${PERIOD}\n`
      }),
    "cpu.weight": () => textInode(() => `${limits().weight ?? 100}\n`),
    "cpu.stat": () =>
      textInode(() => {
        const { used, throttled, periods, throttledPeriods } = cpu()
        const user = Math.round(used * 0.8)
        return `usage_usec ${used}\nuser_usec ${user}\nsystem_usec ${used - user}\nnice_usec 0\ncore_sched.force_idle_usec 0\nnr_periods ${periods}\nnr_throttled ${throttledPeriods}\nthrottled_usec ${throttled}\nnr_bursts 0\nburst_usec 0\n`
      }),
    "io.stat": () => textInode(() => ""),
    "memory.current": () => textInode(() => `${all().memory}\n`),
    "memory.events": () =>
      textInode(() => {
        const killed = limits().outOfMemory ? 1 : 0
        return `low 0\nhigh 0\nmax 0\noom ${killed}\noom_kill ${killed}\noom_group_kill 0\n`
      }),
    "memory.high": () => textInode(() => "max\n"),
    "memory.low": () => textInode(() => "0\n"),
    "memory.max": () => textInode(() => number(limits().memory)),
    "memory.min": () => textInode(() => "0\n"),
    "memory.peak": () => textInode(() => `${all().memory}\n`),
    "memory.stat": () =>
      textInode(() => {
        const { memory } = all()
        const anonymous = Math.round(memory * 0.7)
        return `anon ${anonymous}\nfile ${memory - anonymous}\nkernel 0\nshmem 0\ninactive_anon 0\nactive_anon ${anonymous}\ninactive_file 0\nactive_file ${memory - anonymous}\nunevictable 0\n`
      }),
    "memory.swap.current": () => textInode(() => "0\n"),
    "memory.swap.max": () => textInode(() => "max\n"),
    "pids.current": () => textInode(() => `${all().pids.length}\n`),
    "pids.max": () => textInode(() => number(limits().pids)),
  }
}

const measured = (namespace: ProcessNamespace, pidOf: (process: KernelProcess) => number): Measured => {
  const { cpuMs, memory } = namespace.usage()
  const pids: number[] = []
  for (const process of namespace.all()) if (process.namespace === namespace && !process.exitStatus) pids.push(pidOf(process))
  return { cpuMs, memory: memory + (namespace.idleMemory?.() ?? 0), pids: pids.sort((a, b) => a - b) }
}

/** What a container sees: its own group is the root. */
export const ownGroup = (namespace: () => ProcessNamespace, now: () => number): Inode =>
  lazyDirectory(() =>
    groupFiles(
      () => {
        const { memoryLimit, cpuLimit, outOfMemory, since, bandwidth } = namespace()
        return { memory: memoryLimit, cpu: cpuLimit, outOfMemory, bandwidth, age: now() - since }
      },
      () => measured(namespace(), ({ pid }) => pid),
      () => measured(namespace(), ({ pid }) => pid).pids,
    ),
  )

/** The whole tree of a machine. */
export const groupTree = (facts: {
  groups: () => readonly ControlGroup[]
  machine: () => ProcessNamespace
  now: () => number
  bootedAt: () => number
}): Inode => {
  const measure = (group: ControlGroup): Measured => {
    if (group.namespace) return measured(group.namespace, ({ hostPid }) => hostPid)
    const found = (group.processes ?? []).flatMap((pid) => facts.machine().find(pid) ?? [])
    return sum(found.map((process) => ({ cpuMs: process.info().cpuTime, memory: process.info().rss * 1024, pids: [process.hostPid] })))
  }
  const directory = (path: string): Inode =>
    lazyDirectory(() => {
      const prefix = path === "" ? "" : `${path}/`
      const below = () => facts.groups().filter((one) => one.path === path || one.path.startsWith(prefix))
      const self = () => facts.groups().find((one) => one.path === path)
      const files = groupFiles(
        () => {
          const found = self()
          return {
            memory: found?.memory,
            cpu: found?.cpu,
            weight: found?.weight,
            pids: found?.pids,
            outOfMemory: found?.namespace?.outOfMemory,
            bandwidth: found?.namespace?.bandwidth,
            age: facts.now() - (found?.namespace?.since ?? facts.bootedAt()),
          }
        },
        () => sum(below().map(measure)),
        () => {
          const found = self()
          return found ? measure(found).pids : []
        },
      )
      const folders: Record<string, () => Inode> = {}
      for (const one of below()) {
        const [name] = one.path.slice(prefix.length).split("/")
        if (name !== "" && one.path !== path) folders[name] = () => directory(prefix + name)
      }
      // The root has no limits of its own.
      const shown =
        path === ""
          ? Object.fromEntries(
              Object.entries(files).filter(([name]) => /^cgroup\.(controllers|procs|stat|subtree_control|threads)$|stat$/.test(name)),
            )
          : files
      return { ...shown, ...folders }
    })
  return directory("")
}
