/** Subresources that a kubelet answers: logs, exec, attach, proxy. As pkg/registry/core/pod/rest. */
import type { Pod } from "../api/index.ts"
import { isObject } from "../apimachinery/frozen.ts"
import { badRequest, StatusError } from "../apimachinery/status.ts"
import type { Kubelet } from "../kubelet/run.ts"
import type { ExecOptions, ExecSession, LogLine } from "../ports/container-runtime.ts"
import type { ApiResponse, ResponseChannels } from "./contract.ts"
import type { Server, SubresourceCall, SubresourceHandler } from "./context.ts"
import type { Forward } from "./outside.ts"
import { portForward } from "./port-forward.ts"
import { proxied } from "./request-info.ts"

export interface NodeDoors {
  kubelet(node: string): Kubelet | undefined
  /** Nothing comes back from that node: its link is cut. */
  silent?(node: string): boolean
  /** Whether the node's machine is off. */
  down?(node: string): boolean
  forward: Forward
}

const TEXT = { "content-type": "text/plain", "cache-control": "no-cache, private" } as const

/** As podutil's GetContainers and rest.validateContainer. */
const containerOf = (pod: Pod, query: ReadonlyMap<string, readonly string[]>): string => {
  const asked = query.get("container")?.[0]
  const named = (containers: readonly { name: string }[] | undefined) => (containers ?? []).map(({ name }) => name)
  const [main, init, ephemeral] = [pod.spec.containers, pod.spec.initContainers, pod.spec.ephemeralContainers].map(named)
  if (asked) {
    if (![...main, ...init, ...ephemeral].includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`)
    return asked
  }
  if (main.length === 1) return main[0]
  const others = (names: readonly string[], what: string) =>
    names.length > 0 ? ` or one of the ${what} containers: [${names.join(" ")}]` : ""
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(" ")}]${others(init, "init")}${others(ephemeral, "ephemeral")}`,
  )
}

const statusesOf = (pod: Pod) => [
  ...(pod.status.containerStatuses ?? []),
  ...(pod.status.initContainerStatuses ?? []),
  ...(pod.status.ephemeralContainerStatuses ?? []),
]

/** The resolver that a hollow cluster's API server asks for its nodes' names, in vain. */
const RESOLVER = "10.255.255.53:53"
/** Options of a log as its URL has them. */
const LOG_OPTIONS = ["follow", "limitBytes", "previous", "sinceSeconds", "sinceTime", "stream", "tailLines", "timestamps"]

/** `url`: what is asked of the kubelet, where the answer names it. */
const kubeletOf = (pod: Pod, doors: NodeDoors, url?: string): Kubelet => {
  const name = pod.spec.nodeName ?? ""
  const silent = name !== "" && doors.silent?.(name) === true
  const kubelet = name && !silent ? doors.kubelet(name) : undefined
  const refuse = (server: string, problem: string): never => {
    throw new StatusError(500, "", url === undefined ? `error dialing backend: ${problem}` : `Get "https://${server}${url}": ${problem}`)
  }
  const { hostIP } = pod.status
  if (!kubelet)
    return refuse(
      `${hostIP}:10250`,
      `dial tcp ${hostIP}:10250: ${silent ? "i/o timeout" : doors.down?.(name) ? "connect: no route to host" : "connect: connection refused"}`,
    )
  if (kubelet.unreachable) return refuse(`${name}:${kubelet.unreachable.port}`, `dial tcp: lookup ${name} on ${RESOLVER}: no such host`)
  return kubelet
}

const logUrl = ({ metadata }: Pod, container: string, query: ReadonlyMap<string, readonly string[]>): string => {
  const options = LOG_OPTIONS.flatMap((name) => {
    const value = query.get(name)?.[0]
    return value === undefined || value === "false" ? [] : [`${name}=${encodeURIComponent(value)}`]
  })
  return `/containerLogs/${metadata.namespace}/${metadata.name}/${container}${options.length > 0 ? `?${options.join("&")}` : ""}`
}

const waitingProblem = (pod: Pod, container: string): string | undefined => {
  const status = statusesOf(pod).find(({ name }) => name === container)
  const waiting = status?.state?.waiting as { reason?: string; message?: string } | undefined
  if (!waiting || status?.lastState?.terminated) return undefined
  const reason = waiting.reason ?? "ContainerCreating"
  if (reason === "ContainerCreating" || reason === "PodInitializing")
    return `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${reason}`
  if (reason === "ErrImagePull" || reason === "ImagePullBackOff")
    return `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${reason === "ErrImagePull" ? "image can't be pulled" : "trying and failing to pull image"}`
  return `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${reason}`
}

const formatLine = ({ at, text }: LogLine, timestamps: boolean): string =>
  `${timestamps ? `${new Date(at).toISOString().replace("Z", "000000Z")} ` : ""}${text}\n`

const log =
  (doors: NodeDoors) =>
  ({ object, query }: SubresourceCall, server: Server): ApiResponse => {
    const pod = object as unknown as Pod
    const container = containerOf(pod, query)
    if (!pod.spec.nodeName) return { status: 200, headers: TEXT, body: "" }
    const kubelet = kubeletOf(pod, doors, logUrl(pod, container, query))
    const flag = (name: string) => query.get(name)?.[0] === "true"
    const problem = waitingProblem(pod, container)
    if (problem) throw badRequest(problem)
    const lines = kubelet.logs(pod, container, flag("previous"))
    if (!lines) {
      if (flag("previous"))
        throw badRequest(`previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} not found`)
      throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is not available`)
    }
    const tail = query.get("tailLines")?.[0]
    const since = query.get("sinceSeconds")?.[0]
    const after = query.get("sinceTime")?.[0]
    let shown = since ? lines.filter(({ at }) => at >= server.sim.now() - Number(since) * 1_000) : lines
    if (after) shown = shown.filter(({ at }) => at >= Date.parse(after))
    if (tail !== undefined) shown = Number(tail) === 0 ? [] : shown.slice(-Number(tail))
    const text = shown.map((line) => formatLine(line, flag("timestamps"))).join("")
    if (!flag("follow")) return { status: 200, headers: TEXT, body: text }
    let stop: (() => void) | undefined
    return {
      status: 200,
      headers: TEXT,
      stream: {
        start(push, end) {
          if (text) push(text)
          stop = kubelet.followLogs(pod, container, (line) => push(formatLine(line, flag("timestamps"))), end)
          if (!stop) end()
        },
        cancel: () => stop?.(),
      },
    }
  }

const encoder = new TextEncoder()

/** exec and attach as numbered channels: 0 in, 1 out, 2 error, 3 status, 4 size. */
const channels = (
  open: (options: Omit<ExecOptions, "command">) => ExecSession | undefined,
  query: ReadonlyMap<string, readonly string[]>,
): ResponseChannels => {
  const tty = query.get("tty")?.[0] === "true"
  let session: ExecSession | undefined
  return {
    protocol: "v5.channel.k8s.io",
    start(send, end, close) {
      session = open({
        tty,
        stdin: query.get("stdin")?.[0] === "true",
        onStdout: (data) => send(1, data),
        onStderr: (data) => send(tty ? 1 : 2, data),
        onDone(code, error) {
          const status = error
            ? {
                metadata: {},
                status: "Failure",
                message: `Internal error occurred: error executing command in container: ${error}`,
                reason: "InternalError",
                details: { causes: [{ message: error }] },
                code: 500,
              }
            : code === 0
              ? { metadata: {}, status: "Success" }
              : {
                  metadata: {},
                  status: "Failure",
                  message: `command terminated with non-zero exit code: exit status ${code}`,
                  reason: "NonZeroExitCode",
                  details: { causes: [{ reason: "ExitCode", message: String(code) }] },
                }
          send(3, encoder.encode(JSON.stringify(status)))
          end(1)
          close()
        },
      })
      if (!session) close()
    },
    receive(channel, data) {
      if (channel === 0) session?.input(data)
      else if (channel === 4) {
        try {
          const size = JSON.parse(new TextDecoder().decode(data)) as { Width?: number; Height?: number }
          session?.resize(Number(size.Width) || 80, Number(size.Height) || 24)
        } catch {
          // A size that cannot be read changes nothing.
        }
      }
    },
    receiveEnd(channel) {
      if (channel === 0) session?.endInput()
    },
    closed: () => session?.kill(),
  }
}

const runningOnly = (pod: Pod, container: string): void => {
  if (["Succeeded", "Failed"].includes(pod.status.phase ?? ""))
    throw badRequest(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`)
  if (!statusesOf(pod).some(({ name, state }) => name === container && state?.running))
    throw new StatusError(
      500,
      "InternalError",
      `error: Internal error occurred: unable to upgrade connection: container not found (${JSON.stringify(container)})`,
    )
}

const exec =
  (doors: NodeDoors, attach: boolean) =>
  ({ object, query }: SubresourceCall): ApiResponse => {
    const pod = object as unknown as Pod
    const container = containerOf(pod, query)
    if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
    runningOnly(pod, container)
    const kubelet = kubeletOf(pod, doors)
    const command = query.get("command") ?? []
    if (!attach && command.length === 0) throw badRequest("you must specify at least 1 command for the container")
    return {
      status: 101,
      headers: {},
      upgrade: channels(
        (options) => (attach ? kubelet.attach(pod, container, options) : kubelet.exec(pod, container, { ...options, command })),
        query,
      ),
    }
  }

const proxyTo = (doors: NodeDoors, address: string, port: number, { request, info, query }: SubresourceCall): ApiResponse => {
  const parameters =
    typeof request.query === "string"
      ? request.query
      : [...query].flatMap(([key, values]) => values.map((value) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)).join("&")
  const path = `${info.rest || "/"}${parameters ? `?${parameters}` : ""}`
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).filter(([name]) => name !== "authorization"))
  return {
    status: 200,
    headers: {},
    later(done) {
      doors.forward({ address, port, method: request.method, path, headers, body: request.body }, (result) => {
        if ("error" in result) {
          const message = `error trying to reach service: ${result.error}`
          done({
            status: 503,
            headers: { "content-type": "application/json" },
            body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason: "ServiceUnavailable", code: 503 },
          })
        } else done({ status: result.status, headers: result.headers, body: result.body })
      })
    },
  }
}

const podProxy =
  (doors: NodeDoors) =>
  (call: SubresourceCall): ApiResponse => {
    const pod = call.object as unknown as Pod
    const wanted = proxied(call.info).port
    const ports = pod.spec.containers?.flatMap(({ ports }) => ports ?? []) ?? []
    const port = wanted === "" ? ports[0]?.containerPort : (ports.find(({ name }) => name === wanted)?.containerPort ?? Number(wanted))
    return proxyTo(doors, pod.status.podIP ?? "", port || 80, call)
  }

export const registerNodeSubresources = (
  server: { subresource(key: string, handler: SubresourceHandler): void },
  doors: NodeDoors,
): void => {
  server.subresource("/pods/log", log(doors))
  server.subresource("/pods/exec", exec(doors, false))
  server.subresource("/pods/attach", exec(doors, true))
  server.subresource(
    "/pods/portforward",
    portForward((pod) => kubeletOf(pod, doors)),
  )
  server.subresource("/pods/proxy", podProxy(doors))
  server.subresource("/services/proxy", (call) => {
    const spec = call.object.spec as { clusterIP?: string; ports?: { name?: string; port: number }[] }
    if (!isObject(call.object.spec)) throw badRequest("no spec")
    const wanted = proxied(call.info).port
    const found = wanted === "" ? spec.ports?.[0] : spec.ports?.find(({ name, port }) => name === wanted || String(port) === wanted)
    return proxyTo(doors, spec.clusterIP ?? "", found?.port ?? 80, call)
  })
}
