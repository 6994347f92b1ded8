/** /proc/<pid>: what the kernel tells of one process. As Documentation/filesystems/proc.rst. */
import { commandName } from "../kernel/command-name.ts"
import type { KernelProcess } from "../kernel/kernel-process.ts"
import type { ProcessInfo } from "../kernel/process.ts"
import type { Inode } from "./inode.ts"
import { lazyDirectory, systemInode, textInode } from "./system-inode.ts"

const STATES: Readonly<Record<string, string>> = {
  R: "running",
  S: "sleeping",
  T: "stopped",
  Z: "zombie",
  D: "disk sleep",
  I: "idle",
}

export interface ProcessFacts {
  /** "/system.slice/kubelet.service" */
  cgroup(): string
  mounts(): string
  mountInfo(): string
  /** Of its network. */
  net(): Inode
  /** Numbers of its namespaces, by name. */
  namespaces(): Readonly<Record<string, number>>
  openFiles: number
  processes: number
  /** oom_score_adj */
  sacrifice: number
}

const limitsText = (facts: ProcessFacts): string => {
  const row = (name: string, soft: string | number, hard: string | number, unit: string) =>
    `${name.padEnd(25)} ${String(soft).padEnd(20)} ${String(hard).padEnd(20)} ${unit.padEnd(10)}\n`
  const free = "unlimited"
  return [
    row("Limit", "Soft Limit", "Hard Limit", "Units"),
    row("Max cpu time", free, free, "seconds"),
    row("Max file size", free, free, "bytes"),
    row("Max data size", free, free, "bytes"),
    row("Max stack size", 8_388_608, free, "bytes"),
    row("Max core file size", 0, free, "bytes"),
    row("Max resident set", free, free, "bytes"),
    row("Max processes", facts.processes, facts.processes, "processes"),
    row("Max open files", facts.openFiles, facts.openFiles, "files"),
    row("Max locked memory", 8_388_608, 8_388_608, "bytes"),
    row("Max address space", free, free, "bytes"),
    row("Max file locks", free, free, "locks"),
    row("Max pending signals", 8_378, 8_378, "signals"),
    row("Max msgqueue size", 819_200, 819_200, "bytes"),
    row("Max nice priority", 0, 0, ""),
    row("Max realtime priority", 0, 0, ""),
    row("Max realtime timeout", free, free, "us"),
  ].join("")
}

/** `process` is undefined for those that are not simulated (systemd). */
export const processDirectory = (info: ProcessInfo, process: KernelProcess | undefined, facts: ProcessFacts): Inode => {
  const { pid } = info
  const name = commandName(info)
  const { uid, gid, groups } = info.credentials
  const capabilities = uid === 0 ? "000001ffffffffff" : "0000000000000000"
  const size = (kib: number) => `${String(kib).padStart(8)} kB`
  const threads = 1 + (process?.threads?.size ?? 0)
  const files: Readonly<Record<string, () => string>> = {
    cgroup: () => `0::${facts.cgroup()}\n`,
    cmdline: () => info.argv.map((word) => `${word}\0`).join(""),
    comm: () => `${name}\n`,
    limits: () => limitsText(facts),
    mountinfo: facts.mountInfo,
    mounts: facts.mounts,
    oom_adj: () => `${Math.trunc((facts.sacrifice * 17) / 1_000)}\n`,
    oom_score: () => `${Math.max(0, Math.round(666 + facts.sacrifice * 0.667))}\n`,
    oom_score_adj: () => `${facts.sacrifice}\n`,
    sched: () => `${name} (${pid}, #threads: ${threads})\n`,
    stat: () =>
      `${pid} (${name}) ${info.state} ${info.ppid} ${info.processGroup} ${info.session} 0 -1 4194560 0 0 0 0 ${Math.floor(info.cpuTime / 10)} 0 0 0 20 0 ${threads} 0 ${Math.floor(info.startedAt / 10) % 1e9} ${info.rss * 4 * 1024} ${Math.floor(info.rss / 4)} 18446744073709551615\n`,
    statm: () => `${info.rss} ${Math.floor(info.rss / 4)} ${Math.floor(info.rss / 8)} 1 0 ${Math.floor(info.rss / 4)} 0\n`,
    status: () =>
      `Name:\t${name}\nUmask:\t${(process?.umask ?? 0o22).toString(8).padStart(4, "0")}\nState:\t${info.state} (${STATES[info.state]})\nTgid:\t${pid}\nNgid:\t0\nPid:\t${pid}\nPPid:\t${info.ppid}\nTracerPid:\t0\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${gid}\t${gid}\t${gid}\t${gid}\nFDSize:\t64\nGroups:\t${groups.join(" ")} \nNStgid:\t${pid}\nNSpid:\t${pid}\nNSpgid:\t${info.processGroup}\nNSsid:\t${info.session}\nVmPeak:\t${size(info.rss * 4)}\nVmSize:\t${size(info.rss * 4)}\nVmHWM:\t${size(info.rss)}\nVmRSS:\t${size(info.rss)}\nThreads:\t${threads}\nCapInh:\t0000000000000000\nCapPrm:\t${capabilities}\nCapEff:\t${capabilities}\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\nvoluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t0\n`,
    wchan: () => "0",
  }
  const link = (target: string) => systemInode("symlink", 0o777, { target, uid, gid })
  const fds = (made: (fd: number) => Inode): Inode =>
    systemInode("directory", 0o500, {
      uid,
      gid,
      provider: {
        list: () => [...(process?.fds.keys() ?? [])].map(String),
        lookup: (fd) => (/^\d+$/.test(fd) && process?.fds.has(Number(fd)) ? made(Number(fd)) : undefined),
      },
    })
  const entries: Record<string, () => Inode> = {
    cwd: () => link(process?.cwd ?? "/"),
    exe: () => link(executable(info, process)),
    root: () => link("/"),
    environ: () =>
      systemInode("file", 0o400, {
        uid,
        gid,
        content: () => [...(process?.env ?? [])].map(([key, value]) => `${key}=${value}\0`).join(""),
      }),
    fd: () => fds((fd) => link(process?.fds.get(fd)?.path ?? "")),
    fdinfo: () => fds(() => textInode(() => "pos:\t0\nflags:\t02\nmnt_id:\t15\n")),
    net: () => facts.net(),
    ns: () =>
      lazyDirectory(() =>
        Object.fromEntries(
          Object.entries(facts.namespaces()).map(([kind, id]) => [kind, () => link(`${kind.replace("_for_children", "")}:[${id}]`)]),
        ),
      ),
    task: () => lazyDirectory(() => ({ [String(pid)]: () => lazyDirectory(() => ({ comm: () => textInode(files.comm) })) })),
  }
  for (const [file, content] of Object.entries(files)) entries[file] = () => textInode(content)
  return lazyDirectory(() => entries, { uid, gid })
}

const executable = (info: ProcessInfo, process: KernelProcess | undefined): string => {
  const [path = ""] = info.argv
  if (path === "/sbin/init") return "/usr/lib/systemd/systemd"
  if (path.startsWith("/")) return path
  const name = path.replace(/^-/, "")
  for (const directory of ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/bin", "/"]) {
    const candidate = `${directory === "/" ? "" : directory}/${name}`
    if (process?.namespace.files.exists(candidate)) return candidate
  }
  return `/${name}`
}
