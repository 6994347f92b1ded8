/** Tab completion of kubectl: subcommands and flags from kubectl itself, kinds and names by asking the API as `kubectl` would. */
import { subcommands } from "@drydock/kubectl"
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Completer } from "@drydock/shell"

/** Bytes of an answer that are read at most. */
const MAX_OUTPUT = 256 * 1024

/** What a kubectl command prints, as lines; none when it fails. */
function* ask(process: Process, args: readonly string[]): Steps<string[]> {
  const { read, write } = process.pipe()
  read.retain()
  const fds = new Map([[1, write]])
  let fd = 60
  while (process.fds.has(fd)) fd++
  process.fds.set(fd, read)
  let output = ""
  try {
    const child = process.spawnFile("/usr/bin/kubectl", { argv: ["kubectl", ...args], env: process.env, fds, cwd: process.cwd })
    const decoder = new TextDecoder()
    for (;;) {
      const chunk = yield* process.read(fd)
      if (chunk.length === 0 || output.length > MAX_OUTPUT) break
      output += decoder.decode(chunk, { stream: true })
    }
    yield* process.waitFor({ pid: child.pid })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return []
  } finally {
    process.close(fd)
  }
  return output.split("\n").filter(Boolean)
}

/** Flags before the word that say where to ask. */
const PASSED = new Set(["-n", "--namespace", "--context", "--kubeconfig"])

interface Typed {
  readonly words: string[]
  readonly passed: string[]
}

/** The words that are no flags, and the flags that an inquiry has to repeat. */
const split = (args: readonly string[], valued: (flag: string) => boolean): Typed => {
  const words: string[] = []
  const passed: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (!word.startsWith("-")) words.push(word)
    else if (PASSED.has(word)) passed.push(word, args[++at] ?? "")
    else if (/^(-n.+|--(namespace|context|kubeconfig)=)/.test(word)) passed.push(word)
    else if (!word.includes("=") && valued(word)) at++
  }
  return { words, passed }
}

const OUTPUTS = ["custom-columns=", "go-template=", "json", "jsonpath=", "name", "wide", "yaml"]
const FAMILIES = new Set([
  "get",
  "describe",
  "delete",
  "edit",
  "label",
  "annotate",
  "patch",
  "scale",
  "autoscale",
  "expose",
  "wait",
  "explain",
])
const PODS = new Set(["logs", "exec", "attach", "port-forward", "cp", "debug"])
const NODES = new Set(["cordon", "uncordon", "drain", "taint"])
const ROLLED_OUT = ["daemonset", "deployment", "statefulset"]

function* names(process: Process, kind: string, passed: readonly string[]): Steps<string[]> {
  return (yield* ask(process, ["get", kind, "-o", "name", ...passed])).map((line) => line.slice(line.indexOf("/") + 1))
}

function* kinds(process: Process, passed: readonly string[]): Steps<string[]> {
  return yield* ask(process, ["api-resources", "-o", "name", ...passed.filter((_, at) => !/^(-n|--namespace)/.test(passed[at - (at % 2)]))])
}

/** A kind, or kind/name, as the first word. */
function* resources(process: Process, words: readonly string[], current: string, passed: readonly string[]): Steps<readonly string[]> {
  const [kind] = words
  if (kind !== undefined) return kind.includes("/") ? [] : yield* names(process, kind, passed)
  const slash = current.indexOf("/")
  if (slash < 0) return yield* kinds(process, passed)
  const typed = current.slice(0, slash)
  return (yield* names(process, typed, passed)).map((name) => `${typed}/${name}`)
}

export const completeKubectl: Completer = function* (words, current, process) {
  const args = words.slice(1)
  const first = args.find((word) => !word.startsWith("-"))
  const nested = subcommands.filter(({ path }) => path[0] === first && path.length > 1)
  const valued = (flag: string): boolean =>
    subcommands.some(({ flags }) =>
      Object.entries(flags).some(([name, { short, type }]) => type !== "bool" && (flag === `--${name}` || flag === `-${short}`)),
    ) || /^(-[nosl]|--(output|selector|context|kubeconfig|cluster|user|server|as|token))$/.test(flag)
  const { words: given, passed } = split(args, valued)
  const before = args.at(-1) ?? ""
  if (before === "-n" || before === "--namespace") return yield* names(process, "namespaces", [])
  if (before === "-o" || before === "--output") return OUTPUTS
  if (before === "--context") return yield* ask(process, ["config", "get-contexts", "-o", "name"])
  if (before === "-f" || before === "--filename" || before === "-k") return []
  if (before === "-c" || before === "--container") {
    const pod = given.find((word, at) => at > 0 && !PODS.has(word))
    return pod === undefined
      ? []
      : (yield* ask(process, ["get", "pod", pod, "-o", "jsonpath={.spec.containers[*].name}", ...passed])).flatMap((line) =>
          line.split(" "),
        )
  }
  if (before.startsWith("-") && !before.includes("=") && valued(before)) return []
  const command = given[0]
  if (current.startsWith("-")) {
    const found = subcommands.find(({ path }) => path.every((word, at) => given[at] === word) && (path.length > 1 || nested.length === 0))
    const own = found ?? subcommands.find(({ path }) => path.length === 1 && path[0] === command)
    return [
      "--namespace",
      "--context",
      "--kubeconfig",
      ...Object.entries(own?.flags ?? {})
        .filter(([, flag]) => !("hidden" in flag && flag.hidden === true))
        .map(([name, { type }]) => (type === "bool" ? `--${name}` : `--${name}=`)),
    ]
  }
  if (command === undefined) return [...new Set(subcommands.map(({ path }) => path[0]))]
  const rest = given.slice(1)
  if (command === "config") {
    if (rest.length === 0)
      return nested.length > 0
        ? nested.map(({ path }) => path[1])
        : [
            "current-context",
            "delete-context",
            "get-clusters",
            "get-contexts",
            "get-users",
            "rename-context",
            "set-context",
            "use-context",
            "view",
          ]
    return /context/.test(rest[0]) ? yield* ask(process, ["config", "get-contexts", "-o", "name"]) : []
  }
  if (command === "rollout") {
    if (rest.length === 0) return ["history", "pause", "restart", "resume", "status", "undo"]
    if (rest.length === 1 && !current.includes("/")) return ROLLED_OUT
    return yield* resources(process, rest.slice(1), current, passed)
  }
  if (nested.length > 0 && rest.length === 0) return nested.map(({ path }) => path[1])
  if (FAMILIES.has(command)) return yield* resources(process, rest, current, passed)
  if (command === "set" || command === "top")
    return rest.length === 0
      ? command === "top"
        ? ["node", "pod"]
        : ["env", "image", "resources", "selector", "serviceaccount", "subject"]
      : yield* command === "top" ? names(process, rest[0], passed) : resources(process, rest.slice(1), current, passed)
  if (PODS.has(command) && rest.length === 0)
    return current.includes("/") ? yield* resources(process, [], current, passed) : yield* names(process, "pods", passed)
  if (NODES.has(command) && rest.filter((word) => !/^nodes?$/.test(word)).length === 0) return yield* names(process, "nodes", [])
  return []
}
