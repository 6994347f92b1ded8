/** Programs that serve HTTP until they are told to stop. */
import type { HttpRequest, HttpResponse, Process, Program, Steps } from "@drydock/machine"

export type Answer = (process: Process, request: HttpRequest) => Steps<HttpResponse>

/** Ends with `code` on one of `signals`; the steps go on meanwhile. */
export function* untilSignal(process: Process, signals: readonly ("SIGTERM" | "SIGINT" | "SIGQUIT")[], code = 0): Steps<number> {
  const queue = process.queue()
  let ended = false
  for (const signal of signals)
    process.onSignal(signal, () => {
      ended = true
      queue.wake()
    })
  while (!ended) yield* process.wait({ queues: [queue] })
  return code
}

/** Serves `port` with `answer`; says `greeting` on standard error first. */
export const serve = (options: {
  port: number | ((process: Process) => number)
  answer: Answer
  greeting?: (process: Process) => string
  exitCode?: number
}): Program =>
  function* (process) {
    const port = typeof options.port === "number" ? options.port : options.port(process)
    if (options.greeting) yield* process.error(options.greeting(process))
    process.network.serve(port, (request) => options.answer(process, request), { pid: process.pid })
    return yield* untilSignal(process, ["SIGTERM", "SIGINT", "SIGQUIT"], options.exitCode ?? 0)
  }

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** "05/Jan/2026:08:00:01 +0000", as access logs write it. */
export const accessTime = (at: number): string => {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(new Date(Math.floor(at)).toISOString()) ?? []
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`
}

/** A line of the combined log format. */
export const accessLine = (process: Process, request: HttpRequest, status: number, size: number): string =>
  `${request.remoteAddress ?? "-"} - - [${accessTime(process.now())}] "${request.method} ${request.path} HTTP/1.1" ${status} ${size} "${request.headers.referer ?? "-"}" "${request.headers["user-agent"] ?? "-"}"`

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  htm: "text/html",
  txt: "text/plain",
  css: "text/css",
  js: "application/javascript",
  json: "application/json",
  svg: "image/svg+xml",
}

/** A file below `root`, its index for a directory, or undefined. */
export const staticFile = (process: Process, root: string, path: string): { body: string; type: string } | "forbidden" | undefined => {
  const clean = `/${path
    .split(/[?#]/)[0]
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/")}`
  let file = `${root}${clean}`
  if (!process.files.exists(file)) return undefined
  if (process.files.stat(file).type === "directory") {
    file = `${file.replace(/\/$/, "")}/index.html`
    if (!process.files.exists(file)) return "forbidden"
  }
  return { body: process.files.readText(file), type: TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream" }
}
