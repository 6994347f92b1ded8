/** docker, podman and nerdctl: one engine a machine, spoken to in each one's way. */
import type { Process, Program, Steps } from "@drydock/machine"
import type { Archives } from "../archives.ts"
import { type Call, isDocker } from "./command.ts"
import { commands } from "./commands/index.ts"
import { inspected } from "./commands/inspect.ts"
import { network } from "./commands/network.ts"
import { prune } from "./commands/prune.ts"
import { volume } from "./commands/volume.ts"
import { Engine, EngineError } from "./engine.ts"
import type { EngineRuntime } from "./runtime.ts"

const GROUPS = new Set([
  "container",
  "image",
  "network",
  "volume",
  "system",
  "builder",
  "buildx",
  "compose",
  "swarm",
  "service",
  "stack",
  "node",
  "context",
  "plugin",
  "secret",
  "config",
  "manifest",
])

const subcommand = (call: Call, name: string): Steps<number> => {
  const command = commands.find((one) => one.name === name)
  if (command) return command.run(call)
  const docker = isDocker(call.engine)
  throw new EngineError(
    docker
      ? `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`
      : `Error: unrecognized command \`podman ${name}\`\nTry 'podman --help' for more information`,
    docker ? 1 : 125,
  )
}

/** "docker container ls" is "docker ps". */
function* grouped(call: Call, group: string): Steps<number> {
  const { engine } = call
  const [action = "", ...rest] = call.args
  const inner = { ...call, args: rest }
  switch (group) {
    case "container":
      if (action === "inspect") return yield* inspected(inner, "container")
      if (action === "prune") return yield* prune(inner, "container")
      return yield* subcommand(inner, ["ls", "list", "ps"].includes(action) ? "ps" : action)
    case "image":
      if (action === "inspect") return yield* inspected(inner, "image")
      if (action === "prune") return yield* prune(inner, "image")
      return yield* subcommand(inner, { ls: "images", list: "images", rm: "rmi" }[action] ?? action)
    case "network":
      return yield* network(inner, action)
    case "volume":
      return yield* volume(inner, action)
    case "buildx":
    case "builder":
      return yield* subcommand(inner, action)
    case "system":
      if (action === "prune") return yield* prune(inner, "system")
      return yield* subcommand(inner, action === "df" ? "images" : action)
    case "swarm":
    case "service":
    case "stack":
    case "node":
      throw new EngineError(
        group === "swarm"
          ? "Error response from daemon: swarm mode is not simulated here: Kubernetes is what this machine is for"
          : 'Error response from daemon: This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
      )
    default:
      throw new EngineError(`${engine.flavour}: '${group}' is not simulated here`)
  }
}

const USAGE = (name: string) =>
  `Usage:  ${name} [OPTIONS] COMMAND\n\nContainers:  run create start stop kill restart rm ps exec attach logs inspect cp port rename wait top stats commit\nImages:      build pull push images rmi tag save load\nOthers:      network volume system info version\n`

/** One program under each name. `engine`: the machine's, made when it is first asked for. */
export const containerToolProgram = (engine: (process: Process) => Engine, archives: Archives): Program =>
  function* (process) {
    const [name = "docker"] = (process.argv[0] ?? "").split("/").slice(-1)
    const [word, ...args] = process.argv.slice(1)
    if (word === undefined || word === "--help" || word === "help") {
      yield* process.print(USAGE(name))
      return 0
    }
    if (word === "--version" || word === "-v") {
      yield* process.print(name === "podman" ? "podman version 4.9.3\n" : "Docker version 29.1.3, build f52814d\n")
      return 0
    }
    try {
      const call = { process, engine: engine(process), archives, args }
      return yield* GROUPS.has(word) ? grouped(call, word) : subcommand(call, word)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      yield* process.error(`${error.message}\n`)
      return error.code
    }
  }

export { Engine, type EngineRuntime }
