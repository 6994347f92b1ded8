/** kubectx and kubens: which context and which namespace kubectl means. As ahmetb/kubectx; the changes are kubectl's. */
import type { Process, Program } from "@drydock/machine"
import { KubeClient } from "../kube/client.ts"
import { connectionOf, readKubeconfig } from "../kube/kubeconfig.ts"
import { runKubectl } from "../kube/run-kubectl.ts"

const remembered = (process: Process, name: string): string => `${process.env.get("HOME") ?? "/root"}/.kube/${name}`

const recall = (process: Process, file: string): string | undefined =>
  process.files.exists(file) ? process.files.readText(file).trim() : undefined

const remember = (process: Process, file: string, value: string): void => {
  const parent = file.slice(0, file.lastIndexOf("/"))
  if (!process.files.exists(parent)) process.files.mkdir(parent, { parents: true })
  process.files.write(file, value)
}

const marked = (process: Process, names: readonly string[], current: string): string => {
  const colored = process.fds.get(1)?.kind === "tty"
  return names.map((name) => (colored && name === current ? `\x1b[33;1m${name}\x1b[0m\n` : `${name}\n`)).join("")
}

export const kubectxProgram: Program = function* (process) {
  const [word, ...rest] = process.argv.slice(1)
  const config = readKubeconfig(process)
  const last = remembered(process, "kubectx")
  if (word === undefined) {
    yield* process.print(marked(process, config.contexts.map(({ name }) => name).sort(), config.current))
    return 0
  }
  if (word === "-c" || word === "--current") {
    yield* process.print(`${config.current}\n`)
    return config.current ? 0 : 1
  }
  if (word === "-h" || word === "--help") {
    yield* process.print(
      "USAGE:\n  kubectx                   : list the contexts\n  kubectx <NAME>            : switch to context <NAME>\n  kubectx -                 : switch to the previous context\n  kubectx -c, --current     : show the current context name\n  kubectx <NEW_NAME>=<NAME> : rename context <NAME> to <NEW_NAME>\n  kubectx -d <NAME>         : delete context <NAME>\n",
    )
    return 0
  }
  if (word === "-d") {
    for (const name of rest) {
      yield* runKubectl(process, ["config", "delete-context", name === "." ? config.current : name])
      yield* process.error(`Deleted context "${name}".\n`)
    }
    return 0
  }
  if (word.includes("=")) {
    const [to, from] = word.split("=")
    const code = yield* runKubectl(process, ["config", "rename-context", from === "." ? config.current : from, to])
    if (code === 0) yield* process.error(`Context "${from}" renamed to "${to}".\n`)
    return code
  }
  const target = word === "-" ? recall(process, last) : word
  if (target === undefined) {
    yield* process.error("error: failed to switch context: no previous context found\n")
    return 1
  }
  if (!config.contexts.some(({ name }) => name === target)) {
    yield* process.error(`error: failed to switch context: no context exists with the name: "${target}"\n`)
    return 1
  }
  const code = yield* runKubectl(process, ["config", "use-context", target])
  if (code !== 0) return code
  remember(process, last, config.current)
  yield* process.error(`Switched to context "${target}".\n`)
  return 0
}

export const kubensProgram: Program = function* (process) {
  const [word] = process.argv.slice(1)
  const config = readKubeconfig(process)
  const connection = connectionOf(process)
  const last = remembered(process, `kubens-${config.current.replaceAll(/[^\w.-]/g, "_")}`)
  if (word === "-c" || word === "--current") {
    yield* process.print(`${connection.namespace}\n`)
    return 0
  }
  const client = new KubeClient(process, connection, "kubens")
  try {
    if (word === undefined) {
      const { items } = yield* client.json<{ items: { metadata: { name: string } }[] }>("GET", "/api/v1/namespaces")
      yield* process.print(
        marked(
          process,
          items.map(({ metadata }) => metadata.name),
          connection.namespace,
        ),
      )
      return 0
    }
    const target = word === "-" ? recall(process, last) : word
    if (target === undefined) {
      yield* process.error("error: No previous namespace found for current context\n")
      return 1
    }
    const answer = yield* client.send("GET", `/api/v1/namespaces/${encodeURIComponent(target)}`)
    if (answer.status === 404) {
      yield* process.error(`error: no namespace exists with name "${target}"\n`)
      return 1
    }
    const code = yield* runKubectl(process, ["config", "set-context", "--current", `--namespace=${target}`])
    if (code !== 0) return code
    remember(process, last, connection.namespace)
    yield* process.error(`Context "${config.current}" modified.\nActive namespace is "${target}".\n`)
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    yield* process.error(`error: ${error.message}\n`)
    return 1
  }
}
