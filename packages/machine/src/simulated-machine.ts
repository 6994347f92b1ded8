/** A simulated machine: kernel, files, network, systemd and journal put together. */
import { Digest, FewEntries, type RandomStream, type Simulation } from "@drydock/sim"
import type { Machine, MachineLimits, Namespaces, Started, StartOptions } from "./contract.ts"
import type { ControlGroup } from "./files/control-groups.ts"
import { contentBytes, type Inode, type Provider } from "./files/inode.ts"
import type { Layer } from "./files/layer.ts"
import { MadeMount, MountNamespace } from "./files/mounts.ts"
import { deviceInodes, procRoot, sysRoot, systemInode } from "./files/proc.ts"
import { FilesView, ROOT_VIEWER } from "./files/view.ts"
import { Volume } from "./files/volume.ts"
import { SystemError } from "./kernel/errno.ts"
import { HostOutput, hostInput, NO_INPUT, NO_OUTPUT } from "./kernel/host-files.ts"
import { Kernel } from "./kernel/kernel.ts"
import type { KernelProcess } from "./kernel/kernel-process.ts"
import type { OpenFile } from "./kernel/open-file.ts"
import { ProcessNamespace } from "./kernel/process-namespace.ts"
import type { Process, ProcessInfo, Program, Steps } from "./kernel/process.ts"
import type { Signal } from "./kernel/signals.ts"
import type { HttpResponse, NetworkInterface } from "./network/contract.ts"
import type { Fabric } from "./network/fabric.ts"
import type { Namespace } from "./network/namespace.ts"
import { BoundedJournal } from "./systemd/journal.ts"
import { Manager } from "./systemd/manager.ts"
import { Terminal } from "./tty/terminal.ts"

export const DEFAULT_LIMITS: MachineLimits = {
  fuelPerSecond: 50_000,
  processes: 512,
  openFiles: 256,
  diskBytes: 64 * 1024 * 1024,
  fileBytes: 16 * 1024 * 1024,
  inodes: 20_000,
  outputPerSecond: 512 * 1024,
}

/** A node's disk, what Linux, containerd and images take of it, and what the system takes of memory; bytes. */
const DISK_BYTES = 40 * 1024 ** 3
const SYSTEM_BYTES = 5 * 1024 ** 3
const SYSTEM_MEMORY = 262 * 1024 ** 2

export interface MachineOptions {
  sim: Simulation
  name: string
  fabric: Fabric
  layer: Layer
  interfaces: readonly NetworkInterface[]
  limits?: Partial<MachineLimits>
  capacity?: { cpus: number; memory: number; disk?: number }
  kernelVersion?: string
}

/** A container's part of a machine. */
export class ContainerNamespaces implements Namespaces {
  readonly processes: ProcessNamespace
  readonly #destroy: () => void

  constructor(processes: ProcessNamespace, destroy: () => void) {
    this.processes = processes
    this.#destroy = destroy
  }

  get files(): FilesView {
    return this.processes.files
  }

  get network(): Namespace {
    return this.processes.network as Namespace
  }

  get hostname(): string {
    return this.processes.hostname
  }

  destroy(): void {
    this.#destroy()
  }
}

/** Lines of /proc/mounts of every Ubuntu, after / and the trees that are simulated. */
const SYSTEM_MOUNTS = [
  "devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000 0 0",
  "tmpfs /run tmpfs rw,nosuid,nodev,size=224432k,mode=755,inode64 0 0",
  "tmpfs /dev/shm tmpfs rw,nosuid,nodev,inode64,size=1122152k 0 0",
  "tmpfs /run/lock tmpfs rw,nosuid,nodev,noexec,relatime,size=5120k,inode64 0 0",
  "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot 0 0",
  "bpf /sys/fs/bpf bpf rw,nosuid,nodev,noexec,relatime,mode=700 0 0",
]

/** What a reboot takes until the machine is down, and then until its units are started, ms. */
const SHUTDOWN_MS = 1_000
const BOOT_MS = 15_000

/** A number of RFC 4122's form out of a text. */
const uuidOf = (text: string): string => {
  const hex = [0, 1]
    .map((part) => new Digest().add(`${part}${text}`).toString())
    .join("")
    .padEnd(32, "0")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export class SimulatedMachine implements Machine {
  readonly name: string
  readonly sim: Simulation
  readonly limits: MachineLimits
  readonly capacity: { cpus: number; memory: number; disk?: number }
  readonly kernelVersion: string
  readonly fabric: Fabric
  readonly volume: Volume
  readonly files: FilesView
  readonly network: Namespace
  readonly systemd: Manager
  readonly journal = new BoundedJournal()
  readonly kernel: Kernel
  readonly namespace: ProcessNamespace
  readonly #random: RandomStream
  readonly #terminals = new Map<string, Terminal>()
  #nextTerminal = 0
  #deviceTable: Readonly<Record<string, () => Inode>> | undefined
  #bootedAt: number
  running = true
  /** What runs here and is no simulated process: bytes. */
  backgroundMemory: (() => number) | undefined
  /** Called when its units are started. */
  onBoot: (() => void) | undefined
  /** Control groups that are no unit's: a container's, and those above them. */
  containerGroups: (() => readonly ControlGroup[]) | undefined
  /** Lines of /proc/mounts for what is mounted and no mount of a view. */
  containerMounts: (() => readonly string[]) | undefined
  /** Of /proc/sys, what was changed. */
  #settings: Map<string, string> | undefined
  /** What lies on the disk and is no simulated file: bytes. */
  backgroundDisk: (() => number) | undefined

  constructor(options: MachineOptions) {
    this.name = options.name
    this.sim = options.sim
    this.fabric = options.fabric
    this.limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.capacity = options.capacity ?? { cpus: 2, memory: 4 * 1024 ** 3 }
    this.kernelVersion = options.kernelVersion ?? "6.8.0-94-generic"
    this.#bootedAt = options.sim.now()
    this.#random = options.sim.random(`machine/${options.name}`)
    this.kernel = new Kernel(options.sim, this.limits, this.#random)
    this.volume = this.createVolume({ device: "/dev/vda1", type: "ext4", layer: options.layer })
    this.files = new FilesView(new MountNamespace(this.volume), ROOT_VIEWER)
    this.network = options.fabric.createNamespace({
      name: options.name,
      host: options.name,
      interfaces: options.interfaces,
      kernel: {
        running: () => this.kernel.running,
        run: (steps, owner, done) => this.#runThread(steps, owner, done),
        find: (pid) => this.namespace.find(pid),
        readFile: (path) => (this.files.exists(path) ? this.files.readText(path) : undefined),
        now: () => this.now(),
      },
    })
    this.namespace = new ProcessNamespace({ files: this.files, network: this.network, hostname: options.name })
    this.namespace.since = this.#bootedAt
    this.kernel.machine = this.namespace
    this.mountSystem(this.files, () => this.namespace)
    this.systemd = new Manager(this, this.journal)
    this.kernel.onEnd = (process) => this.#closeSockets(process)
    this.kernel.onOutOfMemory = (process) => this.#logKill(process)
    this.kernel.onCrash = (process, error) =>
      this.journal.append({
        at: this.sim.now(),
        unit: "kernel",
        identifier: "kernel",
        pid: 0,
        priority: 3,
        message: `${process.argv[0]}[${process.hostPid}]: ${error instanceof Error ? error.message : String(error)}`,
      })
  }

  /** As mm/oom_kill.c and mm/memcontrol.c have it. */
  #logKill(process: KernelProcess): void {
    const name = (process.argv[0] ?? "").split("/").at(-1)?.slice(0, 15) ?? ""
    const { uid } = process.credentials
    const group = this.#cgroupOf(process)
    const limit = Math.floor((process.namespace.memoryLimit ?? 0) / 1024)
    const rss = process.residentKib
    for (const message of [
      `${name} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=${process.namespace.sacrifice ?? 0}`,
      `memory: usage ${limit}kB, limit ${limit}kB, failcnt 41`,
      `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${group.split("/").at(-1)},mems_allowed=0,oom_memcg=${group},task_memcg=${group},task=${name},pid=${process.hostPid},uid=${uid}`,
      `Memory cgroup out of memory: Killed process ${process.hostPid} (${name}) total-vm:${rss * 4}kB, anon-rss:${rss}kB, file-rss:0kB, shmem-rss:0kB, UID:${uid} pgtables:${Math.ceil(rss / 512) * 4}kB oom_score_adj:${process.namespace.sacrifice ?? 0}`,
    ])
      this.journal.append({ at: this.sim.now(), unit: "kernel", identifier: "kernel", pid: 0, priority: 4, message })
  }

  /** The machine's clock, ms since the epoch. */
  now(): number {
    return this.sim.now() + this.kernel.skew
  }

  /** Sets the machine's clock `ms` ahead of the world's (behind, when negative). */
  skewClock(ms: number): void {
    this.kernel.skew = ms
    this.journal.skew = ms
  }

  /** Bytes of the disk, and those in use: the system's own, and what was written. */
  get disk(): { size: number; used: number } {
    return {
      size: this.capacity.disk ?? DISK_BYTES,
      used: SYSTEM_BYTES + (this.backgroundDisk?.() ?? 0) + this.volume.bytesUsed + this.volume.bytesAllocated,
    }
  }

  /** Bytes of memory in use: the system's own, that of its processes, and what `backgroundMemory` says. */
  get memoryUsed(): number {
    let used = SYSTEM_MEMORY + (this.backgroundMemory?.() ?? 0)
    for (const process of this.namespace.all()) if (!process.exitStatus) used += process.residentKib * 1024
    return used
  }

  createVolume(options: { device: string; type: string; layer?: Layer }): Volume {
    return new Volume({
      ...options,
      limits: { bytes: this.limits.diskBytes, fileBytes: this.limits.fileBytes, inodes: this.limits.inodes },
      now: () => this.now(),
      // Images and containers lie on the same disk as everything else.
      ...(["ext4", "overlay"].includes(options.type) && { disk: () => this.disk }),
    })
  }

  /** /proc, /dev and /sys as every root has them. */
  mountSystem(files: FilesView, namespace: () => ProcessNamespace): void {
    // Most containers never look into theirs: each tree is made when it is first walked.
    const special = (path: string, type: string, make: () => Inode) => {
      files.attach(path, new MadeMount(this.volume, type, type, type === "proc", make))
    }
    special("/proc", "proc", () =>
      procRoot(
        {
          ...this.capacity,
          running: () => this.kernel.running,
          kernelVersion: this.kernelVersion,
          bootedAt: () => this.#bootedAt,
          now: () => this.sim.now(),
          memoryUsed: () => this.memoryUsed,
          cpuUsed: () => {
            let used = 900
            for (const process of this.namespace.all()) used += process.info().cpuTime
            return used
          },
          settings: { changed: (name) => this.#settings?.get(name), change: (name, value) => this.setKernel(name, value) },
          cgroupOf: (process) => this.#cgroupOf(process),
          extraMounts: () => [...SYSTEM_MOUNTS, ...(this.containerMounts?.() ?? [])],
          openFiles: this.limits.openFiles,
          processes: this.limits.processes,
          numberOf: (one) => this.#numberOf(one),
          bootId: () => this.bootId,
        },
        namespace,
      ),
    )
    special("/sys", "sysfs", () =>
      sysRoot(namespace, {
        now: () => this.sim.now(),
        bootedAt: () => this.#bootedAt,
        cpus: this.capacity.cpus,
        groups: () => this.controlGroups(),
        uuid: () => uuidOf(this.name),
      }),
    )
    special("/dev", "devtmpfs", () => this.#devices())
  }

  /** Gives the directory at `path` names that are made when they are looked up, beside those that somebody puts there. */
  provide(path: string, provider: Provider): void {
    const directory = this.files.own(this.files.place(path))
    directory.children ??= new FewEntries<Inode>()
    directory.provider = provider
  }

  #numbers: { of: WeakMap<object, number>; next: number } | undefined

  #numberOf(one: object): number {
    this.#numbers ??= { of: new WeakMap(), next: 4_026_532_200 }
    let number = this.#numbers.of.get(one)
    if (number === undefined) this.#numbers.of.set(one, (number = this.#numbers.next++))
    return number
  }

  /** Writes a setting of /proc/sys ("net/ipv4/ip_forward"). */
  setKernel(name: string, value: string): void {
    ;(this.#settings ??= new Map()).set(name, value)
    if (name === "net/ipv4/ip_forward" || name === "net/ipv4/conf/all/forwarding") {
      this.#settings.set("net/ipv4/ip_forward", value)
      this.#settings.set("net/ipv4/conf/all/forwarding", value)
      this.network.forwards = value !== "0"
    }
  }

  /** All control groups: systemd's units and sessions, and those of containers. */
  controlGroups(): readonly ControlGroup[] {
    const byGroup = new Map<string, number[]>()
    const services = new Map(this.systemd.units().flatMap((unit) => [[this.systemd.state(unit).mainPid, unit] as const]))
    for (const process of this.namespace.all()) {
      if (process.namespace.host || process.exitStatus) continue
      const path = this.#groupOf(process, services)
      byGroup.set(path, [...(byGroup.get(path) ?? []), process.hostPid])
    }
    return [
      { path: "init.scope", processes: [1] },
      { path: "system.slice" },
      { path: "user.slice" },
      ...[...byGroup].map(([path, processes]) => ({ path, processes })),
      ...(this.containerGroups?.() ?? []),
    ]
  }

  /** A session is a unit's, by the process that leads it, or a login's. */
  #groupOf(process: KernelProcess, services: ReadonlyMap<number, string>): string {
    const unit = services.get(process.session)
    return unit !== undefined ? `system.slice/${unit}` : `user.slice/user-${process.credentials.uid}.slice/session-1.scope`
  }

  #cgroupOf(process: KernelProcess | undefined): string {
    if (!process) return "/init.scope"
    if (process.namespace.host) {
      const found = this.containerGroups?.().find(({ namespace }) => namespace === process.namespace)
      return `/${found?.path ?? ""}`
    }
    const services = new Map(this.systemd.units().flatMap((unit) => [[this.systemd.state(unit).mainPid, unit] as const]))
    return `/${this.#groupOf(process, services)}`
  }

  /** Devices are made when they are looked up; what is written beside them stays, as /dev/termination-log. */
  #devices(): Inode {
    return systemInode("directory", 0o755, {
      children: new Map([["shm", systemInode("directory", 0o1777, {})]]),
      provider: { list: () => Object.keys(this.#device()), lookup: (name) => this.#deviceNamed(name) },
    })
  }

  #deviceNamed(name: string): Inode | undefined {
    const devices = this.#device()
    return Object.hasOwn(devices, name) ? devices[name]() : undefined
  }

  #device(): Readonly<Record<string, () => Inode>> {
    const descriptor = (fd: number) => () => systemInode("character-device", 0o666, { device: () => this.#descriptor(fd) })
    return (this.#deviceTable ??= {
      ...deviceInodes(
        () => this.#random.number(),
        () => (this.kernel.running?.tty as Terminal | undefined)?.open(),
      ),
      pts: () =>
        systemInode("directory", 0o755, {
          provider: {
            list: () => [...this.#terminals.keys()].map((name) => name.slice(4)),
            lookup: (name) => {
              const terminal = this.#terminals.get(`pts/${name}`)
              return terminal && systemInode("character-device", 0o620, { device: () => terminal.open() })
            },
          },
        }),
      stdin: descriptor(0),
      stdout: descriptor(1),
      stderr: descriptor(2),
      fd: () =>
        systemInode("directory", 0o555, {
          provider: {
            list: () => [...(this.kernel.running?.fds.keys() ?? [])].map(String),
            lookup: (name) => (/^\d+$/.test(name) && this.kernel.running?.fds.has(Number(name)) ? descriptor(Number(name))() : undefined),
          },
        }),
    })
  }

  #descriptor(fd: number): OpenFile {
    const file = this.kernel.running?.fds.get(fd)
    if (!file) throw new SystemError("ENOENT")
    return file
  }

  /** A network of its own on this machine, as CNI gives a pod. */
  createNetwork(options: { name: string; interfaces: readonly NetworkInterface[] }): Namespace {
    return this.fabric.createNamespace({ ...options, host: this.name, node: this.network })
  }

  #runThread(steps: Steps<HttpResponse>, owner: KernelProcess | undefined, done: (response: HttpResponse | undefined) => void): void {
    let response: HttpResponse | undefined
    const answer: Program = function* () {
      response = yield* steps
      return 0
    }
    const thread = owner
      ? this.kernel.spawnThread(owner, answer)
      : this.kernel.spawn(this.namespace, answer, { argv: ["kthread"], fds: new Map(), cwd: "/" })
    thread.onExit = () => done(response)
  }

  start(program: Program | string, options: StartOptions): Started {
    const processes = (options.namespaces as ContainerNamespaces | undefined)?.processes ?? this.namespace
    const loaded =
      typeof program === "string" ? this.kernel.executable(processes.files, program, options.argv) : { program, argv: options.argv }
    const fds = new Map<number, OpenFile>()
    let input: ReturnType<typeof hostInput> | undefined
    const terminal = options.tty as Terminal | undefined
    if (terminal) for (const fd of [0, 1, 2]) fds.set(fd, terminal.open())
    if (!terminal || options.onStdout) {
      if (options.stdin === undefined && !terminal) fds.set(0, NO_INPUT)
      else if (!terminal) {
        input = hostInput(options.stdin ?? "")
        fds.set(0, input.file)
      }
      fds.set(1, options.onStdout ? new HostOutput(options.onStdout) : NO_OUTPUT)
      fds.set(2, options.onStderr ? new HostOutput(options.onStderr) : NO_OUTPUT)
    }
    const process = this.kernel.spawn(processes, loaded.program, {
      argv: loaded.argv,
      env: options.env ?? (() => new Map()),
      cwd: options.cwd ?? "/",
      fds,
      credentials: options.credentials ?? { uid: 0, gid: 0, groups: [0] },
      session: terminal ?? "new",
    })
    process.onExit = options.onExit
    input?.flush()
    return {
      pid: process.hostPid,
      process,
      kill: (signal) => process.receive(signal),
      input: (data) => input?.feed(typeof data === "string" ? new TextEncoder().encode(data) : data),
      end: () => input?.end(),
    }
  }

  #closeSockets(process: KernelProcess): void {
    if (process.owner) return
    ;(process.network as Namespace).closeListenersOf(process)
    for (const connection of [...(process.connections ?? [])]) connection.destroy()
  }

  openTty({ columns, rows }: { columns: number; rows: number }): Terminal {
    const name = `pts/${this.#nextTerminal++}`
    const terminal = new Terminal({
      name,
      columns,
      rows,
      namespace: this.namespace,
      sim: this.sim,
      outputPerSecond: this.limits.outputPerSecond,
    })
    this.#terminals.set(name, terminal)
    return terminal
  }

  closeTty(terminal: Terminal): void {
    terminal.hangUp()
    this.#terminals.delete(terminal.name)
  }

  processes(): readonly ProcessInfo[] {
    return this.namespace.list()
  }

  kill(pid: number, signal: Signal): void {
    const process = this.namespace.find(pid)
    if (!process) throw new SystemError("ESRCH")
    process.receive(signal)
  }

  createNamespaces(options: {
    hostname: string
    files: FilesView
    network?: Namespace
    sharePids?: Namespaces
    hostPids?: boolean
  }): ContainerNamespaces {
    const processes = new ProcessNamespace({
      files: options.files,
      network: options.network ?? this.network,
      hostname: options.hostname,
      ...(!options.hostPids && { host: this.namespace }),
      ...(options.sharePids && { share: (options.sharePids as ContainerNamespaces).processes }),
      ...(options.hostPids && { share: this.namespace }),
    })
    return new ContainerNamespaces(processes, () => {
      for (const process of [...processes.all()]) if (process.namespace === processes) process.receive("SIGKILL")
    })
  }

  /** When it was last switched on, ms since the epoch. */
  get bootedAt(): number {
    return this.#bootedAt
  }

  /** Another one each time that it boots (/proc/sys/kernel/random/boot_id). */
  get bootId(): string {
    return uuidOf(`${this.name} ${this.#bootedAt}`)
  }

  /** Goes down in a moment, and comes up again. */
  restart(): void {
    this.sim.schedule(SHUTDOWN_MS, () => this.halt())
    this.sim.schedule(SHUTDOWN_MS + BOOT_MS, () => this.boot())
  }

  halt(): void {
    if (!this.running) return
    this.running = false
    this.systemd.halt()
    this.kernel.powerOff(this.namespace.all())
    for (const terminal of this.#terminals.values()) terminal.hangUp()
    this.#terminals.clear()
    this.network.up = false
  }

  boot(): void {
    this.running = true
    this.network.up = true
    this.#bootedAt = this.sim.now()
    this.namespace.since = this.#bootedAt
    this.#settings = undefined
    this.network.forwards = true
    this.systemd.boot()
    this.onBoot?.()
  }

  digest(digest: Digest): void {
    digest.add(this.name)
    const add = (inode: Inode, path: string) => {
      if (inode.shared) return
      digest.add(`${path} ${inode.type} ${inode.mode} ${inode.uid} ${inode.gid} ${inode.target ?? ""}`)
      if (inode.type === "file" && typeof inode.content !== "function")
        digest.add(typeof inode.content === "string" ? inode.content : new TextDecoder().decode(contentBytes(inode)))
      for (const name of [...(inode.children?.keys() ?? [])].sort()) add(inode.children?.get(name) as Inode, `${path}/${name}`)
    }
    add(this.volume.root, "")
    for (const { pid, ppid, argv, state, cpuTime } of this.processes()) digest.add(`${pid} ${ppid} ${argv.join(" ")} ${state} ${cpuTime}`)
    for (const { protocol, address, port } of this.network.listeners) digest.add(`${protocol} ${address} ${port}`)
    digest.add(`${this.running} ${this.systemd.summary()}`)
    for (const { at, unit, message } of this.journal.entries) digest.add(`${at} ${unit} ${message}`)
  }
}

export type { Process }
