/** systemctl, journalctl, curl, ssh and sshd. */
import {
  bodyText,
  type HttpRequest,
  type Process,
  REASONS,
  SIGNALS,
  type SimulatedMachine,
  type Steps,
  SystemError,
  TlsError,
} from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions, usageError } from "./reading.ts"

/** systemctl and journalctl talk to their machine's manager. */
export const serviceTools = (machine: () => SimulatedMachine): readonly Tool[] => [
  defineTool({
    name: "systemctl",
    summary: "control systemd",
    *run(process, args) {
      const { words } = parseOptions(args, {
        letters: "lqaf",
        valued: "tpn",
        long: { "no-pager": "l", now: "now", quiet: "q", all: "a", full: "l", "type=": "t", force: "f" },
      })
      const [command = "list-units", ...units] = words
      const { systemd, journal } = machine()
      const withSuffix = (unit: string) => (unit.includes(".") ? unit : `${unit}.service`)
      if (command === "daemon-reload") {
        systemd.daemonReload()
        return 0
      }
      let status = 0
      for (const unit of units) {
        const name = withSuffix(unit)
        const state = systemd.state(name)
        try {
          switch (command) {
            case "start":
            case "stop":
            case "restart":
              systemd[command](name)
              break
            case "enable":
            case "disable":
              systemd[command](name)
              if (args.includes("--now")) systemd[command === "enable" ? "start" : "stop"](name)
              break
            case "is-active":
              yield* process.print(`${state.active}\n`)
              if (state.active !== "active") status = 3
              break
            case "is-enabled":
              yield* process.print(`${state.enabled}\n`)
              if (state.enabled !== "enabled") status = 1
              break
            case "status": {
              if (state.loaded === "not-found") {
                yield* process.error(`Unit ${name} could not be found.\n`)
                status = 4
                break
              }
              const log = journal.entries
                .filter((entry) => entry.unit === name)
                .slice(-10)
                .map(
                  (entry) =>
                    `${formatDate("%b %d %H:%M:%S", entry.at)} ${process.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}\n`,
                )
                .join("")
              const mark = state.active === "active" ? "●" : state.active === "failed" ? "×" : "○"
              yield* process.print(
                `${mark} ${name}\n     Loaded: loaded (/usr/lib/systemd/system/${name}; ${state.enabled}; preset: enabled)\n     Active: ${state.active} (${state.sub}) since ${formatDate("%a %Y-%m-%d %H:%M:%S UTC", state.since)}\n${state.mainPid ? `   Main PID: ${state.mainPid} (${name.replace(/\.service$/, "")})\n` : ""}\n${log}`,
              )
              if (state.active !== "active") status = 3
              break
            }
            default:
              yield* process.error(`Unknown command verb '${command}'.\n`)
              return 1
          }
        } catch (error) {
          yield* process.error(`${(error as Error).message}\n`)
          status = 5
        }
      }
      // start and stop return when it is done.
      if (["start", "stop", "restart"].includes(command))
        for (
          let waited = 0;
          waited < 900 && units.some((unit) => ["deactivating", "activating"].includes(systemd.state(withSuffix(unit)).active));
          waited++
        )
          yield* process.sleep(100)
      return status
    },
  }),
  defineTool({
    name: "journalctl",
    summary: "print the journal",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "fexrkb",
        valued: "uno",
        long: { "no-pager": "x", "unit=": "u", "lines=": "n", follow: "f", "output=": "o", "since=": "since", "until=": "until" },
      })
      if (problem) return yield* usageError(process, "journalctl", problem)
      const { journal } = machine()
      const unit = flags.get("u")
      const name = typeof unit === "string" ? (unit.includes(".") ? unit : `${unit}.service`) : undefined
      const format = (entry: (typeof journal.entries)[number]) =>
        flags.get("o") === "cat"
          ? `${entry.message}\n`
          : `${formatDate("%b %d %H:%M:%S", entry.at)} ${process.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}\n`
      void words
      const wanted = (entry: (typeof journal.entries)[number]) => name === undefined || entry.unit === name
      const all = journal.entries.filter(wanted)
      const shown = flags.has("n") ? all.slice(-Number(flags.get("n"))) : flags.has("f") ? all.slice(-10) : all
      yield* process.print(shown.length > 0 ? shown.map(format).join("") : "-- No entries --\n")
      if (!flags.has("f")) return 0
      const pending: string[] = []
      const queue = process.queue()
      const stop = journal.follow((entry) => {
        if (!wanted(entry)) return
        pending.push(format(entry))
        queue.wake()
      })
      try {
        for (;;) {
          yield* process.print(pending.splice(0).join(""))
          yield* process.wait({ queues: [queue] })
        }
      } finally {
        stop()
      }
    },
  }),
]

interface Url {
  scheme: string
  host: string
  port: number
  path: string
}

const parseUrl = (text: string): Url | undefined => {
  const match = /^(?:(\w+):\/\/)?([^/:?#]+)(?::(\d+))?([/?][^#]*)?/.exec(text)
  if (!match) return undefined
  const scheme = (match[1] ?? "http").toLowerCase()
  return {
    scheme,
    host: match[2],
    port: Number(match[3] ?? (scheme === "https" ? 443 : 80)),
    path: match[4] === undefined ? "/" : match[4].startsWith("?") ? `/${match[4]}` : match[4],
  }
}

const REFUSALS: Readonly<Record<string, [number, string]>> = {
  ECONNREFUSED: [7, "Connection refused"],
  EHOSTUNREACH: [7, "No route to host"],
  ETIMEDOUT: [28, "Connection timed out"],
}

export const curl = defineTool({
  name: "curl",
  busybox: true,
  summary: "transfer a URL",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "sSifIvkLgONG#",
      valued: "XHdomwAueb",
      long: {
        silent: "s",
        "show-error": "S",
        include: "i",
        fail: "f",
        head: "I",
        verbose: "v",
        insecure: "k",
        location: "L",
        "request=": "X",
        "header=": "H",
        "data=": "d",
        "data-raw=": "d",
        "output=": "o",
        "max-time=": "m",
        "connect-timeout=": "c",
        "write-out=": "w",
        "user=": "u",
        "cacert=": "cacert",
        "cert=": "cert",
        "key=": "key",
        "user-agent=": "A",
        "retry=": "retry",
        "url=": "url",
        "no-progress-meter": "s",
      },
    })
    if (problem) {
      yield* process.error(
        `curl: ${problem.replace(/^\w+ option -- '(.)'$/, "option -$1: is unknown")}\ncurl: try 'curl --help' for more information\n`,
      )
      return 2
    }
    const addresses = [...words, ...(all.get("url") ?? [])]
    if (addresses.length === 0) {
      yield* process.error("curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n")
      return 2
    }
    const quiet = flags.has("s") && !flags.has("S")
    const complain = function* (code: number, message: string): Steps<number> {
      if (!quiet) yield* process.error(`curl: (${code}) ${message}\n`)
      return code
    }
    let status = 0
    for (const address of addresses) {
      let url = parseUrl(address)
      const data = all.get("d")?.join("&")
      for (let hops = 0; url && hops < 10; hops++) {
        if (url.scheme !== "http" && url.scheme !== "https") {
          status = yield* complain(1, `Protocol "${url.scheme}" not supported`)
          break
        }
        const current: Url = url
        const headers: Record<string, string> = {
          host: url.port === (url.scheme === "https" ? 443 : 80) ? url.host : `${url.host}:${url.port}`,
          "user-agent": String(flags.get("A") ?? "curl/8.5.0"),
          accept: "*/*",
        }
        for (const header of all.get("H") ?? []) {
          const colon = header.indexOf(":")
          if (colon > 0) headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim()
        }
        if (data !== undefined) headers["content-type"] ??= "application/x-www-form-urlencoded"
        const limit = Number(flags.get("m") ?? flags.get("c") ?? 300) * 1_000
        const begun = process.now()
        const method = String(flags.get("X") ?? (flags.has("I") ? "HEAD" : data !== undefined ? "POST" : "GET"))
        const request: HttpRequest = { method, path: url.path, headers, ...(data !== undefined && { body: data }) }
        try {
          const [record] = yield* process.network.lookup(url.host)
          if (!record) {
            status = yield* complain(6, `Could not resolve host: ${url.host}`)
            break
          }
          const read = (name: string) => (typeof flags.get(name) === "string" ? process.files.readText(String(flags.get(name))) : undefined)
          const tls =
            url.scheme === "https"
              ? {
                  name: url.host,
                  insecure: flags.has("k"),
                  ...(read("cacert") && { authority: read("cacert") as string }),
                  ...(read("cert") && { clientCertificate: read("cert") as string }),
                }
              : undefined
          const answer = yield* process.network.request(record.value, url.port, request, { timeout: limit, ...(tls && { tls }) })
          if (flags.has("L") && answer.status >= 300 && answer.status < 400 && answer.headers.location) {
            const from: Url = url
            url = parseUrl(
              /^\w+:/.test(answer.headers.location)
                ? answer.headers.location
                : `${from.scheme}://${from.host}:${from.port}${answer.headers.location}`,
            )
            continue
          }
          if (flags.has("i") || flags.has("I"))
            yield* process.print(
              `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ""}\r\n${Object.entries(answer.headers)
                .map(([name, value]) => `${name}: ${value}\r\n`)
                .join("")}\r\n`,
            )
          if (flags.has("f") && answer.status >= 400) {
            status = yield* complain(22, `The requested URL returned error: ${answer.status}`)
            break
          }
          const target = flags.has("O") ? (url.path.split(/[?#]/)[0].split("/").at(-1) ?? "index.html") : flags.get("o")
          if (!flags.has("I")) {
            if (answer.stream) {
              for (;;) {
                const chunk = answer.stream.tryTake()
                if (chunk === null) break
                if (chunk === undefined) yield* process.wait({ queues: [answer.stream.readQueue] })
                else yield* process.print(bodyText(chunk))
              }
            } else if (typeof target === "string")
              process.files.write(target, answer.body instanceof Uint8Array ? answer.body : bodyText(answer.body))
            else if (answer.body instanceof Uint8Array) yield* process.write(1, answer.body)
            else yield* process.print(bodyText(answer.body))
          }
          const format = flags.get("w")
          if (typeof format === "string")
            yield* process.print(
              format
                .replaceAll("\\n", "\n")
                .replace(/%\{(\w+)\}/g, (whole, name: string) =>
                  name === "http_code" || name === "response_code"
                    ? String(answer.status)
                    : name === "time_total"
                      ? ((process.now() - begun) / 1_000).toFixed(6)
                      : whole,
                ),
            )
          status = 0
        } catch (error) {
          if (error instanceof TlsError) status = yield* complain(60, `SSL certificate problem: ${error.message}`)
          else if (error instanceof SystemError && Object.hasOwn(REFUSALS, error.code)) {
            const [code, text] = REFUSALS[error.code]
            status = yield* complain(
              code,
              code === 28
                ? `Connection timed out after ${Math.round(process.now() - begun)} milliseconds`
                : `Failed to connect to ${current.host} port ${current.port} after ${Math.round(process.now() - begun)} ms: ${text === "Connection refused" ? "Couldn't connect to server" : text}`,
            )
          } else throw error
        }
        break
      }
    }
    return status
  },
})

/** What ssh sends and sshd answers: one request, a command to run, its output. */
const PORT = 22

export const sshdProgram = (machine: () => SimulatedMachine) =>
  function* (process: Process): Steps<number> {
    process.network.serve(PORT, (request) => answer(machine(), process, bodyText(request.body)), { pid: process.pid })
    yield* process.wait({ queues: [process.queue()] })
    return 0
  }

function* answer(
  machine: SimulatedMachine,
  process: Process,
  command: string,
): Steps<{ status: number; headers: Record<string, string>; body: string }> {
  const output = { stdout: "", stderr: "" }
  const decoder = new TextDecoder()
  let code: number | undefined
  const ended = process.queue()
  machine.start("/usr/bin/bash", {
    argv: ["bash", "-lc", command],
    env: new Map([
      ["HOME", "/root"],
      ["USER", "root"],
      ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ]),
    cwd: "/root",
    onStdout: (data) => (output.stdout += decoder.decode(data)),
    onStderr: (data) => (output.stderr += decoder.decode(data)),
    onExit: (status) => {
      code = status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 1
      ended.wake()
    },
  })
  while (code === undefined) yield* process.wait({ queues: [ended] })
  return { status: 200, headers: {}, body: JSON.stringify({ ...output, code }) }
}

export const ssh = defineTool({
  name: "ssh",
  summary: "log in to another machine",
  *run(process, args) {
    const { words } = parseOptions(args, { letters: "46AaCfGgKkMNnqsTtVvXxYy", valued: "BbcDEeFIiJLlmOopQRSWw", stopAtWord: true })
    const [destination, ...command] = words
    if (destination === undefined) {
      yield* process.error("usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] destination [command [argument ...]]\n")
      return 255
    }
    const host = destination.split("@").at(-1) as string
    const [record] = yield* process.network.lookup(host)
    if (!record) {
      yield* process.error(`ssh: Could not resolve hostname ${host}: Name or service not known\n`)
      return 255
    }
    try {
      const text = command.length > 0 ? command.join(" ") : new TextDecoder().decode(yield* process.readAll(0))
      const reply = yield* process.network.request(
        record.value,
        PORT,
        { method: "POST", path: "/", headers: {}, body: text },
        { timeout: 3_600_000 },
      )
      const result = JSON.parse(bodyText(reply.body)) as { stdout: string; stderr: string; code: number }
      yield* process.print(result.stdout)
      yield* process.error(result.stderr)
      return result.code
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      yield* process.error(`ssh: connect to host ${host} port 22: ${error.message}\n`)
      return 255
    }
  },
})
