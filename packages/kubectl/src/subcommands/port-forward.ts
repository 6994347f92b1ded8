/** kubectl port-forward. As kubectl/pkg/cmd/portforward. */
import { bodyText, SystemError } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { ConnectionError, KubectlError, UsageError } from "../errors.ts"
import { klog } from "../klog.ts"
import { attachablePod, named, type PodObject } from "../pods.ts"

interface ServicePort {
  name?: string
  port: number
  targetPort?: number | string
}

interface Forward {
  readonly local: number
  readonly remote: number
}

const containerPort = (pod: PodObject, name: string): number => {
  for (const { ports } of pod.spec.containers as { ports?: { name?: string; containerPort: number }[] }[]) {
    const found = ports?.find((port) => port.name === name)
    if (found) return found.containerPort
  }
  throw new KubectlError(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
}

/** The container's port behind a service's. */
const targetOf = (service: KubeObject, pod: PodObject, text: string): { remote: number; port: number } => {
  const spec = service.spec as { ports?: ServicePort[]; clusterIP?: string }
  const found = (spec.ports ?? []).find(({ name, port }) => (/^\d+$/.test(text) ? port === Number(text) : name === text))
  if (!found)
    throw new KubectlError(
      /^\d+$/.test(text)
        ? `Service ${service.metadata.name} does not have a service port ${text}`
        : `Service '${service.metadata.name}' does not have a named port '${text}'`,
    )
  if (spec.clusterIP === "None" && (found.targetPort === undefined || found.targetPort === found.port))
    return { remote: found.port, port: found.port }
  const { targetPort = found.port } = found
  return { remote: typeof targetPort === "number" ? targetPort : containerPort(pod, targetPort), port: found.port }
}

const portNumber = (text: string, what: string): number => {
  if (!/^\d+$/.test(text) || Number(text) > 65_535)
    throw new KubectlError(
      `error parsing ${what} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${/^\d+$/.test(text) ? "value out of range" : "invalid syntax"}`,
    )
  return Number(text)
}

export const portForward = defineSubcommand({
  path: ["port-forward"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Forward one or more local ports to a pod",
  description: "Of several pods behind a type/name one is chosen. The forwarding ends with that pod.",
  usage: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
  examples: [
    ["Ports 5000 and 6000", "kubectl port-forward pod/mypod 5000 6000"],
    ["A service's port 80 on 8080", "kubectl port-forward service/myservice 8080:80"],
  ],
  flags: {
    address: { type: "list", default: "localhost", help: "The addresses to listen on." },
    "pod-running-timeout": { type: "duration", default: "1m", help: "How long to wait for a pod to run" },
  },
  *run(input, context) {
    const { api, process } = context
    const [target, ...ports] = input.words
    if (target === undefined || ports.length === 0)
      throw new UsageError("port-forward", "TYPE/NAME and list of ports are required for port-forward")
    const info = yield* named(context, input, [target])
    const pod = yield* attachablePod(context, info, input.duration("pod-running-timeout"))
    const service = info.resource.kind === "Service" ? info.object : undefined
    const forwards = ports.map((text): Forward => {
      const [first, second] = text.includes(":") ? text.split(":") : [text, text]
      if (!second) throw new KubectlError("remote port cannot be empty")
      if (service) {
        const { remote, port } = targetOf(service, pod, second)
        return { local: text.includes(":") ? (first === "" ? 0 : portNumber(first, "local")) : port, remote }
      }
      const remote = /^\d+$/.test(second) ? portNumber(second, "remote") : containerPort(pod, second)
      if (remote === 0) throw new KubectlError("remote port must be > 0")
      return { local: text.includes(":") ? (first === "" ? 0 : portNumber(first, "local")) : remote, remote }
    })
    if (pod.status.phase !== "Running")
      throw new KubectlError(`unable to forward port because pod is not running. Current status=${pod.status.phase}`)
    const { namespace, name } = pod.metadata
    const queue = process.queue()
    const handled: number[] = []
    let lost: Forward | undefined
    for (const { local: wanted, remote } of forwards) {
      const local = wanted || 30_000 + Math.floor(process.random() * 20_000)
      const addresses = input.list("address").flatMap((one) => (one === "localhost" ? ["127.0.0.1", "[::1]"] : [one]))
      for (const address of addresses) {
        if (address !== "[::1]")
          try {
            process.network.serve(
              local,
              function* (request) {
                handled.push(local)
                queue.wake()
                try {
                  const answer = yield* api.send(
                    request.method,
                    `/api/v1/namespaces/${namespace}/pods/${name}:${remote}/proxy${request.path}`,
                    {
                      ...(request.body !== undefined && { body: bodyText(request.body) }),
                      ...(request.headers["content-type"] && { type: request.headers["content-type"] }),
                      accept: request.headers.accept ?? "*/*",
                    },
                  )
                  if (answer.status === 503 || (answer.status === 404 && /"kind":\s*"Status"/.test(bodyText(answer.body)))) {
                    lost = { local, remote }
                    queue.wake()
                    throw new SystemError("ECONNRESET")
                  }
                  return answer
                } catch (error) {
                  if (error instanceof ConnectionError) throw new SystemError("ECONNRESET")
                  throw error
                }
              },
              { address, pid: process.pid },
            )
          } catch (error) {
            if (!(error instanceof SystemError)) throw error
            yield* process.error(
              `Unable to listen on port ${local}: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 ${address}:${local}: bind: address already in use]\n`,
            )
            throw new KubectlError(`unable to listen on any of the requested ports: [{${local} ${remote}}]`)
          }
        yield* process.print(`Forwarding from ${address}:${local} -> ${remote}\n`)
      }
    }
    for (;;) {
      yield* process.wait({ queues: [queue] })
      for (const port of handled.splice(0)) yield* process.print(`Handling connection for ${port}\n`)
      if (lost !== undefined) {
        yield* process.error(
          `${klog(process, "E", "portforward.go:424", `"Unhandled Error" err="an error occurred forwarding ${lost.local} -> ${lost.remote}: error forwarding port ${lost.remote} to pod ${pod.metadata.uid}, uid : failed to execute portforward in network namespace: failed to connect to localhost:${lost.remote} inside namespace: IPv4: dial tcp4 127.0.0.1:${lost.remote}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found"`)}error: lost connection to pod\n`,
        )
        return 1
      }
    }
  },
})
