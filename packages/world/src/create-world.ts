/** A learner's world: machines, cluster, terminals, inputs. */
import { Digest, Simulation } from "@drydock/sim"
import { SimulatedCluster, validityProblem } from "@drydock/kubernetes"
import { bodyText, Fabric, SimulatedMachine, type Tty } from "@drydock/machine"
import type { CommandHook } from "@drydock/shell"
import { provideEngines } from "./container-engines.ts"
import { bootCluster, HOLLOW_CAPACITY } from "./boot.ts"
import type { HostRequest, LoggedInput, Recording, ScriptResult, ShellSession, World, WorldInput, WorldOptions } from "./contract.ts"
import { ActiveFaults } from "./faults.ts"
import { writeControlPlaneFiles, writeKubeconfigs, writeNodeFiles } from "./kubeadm-files.ts"
import { couldBePublic, isPublicHost, publicInternet } from "./internet.ts"
import { binaryAt, type BinaryPlace, binaryPaths, type MachineRole } from "./machine-binaries.ts"
import { machineLayer } from "./machine-layer.ts"
import { provideLogs } from "./log-files.ts"
import { providePrograms } from "./machine-programs.ts"
import { WorldNode } from "./node.ts"
import { ScreenRequests } from "./screen-requests.ts"
import { runScript } from "./scripts.ts"
import { addressOf, podCidrOf, podPrefixOf, portOf, SERVICE_CIDR, type Topology, topologyOf, VERSION } from "./topologies.ts"
import { TraceBuffer } from "./trace-buffer.ts"
import { WorldTerminals } from "./world-terminals.ts"
import { typedSession } from "./typed-session.ts"

/** Version of the simulation: a recording names the one that made it. */
/** Of the machines of a named topology, bytes: small ones of a little over 2 GiB, as hosted labs have them, so that a cluster can be filled. */
const LAB_MEMORY = 2_199_000 * 1024

export const ENGINE = "1"

class SimulatedWorld implements World {
  readonly sim: Simulation
  readonly options: WorldOptions
  readonly machines = new Map<string, SimulatedMachine>()
  readonly nodes = new Map<string, WorldNode>()
  readonly cluster: SimulatedCluster | undefined
  readonly trace: TraceBuffer
  readonly #fabric: Fabric
  readonly #topology: Topology
  readonly #faults: ActiveFaults
  readonly #screen = new ScreenRequests()
  readonly #terminals = new WorldTerminals((terminal, data) => {
    for (const listener of [...this.#output]) listener(terminal, data)
  })
  readonly #output = new Set<(terminal: string, data: Uint8Array) => void>()
  readonly #inputs: LoggedInput[] = []

  constructor(options: WorldOptions) {
    this.options = options
    this.#topology = topologyOf(options.topology)
    const { names, kubernetes } = this.#topology
    this.sim = new Simulation(options.seed, options.startedAt)
    this.trace = new TraceBuffer(this.sim)
    this.#fabric = new Fabric({
      sim: this.sim,
      internet: ({ host, path, tls }) => {
        const url = `${tls ? "https" : "http"}://${host.replace(/:\d+$/, "")}${path}`
        const content = options.internet?.(url) ?? publicInternet(url)
        return content === undefined
          ? { status: 404, headers: {}, body: "404 page not found\n" }
          : { status: 200, headers: {}, body: content }
      },
      verify: ({ certificate, authority, now }) => {
        const own = this.cluster?.authority
        // Who asks for this authority alone takes nothing of another; what another signed is for those who asked for that.
        const isStrange =
          own &&
          certificate &&
          authority &&
          (own.identify(certificate) ? !authority.includes(own.certificate.trim()) : authority.trim() === own.certificate.trim())
        const problem = validityProblem(certificate, now) ?? (isStrange ? "x509: certificate signed by unknown authority" : undefined)
        return problem && `tls: failed to verify certificate: ${problem}`
      },
      internetNames: (name) => (isPublicHost(name) || (options.internet && couldBePublic(name)) ? "203.0.113.10" : undefined),
    })
    const [first] = names
    if (kubernetes)
      this.cluster = new SimulatedCluster({
        sim: this.sim,
        trace: this.trace,
        version: VERSION,
        apiServer: { address: addressOf(0), port: portOf(this.#topology) },
        podCidr: podCidrOf(names.length),
        serviceCidr: SERVICE_CIDR,
        dnsDomain: "cluster.local",
        forward: ({ address, port, method, path, headers, body, timeout = 30_000, tls }, done) => {
          const machine = this.machines.get(first) as SimulatedMachine
          const payload = body === undefined ? {} : { body: typeof body === "string" || body instanceof Uint8Array ? body : { json: body } }
          machine.network.exchange(address, port, { method, path, headers, ...payload }, { timeout, ...(tls && { tls }) }, (result) => {
            if ("error" in result)
              done({
                error:
                  result.error === "TLS"
                    ? (result.message ?? "")
                    : result.error === "ECONNREFUSED"
                      ? `dial tcp ${address}:${port}: connect: connection refused`
                      : `dial tcp ${address}:${port}: i/o timeout`,
              })
            else done({ status: result.status, headers: result.headers, body: bodyText(result.body) })
          })
        },
      })
    for (const [index, name] of names.entries()) this.#addMachine(name, index)
    for (const file of options.files ?? []) this.#placeFile(file)
    this.#faults = new ActiveFaults({ sim: this.sim, fabric: this.#fabric, machines: this.machines })
  }

  #addMachine(name: string, index: number): void {
    const address = addressOf(index)
    const { cluster } = this
    const control = index === 0
    const isNode = cluster !== undefined && !this.#topology.hollow
    const roles: MachineRole[] = ["machine"]
    if (cluster) roles.push("cluster")
    if (isNode) roles.push("node")
    if (isNode && control) roles.push("control")
    const machine: SimulatedMachine = new SimulatedMachine({
      sim: this.sim,
      name,
      fabric: this.#fabric,
      // Machines without an inside are all of one make.
      layer: this.#topology.hollow
        ? machineLayer(binaryPaths(roles), "node", [])
        : machineLayer(
            binaryPaths(roles),
            name,
            this.#topology.names.map((host, at) => ({ name: host, address: addressOf(at) })),
          ),
      capacity: this.#topology.hollow
        ? HOLLOW_CAPACITY
        : { cpus: 2, memory: typeof this.options.topology === "string" ? LAB_MEMORY : 4 * 1024 ** 3 },
      interfaces: [
        { name: "lo", address: "127.0.0.1", prefix: 8, mac: "00:00:00:00:00:00", up: true },
        {
          name: "enp1s0",
          address,
          prefix: 24,
          mac: `02:42:${address
            .split(".")
            .map((part) => Number(part).toString(16).padStart(2, "0"))
            .join(":")}`,
          up: true,
        },
      ],
    })
    this.machines.set(name, machine)
    machine.onBoot = () => this.#terminals.reopen(machine)
    machine.namespace.showsInit = true
    for (const tables of ["/etc/cron.d", "/var/spool/cron/crontabs"]) machine.files.watch(tables, () => machine.systemd.start("cron"))
    provideEngines(machine, index)
    machine.files.write("/etc/hostname", `${name}\n`)
    machine.files.write(
      "/etc/hosts",
      `127.0.0.1 localhost\n127.0.1.1 ${name}\n${this.#topology.names.map((other, at) => `${addressOf(at)} ${other}\n`).join("")}`,
    )
    if (!this.#topology.hollow) provideLogs(machine, () => this.nodes.get(name)?.runtime)
    providePrograms(machine.network, (path) => binaryAt(path, this.#place(machine, control)))
    if (!cluster) return
    writeKubeconfigs(machine, cluster, control)
    if (!isNode) return
    this.nodes.set(name, new WorldNode({ machine, cluster, address, podPrefix: podPrefixOf(index), others: () => this.#othersOf(index) }))
    writeNodeFiles(machine, cluster)
    if (control) writeControlPlaneFiles(machine, cluster)
  }

  #othersOf(index: number): { address: string; podPrefix: string }[] {
    return this.#topology.names.flatMap((_, at) => (at === index ? [] : [{ address: addressOf(at), podPrefix: podPrefixOf(at) }]))
  }

  #place(machine: SimulatedMachine, control: boolean): BinaryPlace {
    const node = () => {
      const found = this.nodes.get(machine.name)
      if (!found) throw new Error(`${machine.name} is no node`)
      return found
    }
    return {
      machine,
      screen: this.#screen,
      onCommand: this.#commandHook(machine),
      nodes: this.#topology.names.length,
      node,
      tools: () => ({
        cluster: this.cluster as SimulatedCluster,
        node: node(),
        control,
        server: addressOf(0),
        since: this.options.startedAt,
      }),
    }
  }

  #placeFile({ path, content, mode, machine }: NonNullable<WorldOptions["files"]>[number]): void {
    const target = this.machines.get(machine ?? this.#topology.names[0])
    if (!target) throw new Error(`file ${path}: there is no machine "${machine}"`)
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (parent) target.files.mkdir(parent, { parents: true })
    target.files.write(path, content, { mode: mode ?? 0o644 })
  }

  boot(): void {
    for (const _ of this.booting());
  }

  *booting(): Generator<undefined, void> {
    const { cluster } = this
    if (cluster)
      yield* bootCluster({
        cluster,
        topology: this.#topology,
        addons: this.options.addons ?? [],
        machines: this.machines,
        now: () => this.sim.now(),
        run: (until) => void this.run({ until }),
      })
    else {
      for (const machine of this.machines.values()) machine.boot()
      this.run({ until: this.sim.now() + 1_000 })
    }
    this.trace.clear()
  }

  run(limits: { until: number; events?: number; stop?: () => boolean }) {
    return this.sim.run(limits)
  }

  #machine(name: string | undefined): SimulatedMachine {
    const machine = this.machines.get(name ?? this.#topology.names[0])
    if (!machine) throw new Error(`there is no machine "${name}"`)
    return machine
  }

  input(input: WorldInput): void {
    // Everything due comes first, so that a replay, which runs up to each input's time, takes the same turns.
    this.sim.run({ until: this.sim.now() })
    this.#inputs.push({ at: this.sim.now(), input })
    switch (input.kind) {
      case "open-terminal":
        this.#terminals.open(input.terminal, {
          machine: this.#machine(input.machine),
          user: input.user,
          columns: input.columns,
          rows: input.rows,
        })
        break
      case "keys":
        this.#terminals.get(input.terminal)?.input(input.data)
        break
      case "resize":
        this.#terminals.get(input.terminal)?.resize(input.columns, input.rows)
        break
      case "close-terminal":
        this.#terminals.close(input.terminal)
        break
      case "write-file":
        this.#placeFile({ path: input.path, content: input.content, machine: input.machine })
        break
      case "script":
        this.script({ machine: input.machine, script: input.script, ...(input.user && { user: input.user }) }, () => {})
        break
      case "api":
        this.cluster?.handle({ ...input.request, user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] } })
        break
      case "fault":
        this.#faults.apply(input.name, input.target, input.parameters)
        this.trace.emit({ from: "client", to: "container", verb: "fault", detail: `${input.name} ${input.target}` })
        break
      case "editor-closed":
        this.#screen.editorClosed(input.editor)
        break
    }
  }

  get faults(): World["faults"] {
    return this.#faults.active
  }

  onOutput(listener: (terminal: string, data: Uint8Array) => void): () => void {
    this.#output.add(listener)
    return () => this.#output.delete(listener)
  }

  tty(terminal: string): Tty | undefined {
    return this.#terminals.get(terminal)
  }

  script(options: Parameters<World["script"]>[0], done: (result: ScriptResult) => void): void {
    runScript(this.#machine(options.machine), options, done)
  }

  shellSession(options: { machine?: string; user?: string }): ShellSession {
    const machine = this.#machine(options.machine)
    return typedSession(machine, options.user, this.#commandHook(machine))
  }

  /** Each command line that a learner finished is told to the trace. */
  #commandHook(machine: SimulatedMachine): CommandHook {
    return (_, line, exit) =>
      this.trace.emit({ from: "shell", to: "shell", instance: machine.name, verb: "command", detail: `${exit} ${line}` })
  }

  onHostRequest(listener: (request: HostRequest) => void): () => void {
    return this.#screen.onRequest(listener)
  }

  editorClosed(id: number): void {
    this.input({ kind: "editor-closed", editor: id })
  }

  hash(): string {
    const digest = new Digest()
    this.sim.digest(digest)
    if (this.cluster) digest.add(this.cluster.etcd.hash())
    for (const machine of this.machines.values()) machine.digest(digest)
    return digest.toString()
  }

  recording(): Recording {
    const { internet: _, ...options } = this.options
    return { engine: ENGINE, options, inputs: [...this.#inputs], until: this.sim.now() }
  }

  footprint(): Readonly<Record<string, number>> {
    return {
      etcd: this.cluster?.etcd.size ?? 0,
      files: [...this.machines.values()].reduce((sum, machine) => sum + machine.volume.bytesUsed, 0),
      trace: this.trace.events.length * 200,
    }
  }
}

export const createWorld = (options: WorldOptions): World => new SimulatedWorld(options)
