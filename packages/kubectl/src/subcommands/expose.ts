/** kubectl expose. As kubectl/pkg/cmd/expose/expose.go. */
import type { KubeObject } from "../api.ts"
import { RECORD, recorded } from "../change-cause.ts"
import { find } from "../builder.ts"
import { send } from "../create-object.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { KubectlError, throwAll } from "../errors.ts"
import { DRY_RUN, FILES, fieldManager, PRINT, SAVE_CONFIG } from "../flag-groups.ts"
import { withoutFlags } from "../flags.ts"
import { parseLabels } from "../labels.ts"
import { OVERRIDES, override } from "../overrides.ts"
import { Reporter } from "../printing/report.ts"

interface Ports {
  containers?: { ports?: { containerPort: number; protocol?: string }[] }[]
}

interface Exposable extends Ports {
  selector?: Record<string, string> & {
    matchLabels?: Record<string, string>
    matchExpressions?: { key: string; operator: string; values?: string[] }[]
  }
  template?: { metadata?: { labels?: Record<string, string> }; spec?: Ports }
  ports?: { port: number; protocol?: string }[]
}

const EXPOSABLE: readonly string[] = ["ReplicationController", "Service", "Pod", "Deployment", "ReplicaSet"]

const selectorOf = ({ kind, metadata, spec }: KubeObject): Record<string, string> => {
  const { selector } = spec as Exposable
  const fault = (text: string) => new KubectlError(`couldn't retrieve selectors via --selector flag or introspection: ${text}`)
  if (kind === "Pod") {
    if (!metadata.labels || Object.keys(metadata.labels).length === 0) throw fault("the pod has no labels and cannot be exposed")
    return metadata.labels
  }
  if (kind === "Service") {
    if (!selector || Object.keys(selector).length === 0) throw fault("the service has no pod selector set")
    return selector
  }
  if (kind === "ReplicationController") return selector as Record<string, string>
  if (!selector?.matchLabels || Object.keys(selector.matchLabels).length === 0)
    throw fault(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`)
  if (selector.matchExpressions?.length) {
    const texts = selector.matchExpressions.map(
      ({ key, operator, values = [] }) => `{Key:${key} Operator:${operator} Values:[${values.join(" ")}]}`,
    )
    throw fault(`couldn't convert expressions - "[${texts.join(" ")}]" to map-based selector format`)
  }
  return selector.matchLabels
}

/** Ports of the object and what is spoken there. */
const portsOf = ({ kind, spec }: KubeObject): { port: number; protocol: string }[] => {
  const from = spec as Exposable
  if (kind === "Service") return (from.ports ?? []).map(({ port, protocol = "TCP" }) => ({ port, protocol }))
  const { containers = [] } = kind === "Pod" ? from : (from.template?.spec ?? {})
  return containers.flatMap(({ ports = [] }) => ports.map(({ containerPort, protocol = "TCP" }) => ({ port: containerPort, protocol })))
}

const intOrText = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)

export const expose = defineSubcommand({
  path: ["expose"],
  group: "Basic Commands (Beginner)",
  summary: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
  description: "The new service takes the object's selector and, unless --port says otherwise, its ports.",
  usage:
    "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]",
  examples: [
    ["A deployment's pods on port 80", "kubectl expose deployment nginx --port=80 --target-port=8000"],
    ["A pod", "kubectl expose pod valid-pod --port=444 --name=frontend"],
  ],
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    ...SAVE_CONFIG,
    selector: { type: "string", help: "The labels that the service selects; default: the object's" },
    ...OVERRIDES,
    ...fieldManager("kubectl-expose"),
    ...RECORD,
    "cluster-ip": { type: "string", help: "The service's address, or None for a headless service." },
    "external-ip": { type: "string", help: "An address outside of the cluster that the service is reached at." },
    labels: { short: "l", type: "string", help: "The service's labels, as key=value,…" },
    "load-balancer-ip": { type: "string", help: "The load balancer's address." },
    name: { type: "string", help: "The service's name; default: the object's." },
    port: { type: "string", help: "The port it serves." },
    protocol: { type: "string", help: "TCP, UDP or SCTP; default: the object's." },
    "session-affinity": { type: "string", help: "None or ClientIP" },
    "target-port": { type: "string", help: "The port, or its name, that the pods listen on; default: --port." },
    type: { type: "string", help: "ClusterIP, NodePort, LoadBalancer or ExternalName; default: ClusterIP." },
  },
  *run(input, context) {
    const reporter = new Reporter(context.process, input)
    const errors: KubectlError[] = []
    // --selector is the service's; it finds no objects.
    const infos = yield* find(context, withoutFlags(input, { selector: { type: "string" } }), { errors })
    throwAll(errors)
    for (const { resource, object, name } of infos) {
      if (!EXPOSABLE.includes(resource.kind))
        throw new KubectlError(`cannot expose a ${resource.kind}${resource.group ? `.${resource.group}` : ""}`)
      const selector = input.text("selector") ? parseLabels(input.text("selector")) : selectorOf(object)
      const known = portsOf(object)
      const headless = input.text("cluster-ip") === "None"
      const numbers = input.text("port") ? input.text("port").split(",") : known.map(({ port }) => String(port))
      if (numbers.length === 0 && !headless) throw new KubectlError("couldn't find port via --port flag or introspection")
      const target = input.text("target-port")
      const ports = numbers.map((text, at) => {
        if (!/^\d+$/.test(text)) throw new KubectlError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
        const port = Number(text)
        const protocol = input.text("protocol") || known.find((one) => one.port === port)?.protocol || "TCP"
        return {
          ...(numbers.length > 1 && { name: `port-${at + 1}` }),
          protocol,
          port,
          targetPort: target ? intOrText(target) : port,
        }
      })
      const labels = input.text("labels") ? parseLabels(input.text("labels")) : object.metadata.labels
      const affinity = input.text("session-affinity")
      if (affinity && affinity !== "None" && affinity !== "ClientIP") throw new KubectlError(`unknown session affinity: ${affinity}`)
      const service: KubeObject = {
        kind: "Service",
        apiVersion: "v1",
        metadata: { name: input.text("name") || name.slice(0, 63), ...(labels && Object.keys(labels).length > 0 && { labels }) },
        spec: {
          ...(ports.length > 0 && { ports }),
          selector,
          ...(input.text("cluster-ip") && { clusterIP: input.text("cluster-ip") }),
          ...(input.text("type") && { type: input.text("type") }),
          ...(input.text("external-ip") && { externalIPs: [input.text("external-ip")] }),
          ...(input.text("session-affinity") && { sessionAffinity: input.text("session-affinity") }),
          ...(input.text("load-balancer-ip") && { loadBalancerIP: input.text("load-balancer-ip") }),
        },
        status: { loadBalancer: {} },
      }
      yield* reporter.say(yield* send(context, input, recorded(context, input, override(input, service))), "exposed")
    }
    return 0
  },
})
