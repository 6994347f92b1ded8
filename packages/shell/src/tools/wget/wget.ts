/** wget: each URL of its command line, followed, tried again and written to a file. As src/{http,retr}.c of wget 1.21. */
import {
  bodyText,
  type Endpoint,
  type HttpRequest,
  type HttpResponse,
  type Process,
  REASONS,
  type Steps,
  SystemError,
} from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { formatDate } from "../../text/date.ts"
import { titled } from "../curl/transcript.ts"
import { encode64 } from "../openssl/der.ts"
import { authoritiesOf, nameMatch, plainName, presentedChain, SYSTEM_AUTHORITIES } from "../openssl/server-trust.ts"
import type { Options } from "../reading.ts"
import { parseUrl, type Url } from "../url.ts"
import { readOptions } from "./options.ts"
import { lengthLine, progressOf, RATE } from "./progress.ts"

const MOST_REDIRECTS = 20
/** --tries and --timeout where none is given; the latter in ms. */
const [TRIES, PATIENCE] = [20, 900_000]
const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"

/** How the retrieval of one URL ends: its exit code; undefined: it may be tried again. */
type Ending = { readonly status: number } | { readonly again: string }

const stamp = (process: Process): string => formatDate("%Y-%m-%d %H:%M:%S", process.now())

const shownUrl = ({ scheme, host, port, path }: Url): string =>
  `${scheme}://${host}${port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`}${path}`

const text = (options: Options, name: string): string | undefined => {
  const value = options.flags.get(name)
  return typeof value === "string" ? value : undefined
}

/** What OpenSSL found, in wget's words. As ssl_check_certificate. */
const WORDS: Readonly<Record<number, string>> = {
  9: "Issued certificate not yet valid.",
  10: "Issued certificate has expired.",
  18: "Self-signed certificate encountered.",
  19: "Self-signed certificate encountered.",
  20: "Unable to locally verify the issuer's authority.",
}

class Retrieval {
  readonly #process: Process
  readonly #options: Options
  readonly #quiet: boolean
  /** Neither -q nor -nv. */
  readonly #verbose: boolean

  constructor(process: Process, options: Options) {
    this.#process = process
    this.#options = options
    this.#quiet = options.flags.has("q")
    this.#verbose = !this.#quiet && !options.flags.has("nv")
  }

  *#say(line: string): Steps<void> {
    if (this.#verbose) yield* this.#process.error(line)
  }

  /** What is said with -nv too. */
  *#complain(line: string): Steps<void> {
    if (!this.#quiet) yield* this.#process.error(line)
  }

  /** @returns exit code */
  *run(address: string): Steps<number> {
    const { flags } = this.#options
    let url = parseUrl(address)
    if (!url) {
      yield* this.#process.error(`${address}: Invalid host name.\n`)
      return 1
    }
    if (!/^https?$/.test(url.scheme)) {
      yield* this.#process.error(`${address}: Unsupported scheme ‘${url.scheme}’.\n`)
      return 1
    }
    const base = url.path.split(/[?#]/)[0].split("/").at(-1) || "index.html"
    const target = this.#target(base)
    if (flags.has("nc") && target !== "-" && this.#process.files.exists(target)) {
      yield* this.#complain(`File ‘${target}’ already there; not retrieving.\n${this.#verbose ? "\n" : ""}`)
      return 0
    }
    if (flags.has("spider")) yield* this.#say("Spider mode enabled. Check if remote file exists.\n")
    const given = Number(text(this.#options, "t") ?? TRIES)
    const tries = given === 0 ? Number.POSITIVE_INFINITY : given
    for (let attempt = 1, hops = 0; ; ) {
      yield* this.#say(`--${stamp(this.#process)}--${attempt > 1 ? `  (try:${String(attempt).padStart(2)})` : ""}  ${shownUrl(url)}\n`)
      const ended: Ending | { next: Url } = yield* this.#fetch(url, target)
      if ("status" in ended) return ended.status
      if ("next" in ended) {
        if (++hops > Number(text(this.#options, "redirect") ?? MOST_REDIRECTS)) {
          yield* this.#complain(`${text(this.#options, "redirect") ?? MOST_REDIRECTS} redirections exceeded.\n`)
          return 8
        }
        url = ended.next
        continue
      }
      if (attempt >= tries) {
        yield* this.#complain("Giving up.\n\n")
        return 4
      }
      yield* this.#complain("Retrying.\n\n")
      yield* this.#process.sleep(Math.min(attempt, Number(text(this.#options, "waitretry") ?? 10)) * 1_000)
      attempt++
    }
  }

  #target(base: string): string {
    const given = text(this.#options, "O")
    if (given !== undefined) return given
    const directory = text(this.#options, "P")
    return directory === undefined ? base : `${directory.replace(/\/$/, "")}/${base}`
  }

  *#fetch(url: Url, target: string): Steps<Ending | { next: Url }> {
    const process = this.#process
    const { scheme, host, port } = url
    const numeric = /^\d+(\.\d+){3}$/.test(host)
    const [record] = numeric ? [{ value: host }] : yield* process.network.lookup(host)
    if (!numeric)
      yield* this.#say(`Resolving ${host} (${host})... ${record ? `${record.value}\n` : "failed: Name or service not known.\n"}`)
    if (!record) {
      yield* this.#complain(`wget: unable to resolve host address ‘${host}’\n`)
      return { status: 4 }
    }
    yield* this.#say(`Connecting to ${host}${numeric ? "" : ` (${host})|${record.value}|`}:${port}... `)
    const seconds = Number(text(this.#options, "T") ?? 0)
    const timeout = seconds > 0 ? seconds * 1_000 : PATIENCE
    const connectTimeout = Number(text(this.#options, "connect-timeout") ?? 0) * 1_000 || timeout
    let stands = false
    try {
      const secure = scheme === "https" ? yield* this.#secure(url, record.value, connectTimeout) : undefined
      if (typeof secure === "number") return { status: secure }
      const { address, port: to } = secure?.peer ?? { address: record.value, port }
      const answer = yield* process.network.request(address, to, yield* this.#request(url), {
        timeout,
        connectTimeout,
        onConnect: () => {
          stands = true
        },
        ...(scheme === "https" && { tls: { name: host, insecure: true, ...secure?.client } }),
      })
      if (!secure) yield* this.#say("connected.\n")
      yield* this.#say(
        `HTTP request sent, awaiting response... ${this.#options.flags.has("S") ? "\n" : `${answer.status} ${REASONS[answer.status] ?? ""}\n`}`,
      )
      return yield* this.#answered(url, answer, target)
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
      if (stands) {
        yield* this.#say(scheme === "https" ? "" : "connected.\n")
        yield* this.#say("HTTP request sent, awaiting response... ")
        yield* this.#complain(error.code === "ETIMEDOUT" ? "Read error (Connection timed out) in headers.\n" : "No data received.\n")
        return { again: error.message }
      }
      yield* this.#complain(`failed: ${error.message}.\n`)
      return error.code === "ETIMEDOUT" || this.#options.flags.has("retryrefused") ? { again: error.message } : { status: 4 }
    }
  }

  /** The handshake; a number is the exit code of a server that is not trusted. */
  *#secure(
    url: Url,
    address: string,
    timeout: number,
  ): Steps<{ peer: Endpoint | undefined; client: { clientCertificate?: string } } | number> {
    const process = this.#process
    const hello = process.network.handshake
      ? yield* process.network.handshake(address, url.port, { timeout })
      : ({ kind: "public" } as const)
    yield* this.#say("connected.\n")
    if (hello.kind === "plain") {
      yield* this.#complain("OpenSSL: error:0A00010B:SSL routines::wrong version number\nUnable to establish SSL connection.\n")
      return 4
    }
    const own = text(this.#options, "certificate")
    const client = own !== undefined && process.files.exists(own) ? { clientCertificate: process.files.readText(own) } : {}
    if (hello.kind === "public") return { peer: undefined, client }
    const chain = yield* presentedChain(process, hello, authoritiesOf(process, text(this.#options, "ca") ?? SYSTEM_AUTHORITIES))
    const lax = this.#options.flags.has("insecure")
    const severity = lax ? "WARNING" : "ERROR"
    const code = chain ? chain.problem?.code : 18
    const issuer = chain ? plainName(chain.sent[0].issuer, ",") : `CN=${url.host}`
    if (code !== undefined) {
      yield* this.#complain(
        `${severity}: cannot verify ${url.host}'s certificate, issued by ‘${issuer}’:\n  ${WORDS[code] ?? chain?.problem?.text ?? ""}\n`,
      )
    }
    const misnamed = chain !== undefined && !nameMatch(chain.sent[0], url.host)
    if (misnamed)
      yield* this.#complain(`${severity}: no certificate subject alternative name matches\n\trequested host name ‘${url.host}’.\n`)
    if (!lax && (code !== undefined || misnamed)) {
      yield* this.#complain(`To connect to ${url.host} insecurely, use \`--no-check-certificate'.\n`)
      return 5
    }
    return { peer: hello.peer, client }
  }

  *#request({ scheme, host, port, path }: Url): Steps<HttpRequest> {
    const options = this.#options
    const file = text(options, "postfile")
    const body = file === undefined ? text(options, "post") : this.#process.files.readText(file)
    const user = text(options, "user")
    const headers: Record<string, string> = {
      host: port === (scheme === "https" ? 443 : 80) ? host : `${host}:${port}`,
      "user-agent": text(options, "U") ?? "Wget/1.21.4",
      accept: "*/*",
      "accept-encoding": "identity",
      connection: "Keep-Alive",
      ...(text(options, "referer") !== undefined && { referer: text(options, "referer") as string }),
      ...(user !== undefined && {
        authorization: `Basic ${encode64(new TextEncoder().encode(`${user}:${text(options, "password") ?? ""}`))}`,
      }),
      ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) }),
    }
    for (const header of options.all.get("header") ?? [])
      headers[header.slice(0, header.indexOf(":")).trim().toLowerCase()] = header.slice(header.indexOf(":") + 1).trim()
    const method = text(options, "method")?.toUpperCase() ?? (body !== undefined ? "POST" : options.flags.has("spider") ? "HEAD" : "GET")
    return { method, path, headers, ...(body !== undefined && { body }) }
  }

  *#answered(url: Url, answer: HttpResponse, target: string): Steps<Ending | { next: Url }> {
    const process = this.#process
    const { flags } = this.#options
    const { scheme, host, port } = url
    const reason = REASONS[answer.status] ?? ""
    if (flags.has("S"))
      yield* process.error(
        [`HTTP/1.1 ${answer.status} ${reason}`, ...Object.entries(answer.headers).map(([name, value]) => `${titled(name)}: ${value}`)]
          .map((line) => `  ${line}\n`)
          .join(""),
      )
    const { location } = answer.headers
    if (answer.status >= 300 && answer.status < 400 && location) {
      yield* this.#say(`Location: ${location} [following]\n`)
      const next = parseUrl(/^\w+:/.test(location) ? location : `${scheme}://${host}:${port}${location}`)
      if (next) return { next }
    }
    if (flags.has("spider")) return yield* this.#looked(answer)
    if (answer.status >= 400) {
      if (flags.has("onerror")) yield* this.#write(url, answer, target)
      yield* this.#complain(
        this.#verbose
          ? `${stamp(process)} ERROR ${answer.status}: ${reason}.\n\n`
          : `${shownUrl(url)}:\n${stamp(process)} ERROR ${answer.status}: ${reason}.\n`,
      )
      if (answer.status === 401) yield* this.#say("\nUsername/Password Authentication Failed.\n")
      const again = text(this.#options, "retryhttp")?.split(",").includes(String(answer.status))
      return again ? { again: reason } : { status: answer.status === 401 ? 6 : 8 }
    }
    return { status: yield* this.#write(url, answer, target) }
  }

  /** --spider: whether there is something. */
  *#looked(answer: HttpResponse): Steps<Ending> {
    if (answer.status >= 400) {
      yield* this.#complain("Remote file does not exist -- broken link!!!\n\n")
      return { status: 8 }
    }
    const type = answer.headers["content-type"]
    yield* this.#say(lengthLine(Number(answer.headers["content-length"] ?? bodyText(answer.body).length), type))
    yield* this.#say(
      type?.startsWith("text/html")
        ? "Remote file exists and could contain further links,\nbut recursion is disabled -- not retrieving.\n\n"
        : "Remote file exists.\n\n",
    )
    return { status: 0 }
  }

  *#write(url: Url, answer: HttpResponse, wanted: string): Steps<number> {
    const process = this.#process
    const { flags } = this.#options
    const content = answer.body instanceof Uint8Array ? answer.body : new TextEncoder().encode(bodyText(answer.body))
    yield* this.#say(lengthLine(content.length, answer.headers["content-type"]))
    let target = wanted
    if (!flags.has("O") && !flags.has("c"))
      for (let copy = 1; process.files.exists(target) && copy < 100; copy++) target = `${wanted}.${copy}`
    if (flags.has("c") && target !== "-" && process.files.exists(target) && process.files.stat(target).size >= content.length) {
      yield* this.#say("\n    The file is already fully retrieved; nothing to do.\n\n")
      return 0
    }
    const directory = text(this.#options, "P")
    yield* this.#say(`Saving to: ${target === "-" ? "‘STDOUT’" : `‘${target}’`}\n\n`)
    if (target === "-") yield* process.write(1, content)
    else {
      try {
        if (directory !== undefined) process.files.mkdir(directory, { parents: true })
        process.files.write(target, content)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`${target}: ${error.message}\n`)
        if (error.code === "ENOSPC") yield* process.error(`\nCannot write to ‘${target}’ (${error.message}).\n`)
        return 3
      }
    }
    const terminal = process.fds.get(2)?.kind === "tty"
    const size = `[${content.length}/${content.length}]`
    if (this.#verbose || flags.has("progress")) yield* process.error(progressOf(target, content.length, terminal))
    if (flags.has("nv")) yield* this.#complain(`${stamp(process)} URL:${shownUrl(url)} ${size} -> "${target}" [1]\n`)
    yield* this.#say(`${stamp(process)} ${RATE} - ${target === "-" ? "written to stdout" : `‘${target}’ saved`} ${size}\n\n`)
    return 0
  }
}

export const wget = defineTool({
  name: "wget",
  busybox: true,
  version: "1.21.4 built on linux-gnu.",
  summary: "the non-interactive network downloader",
  *run(process, args) {
    const options = readOptions(args)
    if (options.problem) {
      yield* process.error(`wget: ${options.problem}\n${USAGE}`)
      return 2
    }
    const list = text(options, "i")
    const words = list === undefined ? options.words : [...options.words, ...process.files.readText(list).split("\n").filter(Boolean)]
    if (words.length === 0) {
      yield* process.error(`wget: missing URL\n${USAGE}`)
      return 1
    }
    let status = 0
    for (const word of words) status = (yield* new Retrieval(process, options).run(word)) || status
    return status
  },
})
