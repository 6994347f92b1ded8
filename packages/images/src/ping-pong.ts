/** viktoruj/ping_pong: says who answers and logs it, to standard output or a file; delays, load and metrics by its environment. */
import { type HttpHandler, type HttpRequest, type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

const text = (body: string) => ({ status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body })
const headerName = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())

const settings = (process: Process) => {
  const value = (name: string, fallback: string): string => process.env.get(name) || fallback
  const host = value("ENABLE_DEFAULT_HOSTNAME", "true") === "true" ? "ping_pong_server" : value("HOSTNAME", "ping_pong_server")
  return {
    server: value("SERVER_NAME", host),
    port: Number(value("SRV_PORT", "8080")),
    metricPort: Number(value("METRIC_PORT", "9090")),
    log: value("LOG_PATH", ""),
    output: value("ENABLE_OUTPUT", "true") === "true",
    loadCpu: value("ENABLE_LOAD_CPU", "false"),
    loadMemory: value("ENABLE_LOAD_MEMORY", "false"),
    cpuProfile: value("CPU_USAGE_PROFILE", ""),
    memoryProfile: value("MEMORY_USAGE_PROFILE", ""),
    processors: Math.max(1, Number.parseInt(value("CPU_MAXPROC", "1"), 10) || 1),
    delay: value("DELAY_START", "0"),
  }
}
type Settings = ReturnType<typeof settings>

/** What it loads: the first profile that it is given, and for good. */
const load = (process: Process, { loadCpu, loadMemory, cpuProfile, memoryProfile, processors }: Settings): void => {
  const [, wait = 0, routines = 1] = cpuProfile.split(" ")[0].split("=").map(Number)
  const [megabytes = 0] = memoryProfile.split(" ")[0].split("=").map(Number)
  const cpu = loadCpu === "true" && cpuProfile !== "" ? (Math.min(processors, routines) * 1_000) / (1 + wait / 100) : 0
  const memory = loadMemory === "true" ? megabytes * 1024 ** 2 : 0
  if (cpu > 0 || memory > 0) process.use({ cpu, memory })
}

/** Listens on `port`; false when another has it. */
const serves = (process: Process, port: number, handler: HttpHandler): boolean => {
  try {
    process.network.serve(port, handler, { pid: process.pid })
    return true
  } catch (error) {
    if (error instanceof SystemError && error.code === "EADDRINUSE") return false
    throw error
  }
}

const program: Program = function* (process) {
  const given = settings(process)
  let requests = 0
  function* say(message: string): Steps<void> {
    if (given.output) yield* process.print(`${message}\n`)
    if (given.log === "") return
    try {
      process.files.mkdir(given.log.slice(0, given.log.lastIndexOf("/")) || "/", { parents: true })
      process.files.write(given.log, `${message}\n`, { append: true })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.print(`Failed to open log file: open ${given.log}: ${error.message.toLowerCase()}\n`)
    }
  }
  yield* say(`DELAY START ${given.delay}  , second`)
  yield* process.sleep((Number.parseInt(given.delay, 10) || 0) * 1_000)
  for (const [name, value] of process.env) yield* say(`${name}=${value}`)
  yield* say(`enableLoadCpu: ${given.loadCpu}, cpuMaxProc: ${given.processors}`)
  load(process, given)
  if (!process.env.get("SRV_PORT")) yield* say("SRV_PORT is not set, default port :  8080")
  const answer = function* (request: HttpRequest) {
    const { method, path, headers, remoteAddress = "" } = request
    if (path === "/metrics")
      return text(`# HELP requests_total Total number of requests.\n# TYPE requests_total counter\nrequests_total ${requests}\n`)
    if (path === "/ping-pong-api/getMetric")
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: `${JSON.stringify({ goroutines: 6, requests_total: requests })}\n`,
      }
    requests++
    const shown = Object.entries(headers).filter(([name]) => name !== "host")
    const body = `Server Name: ${given.server}\nURL: http://${headers.host ?? ""}${path}\nClient IP: ${remoteAddress}\nMethod: ${method}\nProtocol: HTTP/1.1\nHeaders:\n${shown.map(([name, value]) => `${headerName(name)}: ${value}\n`).join("")}`
    yield* say(body)
    return text(body)
  }
  // One handler for both ports. Nobody looks at whether the second one could be had: two containers of a Pod may name the same.
  serves(process, given.metricPort, answer)
  if (!serves(process, given.port, answer)) {
    yield* say(`Server failed: listen tcp :${given.port}: bind: address already in use`)
    return 0
  }
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

export const pingPong = defineImage({
  repository: "viktoruj/ping_pong",
  tags: ["latest", "alpine"],
  sizeBytes: 9_000_000,
  entrypoint: ["/app"],
  shell: "bash",
  idle: { memory: 4 * 1024 ** 2 },
  exposes: [8080],
  files: [{ path: "/app", program }],
})
