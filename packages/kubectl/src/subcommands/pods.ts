/** kubectl logs, exec, proxy, wait. */
import { bodyText, type HttpResponse, type Steps } from "@drydock/machine"
import { jsonPathValues } from "@drydock/gotemplate"
import { formatSelector } from "@drydock/kubernetes/apimachinery"
import { KubectlError, type KubeObject, pathOf, serverError, shown } from "../api.ts"
import { FILES, query, SELECTION, targets } from "../builder.ts"
import { type Context, defineSubcommand, type Subcommand } from "../define-subcommand.ts"

/** "web", "pod/web", "deploy/web": the Pod that is meant. */
function* podOf({ api, namespace }: Context, word: string): Steps<KubeObject> {
  const pods = `/api/v1/namespaces/${namespace}/pods`
  if (!word.includes("/") || /^(pods?|po)\//.test(word)) return yield* api.json<KubeObject>("GET", `${pods}/${word.split("/").at(-1)}`)
  const [type, name] = word.split("/")
  const resource = yield* api.resource(type)
  const owner = yield* api.json<KubeObject>("GET", pathOf(resource, namespace, name))
  const { items } = yield* api.json<{ items: KubeObject[] }>(
    "GET",
    pods +
      query({
        labelSelector: formatSelector(
          ((owner.spec as { selector?: { matchLabels?: never } }).selector?.matchLabels
            ? (owner.spec as { selector: never }).selector
            : { matchLabels: (owner.spec as { selector: never }).selector }) as never,
        ),
      }),
  )
  if (items.length === 0) throw new KubectlError(`error: timed out waiting for the condition`)
  return items[0]
}

function* stream(response: HttpResponse, { process }: Context, prefix = ""): Steps<void> {
  if (response.status >= 400) throw serverError(response)
  const print = (text: string) => process.print(prefix ? text.replace(/^(?=.)/gm, prefix) : text)
  if (!response.stream) return yield* print(bodyText(response.body))
  for (;;) {
    const chunk = response.stream.tryTake()
    if (chunk === null) return
    if (chunk === undefined) yield* process.wait({ queues: [response.stream.readQueue] })
    else yield* print(bodyText(chunk))
  }
}

const seconds = (text: string | undefined): string | undefined => {
  const match = /^(\d+)([smh])$/.exec(text ?? "")
  return match ? String(Number(match[1]) * { s: 1, m: 60, h: 3_600 }[match[2] as "s"]) : undefined
}

export const podCommands: readonly Subcommand[] = [
  defineSubcommand({
    path: ["logs"],
    summary: "Print the logs for a container in a pod",
    flags: {
      follow: { short: "f", type: "bool" },
      previous: { short: "p", type: "bool" },
      container: { short: "c", type: "string" },
      tail: { type: "string" },
      since: { type: "string" },
      timestamps: { type: "bool" },
      selector: { short: "l", type: "string" },
      "all-containers": { type: "bool" },
      prefix: { type: "bool" },
      "limit-bytes": { type: "string" },
      "since-time": { type: "string" },
    },
    *run(input, context) {
      const { api, process, namespace } = context
      const pods: KubeObject[] = []
      if (input.has("selector"))
        pods.push(
          ...(yield* api.json<{ items: KubeObject[] }>(
            "GET",
            `/api/v1/namespaces/${namespace}/pods${query({ labelSelector: input.text("selector") })}`,
          )).items,
        )
      else if (input.words[0] === undefined)
        throw new KubectlError(
          "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples",
        )
      else pods.push(yield* podOf(context, input.words[0]))
      for (const pod of pods) {
        const containers = (pod.spec as { containers: { name: string }[] }).containers.map(({ name }) => name)
        const wanted = input.bool("all-containers") ? containers : [input.text("container") ?? input.words[1] ?? containers[0]]
        if (!input.bool("all-containers") && containers.length > 1 && !input.has("container") && input.words[1] === undefined)
          yield* process.error(`Defaulted container "${containers[0]}" out of: ${containers.join(", ")}\n`)
        for (const container of wanted) {
          const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log${query({ container, follow: input.bool("follow") ? "true" : undefined, previous: input.bool("previous") ? "true" : undefined, tailLines: input.text("tail") === "-1" ? undefined : (input.text("tail") ?? (input.has("selector") ? "10" : undefined)), sinceSeconds: seconds(input.text("since")), timestamps: input.bool("timestamps") ? "true" : undefined })}`
          yield* stream(yield* api.send("GET", path), context, input.bool("prefix") ? `[pod/${pod.metadata.name}/${container}] ` : "")
        }
      }
      return 0
    },
  }),
  defineSubcommand({
    path: ["exec"],
    summary: "Execute a command in a container",
    flags: {
      container: { short: "c", type: "string" },
      stdin: { short: "i", type: "bool" },
      tty: { short: "t", type: "bool" },
      quiet: { short: "q", type: "bool" },
      filename: { short: "f", type: "list" },
    },
    *run(input, context) {
      const { api, process, namespace } = context
      const [word, ...more] = input.words
      const command = input.rest.length > 0 ? input.rest : more
      if (word === undefined) throw new KubectlError("error: pod, type/name or --filename must be specified")
      if (command.length === 0) throw new KubectlError("error: you must specify at least one command for the container")
      if (input.rest.length === 0)
        yield* process.error(
          "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples\n",
        )
      if (input.rest.length === 0) return 1
      const pod = yield* podOf(context, word)
      const containers = (pod.spec as { containers: { name: string }[] }).containers.map(({ name }) => name)
      const container = input.text("container") ?? containers[0]
      if (!input.has("container") && containers.length > 1)
        yield* process.error(`Defaulted container "${containers[0]}" out of: ${containers.join(", ")}\n`)
      const terminal = process.tty !== undefined && process.fds.get(0)?.kind === "tty"
      const tty = input.bool("tty") && terminal
      if (input.bool("tty") && !terminal) yield* process.error("Unable to use a TTY - input is not a terminal or the right kind of file\n")
      const parameters = [
        ...command.map((one) => `command=${encodeURIComponent(one)}`),
        `container=${container}`,
        "stdout=true",
        "stderr=true",
        ...(input.bool("stdin") ? ["stdin=true"] : []),
        ...(tty ? ["tty=true"] : []),
      ].join("&")
      const response = yield* api.send("GET", `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/exec?${parameters}`)
      const { upgrade } = response
      if (!upgrade) throw serverError(response)
      const queue = process.queue()
      const output: [1 | 2, Uint8Array][] = []
      let ended: { code: number; message?: string } | undefined
      upgrade.onClose = () => {
        ended ??= { code: 1 }
        queue.wake()
      }
      upgrade.onMessage = (channel, data) => {
        if (channel === 3) {
          const status = JSON.parse(new TextDecoder().decode(data)) as {
            status: string
            message?: string
            reason?: string
            details?: { causes?: { reason?: string; message?: string }[] }
          }
          const code = status.details?.causes?.find(({ reason }) => reason === "ExitCode")?.message
          ended =
            status.status === "Success"
              ? { code: 0 }
              : {
                  code: Number(code ?? 1),
                  message: code === undefined ? `error: ${status.message}` : `command terminated with exit code ${code}`,
                }
        } else if (channel === 1 || channel === 2) output.push([channel, data])
        queue.wake()
      }
      const before = process.tty && { ...process.tty.modes }
      if (tty) {
        process.tty?.setModes({ canonical: false, echo: false, signals: false, outputProcessing: false })
        upgrade.send(4, new TextEncoder().encode(JSON.stringify({ Width: process.tty?.columns, Height: process.tty?.rows })))
      }
      const input0 = input.bool("stdin") ? process.fds.get(0) : undefined
      let open = input0 !== undefined
      try {
        for (;;) {
          for (const [channel, data] of output.splice(0)) yield* process.write(channel, data)
          if (ended && output.length === 0) break
          if (open && input0) {
            const data = input0.tryRead(4_096)
            if (data) {
              if (data.length === 0) {
                open = false
                upgrade.end(0)
              } else upgrade.send(0, data)
              continue
            }
          }
          yield* process.wait({ queues: open && input0 ? [queue, input0.readQueue] : [queue] })
        }
      } finally {
        if (tty && before) process.tty?.setModes(before)
        if (!ended) upgrade.close()
      }
      if (ended.message) yield* process.error(`${ended.message}\n`)
      return ended.code
    },
  }),
  defineSubcommand({
    path: ["proxy"],
    summary: "Run a proxy to the Kubernetes API server",
    flags: { port: { short: "p", type: "string" }, address: { type: "string" }, "accept-hosts": { type: "string" } },
    *run(input, { api, process }) {
      const port = Number(input.text("port") ?? 8_001)
      const address = input.text("address") ?? "127.0.0.1"
      process.network.serve(
        port,
        (request) =>
          api.send(request.method, request.path, {
            ...(request.body !== undefined && { body: bodyText(request.body) }),
            ...(request.headers.accept && { accept: request.headers.accept }),
          }),
        { address, pid: process.pid },
      )
      yield* process.print(`Starting to serve on ${address}:${port}\n`)
      for (;;) yield* process.wait({ queues: [process.queue()] })
    },
  }),
  defineSubcommand({
    path: ["wait"],
    summary: "Wait for a specific condition on one or many resources",
    flags: { ...SELECTION, ...FILES, for: { type: "string" }, timeout: { type: "string" }, output: { short: "o", type: "string" } },
    *run(input, context) {
      const { api, process, namespace } = context
      const condition = input.text("for") ?? ""
      const limit = process.now() + Number(seconds(input.text("timeout")) ?? 30) * 1_000
      const [, type, wanted = "true"] = /^condition=([^=]+)(?:=(.+))?$/i.exec(condition) ?? []
      const path = /^jsonpath=(\{.+?\})(?:=(.*))?$/.exec(condition)
      const removal = /^delete$/i.test(condition)
      const all: { name: string; path: string; label: string }[] = []
      for (const { resource, name } of yield* targets(context, input.words)) {
        if (name !== undefined) all.push({ name, path: pathOf(resource, namespace, name), label: shown(resource, name) })
        else
          for (const { metadata } of (yield* api.json<{ items: KubeObject[] }>(
            "GET",
            pathOf(resource, input.bool("all-namespaces") ? undefined : namespace) + query({ labelSelector: input.text("selector") }),
          )).items)
            all.push({
              name: metadata.name,
              path: pathOf(resource, metadata.namespace, metadata.name),
              label: shown(resource, metadata.name),
            })
      }
      if (all.length === 0) {
        yield* process.error("error: no matching resources found\n")
        return 1
      }
      let status = 0
      for (const one of all)
        for (;;) {
          let object: KubeObject | undefined
          try {
            object = yield* api.json<KubeObject>("GET", one.path)
          } catch (error) {
            if (!(error instanceof KubectlError && error.status?.reason === "NotFound")) throw error
            if (!removal) throw error
          }
          const met = removal
            ? object === undefined
            : path
              ? jsonPathValues(path[1], object).some(
                  (value) => path[2] === undefined || String(value) === path[2].replace(/^(["'])(.*)\1$/, "$2"),
                )
              : ((object?.status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? []).some(
                  (item) => item.type.toLowerCase() === (type ?? "").toLowerCase() && item.status.toLowerCase() === wanted.toLowerCase(),
                )
          if (met) {
            yield* process.print(`${one.label} ${removal ? "deleted" : "condition met"}\n`)
            break
          }
          if (process.now() >= limit) {
            yield* process.error(
              `error: timed out waiting for the condition on ${one.label.replace(/^([^/]+)\//, (_, kind: string) => `${kind}s/`)}\n`,
            )
            status = 1
            break
          }
          yield* process.sleep(200)
        }
      return status
    },
  }),
]
