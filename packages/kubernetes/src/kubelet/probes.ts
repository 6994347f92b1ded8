/** Probes of one container: startup, liveness, readiness, each on its own period. As pkg/kubelet/prober/worker.go. */
import type { Simulation, Timer } from "@drydock/sim"
import type { Pod } from "../api/index.ts"
import { flat } from "../apimachinery/flat.ts"
import type { ContainerRuntime } from "../ports/container-runtime.ts"
import type { Prober } from "../ports/network.ts"

type Container = NonNullable<Pod["spec"]["containers"]>[number]
type Probe = NonNullable<Container["livenessProbe"]>
type Kind = "startup" | "liveness" | "readiness"

export interface ProbeOptions {
  sim: Simulation
  prober: Prober
  runtime: ContainerRuntime
  container: Container
  containerId: string
  podIp: string
  /** Where "localhost" probes of host-network Pods go. */
  onResult: (kind: Kind, healthy: boolean, output: string, failures: number) => void
  /** `what`: "failed: …", or why nothing could be asked. */
  onFailure: (kind: Kind, what: string) => void
}

const portNumber = (port: unknown, container: Container): number =>
  typeof port === "number"
    ? port
    : /^\d+$/.test(String(port))
      ? Number(port)
      : (container.ports?.find(({ name }) => name === port)?.containerPort ?? 0)

/** As pkg/probe/grpc: dials until the time is over, then asks the health service. */
const grpcCheck = (
  { prober, podIp }: ProbeOptions,
  port: number,
  service: string,
  seconds: number,
  done: (ok: boolean, output: string) => void,
): void => {
  const at = JSON.stringify(`${podIp}:${port}`)
  const path = `/grpc.health.v1.Health/Check?service=${service}`
  const headers = { "content-type": "application/grpc", "user-agent": "kube-probe/1.35" }
  prober.http({ url: `http://${podIp}:${port}${path}`, method: "POST", headers, timeout: seconds * 1_000 }, (result) => {
    const code = "error" in result ? undefined : result.headers?.["grpc-status"]
    if ("error" in result || code === undefined)
      return done(false, `timeout: failed to connect service ${at} within ${seconds}s: context deadline exceeded`)
    if (code === "12")
      return done(false, `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${result.body}`)
    if (code !== "0")
      return done(false, `error: health rpc probe failed: rpc error: code = ${code === "5" ? "NotFound" : "Unknown"} desc = ${result.body}`)
    done(result.body === "SERVING", `service unhealthy (responded with ${JSON.stringify(result.body)})`)
  })
}

/** As pkg/probe/http/request.go: the same for every run of a probe. */
const httpRequest = ({ podIp, container }: ProbeOptions, { httpGet, timeoutSeconds = 1 }: Probe) => {
  if (!httpGet) return undefined
  const { host, port, path = "/", scheme = "HTTP", httpHeaders = [] } = httpGet
  const url = `${scheme.toLowerCase()}://${host || podIp}:${portNumber(port, container)}${path.startsWith("/") ? path : `/${path}`}`
  const own = Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value]))
  return { url: flat(url), headers: { "user-agent": "kube-probe/1.35", accept: "*/*", ...own }, timeout: timeoutSeconds * 1_000 }
}

/** Starts the container's probes; returns how to stop them. */
export const startProbes = (options: ProbeOptions): (() => void) => {
  const { sim, container } = options
  const timers = new Map<Kind, Timer>()
  let stopped = false
  let started = !container.startupProbe
  /** `ok` undefined: nothing could be asked, and nothing is known by it. */
  const check = (probe: Probe, request: ReturnType<typeof httpRequest>, done: (ok: boolean | undefined, output: string) => void): void => {
    const timeout = (probe.timeoutSeconds ?? 1) * 1_000
    const port = probe.httpGet?.port ?? probe.tcpSocket?.port
    if (port !== undefined && portNumber(port, container) === 0)
      return done(undefined, `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`)
    if (request) {
      options.prober.http(request, (result) => {
        if ("error" in result) return done(false, `Get "${request.url}": ${result.error}`)
        done(result.status >= 200 && result.status < 400, `HTTP probe failed with statuscode: ${result.status}`)
      })
    } else if (probe.tcpSocket) {
      const port = portNumber(probe.tcpSocket.port, container)
      const host = probe.tcpSocket.host || options.podIp
      options.prober.tcp({ host, port, timeout }, (error) => done(error === undefined, `dial tcp ${host}:${port}: ${error}`))
    } else if (probe.exec) {
      let output = ""
      let settled = false
      const decoder = new TextDecoder()
      const settle = (ok: boolean, text: string) => {
        if (settled) return
        settled = true
        sim.cancel(limit)
        done(ok, text)
      }
      const take = (data: Uint8Array) => {
        output += decoder.decode(data)
      }
      const session = options.runtime.exec(options.containerId, {
        command: (probe.exec.command ?? []) as string[],
        tty: false,
        stdin: false,
        onStdout: take,
        onStderr: take,
        onDone: (code, error) => {
          if (error === undefined) return settle(code === 0, output.trim())
          if (settled) return
          settled = true
          sim.cancel(limit)
          done(undefined, `rpc error: code = Unknown desc = failed to exec in container: ${error}`)
        },
      })
      const limit = sim.schedule(timeout, () => {
        session.kill()
        settle(false, `command timed out: "${(probe.exec?.command ?? []).join(" ")}" timed out after ${probe.timeoutSeconds ?? 1}s`)
      })
    } else if (probe.grpc) {
      grpcCheck(options, probe.grpc.port, probe.grpc.service ?? "", probe.timeoutSeconds ?? 1, done)
    } else done(true, "")
  }
  const run = (kind: Kind, probe: Probe) => {
    let successes = 0
    let failures = 0
    let healthy: boolean | undefined
    const request = httpRequest(options, probe)
    const tick = () => {
      if (stopped) return
      if (kind !== "startup" && !started) {
        timers.set(kind, sim.schedule(1_000, tick))
        return
      }
      check(probe, request, (ok, output) => {
        if (stopped) return
        // As prober.go: a probe that cannot be asked is told of, and its result is thrown away.
        if (ok === undefined) options.onFailure(kind, `errored and resulted in unknown state: ${output}`)
        else if (ok) {
          successes++
          failures = 0
        } else {
          failures++
          successes = 0
          options.onFailure(kind, `failed: ${output}`)
        }
        const next =
          ok === undefined
            ? healthy
            : ok
              ? successes >= (probe.successThreshold ?? 1)
                ? true
                : healthy
              : failures >= (probe.failureThreshold ?? 3)
                ? false
                : healthy
        if (kind === "startup" && next) started = true
        if (ok !== undefined && next !== undefined && (next !== healthy || next === false)) {
          healthy = next
          options.onResult(kind, next, output, failures)
          if (kind === "startup" && next) return
          if (!next && kind !== "readiness") return
        }
        const period = (probe.periodSeconds ?? 10) * 1_000
        // A settled probe is background noise; one that has not decided yet keeps the world busy.
        timers.set(kind, healthy === undefined ? sim.schedule(period, tick) : sim.scheduleBackground(period, tick))
      })
    }
    timers.set(kind, sim.schedule((probe.initialDelaySeconds ?? 0) * 1_000, tick))
  }
  if (container.startupProbe) run("startup", container.startupProbe)
  if (container.livenessProbe) run("liveness", container.livenessProbe)
  if (container.readinessProbe) run("readiness", container.readinessProbe)
  return () => {
    stopped = true
    for (const timer of timers.values()) sim.cancel(timer)
  }
}
