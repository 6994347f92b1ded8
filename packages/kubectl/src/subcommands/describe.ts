/** kubectl describe: an object's parts and its events. As kubectl/pkg/describe. */
import { ageSince } from "@drydock/kubernetes/api"
import { isObject } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import { type KubeObject, pathOf } from "../api.ts"
import { query, SELECTION, targets } from "../builder.ts"
import { type Context, defineSubcommand } from "../define-subcommand.ts"

const pairs = (label: string, values: Record<string, string> | undefined, separator = ": "): string => {
  const entries = Object.entries(values ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const head = `${label}:`.padEnd(18)
  return entries.length === 0
    ? `${head}<none>\n`
    : entries.map(([key, value], at) => `${at === 0 ? head : " ".repeat(18)}${key}${separator}${value}\n`).join("")
}

const title = (name: string): string => name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/^./, (letter) => letter.toUpperCase())

/** Any object, as upstream's generic describer prints it. */
const generic = (value: unknown, indent: string): string =>
  Object.entries((value ?? {}) as Record<string, unknown>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => {
      if (Array.isArray(member))
        return `${indent}${title(key)}:\n${member.map((item) => (isObject(item) ? generic(item, `${indent}  `) : `${indent}  ${String(item)}\n`)).join("")}`
      return isObject(member)
        ? `${indent}${title(key)}:\n${generic(member, `${indent}  `)}`
        : `${indent}${`${title(key)}:`.padEnd(12)} ${String(member)}\n`
    })
    .join("")

interface ContainerSpec {
  name: string
  image: string
  ports?: { containerPort: number; protocol?: string; hostPort?: number }[]
  command?: string[]
  args?: string[]
  env?: { name: string; value?: string; valueFrom?: unknown }[]
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
}

const time = (text: string | undefined): string => (text ? new Date(text).toUTCString().replace("GMT", "+0000") : "")

const stateText = (
  label: string,
  state:
    | Record<string, { reason?: string; message?: string; exitCode?: number; startedAt?: string; finishedAt?: string } | undefined>
    | undefined,
): string => {
  const [kind, detail] = Object.entries(state ?? {})[0] ?? []
  const line = (name: string, value: string) => `      ${`${name}:`.padEnd(14)}${value}\n`
  if (!kind || !detail) return ""
  let text = `    ${`${label}:`.padEnd(16)}${title(kind)}\n`
  if (detail.reason) text += line("Reason", detail.reason)
  if (detail.message) text += line("Message", detail.message)
  if (kind === "running") text += line("Started", time(detail.startedAt))
  if (kind === "terminated")
    text += line("Exit Code", String(detail.exitCode)) + line("Started", time(detail.startedAt)) + line("Finished", time(detail.finishedAt))
  return text
}

const containers = (
  specs: readonly ContainerSpec[],
  statuses:
    | readonly {
        name: string
        containerID?: string
        imageID?: string
        state?: never
        lastState?: never
        ready?: boolean
        restartCount?: number
      }[]
    | undefined,
): string =>
  specs
    .map((spec) => {
      const status = statuses?.find(({ name }) => name === spec.name)
      const line = (name: string, value: string) => `    ${`${name}:`.padEnd(16)}${value}\n`
      const ports = (spec.ports ?? []).map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? "TCP"}`).join(", ")
      let text = `  ${spec.name}:\n`
      if (status) text += line("Container ID", status.containerID ?? "")
      text += line("Image", spec.image)
      if (status) text += line("Image ID", status.imageID ?? "")
      text += line((spec.ports?.length ?? 0) > 1 ? "Ports" : "Port", ports || "<none>")
      text += line(
        (spec.ports?.length ?? 0) > 1 ? "Host Ports" : "Host Port",
        (spec.ports ?? []).map(({ hostPort, protocol }) => `${hostPort ?? 0}/${protocol ?? "TCP"}`).join(", ") || "<none>",
      )
      if (spec.command) text += `    Command:\n${spec.command.map((word) => `      ${word}\n`).join("")}`
      if (spec.args) text += `    Args:\n${spec.args.map((word) => `      ${word}\n`).join("")}`
      if (status) {
        text += stateText("State", status.state)
        text += stateText("Last State", status.lastState)
        text += line("Ready", status.ready ? "True" : "False") + line("Restart Count", String(status.restartCount ?? 0))
      }
      for (const which of ["limits", "requests"] as const) {
        const values = Object.entries(spec.resources?.[which] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
        if (values.length > 0)
          text += `    ${title(which)}:\n${values.map(([resource, amount]) => `      ${`${resource}:`.padEnd(10)}${amount}\n`).join("")}`
      }
      const variables = spec.env ?? []
      text +=
        variables.length === 0
          ? line("Environment", "<none>")
          : `    Environment:\n${variables.map(({ name, value }) => `      ${name}:  ${value ?? "<set from a reference>"}\n`).join("")}`
      const mounts = spec.volumeMounts ?? []
      text +=
        mounts.length === 0
          ? line("Mounts", "<none>")
          : `    Mounts:\n${mounts.map(({ name, mountPath, readOnly }) => `      ${mountPath} from ${name} (${readOnly ? "ro" : "rw"})\n`).join("")}`
      return text
    })
    .join("")

const conditions = (list: readonly { type: string; status: string; reason?: string }[] | undefined, reasons: boolean): string => {
  if (!list?.length) return ""
  const rows = list.map(({ type, status, reason }) => (reasons ? [type, status, reason ?? ""] : [type, status]))
  const width = Math.max(4, ...rows.map(([type]) => type.length)) + (reasons ? 3 : 3)
  return `Conditions:\n  ${"Type".padEnd(width)}${reasons ? `${"Status".padEnd(8)}Reason` : "Status"}\n${reasons ? `  ${"----".padEnd(width)}${"------".padEnd(8)}------\n` : ""}${rows.map(([type, status, reason]) => `  ${type.padEnd(width)}${reasons ? `${status.padEnd(8)}${reason}` : status} \n`.replace(/ \n/, reasons ? "\n" : " \n")).join("")}`
}

function* events({ api, process }: Context, object: KubeObject): Steps<string> {
  const namespace = object.metadata.namespace ?? "default"
  const { items } = yield* api.json<{
    items: (KubeObject & {
      type: string
      reason: string
      message: string
      count?: number
      firstTimestamp?: string
      lastTimestamp?: string
      source?: { component?: string }
    })[]
  }>(
    "GET",
    `/api/v1/namespaces/${namespace}/events${query({ fieldSelector: `involvedObject.name=${object.metadata.name},involvedObject.uid=${String(object.metadata.uid)}` })}`,
  )
  if (items.length === 0) return "Events:            <none>\n"
  const now = process.now()
  const rows = items
    .sort((a, b) => ((a.lastTimestamp ?? "") < (b.lastTimestamp ?? "") ? -1 : 1))
    .map((event) => [
      event.type,
      event.reason,
      (event.count ?? 1) > 1
        ? `${ageSince(event.lastTimestamp, now)} (x${event.count} over ${ageSince(event.firstTimestamp, now)})`
        : ageSince(event.lastTimestamp ?? event.firstTimestamp, now),
      event.source?.component ?? "",
      event.message,
    ])
  const all = [["Type", "Reason", "Age", "From", "Message"], ["----", "------", "----", "----", "-------"], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column].length)))
  return `Events:\n${all.map((row) => `  ${row.map((cell, column) => (column < 4 ? cell.padEnd(widths[column] + 2) : cell)).join("")}\n`).join("")}`
}

const describePod = (pod: KubeObject): string => {
  const spec = pod.spec as {
    nodeName?: string
    serviceAccountName?: string
    priority?: number
    containers: ContainerSpec[]
    initContainers?: ContainerSpec[]
    nodeSelector?: Record<string, string>
    tolerations?: { key?: string; operator?: string; effect?: string; tolerationSeconds?: number }[]
    volumes?: ({ name: string } & Record<string, unknown>)[]
  }
  const status = pod.status as {
    phase: string
    hostIP?: string
    podIP?: string
    startTime?: string
    qosClass?: string
    containerStatuses?: never[]
    initContainerStatuses?: never[]
    conditions?: { type: string; status: string }[]
  }
  const line = (name: string, value: string) => `${`${name}:`.padEnd(18)}${value}\n`
  const owner = (pod.metadata.ownerReferences as { kind: string; name: string; controller?: boolean }[] | undefined)?.find(
    ({ controller }) => controller,
  )
  let text =
    line("Name", pod.metadata.name) +
    line("Namespace", pod.metadata.namespace ?? "") +
    line("Priority", String(spec.priority ?? 0)) +
    line("Service Account", spec.serviceAccountName ?? "")
  text += line("Node", spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>")
  if (status.startTime) text += line("Start Time", time(status.startTime))
  text += pairs("Labels", pod.metadata.labels, "=") + pairs("Annotations", pod.metadata.annotations)
  text += line("Status", pod.metadata.deletionTimestamp ? "Terminating" : status.phase) + line("IP", status.podIP ?? "")
  text += status.podIP ? `IPs:\n  IP:  ${status.podIP}\n` : "IPs:               <none>\n"
  if (owner) text += `Controlled By:  ${owner.kind}/${owner.name}\n`
  if (spec.initContainers?.length) text += `Init Containers:\n${containers(spec.initContainers, status.initContainerStatuses)}`
  text += `Containers:\n${containers(spec.containers, status.containerStatuses)}`
  text += conditions(status.conditions, false)
  text +=
    (spec.volumes ?? []).length === 0
      ? line("Volumes", "<none>")
      : `Volumes:\n${(spec.volumes ?? []).map(({ name, ...source }) => `  ${name}:\n    Type:  ${title(Object.keys(source)[0] ?? "emptyDir")}\n`).join("")}`
  text += line("QoS Class", status.qosClass ?? "") + pairs("Node-Selectors", spec.nodeSelector, "=")
  const tolerations = (spec.tolerations ?? []).map(
    ({ key, operator, effect, tolerationSeconds }) =>
      `${key ?? ""}${effect ? `:${effect}` : ""}${operator === "Exists" ? " op=Exists" : ""}${tolerationSeconds === undefined ? "" : ` for ${tolerationSeconds}s`}`,
  )
  text +=
    tolerations.length === 0
      ? line("Tolerations", "<none>")
      : tolerations.map((one, at) => `${at === 0 ? "Tolerations:".padEnd(18) : " ".repeat(18)}${one}\n`).join("")
  return text
}

const describeAny = (object: KubeObject): string => {
  const { apiVersion, kind, metadata, ...rest } = object
  const { name, namespace, labels, annotations, managedFields: _, ...more } = metadata
  return `${"Name:".padEnd(14)}${name}\n${namespace ? `${"Namespace:".padEnd(14)}${namespace}\n` : ""}${pairs("Labels", labels, "=").replaceAll(" ".repeat(18), " ".repeat(14))}${pairs("Annotations", annotations)}${"API Version:".padEnd(14)}${apiVersion}\n${"Kind:".padEnd(14)}${kind}\nMetadata:\n${generic(more, "  ")}${generic(rest, "")}`
}

export const describe = defineSubcommand({
  path: ["describe"],
  summary: "Show details of a specific resource or group of resources",
  flags: { ...SELECTION, filename: { short: "f", type: "list" }, "show-events": { type: "string" } },
  *run(input, context) {
    const { api, process, namespace } = context
    const texts: string[] = []
    for (const { resource, name } of yield* targets(context, input.words)) {
      const objects =
        name === undefined
          ? (yield* api.json<{ items: KubeObject[] }>(
              "GET",
              pathOf(resource, input.bool("all-namespaces") ? undefined : namespace) + query({ labelSelector: input.text("selector") }),
            )).items
          : [yield* api.json<KubeObject>("GET", pathOf(resource, namespace, name))]
      for (const object of objects)
        texts.push(
          (resource.plural === "pods"
            ? describePod(object)
            : describeAny({ ...object, apiVersion: object.apiVersion ?? "", kind: resource.kind })) + (yield* events(context, object)),
        )
    }
    if (texts.length === 0) yield* process.error(`No resources found in ${namespace} namespace.\n`)
    yield* process.print(texts.join("\n\n"))
    return 0
  },
})
