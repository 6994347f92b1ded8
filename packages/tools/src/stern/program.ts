/** stern: logs of all Pods whose names match, side by side. As stern/stern; lines are asked for once a second. */
import { sprig } from "@drydock/gotemplate"
import { bodyText, type Program } from "@drydock/machine"
import { parseOptions } from "../containers/options.ts"
import { KubeClient } from "../kube/client.ts"
import { connectionOf } from "../kube/kubeconfig.ts"

const { regexMatch } = sprig({ now: () => 0, random: () => 0 })

interface Pod {
  metadata: { name: string; namespace: string }
  spec: { containers: { name: string }[]; initContainers?: { name: string }[] }
  status: { phase?: string }
}

export const sternProgram: Program = function* (process) {
  const options = parseOptions(process.argv.slice(1), "A all-namespaces no-follow t timestamps h help only-log-lines")
  const [query] = options.words
  if (options.on("help", "h") || (query === undefined && !options.text("selector", "l"))) {
    yield* process.print("Tail multiple pods and containers from Kubernetes\n\nUsage:\n  stern pod-query [flags]\n")
    return query === undefined && !options.on("help", "h") ? 1 : 0
  }
  const context = options.text("context")
  const namespace = options.text("namespace", "n")
  const connection = connectionOf(process, { ...(context && { context }), ...(namespace && { namespace }) })
  const client = new KubeClient(process, connection, "stern")
  const tail = Number(options.text("tail") ?? -1)
  const seen = new Map<string, number>()
  const scope = options.on("all-namespaces", "A") ? "" : `/namespaces/${connection.namespace}`
  const selector = options.text("selector", "l")
  try {
    for (;;) {
      const { items } = yield* client.json<{ items: Pod[] }>(
        "GET",
        `/api/v1${scope}/pods${selector ? `?labelSelector=${encodeURIComponent(selector)}` : ""}`,
      )
      for (const { metadata, spec, status } of items) {
        if (status.phase === "Pending" || regexMatch(query ?? ".*", metadata.name) !== true) continue
        for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
          if (regexMatch(options.text("container", "c") ?? ".*", name) !== true) continue
          const key = `${metadata.namespace}/${metadata.name}/${name}`
          const answer = yield* client.send("GET", `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log?container=${name}`)
          if (answer.status >= 400) continue
          const lines = bodyText(answer.body).split("\n").slice(0, -1)
          if (!seen.has(key) && !options.on("only-log-lines")) yield* process.error(`+ ${metadata.name} › ${name}\n`)
          const from = seen.get(key) ?? (tail >= 0 ? Math.max(0, lines.length - tail) : 0)
          seen.set(key, lines.length)
          for (const line of lines.slice(from)) yield* process.print(`${metadata.name} ${name} ${line}\n`)
        }
      }
      if (options.on("no-follow")) return 0
      yield* process.sleep(1_000)
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    yield* process.error(`Error: ${error.message}\n`)
    return 1
  }
}
