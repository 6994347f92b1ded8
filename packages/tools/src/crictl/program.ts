/** crictl: containers, Pods and images of one node, asked of its runtime. As sigs.k8s.io/cri-tools. */
import type { Process, Program, Steps } from "@drydock/machine"
import { goTemplate, goYaml, TemplateError } from "@drydock/gotemplate"
import { type Arguments, parseArguments } from "../arguments.ts"
import { joined } from "../containers/session.ts"
import { columns, humanDuration, humanSize } from "../tables.ts"
import type { Cri, ListedContainer, ListedSandbox } from "./runtime.ts"

const SOCKET = "unix:///run/containerd/containerd.sock"
const SWITCHES = new Set(
  "a all q quiet i t it tty interactive f follow v verbose no-trunc l latest p previous timestamps force h help digests debug prune D s".split(
    " ",
  ),
)
const ID = 13

const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, ID)
const ago = (process: Process, at: number): string => `${humanDuration(process.now() - at)} ago`
const title = (state: string): string => state[0].toUpperCase() + state.slice(1)
const table = (rows: readonly (readonly string[])[]): string => columns(rows, 20, 3)

function* fatal(process: Process, text: string): Steps<number> {
  yield* process.error(`FATA[0000] ${text} \n`)
  return 1
}

/** klog's head: "E0105 08:00:01.000000     842". */
const klogHead = (process: Process): string => {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  return `E${month}${day} ${time}000 ${String(process.pid).padStart(7)}`
}

const notFound = (what: string, id: string): string =>
  `rpc error: code = NotFound desc = an error occurred when try to find ${what} ${JSON.stringify(id)}: not found`

class Crictl {
  readonly process: Process
  readonly cri: Cri

  constructor(process: Process, cri: Cri) {
    this.process = process
    this.cri = cri
  }

  container(id: string | undefined): ListedContainer | undefined {
    if (!id) return undefined
    return this.cri.inventory().containers.find((one) => one.id.startsWith(id))
  }

  sandbox(id: string | undefined): ListedSandbox | undefined {
    if (!id) return undefined
    return this.cri.inventory().sandboxes.find((one) => one.id.startsWith(id))
  }

  *ps(args: Arguments): Steps<number> {
    const { sandboxes, containers } = this.cri.inventory()
    const state = args.flag("state", "s")?.toLowerCase()
    const shown = containers
      .filter((one) => (state ? one.state === state : args.has("a", "all") || one.state === "running"))
      .filter((one) => one.name.includes((args.flag("name") ?? "").replace(/[\^$]/g, "")))
      .filter((one) => one.sandboxId.startsWith(args.flag("p", "pod") ?? ""))
      .filter((one) => one.id.startsWith(args.flag("id") ?? ""))
      .filter((one) => (args.flag("image") ? one.image.includes(args.flag("image") as string) : true))
      .sort((a, b) => b.createdAt - a.createdAt)
    if (args.has("q", "quiet")) {
      yield* this.process.print(shown.map(({ id }) => `${id}\n`).join(""))
      return 0
    }
    const format = args.flag("o", "output")
    if (format === "json" || format === "yaml")
      return yield* this.output(args, { containers: shown.map((one) => this.describe(one, sandboxes)) })
    const rows = shown.map((one) => {
      const pod = sandboxes.find(({ id }) => id === one.sandboxId)
      const id = args.has("no-trunc") ? one.id : short(one.id)
      return [
        id,
        short(one.imageId),
        ago(this.process, one.createdAt),
        title(one.state),
        one.name,
        String(one.attempt),
        short(one.sandboxId),
        pod?.name ?? "unknown",
        pod?.namespace ?? "unknown",
      ]
    })
    yield* this.process.print(table([["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"], ...rows]))
    return 0
  }

  describe(one: ListedContainer, sandboxes: readonly ListedSandbox[]): Record<string, unknown> {
    const pod = sandboxes.find(({ id }) => id === one.sandboxId)
    return {
      id: one.id,
      podSandboxId: one.sandboxId,
      metadata: { name: one.name, attempt: one.attempt },
      image: { image: one.imageId, userSpecifiedImage: one.image },
      imageRef: one.imageId,
      state: `CONTAINER_${one.state.toUpperCase()}`,
      createdAt: String(one.createdAt * 1_000_000),
      labels: {
        "io.kubernetes.container.name": one.name,
        "io.kubernetes.pod.name": pod?.name ?? "",
        "io.kubernetes.pod.namespace": pod?.namespace ?? "",
        "io.kubernetes.pod.uid": pod?.uid ?? "",
      },
    }
  }

  *pods(args: Arguments): Steps<number> {
    const shown = this.cri
      .inventory()
      .sandboxes.filter(({ name }) => name.includes((args.flag("name") ?? "").replace(/[\^$]/g, "")))
      .filter(({ namespace }) => namespace.includes((args.flag("namespace") ?? "").replace(/[\^$]/g, "")))
      .filter(({ id }) => id.startsWith(args.flag("id") ?? ""))
      .filter(({ labels }) => {
        const [key, value] = (args.flag("label") ?? "").split("=")
        return key === "" || labels[key] === value
      })
      .sort((a, b) => b.createdAt - a.createdAt)
    if (args.has("q", "quiet")) {
      yield* this.process.print(shown.map(({ id }) => `${id}\n`).join(""))
      return 0
    }
    const format = args.flag("o", "output")
    if (format === "json" || format === "yaml")
      return yield* this.output(args, {
        items: shown.map(({ id, name, namespace, uid, attempt, state, createdAt, labels }) => ({
          annotations: {},
          createdAt: String(createdAt * 1_000_000),
          id,
          labels: { ...labels, "io.kubernetes.pod.name": name, "io.kubernetes.pod.namespace": namespace, "io.kubernetes.pod.uid": uid },
          metadata: { attempt, name, namespace, uid },
          runtimeHandler: "",
          state: state === "ready" ? "SANDBOX_READY" : "SANDBOX_NOTREADY",
        })),
      })
    const rows = shown.map((one) => [
      short(one.id),
      ago(this.process, one.createdAt),
      one.state === "ready" ? "Ready" : "NotReady",
      one.name,
      one.namespace,
      String(one.attempt),
      "(default)",
    ])
    yield* this.process.print(table([["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"], ...rows]))
    return 0
  }

  *images(args: Arguments): Steps<number> {
    const wanted = args.words[0]
    const images = this.cri.listImages().filter(({ repoTags }) => !wanted || repoTags.some((tag) => tag.includes(wanted)))
    if (args.has("q", "quiet")) {
      yield* this.process.print(images.map(({ id }) => `${id}\n`).join(""))
      return 0
    }
    const format = args.flag("o", "output")
    if (format === "json" || format === "yaml")
      return yield* this.output(args, {
        images: images.map(({ id, sizeBytes, repoTags, repoDigests }) => ({
          id,
          pinned: repoTags.some((tag) => tag.includes("/pause:")),
          repoDigests,
          repoTags,
          size: String(sizeBytes),
          spec: null,
          username: "",
        })),
      })
    const rows = images
      .flatMap(({ id, sizeBytes, repoTags }) =>
        repoTags.map((tag) => [tag.slice(0, tag.lastIndexOf(":")), tag.slice(tag.lastIndexOf(":") + 1), short(id), humanSize(sizeBytes)]),
      )
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    yield* this.process.print(table([["IMAGE", "TAG", "IMAGE ID", "SIZE"], ...rows]))
    return 0
  }

  /** An object as -o asks for it: JSON unless told otherwise. */
  *output(args: Arguments, value: unknown): Steps<number> {
    const format = args.flag("o", "output") ?? "json"
    if (format === "yaml") yield* this.process.print(goYaml(value))
    else if (format === "go-template") {
      try {
        yield* this.process.print(`${goTemplate(args.flag("template") ?? "", value)}\n`)
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        return yield* fatal(this.process, `output status for container: ${error.message}`)
      }
    } else yield* this.process.print(`${JSON.stringify(value, null, 2)}\n`)
    return 0
  }

  *inspect(args: Arguments): Steps<number> {
    const one = this.container(args.words[0])
    if (!one)
      return yield* fatal(
        this.process,
        `getting the status of the container ${JSON.stringify(args.words[0] ?? "")}: ${notFound("container", args.words[0] ?? "")}`,
      )
    const { sandboxes } = this.cri.inventory()
    const time = (at: number) => (at === 0 ? "1970-01-01T00:00:00Z" : new Date(Math.floor(at)).toISOString().replace("Z", "000000Z"))
    const status = {
      ...this.describe(one, sandboxes),
      createdAt: time(one.createdAt),
      startedAt: time(one.startedAt),
      finishedAt: one.state === "exited" ? time(one.finishedAt) : time(0),
      exitCode: one.exitCode,
      reason: one.reason,
      logPath: one.logPath,
    }
    const { cpuNanoCores: _, ...stats } = this.cri.stats(one.id)
    return yield* this.output(args, { status, info: { pid: one.pid, sandboxID: one.sandboxId, ...stats } })
  }

  *inspectp(args: Arguments): Steps<number> {
    const one = this.sandbox(args.words[0])
    if (!one)
      return yield* fatal(
        this.process,
        `getting the status of the pod sandbox ${JSON.stringify(args.words[0] ?? "")}: ${notFound("sandbox", args.words[0] ?? "")}`,
      )
    const { id, name, namespace, uid, attempt, labels, ip, createdAt } = one
    const status = {
      id,
      metadata: { attempt, name, namespace, uid },
      state: one.state === "ready" ? "SANDBOX_READY" : "SANDBOX_NOTREADY",
      createdAt: new Date(Math.floor(createdAt)).toISOString(),
      network: { additionalIps: [], ip },
      labels: { ...labels, "io.kubernetes.pod.name": name, "io.kubernetes.pod.namespace": namespace, "io.kubernetes.pod.uid": uid },
    }
    return yield* this.output(args, { status, info: {} })
  }

  *inspecti(args: Arguments): Steps<number> {
    const found = this.cri.imageStatus(args.words[0] ?? "")
    if (!found) return yield* fatal(this.process, `no such image ${JSON.stringify(args.words[0] ?? "")} present`)
    const status = { id: found.id, repoTags: found.repoTags, repoDigests: found.repoDigests, size: String(found.sizeBytes), pinned: false }
    return yield* this.output(args, { status, info: {} })
  }

  *logs(args: Arguments): Steps<number> {
    const one = this.container(args.words[0])
    if (!one)
      return yield* fatal(
        this.process,
        `rpc error: code = NotFound desc = an error occurred when try to find container ${JSON.stringify(args.words[0] ?? "")}: not found`,
      )
    const tail = args.flag("tail", "n")
    const lines = this.cri.logs(one.id)
    const shown = tail === undefined ? lines : Number(tail) === 0 ? [] : lines.slice(-Number(tail))
    for (const { stream, text, at } of shown) {
      const line = `${args.has("timestamps", "t") ? `${new Date(at).toISOString()} ` : ""}${text}\n`
      yield* stream === "stderr" ? this.process.error(line) : this.process.print(line)
    }
    if (!args.has("f", "follow")) return 0
    const pending: string[] = []
    const queue = this.process.queue()
    let ended = false
    const stop = this.cri.followLogs(
      one.id,
      ({ text }) => {
        pending.push(`${text}\n`)
        queue.wake()
      },
      () => {
        ended = true
        queue.wake()
      },
    )
    try {
      while (!ended || pending.length > 0) {
        if (pending.length === 0) yield* this.process.wait({ queues: [queue] })
        for (const line of pending.splice(0)) yield* this.process.print(line)
      }
    } finally {
      stop()
    }
    return 0
  }

  *exec(args: Arguments): Steps<number> {
    const [id, ...command] = args.words
    const one = this.container(id)
    if (!one) return yield* fatal(this.process, `execing command in container: ${notFound("container", id ?? "")}`)
    if (command.length === 0) return yield* fatal(this.process, "please specify the command to run")
    const how = { stdin: args.has("interactive", "i"), tty: args.has("tty", "t") }
    const ended = yield* joined(this.process, how, (session) => this.cri.exec(one.id, { ...session, command }))
    if (ended.error) return yield* fatal(this.process, `execing command in container: ${ended.error}`)
    if (ended.code !== 0) return yield* fatal(this.process, `execing command in container: command terminated with exit code ${ended.code}`)
    return 0
  }

  /** Does something to each id; says the id, as crictl does. */
  *each(args: Arguments, what: "container" | "sandbox", act: (id: string) => Steps<void>, verb: string): Steps<number> {
    let failed = false
    for (const given of args.words) {
      const found = what === "container" ? this.container(given) : this.sandbox(given)
      if (!found) {
        yield* this.process.error(
          `${klogHead(this.process)} log.go:32] "${verb} from runtime service failed" err="${notFound(what, given).replaceAll('"', '\\"')}"\n`,
        )
        failed = true
        continue
      }
      yield* act(found.id)
      yield* this.process.print(`${what === "sandbox" ? `${verb === "StopPodSandbox" ? "Stopped" : "Removed"} sandbox ${given}` : given}\n`)
    }
    return failed || args.words.length === 0 ? 1 : 0
  }

  *stop(id: string, timeout: number): Steps<void> {
    const queue = this.process.queue()
    let done = false
    this.cri.stopContainer(id, timeout, () => {
      done = true
      queue.wake()
    })
    while (!done) yield* this.process.wait({ queues: [queue] })
  }

  *pull(args: Arguments): Steps<number> {
    const [ref = ""] = args.words
    const queue = this.process.queue()
    const outcome: { message?: string; id?: string } = {}
    let done = false
    const [username, ...password] = (args.flag("creds") ?? "").split(":")
    if (username !== "" && password.length === 0)
      return yield* fatal(this.process, "get auth config: read credentials: credentials must be in username:password format")
    this.cri.pullImage(ref, username === "" ? [] : [{ username, password: password.join(":") }], (result) => {
      if (result.kind === "failed") outcome.message = result.message
      else outcome.id = result.imageId
      done = true
      queue.wake()
    })
    while (!done) yield* this.process.wait({ queues: [queue] })
    if (outcome.message) return yield* fatal(this.process, `pulling image: ${outcome.message}`)
    yield* this.process.print(`Image is up to date for ${outcome.id}\n`)
    return 0
  }

  *stats(args: Arguments): Steps<number> {
    const rows = this.cri
      .inventory()
      .containers.filter(({ state, id }) => state === "running" && id.startsWith(args.words[0] ?? ""))
      .map(({ id, name }) => {
        const { cpuNanoCores, memoryBytes } = this.cri.stats(id)
        return [short(id), name, (cpuNanoCores / 1e7).toFixed(2), humanSize(memoryBytes), "8.19kB", "4"]
      })
    yield* this.process.print(table([["CONTAINER", "NAME", "CPU %", "MEM", "DISK", "INODES"], ...rows]))
    return 0
  }

  *run(command: string, args: Arguments): Steps<number> {
    const { cri } = this
    switch (command) {
      case "ps":
        return yield* this.ps(args)
      case "pods":
        return yield* this.pods(args)
      case "images":
      case "image":
      case "img":
        return yield* this.images(args)
      case "inspect":
        return yield* this.inspect(args)
      case "inspectp":
        return yield* this.inspectp(args)
      case "inspecti":
        return yield* this.inspecti(args)
      case "logs":
        return yield* this.logs(args)
      case "exec":
        return yield* this.exec(args)
      case "pull":
        return yield* this.pull(args)
      case "stats":
        return yield* this.stats(args)
      case "stop":
        return yield* this.each(args, "container", (id) => this.stop(id, Number(args.flag("timeout", "t") ?? 0) * 1_000), "StopContainer")
      case "rm":
        return yield* this.each(
          args,
          "container",
          function* (id) {
            cri.stopContainer(id, 0, () => cri.removeContainer(id))
          },
          "RemoveContainer",
        )
      case "stopp":
        return yield* this.each(
          args,
          "sandbox",
          function* (id) {
            cri.stopPodSandbox(id)
          },
          "StopPodSandbox",
        )
      case "rmp":
        return yield* this.each(
          args,
          "sandbox",
          function* (id) {
            cri.removePodSandbox(id)
          },
          "RemovePodSandbox",
        )
      case "statsp": {
        const { sandboxes, containers } = cri.inventory()
        const rows = sandboxes
          .filter(({ state, id }) => state === "ready" && id.startsWith(args.words[0] ?? ""))
          .map(({ id, name }) => {
            const all = containers.filter((one) => one.sandboxId === id && one.state === "running").map((one) => cri.stats(one.id))
            const cpu = all.reduce((sum, { cpuNanoCores }) => sum + cpuNanoCores, 0)
            return [name, short(id), (cpu / 1e7).toFixed(2), humanSize(all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0))]
          })
        yield* this.process.print(table([["POD", "POD ID", "CPU %", "MEM"], ...rows]))
        return 0
      }
      case "imagefsinfo": {
        const bytes = cri.listImages().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
        const images = {
          timestamp: String(Math.floor(this.process.now()) * 1_000_000),
          fsId: { mountpoint: "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs" },
          usedBytes: { value: String(bytes) },
          inodesUsed: { value: String(Math.round(bytes / 16_384)) },
        }
        return yield* this.output(args, { status: { imageFilesystems: [images], containerFilesystems: [images] } })
      }
      case "runtime-config":
        yield* this.process.print("cgroup driver: SYSTEMD\n")
        return 0
      case "config": {
        const path = "/etc/crictl.yaml"
        const text = this.process.files.exists(path) ? this.process.files.readText(path) : ""
        const wanted = args.flag("get")
        if (wanted !== undefined) {
          const found = text.split("\n").find((line) => line.startsWith(`${wanted}:`))
          if (found === undefined) return yield* fatal(this.process, `no configuration option named ${wanted}`)
          yield* this.process.print(`${found.slice(wanted.length + 1).trim()}\n`)
        } else if (args.flag("set") !== undefined || args.words.length === 2) {
          const [key, value] = args.words.length === 2 ? args.words : (args.flag("set") ?? "").split(/=(.*)/s)
          const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith(`${key}:`))
          this.process.files.write(path, `${[...lines, `${key}: ${value}`].join("\n")}\n`)
        } else yield* this.process.print(text)
        return 0
      }
      case "rmi": {
        if (args.has("prune") || args.has("a", "all")) {
          const used = new Set(cri.inventory().containers.map(({ image }) => image))
          for (const { repoTags } of cri.listImages())
            for (const tag of repoTags) {
              if ((args.has("prune") && used.has(tag)) || tag.includes("/pause:")) continue
              if (cri.removeImage(tag)) yield* this.process.print(`Deleted: ${tag}\n`)
            }
          return 0
        }
        for (const ref of args.words) {
          if (!cri.removeImage(ref)) return yield* fatal(this.process, `no such image ${JSON.stringify(ref)}`)
          yield* this.process.print(`Deleted: ${ref}\n`)
        }
        return 0
      }
      case "version":
        yield* this.process.print(`Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v${cri.version}\nRuntimeApiVersion:  v1\n`)
        return 0
      case "info":
        yield* this.process.print(
          `${JSON.stringify(
            {
              status: {
                conditions: [
                  { message: "", reason: "", status: true, type: "RuntimeReady" },
                  { message: "", reason: "", status: true, type: "NetworkReady" },
                ],
              },
              config: {
                containerdEndpoint: "/run/containerd/containerd.sock",
                containerdRootDir: "/var/lib/containerd",
                runtimes: { runc: { runtimeType: "io.containerd.runc.v2", options: { SystemdCgroup: true } } },
                cni: { binDirs: ["/opt/cni/bin"], confDir: "/etc/cni/net.d" },
              },
            },
            null,
            2,
          )}\n`,
        )
        return 0
      default:
        yield* this.process.error(`No help topic for '${command}'\n`)
        return 3
    }
  }
}

const USAGE = `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options] [arguments...]

COMMANDS:
   exec                Run a command in a running container
   images, image, img  List images
   inspect             Display the status of one or more containers
   inspecti            Return the status of one or more images
   inspectp            Display the status of one or more pods
   info                Display information of the container runtime
   logs                Fetch the logs of a container
   pods                List pods
   imagefsinfo         Return image filesystem info
   ps                  List containers
   pull                Pull an image from a registry
   rm                  Remove one or more containers
   rmi                 Remove one or more images
   rmp                 Remove one or more pods
   stop                Stop one or more running containers
   stopp               Stop one or more running pods
   stats               List container(s) resource usage statistics
   statsp              List pod statistics. Stats represent a structured API that will fulfill the Kubelet's /stats/summary endpoint.
   version             Display runtime version information
`

export const crictlProgram = (runtime: Cri): Program =>
  function* (process) {
    const given = [...process.argv.slice(1)]
    while (given[0]?.startsWith("-")) {
      const flag = given.shift() as string
      if (/^-(-version|v)$/.test(flag)) {
        yield* process.print("crictl version v1.35.0\n")
        return 0
      }
      if (/^(-r|-i|-t|-c|--runtime-endpoint|--image-endpoint|--timeout|--config)$/.test(flag)) given.shift()
    }
    const [command, ...rest] = given
    if (command === undefined || command === "help") {
      yield* process.print(USAGE)
      return 0
    }
    if (!runtime.available)
      return yield* fatal(
        process,
        `validate service connection: validate CRI v1 runtime API for endpoint "${SOCKET}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"`,
      )
    const tool = new Crictl(process, runtime)
    return yield* tool.run(command, parseArguments(rest, SWITCHES, command === "exec" ? 1 : undefined))
  }
