/** kubectl cluster-info, cluster-info dump */
import type { KubeObject } from "../../api.ts"
import { query } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { bodyText } from "@drydock/machine"
import { goJson } from "@drydock/gotemplate"
import { PRINT } from "../../flag-groups.ts"
import { withoutManaged } from "../../printing/objects.ts"
import { typed } from "../../printing/typed.ts"
import { toYaml } from "../../printing/yaml.ts"

interface ServiceSpec {
  ports?: { name?: string; port: number }[]
}

export const clusterInfo = defineSubcommand({
  path: ["cluster-info"],
  group: "Cluster Management Commands",
  summary: "Display cluster information",
  description: "Where the control plane is, and the services that call themselves part of the cluster.",
  usage: "",
  examples: [["Addresses", "kubectl cluster-info"]],
  flags: {},
  *run(_, { api, process, namespace, namespaceGiven }) {
    const where = namespaceGiven ? namespace : "kube-system"
    const { items } = yield* api.get<{ items: KubeObject[] }>(
      `/api/v1/namespaces/${where}/services${query({ labelSelector: "kubernetes.io/cluster-service=true" })}`,
    )
    const colored = process.fds.get(1)?.kind === "tty"
    const paint = (text: string, code: string) => (colored ? `\x1b[${code}m${text}\x1b[0m` : text)
    const line = (name: string, link: string) => process.print(`${paint(name, "0;32")} is running at ${paint(link, "0;33")}\n`)
    const { server } = api.connection
    yield* line("Kubernetes control plane", server)
    for (const { metadata, spec, status } of items) {
      const { ports = [] } = spec as ServiceSpec
      const [ingress] =
        (status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)?.loadBalancer?.ingress ?? []
      const [port] = ports
      const scheme = port && (port.name === "https" || port.port === 443) ? "https:" : ""
      const name = `${scheme}${metadata.name}${port?.name ? `:${port.name}` : scheme ? ":" : ""}`
      const link = ingress
        ? ports.map((one) => `http://${ingress.ip ?? ingress.hostname ?? ""}:${one.port} `).join("")
        : `${server}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy`
      yield* line(metadata.labels?.["kubernetes.io/name"] || metadata.name, link)
    }
    yield* process.print("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
    return 0
  },
})

const DUMPED: readonly (readonly [file: string, plural: string])[] = [
  ["events", "/api/v1/namespaces/NS/events"],
  ["replication-controllers", "/api/v1/namespaces/NS/replicationcontrollers"],
  ["services", "/api/v1/namespaces/NS/services"],
  ["daemonsets", "/apis/apps/v1/namespaces/NS/daemonsets"],
  ["deployments", "/apis/apps/v1/namespaces/NS/deployments"],
  ["replicasets", "/apis/apps/v1/namespaces/NS/replicasets"],
  ["pods", "/api/v1/namespaces/NS/pods"],
]

export const clusterInfoDump = defineSubcommand({
  path: ["cluster-info", "dump"],
  summary: "Dump relevant information for debugging and diagnosis",
  usage: "",
  examples: [["To standard output", "kubectl cluster-info dump"]],
  flags: {
    ...PRINT,
    output: { short: "o", type: "string", default: "json", help: "json or yaml" },
    "all-namespaces": { short: "A", type: "bool", help: "All namespaces." },
    namespaces: { type: "list", help: "These namespaces; default: the current one and kube-system." },
    "output-directory": { type: "string", help: "Where to put files; - or nothing: standard output" },
    "pod-running-timeout": { type: "duration", default: "20s", help: "How long to wait for a pod to run" },
  },
  *run(input, context) {
    const { api, process } = context
    const yaml = input.text("output") === "yaml"
    const directory = input.text("output-directory")
    const write = function* (file: string, text: string) {
      if (!directory || directory === "-") return yield* process.print(text)
      const path = `${directory}/${file}`
      process.files.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true })
      process.files.write(path, text)
    }
    // One printer for all of it, whichever file it goes to: it sets a line between what it prints.
    let between = ""
    const inYaml = (value: unknown): string => {
      const text = between + toYaml(value)
      between = "---\n"
      return text
    }
    const dump = (value: object) =>
      yaml ? inYaml(withoutManaged(typed(value))) : `${goJson(withoutManaged(typed(value)), "    ", true)}\n`
    const extension = yaml ? "yaml" : "json"
    yield* write(`nodes.${extension}`, dump(yield* api.get<object>("/api/v1/nodes")))
    const namespaces = input.has("namespaces")
      ? input.list("namespaces")
      : input.bool("all-namespaces")
        ? (yield* api.get<{ items: KubeObject[] }>("/api/v1/namespaces")).items.map(({ metadata }) => metadata.name)
        : ["kube-system", context.namespace]
    for (const namespace of namespaces) {
      for (const [file, path] of DUMPED)
        yield* write(`${namespace}/${file}.${extension}`, dump(yield* api.get<object>(path.replace("NS", namespace))))
      const { items } = yield* api.get<{ items: (KubeObject & { spec: { containers: { name: string }[] } })[] }>(
        `/api/v1/namespaces/${namespace}/pods`,
      )
      for (const { metadata, spec } of items)
        for (const { name } of spec.containers) {
          const answer = yield* api.send("GET", `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log${query({ container: name })}`)
          const text = answer.stream ? "" : bodyText(answer.body)
          yield* write(
            `${namespace}/${metadata.name}/logs.txt`,
            `==== START logs for container ${name} of pod ${namespace}/${metadata.name} ====\n${text}==== END logs for container ${name} of pod ${namespace}/${metadata.name} ====\n`,
          )
        }
    }
    if (directory && directory !== "-") yield* process.print(`Cluster info dumped to ${directory}\n`)
    return 0
  },
})
