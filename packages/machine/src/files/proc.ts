/** /proc, /sys and /dev: files made when they are read. */
import { EMPTY } from "../kernel/byte-queue.ts"
import { SystemError } from "../kernel/errno.ts"
import type { OpenFile } from "../kernel/open-file.ts"
import type { KernelProcess } from "../kernel/kernel-process.ts"
import type { ProcessNamespace } from "../kernel/process-namespace.ts"
import { DeviceFile, nullDevice } from "../kernel/regular-file.ts"
import { type ControlGroup, groupTree, ownGroup } from "./control-groups.ts"
import type { Inode } from "./inode.ts"
import { kernelSettings, type Settings } from "./kernel-settings.ts"
import { networkDirectory } from "./network-directory.ts"
import { processDirectory } from "./process-directory.ts"
import { directoryInode, lazyDirectory, systemInode, textInode } from "./system-inode.ts"

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
  /** CPU time of all processes since the boot, ms. */
  cpuUsed: () => number
  settings: Settings
  /** Of a process of the machine, or of a container's: its control group as the machine sees it. */
  cgroupOf: (process: KernelProcess | undefined) => string
  /** Lines of /proc/mounts that are no mounts of a view. */
  extraMounts: () => readonly string[]
  openFiles: number
  processes: number
  bootId: () => string
  /** The number of a kernel object: the same at each look. */
  numberOf: (one: object) => number
}

const OPTIONS: Readonly<Record<string, string>> = {
  proc: "nosuid,nodev,noexec,relatime",
  sysfs: "nosuid,nodev,noexec,relatime",
  devtmpfs: "nosuid,relatime,size=1096392k,nr_inodes=274098,mode=755,inode64",
  ext4: "relatime,discard,errors=remount-ro,commit=30",
}

/** As fs/proc_namespace.c show_vfsmnt: one line a mount. */
const mountLines = (namespace: ProcessNamespace, extra: readonly string[]): string[] => {
  const lines = namespace.files.mounts.mounts.map(({ source, path, type, readOnly }) => {
    // /proc refuses writes here file by file; Linux mounts it so that they may be tried.
    const state = readOnly && type !== "proc" ? "ro" : "rw"
    return `${type === "devtmpfs" ? "udev" : source} ${path} ${type} ${state},${OPTIONS[type] ?? "relatime"} 0 0`
  })
  return namespace.host ? lines : [...lines, ...extra]
}

const mountInfo = (lines: readonly string[]): string =>
  lines
    .map((line, at) => {
      const [source, path, type, options] = line.split(" ")
      const id = at === 0 ? 29 : 30 + at
      return `${id} ${at === 0 ? 1 : 29} ${type === "ext4" ? "253:1" : `0:${22 + at}`} / ${path} ${options} shared:${at + 1} - ${type} ${source} ${options.split(",")[0]}\n`
    })
    .join("")

const cpuText = (cpu: number, cpus: number): string =>
  `processor\t: ${cpu}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 79\nmodel name\t: Intel(R) Xeon(R) Processor\nstepping\t: 1\nmicrocode\t: 0x1\ncpu MHz\t\t: 2199.998\ncache size\t: 16384 KB\nphysical id\t: 0\nsiblings\t: ${cpus}\ncore id\t\t: ${cpu}\ncpu cores\t: ${cpus}\napicid\t\t: ${cpu}\ninitial apicid\t: ${cpu}\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\nflags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx rdtscp lm constant_tsc rep_good nopl xtopology cpuid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm abm avx2 bmi1 bmi2 rdseed adx\nbogomips\t: 4399.99\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: 40 bits physical, 48 bits virtual\npower management:\n`

const memoryText = (total: number, used: number): string => {
  const kib = (bytes: number) => String(Math.max(0, Math.floor(bytes / 1024))).padStart(8)
  const cached = total * 0.2
  const row = (name: string, bytes: number) => `${`${name}:`.padEnd(15)} ${kib(bytes)} kB\n`
  return [
    row("MemTotal", total),
    row("MemFree", total * 0.78 - used),
    row("MemAvailable", total - used),
    row("Buffers", total * 0.02),
    row("Cached", cached),
    row("SwapCached", 0),
    row("Active", used * 0.5 + cached * 0.5),
    row("Inactive", used * 0.3 + cached * 0.4),
    row("Active(anon)", used * 0.5),
    row("Inactive(anon)", 0),
    row("Active(file)", cached * 0.5),
    row("Inactive(file)", cached * 0.4),
    row("Unevictable", 0),
    row("Mlocked", 0),
    row("SwapTotal", 0),
    row("SwapFree", 0),
    row("Dirty", 120 * 1024),
    row("Writeback", 0),
    row("AnonPages", used * 0.6),
    row("Mapped", used * 0.3),
    row("Shmem", 1_240 * 1024),
    row("KReclaimable", total * 0.03),
    row("Slab", total * 0.05),
    row("SReclaimable", total * 0.03),
    row("SUnreclaim", total * 0.02),
    row("KernelStack", 5_200 * 1024),
    row("PageTables", 9_800 * 1024),
    row("CommitLimit", total / 2),
    row("Committed_AS", used * 2),
    "HugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:       2048 kB\n",
  ].join("")
}

export const procRoot = (facts: SystemFacts, namespace: () => ProcessNamespace): Inode => {
  const uptime = () => (facts.now() - facts.bootedAt()) / 1_000
  /** As kernel/sched/loadavg.c has it, of a load that stays as it is: what was used lately, by all CPUs. */
  const load = () => {
    const busy = facts.cpuUsed() / Math.max(1_000, facts.now() - facts.bootedAt())
    return [1.15, 1.05, 1].map((weight) => (0.02 + busy * weight).toFixed(2)).join(" ")
  }
  const lines = (of: ProcessNamespace) => mountLines(of, facts.extraMounts())
  const mounts = (of: ProcessNamespace) => () =>
    lines(of)
      .map((line) => `${line}\n`)
      .join("")
  // Made at each look: a world has a root of these for every machine and container.
  const fixed = (): Readonly<Record<string, () => Inode>> => ({
    version: () =>
      textInode(
        () =>
          `Linux version ${facts.kernelVersion} (buildd@lcy02-amd64-080) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0, GNU ld (GNU Binutils for Ubuntu) 2.42) #1-Ubuntu SMP PREEMPT_DYNAMIC\n`,
      ),
    uptime: () => textInode(() => `${uptime().toFixed(2)} ${(uptime() * facts.cpus * 0.97).toFixed(2)}\n`),
    loadavg: () => textInode(() => `${load()} 1/${namespace().list().length} ${namespace().list().at(-1)?.pid ?? 1}\n`),
    meminfo: () => textInode(() => memoryText(facts.memory, facts.memoryUsed())),
    cpuinfo: () => textInode(() => Array.from({ length: facts.cpus }, (_, cpu) => cpuText(cpu, facts.cpus)).join("\n")),
    stat: () =>
      textInode(() => {
        const ticks = (ms: number) => Math.max(0, Math.floor(ms / 10))
        const used = facts.cpuUsed()
        const row = (name: string, share: number) =>
          `${name} ${ticks(used * 0.7 * share)} 0 ${ticks(used * 0.3 * share)} ${ticks((uptime() * 1_000 * facts.cpus - used) * share)} 0 0 0 0 0 0\n`
        return `${row("cpu ", 1)}${Array.from({ length: facts.cpus }, (_, cpu) => row(`cpu${cpu}`, 1 / facts.cpus)).join("")}intr 0\nctxt 0\nbtime ${Math.floor(facts.bootedAt() / 1_000)}\nprocesses ${namespace().list().at(-1)?.pid ?? 1}\nprocs_running 1\nprocs_blocked 0\n`
      }),
    mounts: () => systemInode("symlink", 0o777, { target: "self/mounts" }),
    net: () => systemInode("symlink", 0o777, { target: "self/net" }),
    swaps: () => textInode(() => "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
    filesystems: () =>
      textInode(
        () =>
          "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevtmpfs\nnodev\tbpf\nnodev\tpipefs\nnodev\tdevpts\n\text4\n\tvfat\nnodev\toverlay\nnodev\tmqueue\n",
      ),
    cgroups: () =>
      textInode(() => "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t89\t1\ncpu\t0\t89\t1\nmemory\t0\t89\t1\npids\t0\t89\t1\n"),
    cmdline: () => textInode(() => `BOOT_IMAGE=/vmlinuz-${facts.kernelVersion} root=LABEL=cloudimg-rootfs ro console=tty1 console=ttyS0\n`),
    partitions: () => textInode(() => "major minor  #blocks  name\n\n 253        0   41943040 vda\n 253        1   40893423 vda1\n"),
    diskstats: () => textInode(() => " 253       0 vda 9120 2604 780110 4127 6920 8014 402384 7130 0 6112 11257 0 0 0 0 0 0\n"),
    vmstat: () => textInode(() => "nr_free_pages 220000\nnr_dirty 30\npgfault 1400212\noom_kill 0\n"),
    modules: () => textInode(() => MODULES.map((name) => `${name} 32768 0 - Live 0x0000000000000000\n`).join("")),
    interrupts: () => textInode(() => "            CPU0       CPU1       \n  0:         28          0   IO-APIC   2-edge      timer\n"),
  })
  const facing = (process: KernelProcess | undefined) => ({
    cgroup: () => (namespace().host ? "/" : facts.cgroupOf(process)),
    mounts: mounts(process?.namespace ?? namespace()),
    mountInfo: () => mountInfo(lines(process?.namespace ?? namespace())),
    net: () => networkDirectory(() => process?.network ?? namespace().network),
    namespaces: () => namespaceNumbers(process?.namespace ?? namespace(), facts.numberOf),
    openFiles: facts.openFiles,
    processes: facts.processes,
    sacrifice: (process?.namespace ?? namespace()).sacrifice ?? SACRIFICES[(process?.argv[0] ?? "").split("/").at(-1) ?? ""] ?? 0,
  })
  return systemInode("directory", 0o555, {
    provider: {
      list: () => [
        ...Object.keys(fixed()),
        "self",
        "thread-self",
        "sys",
        ...namespace()
          .list()
          .map(({ pid }) => String(pid)),
      ],
      lookup: (name) => {
        const entries = fixed()
        if (Object.hasOwn(entries, name)) return entries[name]()
        const { host } = namespace()
        const running = facts.running()
        if ((name === "self" || name === "thread-self") && running)
          return systemInode("symlink", 0o777, { target: String(host ? running.pid : running.hostPid) })
        if (name === "sys")
          return kernelSettings(
            { hostname: namespace().hostname, release: facts.kernelVersion, bootId: facts.bootId(), container: host !== undefined },
            host
              ? { changed: (one) => (one.startsWith("net/") ? undefined : facts.settings.changed(one)), change: undefined }
              : facts.settings,
          )
        if (!/^\d+$/.test(name)) return undefined
        const process = namespace().find(Number(name))
        const info = process ? { ...process.info(), pid: Number(name) } : namespace().unsimulated(Number(name))
        return info && processDirectory(info, process, facing(process))
      },
    },
  })
}

/** A node's container network has these at boot. */
const MODULES = [
  "xt_conntrack",
  "xt_MASQUERADE",
  "nf_nat",
  "nf_conntrack",
  "ip_tables",
  "br_netfilter",
  "bridge",
  "stp",
  "llc",
  "overlay",
  "vxlan",
]

/** oom_score_adj of services that protect themselves. */
const SACRIFICES: Readonly<Record<string, number>> = { kubelet: -999, containerd: -999, sshd: -1000 }

const namespaceNumbers = (of: ProcessNamespace, numberOf: (one: object) => number): Readonly<Record<string, number>> => {
  const machine = of.host ?? of
  const net = of.network === machine.network ? 4_026_531_840 : numberOf(of.network)
  const own = of.host ? numberOf(of) : undefined
  return {
    cgroup: own ?? 4_026_531_835,
    ipc: own ?? 4_026_531_839,
    mnt: own ?? 4_026_531_841,
    net,
    pid: own ?? 4_026_531_836,
    pid_for_children: own ?? 4_026_531_836,
    time: 4_026_531_834,
    time_for_children: 4_026_531_834,
    user: 4_026_531_837,
    uts: own ?? 4_026_531_838,
  }
}

/** /sys: the interfaces of a network, and control groups of version 2. */
export const sysRoot = (
  namespace: () => ProcessNamespace,
  facts: { now: () => number; bootedAt: () => number; cpus: number; groups: () => readonly ControlGroup[]; uuid: () => string },
): Inode => {
  const interfaces = () => namespace().network.interfaces
  const net = systemInode("directory", 0o755, {
    provider: {
      list: () => [...new Set(["lo", ...interfaces().map(({ name }) => name)])],
      lookup: (name) => {
        const found = interfaces().find((one) => one.name === name)
        if (!found && name !== "lo") return undefined
        return directoryInode({
          address: textInode(() => `${found?.mac ?? "00:00:00:00:00:00"}\n`),
          mtu: textInode(() => (name === "lo" ? "65536\n" : "1500\n")),
          carrier: textInode(() => (found?.up === false ? "0\n" : "1\n")),
          operstate: textInode(() => (name === "lo" ? "unknown\n" : found?.up === false ? "down\n" : "up\n")),
        })
      },
    },
  })
  return lazyDirectory(() => ({
    class: () =>
      lazyDirectory(() => ({
        net: () => net,
        dmi: () =>
          lazyDirectory(() => ({
            id: () =>
              lazyDirectory(() => ({
                product_uuid: () => systemInode("file", 0o400, { content: () => `${facts.uuid()}\n` }),
                product_name: () => textInode(() => "Standard PC (Q35 + ICH9, 2009)\n"),
                sys_vendor: () => textInode(() => "QEMU\n"),
              })),
          })),
        block: () => lazyDirectory(() => ({ vda: () => lazyDirectory(() => ({ size: () => textInode(() => "83886080\n") })) })),
      })),
    devices: () =>
      lazyDirectory(() => ({
        system: () =>
          lazyDirectory(() => ({
            cpu: () =>
              lazyDirectory(() => ({
                online: () => textInode(() => `0-${facts.cpus - 1}\n`),
                present: () => textInode(() => `0-${facts.cpus - 1}\n`),
              })),
          })),
      })),
    fs: () =>
      lazyDirectory(() => ({
        cgroup: () =>
          namespace().host
            ? ownGroup(namespace, facts.now)
            : groupTree({ groups: facts.groups, machine: namespace, now: facts.now, bootedAt: facts.bootedAt }),
      })),
    kernel: () =>
      lazyDirectory(() => ({
        mm: () =>
          lazyDirectory(() => ({
            transparent_hugepage: () => lazyDirectory(() => ({ enabled: () => textInode(() => "always [madvise] never\n") })),
          })),
      })),
    module: () => lazyDirectory(() => Object.fromEntries(MODULES.map((name) => [name, () => lazyDirectory(() => ({}))]))),
  }))
}

/** By name; each made when it is looked up. */
export const deviceInodes = (random: () => number, tty: (name: string) => OpenFile | undefined): Record<string, () => Inode> => {
  const device = (make: NonNullable<Inode["device"]>) => () => systemInode("character-device", 0o666, { device: make })
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

export { systemInode }
