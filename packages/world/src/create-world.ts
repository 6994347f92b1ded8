/** A learner's world: topology, machines, cluster, terminals, scripts. */
import { Digest, Simulation, type Timer } from "@drydock/sim"
import { controlPlaneManifests, HollowRuntime, kubeconfigText, SimulatedCluster } from "@drydock/kubernetes"
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import { node as nodeKind } from "@drydock/kubernetes/api"
import { kubectlProgram } from "@drydock/kubectl"
import {
  bodyText,
  type ExitStatus,
  Fabric,
  type Program,
  SIGNALS,
  SimulatedMachine,
  type Started,
  type Terminal,
  type Tty,
} from "@drydock/machine"
import { type CommandSource, commandSession, interactiveBash, serviceTools, sshdProgram, toolEntries } from "@drydock/shell"
import type { HostRequest, LoggedInput, Recording, ScriptResult, ShellSession, World, WorldInput, WorldOptions } from "./contract.ts"
import { completeKubectl } from "./kubectl-completion.ts"
import { KUBERNETES_UNITS, machineLayer } from "./machine-layer.ts"
import { WorldNode } from "./node.ts"
import { TraceBuffer } from "./trace-buffer.ts"

const VERSION = "v1.35.6"
const POD_CIDR = "10.244.0.0/16"
const SERVICE_CIDR = "10.96.0.0/12"
/** Virtual time within which a cluster must have come up, ms. */
const BOOT_LIMIT = 600_000
const OUTPUT_KEPT = 256 * 1024
export const ENGINE = "1"

const TOPOLOGIES: Readonly<Record<string, readonly string[]>> = {
  "kubeadm-1node": ["controlplane"],
  "kubeadm-2nodes": ["controlplane", "node01"],
  "docker-host": ["ubuntu"],
}

const ROOT = new Map([
  ["HOME", "/root"],
  ["USER", "root"],
  ["LOGNAME", "root"],
  ["SHELL", "/bin/bash"],
  ["LANG", "C.UTF-8"],
  ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
])

const codeOf = (status: ExitStatus): number =>
  status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0

class SimulatedWorld implements World {
  readonly sim: Simulation
  readonly options: WorldOptions
  readonly machines = new Map<string, SimulatedMachine>()
  readonly nodes = new Map<string, WorldNode>()
  readonly cluster: SimulatedCluster | undefined
  readonly trace: TraceBuffer
  readonly #fabric: Fabric
  readonly #names: readonly string[]
  readonly #hollow: boolean
  readonly #terminals = new Map<string, { tty: Terminal; machine: SimulatedMachine }>()
  readonly #output = new Set<(terminal: string, data: Uint8Array) => void>()
  readonly #hostRequests = new Set<(request: HostRequest) => void>()
  readonly #inputs: LoggedInput[] = []

  constructor(options: WorldOptions) {
    this.options = options
    const { topology } = options
    const names = typeof topology === "string" ? TOPOLOGIES[topology] : topology.nodes
    if (!names)
      throw new Error(`there is no topology "${topology as string}"; there are ${Object.keys(TOPOLOGIES).join(", ")}, or a list of nodes`)
    if (new Set(names).size !== names.length || names.some((name) => !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)))
      throw new Error(`node names must be different and lower-case: ${names.join(", ")}`)
    this.#names = names
    this.#hollow = typeof topology !== "string" && topology.hollow === true
    this.sim = new Simulation(options.seed, options.startedAt)
    this.trace = new TraceBuffer(this.sim)
    this.#fabric = new Fabric({
      sim: this.sim,
      internet: ({ host, path, tls }) => {
        const content = options.internet?.(`${tls ? "https" : "http"}://${host.replace(/:\d+$/, "")}${path}`)
        return content === undefined
          ? { status: 404, headers: {}, body: "404 page not found\n" }
          : { status: 200, headers: {}, body: content }
      },
      internetNames: () => (options.internet ? "203.0.113.10" : undefined),
    })
    const kubernetes = topology !== "docker-host"
    const [first] = names
    if (kubernetes)
      this.cluster = new SimulatedCluster({
        sim: this.sim,
        trace: this.trace,
        version: VERSION,
        apiServer: { address: this.#address(0), port: 6443 },
        podCidr: POD_CIDR,
        serviceCidr: SERVICE_CIDR,
        dnsDomain: "cluster.local",
        forward: ({ address, port, method, path, headers, body }, done) => {
          const machine = this.machines.get(first) as SimulatedMachine
          const payload = body === undefined ? {} : { body: typeof body === "string" || body instanceof Uint8Array ? body : { json: body } }
          machine.network.exchange(address, port, { method, path, headers, ...payload }, { timeout: 30_000 }, (result) => {
            if ("error" in result)
              done({
                error:
                  result.error === "ECONNREFUSED"
                    ? `dial tcp ${address}:${port}: connect: connection refused`
                    : `dial tcp ${address}:${port}: i/o timeout`,
              })
            else done({ status: result.status, headers: result.headers, body: bodyText(result.body) })
          })
        },
      })
    for (const [index, name] of names.entries()) this.#addMachine(name, index)
    for (const file of options.files ?? []) this.#placeFile(file)
  }

  #address(index: number): string {
    return `172.30.${index + 1}.2`
  }

  #addMachine(name: string, index: number): void {
    const address = this.#address(index)
    const machine = new SimulatedMachine({
      sim: this.sim,
      name,
      fabric: this.#fabric,
      layer: machineLayer(),
      capacity: { cpus: 2, memory: 4 * 1024 ** 3 },
      interfaces: [
        { name: "lo", address: "127.0.0.1", prefix: 8, mac: "00:00:00:00:00:00", up: true },
        { name: "enp1s0", address, prefix: 24, mac: `02:42:ac:1e:${(index + 1).toString(16).padStart(2, "0")}:02`, up: true },
      ],
    })
    this.machines.set(name, machine)
    machine.files.write("/etc/hostname", `${name}\n`)
    machine.files.write(
      "/etc/hosts",
      `127.0.0.1 localhost\n127.0.1.1 ${name}\n${this.#names.map((other, at) => `${this.#address(at)} ${other}\n`).join("")}`,
    )
    machine.files.write("/etc/resolv.conf", "nameserver 203.0.113.53\n")
    for (const { path, program } of toolEntries(
      serviceTools(() => machine),
      "/usr/bin",
    ))
      machine.files.install(path, program as Program)
    machine.files.install(
      "/usr/bin/bash",
      interactiveBash({
        onCommand: (_, line, exit) =>
          this.trace.emit({ from: "shell", to: "shell", instance: machine.name, verb: "command", detail: `${exit} ${line}` }),
        completers: new Map([["kubectl", completeKubectl]]),
      }),
    )
    machine.files.install(
      "/usr/sbin/sshd",
      sshdProgram(() => machine),
    )
    if (!this.cluster) return
    machine.files.install("/usr/bin/kubectl", kubectlProgram)
    this.#kubeconfigs(machine, index)
    if (this.#hollow) return
    const worldNode = new WorldNode({ machine, cluster: this.cluster, address, podPrefix: `10.244.${index}` })
    this.nodes.set(name, worldNode)
    const control = index === 0
    const { cluster } = this
    machine.files.install(
      "/usr/bin/kubelet",
      worldNode.kubeletProgram(
        control
          ? {
              labels: { "node-role.kubernetes.io/control-plane": "", "node.kubernetes.io/exclude-from-external-load-balancers": "" },
              ...(this.#names.length > 1 && { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] }),
            }
          : {},
      ),
    )
    machine.files.install("/usr/bin/containerd", worldNode.containerdProgram())
    for (const unit of KUBERNETES_UNITS) machine.systemd.enable(unit)
    const { authority } = cluster
    machine.files.mkdir("/etc/kubernetes/pki", { parents: true })
    machine.files.write("/etc/kubernetes/pki/ca.crt", () => authority.certificate)
    machine.files.write("/etc/kubernetes/kubelet.conf", () => this.#kubeconfig(`system:node:${name}`, ["system:nodes"]), { mode: 0o600 })
    if (!control) return
    machine.files.write("/etc/kubernetes/pki/ca.key", () => authority.key, { mode: 0o600 })
    machine.files.mkdir("/etc/kubernetes/pki/etcd", { parents: true })
    for (const [file, commonName] of [
      ["apiserver", "kube-apiserver"],
      ["apiserver-etcd-client", "kube-apiserver-etcd-client"],
      ["apiserver-kubelet-client", "kube-apiserver-kubelet-client"],
      ["front-proxy-client", "front-proxy-client"],
      ["etcd/server", name],
      ["etcd/peer", name],
    ]) {
      const issue = once(() =>
        authority.issue({
          commonName,
          usage: "both",
          names: [name, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"],
          addresses: ["10.96.0.1", address, "127.0.0.1"],
        }),
      )
      machine.files.write(`/etc/kubernetes/pki/${file}.crt`, () => issue().certificate)
      machine.files.write(`/etc/kubernetes/pki/${file}.key`, () => issue().key, { mode: 0o600 })
    }
    machine.files.write("/etc/kubernetes/pki/etcd/ca.crt", () => authority.certificate)
    machine.files.write("/etc/kubernetes/pki/sa.pub", () => authority.certificate)
    for (const [file, manifest] of controlPlaneManifests({
      node: name,
      address,
      port: 6443,
      version: VERSION,
      serviceCidr: SERVICE_CIDR,
      podCidr: POD_CIDR,
    }))
      machine.files.write(`/etc/kubernetes/manifests/${file}`, manifest, { mode: 0o600 })
  }

  #kubeconfig(user: string, groups: readonly string[]): string {
    const cluster = this.cluster as SimulatedCluster
    const { certificate, key } = cluster.authority.issue({ commonName: user, organizations: groups, usage: "client" })
    return kubeconfigText({
      server: `https://${this.#address(0)}:6443`,
      authority: cluster.authority.certificate,
      user,
      certificate,
      key,
      encode: encodeBase64,
    })
  }

  #kubeconfigs(machine: SimulatedMachine, index: number): void {
    machine.files.mkdir("/etc/kubernetes", { parents: true })
    machine.files.mkdir("/root/.kube", { parents: true })
    const admin = once(() => this.#kubeconfig("kubernetes-admin", ["system:masters"]))
    machine.files.write("/root/.kube/config", admin, { mode: 0o600 })
    if (index > 0) return
    machine.files.write("/etc/kubernetes/admin.conf", admin, { mode: 0o600 })
    for (const [file, user] of [
      ["controller-manager", "system:kube-controller-manager"],
      ["scheduler", "system:kube-scheduler"],
    ])
      machine.files.write(
        `/etc/kubernetes/${file}.conf`,
        once(() => this.#kubeconfig(user, [])),
        { mode: 0o600 },
      )
  }

  #placeFile({ path, content, mode, machine }: NonNullable<WorldOptions["files"]>[number]): void {
    const target = this.machines.get(machine ?? this.#names[0])
    if (!target) throw new Error(`file ${path}: there is no machine "${machine}"`)
    const parent = path.slice(0, path.lastIndexOf("/"))
    if (parent) target.files.mkdir(parent, { parents: true })
    target.files.write(path, content, { mode: mode ?? 0o644 })
  }

  boot(): void {
    const { cluster } = this
    if (this.#hollow && cluster) this.#bootHollow(cluster)
    for (const machine of this.machines.values()) machine.boot()
    if (!cluster) {
      this.run({ until: this.sim.now() + 1_000 })
      return
    }
    const limit = this.sim.now() + BOOT_LIMIT
    let addons = this.#hollow
    const up = () => {
      if (!cluster.serving) return false
      if (!addons) {
        addons = true
        cluster.installAddons()
      }
      const nodes = cluster.observer.client.list(nodeKind)
      if (
        nodes.length < this.#names.length ||
        !nodes.every(({ status }) => status.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True"))
      )
        return false
      if (this.#hollow) return true
      const pods = cluster.observer.client.raw("GET", "/api/v1/namespaces/kube-system/pods").body as {
        items: { status: { conditions?: { type: string; status: string }[] } }[]
      }
      return (
        pods.items.length >= 6 + this.#names.length &&
        pods.items.every(({ status }) => status.conditions?.some(({ type, status: state }) => type === "Ready" && state === "True"))
      )
    }
    while (!up()) {
      if (this.sim.now() > limit) throw new Error("the cluster did not come up")
      this.run({ until: this.sim.now() + 500 })
    }
    this.trace.clear()
    // The past of the boot has no reader: compacted, as the API server's five-minutely round would have done.
    cluster.etcd.compact(cluster.etcd.revision)
  }

  #bootHollow(cluster: SimulatedCluster): void {
    const [first] = this.#names
    cluster.startEtcd()
    cluster.startApiServer()
    cluster.startControllerManager(first)
    cluster.startScheduler(first)
    const machine = this.machines.get(first) as SimulatedMachine
    machine.network.serve(
      6443,
      (request) => {
        const question = request.path.indexOf("?")
        const answer = cluster.handle({
          method: request.method,
          path: question < 0 ? request.path : request.path.slice(0, question),
          query: question < 0 ? "" : request.path.slice(question + 1),
          headers: request.headers,
          ...(request.body !== undefined && {
            body: typeof request.body === "string" || request.body instanceof Uint8Array ? bodyText(request.body) : request.body.json,
          }),
          ...(request.clientCertificate && { clientCertificate: request.clientCertificate }),
        })
        return hollowHttp(answer)
      },
      { tls: { certificate: "", key: "" } },
    )
    for (const [index, name] of this.#names.entries()) {
      const worldNode = new WorldNode({
        machine: this.machines.get(name) as SimulatedMachine,
        cluster,
        address: this.#address(index),
        podPrefix: `10.244.${index}`,
      })
      const runtime = new HollowRuntime(this.sim, name, "10.0.0.1")
      cluster.startKubelet(
        { ...worldNode.nodeHost, runtime },
        index === 0
          ? {
              labels: { "node-role.kubernetes.io/control-plane": "" },
              taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
            }
          : {},
      )
    }
  }

  run(limits: { until: number; events?: number; stop?: () => boolean }) {
    return this.sim.run(limits)
  }

  #machine(name: string | undefined): SimulatedMachine {
    const machine = this.machines.get(name ?? this.#names[0])
    if (!machine) throw new Error(`there is no machine "${name}"`)
    return machine
  }

  input(input: WorldInput): void {
    this.#inputs.push({ at: this.sim.now(), input })
    switch (input.kind) {
      case "open-terminal": {
        const machine = this.#machine(input.machine)
        const tty = machine.openTty({ columns: input.columns, rows: input.rows })
        this.#terminals.set(input.terminal, { tty, machine })
        tty.onOutput = (data) => {
          for (const listener of [...this.#output]) listener(input.terminal, data)
        }
        machine.start("/usr/bin/bash", { argv: ["-bash"], env: new Map([...ROOT, ["TERM", "xterm-256color"]]), cwd: "/root", tty })
        break
      }
      case "keys":
        this.#terminals.get(input.terminal)?.tty.input(input.data)
        break
      case "resize":
        this.#terminals.get(input.terminal)?.tty.resize(input.columns, input.rows)
        break
      case "close-terminal": {
        const terminal = this.#terminals.get(input.terminal)
        terminal?.machine.closeTty(terminal.tty)
        this.#terminals.delete(input.terminal)
        break
      }
      case "write-file":
        this.#placeFile({ path: input.path, content: input.content, machine: input.machine })
        break
      case "script":
        this.script({ machine: input.machine, script: input.script }, () => {})
        break
      case "api":
        this.cluster?.handle({ ...input.request, user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] } })
        break
      case "fault":
        this.#fault(input.name, input.target)
        break
    }
  }

  #fault(name: string, target: string): void {
    const [machine, what = ""] = target.split("/")
    switch (name) {
      case "stop-unit":
        this.#machine(machine).systemd.stop(what)
        break
      case "start-unit":
        this.#machine(machine).systemd.start(what)
        break
      case "partition":
      case "heal":
        this.#fabric.setLink(machine, what, name === "heal")
        break
      case "power-off":
        this.#machine(machine).halt()
        break
      case "power-on":
        this.#machine(machine).boot()
        break
      default:
        throw new Error(`there is no fault "${name}"`)
    }
  }

  onOutput(listener: (terminal: string, data: Uint8Array) => void): () => void {
    this.#output.add(listener)
    return () => this.#output.delete(listener)
  }

  tty(terminal: string): Tty | undefined {
    return this.#terminals.get(terminal)?.tty
  }

  script(options: Parameters<World["script"]>[0], done: (result: ScriptResult) => void): void {
    const machine = this.#machine(options.machine)
    const begun = this.sim.now()
    const gathered = gatherer()
    let timedOut = false
    let limit: Timer | undefined
    let interrupt: Timer | undefined
    const started: Started = machine.start("/usr/bin/bash", {
      argv: ["bash", "-c", options.script],
      env: ROOT,
      cwd: options.directory ?? "/root",
      stdin: options.stdin ?? "",
      onStdout: gathered.stdout,
      onStderr: gathered.stderr,
      onExit: (status) => {
        this.sim.cancel(limit)
        this.sim.cancel(interrupt)
        done({ ...gathered.result(), exit: timedOut ? 124 : codeOf(status), timedOut, took: this.sim.now() - begun })
      },
    })
    const group = (signal: "SIGINT" | "SIGKILL") => {
      for (const one of machine.processes()) if (one.session === started.process.session) machine.kill(one.pid, signal)
    }
    if (options.timeout !== undefined)
      limit = this.sim.schedule(options.timeout, () => {
        timedOut = true
        group("SIGKILL")
      })
    if (options.interruptAfter !== undefined) interrupt = this.sim.schedule(options.interruptAfter, () => group("SIGINT"))
  }

  shellSession(options: { machine?: string; user?: string }): ShellSession {
    const machine = this.#machine(options.machine)
    const tty = machine.openTty({ columns: 200, rows: 50 })
    let pending: { text: string } | undefined
    let gathered = gatherer()
    let finished: ((exit: number) => void) | undefined
    const listeners = new Set<() => void>()
    const source: CommandSource = {
      next() {
        const given = pending
        pending = undefined
        return given
      },
      queue: undefined as never,
      done: (exit) => finished?.(exit),
    }
    const withQueue: Program = function* (process) {
      const queue = process.queue()
      listeners.add(() => queue.wake())
      return yield* commandSession({ next: source.next, queue, done: source.done }, (_, line, exit) => trace(line, exit))(process)
    }
    const trace = (line: string, exit: number) =>
      this.trace.emit({ from: "shell", to: "shell", instance: machine.name, verb: "command", detail: `${exit} ${line}` })
    tty.modes.echo = false
    machine.start(withQueue, {
      argv: ["-bash"],
      env: new Map([...ROOT, ["TERM", "xterm-256color"]]),
      cwd: "/root",
      tty,
      onStdout: (data) => gathered.stdout(data),
      onStderr: (data) => gathered.stderr(data),
      onExit: (status) => finished?.(codeOf(status)),
    })
    return {
      run: (command, limits, done) => {
        gathered = gatherer()
        const begun = this.sim.now()
        let timedOut = false
        const kill = this.sim.schedule(limits.timeout, () => {
          timedOut = true
          for (const one of machine.processes())
            if (one.tty === tty.name && one.processGroup === tty.foregroundGroup && one.processGroup !== one.session)
              machine.kill(one.pid, "SIGKILL")
          tty.input("\x03")
        })
        const interrupt =
          limits.interruptAfter === undefined ? undefined : this.sim.schedule(limits.interruptAfter, () => tty.input("\x03"))
        finished = (exit) => {
          finished = undefined
          this.sim.cancel(kill)
          this.sim.cancel(interrupt)
          done({ ...gathered.result(), exit: timedOut ? 124 : exit, timedOut, took: this.sim.now() - begun })
        }
        pending = { text: command }
        for (const wake of listeners) wake()
      },
      close: () => machine.closeTty(tty),
    }
  }

  onHostRequest(listener: (request: HostRequest) => void): () => void {
    this.#hostRequests.add(listener)
    return () => this.#hostRequests.delete(listener)
  }

  editorClosed(): void {}

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

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

const gatherer = () => {
  const output = { stdout: "", stderr: "" }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  const take = (stream: "stdout" | "stderr") => (data: Uint8Array) => {
    if (output[stream].length < OUTPUT_KEPT * 16) output[stream] += decoders[stream].decode(data, { stream: true })
  }
  return { stdout: take("stdout"), stderr: take("stderr"), result: () => ({ ...output }) }
}

/** Answers of a hollow control plane, which no process serves: watches are read at once and then end. */
const hollowHttp = (answer: ReturnType<SimulatedCluster["handle"]>) => {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, typeof value === "string" ? value : value.join("\n")]),
  )
  return {
    status: answer.status,
    headers,
    ...(answer.body !== undefined && { body: typeof answer.body === "string" ? answer.body : { json: answer.body } }),
  }
}

export const createWorld = (options: WorldOptions): World => new SimulatedWorld(options)
