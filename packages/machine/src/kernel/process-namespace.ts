/** Processes that see each other by number: a machine's, or a container's. */
import type { FilesView } from "../files/view.ts"
import type { NetworkNamespace } from "../network/contract.ts"
import type { CpuBandwidth } from "./cpu-bandwidth.ts"
import type { KernelProcess } from "./kernel-process.ts"
import type { ProcessInfo } from "./process.ts"
import type { Signal } from "./signals.ts"

const ROOT = { uid: 0, gid: 0, groups: [0] }

export class ProcessNamespace {
  readonly files: FilesView
  readonly network: NetworkNamespace
  hostname: string
  /** The machine's own namespace, which sees every process; undefined for that one itself. */
  readonly host: ProcessNamespace | undefined
  /** Processes that this namespace shares its numbers with (a pod with shareProcessNamespace). */
  readonly #table: Map<number, KernelProcess>
  readonly #counter: { next: number }
  /** In a container PID 1 is the image's program, which the kernel shields from signals that it has no handler for. */
  readonly shieldsInit: boolean

  /** Bytes its processes may use together; undefined: as many as there are. */
  memoryLimit: number | undefined
  /** Millicores they may use together; undefined: as many as there are. */
  cpuLimit: number | undefined
  /** How much of that they have used; undefined: nobody looked yet. */
  bandwidth: CpuBandwidth | undefined
  /** Processes that wait for its next period. */
  throttled: KernelProcess[] | undefined
  /** What its first process would hold if its program were real, bytes; counted by whoever runs the container. */
  idleMemory: (() => number) | undefined
  /** oom_score_adj of its processes. */
  sacrifice: number | undefined
  /** Tell of systemd and the kernel's threads, as of processes. */
  showsInit = false
  /** When it was made, virtual ms. */
  since = 0
  /** A process was killed because of that limit. */
  outOfMemory = false
  /** CPU time of processes that are gone, ms. */
  #pastCpu = 0

  constructor(options: {
    files: FilesView
    network: NetworkNamespace
    hostname: string
    host?: ProcessNamespace
    share?: ProcessNamespace
  }) {
    this.files = options.files
    this.network = options.network
    this.hostname = options.hostname
    this.host = options.host
    this.#table = options.share ? options.share.#table : new Map()
    this.#counter = options.share ? options.share.#counter : { next: options.host ? 1 : 2 }
    this.shieldsInit = options.host !== undefined
  }

  /** Who adopts orphans. The machine's 1 is systemd, which is not a simulated process. */
  get initPid(): number {
    return 1
  }

  register(process: KernelProcess, hostPid: number): number {
    if (!this.host) {
      this.#table.set(hostPid, process)
      return hostPid
    }
    const pid = this.#counter.next++
    this.#table.set(pid, process)
    this.host.register(process, hostPid)
    return pid
  }

  /** CPU time (ms) and resident bytes of its own processes, also of those that are gone. */
  usage(): { cpuMs: number; memory: number } {
    let cpuMs = this.#pastCpu
    let memory = 0
    for (const process of this.#table.values()) {
      if (process.namespace !== this || process.exitStatus) continue
      const { cpuTime } = process.info()
      cpuMs += cpuTime
      memory += process.residentKib * 1024
    }
    return { cpuMs, memory }
  }

  /** Kills `process` when what it just took is more than there is. */
  checkMemory(process: KernelProcess): void {
    if (this.memoryLimit === undefined || this.usage().memory <= this.memoryLimit) return
    this.outOfMemory = true
    process.kernel.onOutOfMemory?.(process)
    process.receive("SIGKILL")
  }

  remove(process: KernelProcess): void {
    if (this.host) this.#pastCpu += process.info().cpuTime
    this.#table.delete(process.pid)
    this.host?.removeByHostPid(process.hostPid)
  }

  removeByHostPid(hostPid: number): void {
    this.#table.delete(hostPid)
  }

  find(pid: number): KernelProcess | undefined {
    return this.#table.get(pid)
  }

  /** Living members of a process group. */
  group(group: number): KernelProcess[] {
    const members: KernelProcess[] = []
    for (const process of this.#table.values())
      if (process.processGroup === group && !process.exitStatus && this.#sees(process)) members.push(process)
    return members
  }

  // Group numbers are those of the process's own namespace: the machine's table also lists containers' processes.
  #sees(process: KernelProcess): boolean {
    return this.host !== undefined || process.namespace === this || process.namespace.host === undefined
  }

  all(): IterableIterator<KernelProcess> {
    return this.#table.values()
  }

  signalGroup(group: number, signal: Signal): void {
    for (const process of this.group(group)) process.receive(signal)
  }

  /** Rows of ps. The machine sees containers' processes by its own numbers. */
  list(): ProcessInfo[] {
    const rows: ProcessInfo[] = []
    for (const [pid, process] of this.#table) {
      const info = process.info()
      rows.push(process.pid === pid ? info : { ...info, pid, ppid: process.parent?.hostPid ?? 1 })
    }
    if (this.showsInit) rows.push(...this.#systemRows())
    return rows.sort((a, b) => a.pid - b.pid)
  }

  /** What a machine runs that is not simulated: systemd and a thread of the kernel. */
  #systemRows(): ProcessInfo[] {
    const row = (pid: number, ppid: number, name: string, argv: readonly string[], rss: number): ProcessInfo => ({
      pid,
      ppid,
      name,
      processGroup: pid === 1 ? 1 : 0,
      session: pid === 1 ? 1 : 0,
      credentials: ROOT,
      argv,
      state: "S",
      startedAt: this.since,
      cpuTime: pid === 1 ? 900 : 0,
      rss,
      tty: undefined,
    })
    return [row(1, 0, "systemd", ["/sbin/init"], 12_800), row(2, 0, "kthreadd", ["[kthreadd]"], 0)]
  }

  /** As a row of ps, what `pid` is when it is no simulated process. */
  unsimulated(pid: number): ProcessInfo | undefined {
    return !this.showsInit || pid > 2 ? undefined : this.#systemRows().find((one) => one.pid === pid)
  }
}
