/** ctr: containerd's own client, as far as it shows and fetches what the kubelet's namespace has. As containerd's cmd/ctr. */
import type { Process, Program, Steps } from "@drydock/machine"
import { parseArguments } from "../arguments.ts"
import type { Cri } from "../crictl/runtime.ts"
import { columns, humanSize } from "../tables.ts"

const SWITCHES = new Set("q quiet debug h help v version all-platforms k plain-http local".split(" "))
/** The namespace of what the kubelet starts. */
const KUBERNETES = "k8s.io"

const table = (rows: readonly (readonly string[])[]): string => columns(rows, 8, 1)

function* fail(process: Process, message: string): Steps<number> {
  yield* process.error(`ctr: ${message}\n`)
  return 1
}

const USAGE = `NAME:
   ctr - 
        __
  _____/ /______
 / ___/ __/ ___/
/ /__/ /_/ /
\\___/\\__/_/

containerd CLI


USAGE:
   ctr [global options] command [command options]

VERSION:
   v2.2.0

COMMANDS:
   version                    Print the client and server versions
   containers, c, container   Manage containers
   images, image, i           Manage images
   namespaces, namespace, ns  Manage namespaces
   tasks, t, task             Manage tasks
`

function* images(process: Process, cri: Cri, verb: string, words: readonly string[], quiet: boolean): Steps<number> {
  switch (verb) {
    case "list":
    case "ls": {
      const rows = cri
        .listImages()
        .flatMap(({ repoTags, repoDigests, sizeBytes }) =>
          repoTags.map((tag) => [
            tag,
            "application/vnd.oci.image.index.v1+json",
            repoDigests[0]?.split("@")[1] ?? "",
            humanSize(sizeBytes, " "),
            "linux/amd64",
            tag.includes("/pause:") ? "io.cri-containerd.image=managed,io.cri-containerd.pinned=pinned" : "io.cri-containerd.image=managed",
          ]),
        )
      yield* process.print(
        quiet ? rows.map(([tag]) => `${tag}\n`).join("") : table([["REF", "TYPE", "DIGEST", "SIZE", "PLATFORMS", "LABELS"], ...rows]),
      )
      return 0
    }
    case "pull": {
      const [ref = ""] = words
      const queue = process.queue()
      let done = false
      let problem: string | undefined
      cri.pullImage(ref, [], (outcome) => {
        if (outcome.kind === "failed") problem = outcome.message
        done = true
        queue.wake()
      })
      while (!done) yield* process.wait({ queues: [queue] })
      if (problem !== undefined) return yield* fail(process, problem)
      yield* process.print(
        `${ref}: resolved       |++++++++++++++++++++++++++++++++++++++| \nelapsed: 1.2 s\ntotal:   0.0 B (0.0 B/s)\nunpacking linux/amd64...\ndone\n`,
      )
      return 0
    }
    case "remove":
    case "rm":
    case "delete":
      for (const ref of words) {
        if (!cri.removeImage(ref)) return yield* fail(process, `image ${JSON.stringify(ref)}: not found`)
        yield* process.print(`${ref}\n`)
      }
      return 0
    default:
      return yield* fail(process, `images ${verb} is not simulated here: crictl pull, images and rmi do the same`)
  }
}

function* containers(process: Process, cri: Cri, verb: string, words: readonly string[], quiet: boolean): Steps<number> {
  const { containers: all, sandboxes } = cri.inventory()
  if (verb === "list" || verb === "ls") {
    const rows = [
      ...all.map(({ id, image }) => [id, image, "io.containerd.runc.v2"]),
      ...sandboxes.map(({ id }) => [id, "registry.k8s.io/pause:3.10.1", "io.containerd.runc.v2"]),
    ].sort((a, b) => (a[0] < b[0] ? -1 : 1))
    yield* process.print(quiet ? rows.map(([id]) => `${id}\n`).join("") : table([["CONTAINER", "IMAGE", "RUNTIME"], ...rows]))
    return 0
  }
  if (verb === "info") {
    const found = all.find(({ id }) => id === words[0])
    if (!found)
      return yield* fail(process, `container ${JSON.stringify(words[0] ?? "")} in namespace ${JSON.stringify(KUBERNETES)}: not found`)
    yield* process.print(
      `${JSON.stringify({ ID: found.id, Image: found.image, Runtime: { Name: "io.containerd.runc.v2" }, Snapshotter: "overlayfs", CreatedAt: new Date(Math.floor(found.createdAt)).toISOString() }, null, 4)}\n`,
    )
    return 0
  }
  return yield* fail(process, `containers ${verb} is not simulated here: crictl does the same`)
}

export const ctrProgram = (cri: Cri): Program =>
  function* (process) {
    const words = process.argv.slice(1)
    let namespace = process.env.get("CONTAINERD_NAMESPACE") ?? "default"
    while (words[0]?.startsWith("-")) {
      const flag = words.shift() as string
      if (/^--?(n|namespace)$/.test(flag)) namespace = words.shift() ?? ""
      else if (/^--?(n|namespace)=/.test(flag)) namespace = flag.slice(flag.indexOf("=") + 1)
      else if (/^--?(a|address|timeout|connect-timeout)$/.test(flag)) words.shift()
    }
    const args = parseArguments(words, SWITCHES)
    const [command, verb = "", ...rest] = args.words
    if (command === undefined || command === "help") {
      yield* process.print(USAGE)
      return 0
    }
    if (process.credentials.uid !== 0 || !cri.available)
      return yield* fail(
        process,
        `failed to dial "/run/containerd/containerd.sock": connection error: desc = "transport: error while dialing: dial unix /run/containerd/containerd.sock: connect: ${cri.available ? "permission denied" : "connection refused"}"`,
      )
    const quiet = args.has("q", "quiet")
    // What the kubelet started is in its namespace alone.
    const here = namespace === KUBERNETES
    switch (command) {
      case "version":
        yield* process.print(
          `Client:\n  Version:  v${cri.version}\n  Revision: 1c4457e00facac03ce1d75f7b6777a7a851e5c41\n  Go version: go1.25.4\n\nServer:\n  Version:  v${cri.version}\n  Revision: 1c4457e00facac03ce1d75f7b6777a7a851e5c41\n  UUID: 5a0f9a53-8d5e-4d0c-9c3f-5a1b8a3f2a10\n`,
        )
        return 0
      case "namespaces":
      case "namespace":
      case "ns":
        yield* process.print(
          quiet
            ? `${KUBERNETES}\n`
            : table([
                ["NAME", "LABELS"],
                [KUBERNETES, ""],
              ]),
        )
        return 0
      case "images":
      case "image":
      case "i":
        if (!here && verb !== "pull") {
          yield* process.print(quiet ? "" : table([["REF", "TYPE", "DIGEST", "SIZE", "PLATFORMS", "LABELS"]]))
          return 0
        }
        return yield* images(process, cri, verb, rest, quiet)
      case "containers":
      case "container":
      case "c":
        if (!here) {
          yield* process.print(quiet ? "" : table([["CONTAINER", "IMAGE", "RUNTIME"]]))
          return 0
        }
        return yield* containers(process, cri, verb, rest, quiet)
      case "tasks":
      case "task":
      case "t": {
        const rows = here
          ? cri
              .inventory()
              .containers.filter(({ state }) => state === "running")
              .map(({ id, pid }) => [id, String(pid), "RUNNING"])
          : []
        if (verb !== "ls" && verb !== "list" && verb !== "ps")
          return yield* fail(process, `tasks ${verb} is not simulated here: crictl exec and stop do the same`)
        yield* process.print(quiet ? rows.map(([id]) => `${id}\n`).join("") : table([["TASK", "PID", "STATUS"], ...rows]))
        return 0
      }
      default:
        return yield* fail(process, `No help topic for '${command}'`)
    }
  }
