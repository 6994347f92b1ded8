/** One URL of curl's: connection, handshake, request, redirections, and where the answer goes. */
import {
  bodyText,
  type Endpoint,
  type HttpBody,
  type HttpRequest,
  type HttpResponse,
  type Process,
  REASONS,
  type Steps,
  SystemError,
} from "@drydock/machine"
import { OpensslError } from "../openssl/command.ts"
import { encode64, hexOf, readPem } from "../openssl/der.ts"
import { keyFromDer, publicDer } from "../openssl/keys.ts"
import { authoritiesOf, nameMatch, presentedChain, SYSTEM_AUTHORITIES } from "../openssl/server-trust.ts"
import { readCertificates } from "../openssl/certificates.ts"
import type { Options } from "../reading.ts"
import { parseUrl, type Url } from "../url.ts"
import { type Figures, meterBegin, meterEnd } from "./progress-meter.ts"
import { type RequestBody, requestBody } from "./request-body.ts"
import * as transcript from "./transcript.ts"
import type { Facts } from "./write-out.ts"

const MORE_ON_TRUST =
  "\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above."

/** A transfer that failed: curl's exit code and what it says. */
export class TransferError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export interface Outcome {
  /** Undefined: nothing came. */
  readonly answer: HttpResponse | undefined
  readonly facts: Facts
  /** Exit code. */
  readonly code: number
  readonly message?: string
  /** Why it failed, for --retry. */
  readonly transient?: "connection refused" | "timeout" | "HTTP error"
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Connection refused",
  EHOSTUNREACH: "No route to host",
  ETIMEDOUT: "Connection timed out",
}

/** The address that --resolve or --connect-to gives to a host and port. */
const directed = (options: Options, url: Url): { host: string; port: number } | undefined => {
  for (const one of options.all.get("resolve") ?? []) {
    const [, host, port, address] = /^\+?([^:]+):(\d+):\[?([^\]]+)\]?$/.exec(one) ?? []
    if ((host === url.host || host === "*") && Number(port) === url.port) return { host: address.split(",")[0], port: url.port }
  }
  for (const one of options.all.get("connect") ?? []) {
    const [host, port, toHost, toPort] = one.split(":")
    if ((host === "" || host === url.host) && (port === "" || Number(port) === url.port))
      return { host: toHost || url.host, port: Number(toPort || url.port) }
  }
  return undefined
}

const hostHeader = (url: Url): string => (url.port === (url.scheme === "https" ? 443 : 80) ? url.host : `${url.host}:${url.port}`)

const text = (options: Options, name: string): string | undefined => {
  const value = options.flags.get(name)
  return typeof value === "string" ? value : undefined
}

const sizeOf = (body: HttpBody | undefined): number =>
  body === undefined ? 0 : body instanceof Uint8Array ? body.length : new TextEncoder().encode(bodyText(body)).length

/** Headers in the order of the command line; "Name:" takes one away, "Name;" sends it empty. */
const headersOf = (options: Options, url: Url, body: RequestBody | undefined): Record<string, string> => {
  const [user, bearer, cookie, referer] = ["u", "bearer", "b", "e"].map((name) => text(options, name))
  const headers: Record<string, string> = {
    host: hostHeader(url),
    ...(user !== undefined && { authorization: `Basic ${encode64(new TextEncoder().encode(user.includes(":") ? user : `${user}:`))}` }),
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    "user-agent": text(options, "A") ?? "curl/8.5.0",
    accept: body?.type === "application/json" ? "application/json" : "*/*",
    ...(referer !== undefined && { referer }),
    ...(cookie?.includes("=") && { cookie }),
  }
  for (const header of options.all.get("H") ?? []) {
    const [, name, sign, value] = /^([^:;]+)([:;])\s*(.*)$/s.exec(header) ?? []
    if (name === undefined) continue
    const key = name.trim().toLowerCase()
    if (sign === ":" && value === "") delete headers[key]
    else headers[key] = value.trim()
  }
  if (body) {
    headers["content-length"] ??= String(body.bytes.length)
    if (body.type !== undefined) headers["content-type"] ??= body.type
  }
  return headers
}

/** -E and --key: the client's certificate, whose key must be its own. Throws TransferError. */
const clientCertificate = (process: Process, options: Options): string | undefined => {
  const given = text(options, "E")
  if (given === undefined) return undefined
  const path = given.replace(/^([^:]*):.*$/, "$1")
  const read = (file: string): string | undefined => (process.files.access(file, { read: true }) ? process.files.readText(file) : undefined)
  const certificate = read(path)
  if (certificate === undefined || readCertificates(certificate).length === 0)
    throw new TransferError(
      58,
      `could not load PEM client certificate from ${path}, OpenSSL error error:${certificate === undefined ? "80000002:system library::No such file or directory" : "0480006C:PEM routines::no start line"}, (no key found, wrong pass phrase, or wrong file format?)`,
    )
  const keyFile = text(options, "key") ?? path
  const found = readPem(read(keyFile) ?? "", /PRIVATE KEY$/)
  const key = found && keyFromDer(found.der)
  if (!key || hexOf(publicDer(key)) !== hexOf(readCertificates(certificate)[0].publicKey))
    throw new TransferError(58, `unable to set private key file: '${keyFile}' type PEM`)
  return certificate
}

export class Transfer {
  readonly #process: Process
  readonly #options: Options
  readonly #begun: number
  readonly #deadline: number
  readonly #meter: boolean
  /** At which the connection must stand, ms from the beginning. */
  readonly #connectLimit: number
  #facts: Record<string, string> = {}
  #answer: HttpResponse | undefined
  #figures: Figures | undefined

  constructor(process: Process, options: Options) {
    const seconds = (name: string) => Number(text(options, name) ?? Number.POSITIVE_INFINITY) * 1_000 || Number.POSITIVE_INFINITY
    this.#process = process
    this.#options = options
    this.#begun = process.now()
    this.#deadline = this.#begun + seconds("m")
    this.#connectLimit = Math.min(seconds("m"), seconds("c-time"), 300_000)
    const { flags } = options
    const shown = process.fds.get(1)?.kind === "tty" && !flags.has("o") && !flags.has("O")
    this.#meter = !shown && !flags.has("s") && !flags.has("meter") && !flags.has("#")
  }

  #elapsed(): number {
    return Math.round(this.#process.now() - this.#begun)
  }

  *#tell(lines: string): Steps<void> {
    if (this.#options.flags.has("v")) yield* this.#process.error(lines)
  }

  /** Fetches `address`, or what it leads to with -L. `first`: the meter's titles are still to be printed. */
  *run(address: string, first: boolean): Steps<Outcome> {
    const { flags } = this.#options
    const process = this.#process
    let url = parseUrl(address)
    let metered = false
    const done = function* (this: Transfer): Steps<void> {
      if (metered) yield* process.error(meterEnd(this.#figures))
      if (flags.has("#") && this.#figures) yield* process.error(`\r${"#".repeat(72)} 100.0%\n`)
    }.bind(this)
    this.#facts = { url: address, urlnum: "0" }
    try {
      if (!url) throw new TransferError(3, "URL using bad/illegal format or missing URL")
      if (!/^(?:https?|file|telnet)$/.test(url.scheme)) throw new TransferError(1, `Protocol "${url.scheme}" not supported`)
      if (url.scheme === "file") return yield* this.#file(address)
      if (this.#meter) {
        yield* process.error(meterBegin(first))
        metered = true
      }
      if (url.scheme === "telnet") return yield* this.#telnet(url)
      const body = yield* requestBody(process, this.#options)
      if (body && flags.has("G")) {
        const query = new TextDecoder().decode(body.bytes)
        url = { ...url, path: `${url.path}${url.path.includes("?") ? "&" : "?"}${query}` }
      }
      yield* this.#follow(url, flags.has("G") ? undefined : body)
      yield* done()
      const { status } = this.#answer as HttpResponse
      if ((flags.has("f") || flags.has("failbody")) && status >= 400)
        return {
          answer: this.#answer,
          facts: this.#told(22),
          code: 22,
          message: `The requested URL returned error: ${status}`,
          ...(isTransient(status) && { transient: "HTTP error" as const }),
        }
      return { answer: this.#answer, facts: this.#told(0), code: 0, ...(isTransient(status) && { transient: "HTTP error" as const }) }
    } catch (error) {
      if (error instanceof OpensslError || (error instanceof SystemError && (error.code === "EPIPE" || error.code === "EINTR"))) throw error
      const failed =
        error instanceof TransferError
          ? error
          : error instanceof SystemError
            ? new TransferError(56, `Recv failure: ${error.message}`)
            : undefined
      if (!failed) throw error
      yield* done()
      const transient = failed.code === 28 ? "timeout" : failed.code === 7 ? "connection refused" : undefined
      return {
        answer: this.#answer,
        facts: this.#told(failed.code, failed.message),
        code: failed.code,
        message: failed.message,
        ...(transient && { transient }),
      }
    }
  }

  #told(code: number, message = ""): Facts {
    const total = ((this.#process.now() - this.#begun) / 1_000).toFixed(6)
    return { ...this.#facts, exitcode: String(code), errormsg: message.split("\n")[0], time_total: total }
  }

  *#file(address: string): Steps<Outcome> {
    const path = decodeURIComponent(address.replace(/^file:\/\/(?:localhost)?/, ""))
    if (!this.#process.files.access(path, { read: true })) throw new TransferError(37, `Couldn't open file ${path}`)
    yield* this.#store({ status: 200, headers: {}, body: this.#process.files.readBytes(path) }, path)
    return { answer: undefined, facts: this.#told(0), code: 0 }
  }

  /** Bytes of a connection as they come, until it ends. */
  *#telnet(url: Url): Steps<Outcome> {
    const process = this.#process
    const address = yield* this.#connect(url)
    const stream = yield* process.network.connect(address.host, address.port)
    try {
      for (;;) {
        const data = stream.tryRead()
        if (data?.length === 0) return { answer: undefined, facts: this.#told(0), code: 0 }
        if (data) yield* process.write(1, data)
        else if (process.now() >= this.#deadline)
          throw new TransferError(28, `Operation timed out after ${this.#elapsed()} milliseconds with 0 bytes received`)
        else yield* process.wait({ queues: [stream.readQueue], ...(Number.isFinite(this.#deadline) && { until: this.#deadline }) })
      }
    } finally {
      stream.destroy()
    }
  }

  /** Where the host of a URL is, found and reachable. Throws TransferError. */
  *#connect(url: Url): Steps<{ host: string; port: number }> {
    const process = this.#process
    const unix = text(this.#options, "unix")
    if (unix !== undefined)
      throw new TransferError(7, `Failed to connect to ${url.host} port ${url.port} after 0 ms: Couldn't connect to server`)
    const told = directed(this.#options, url)
    const wanted = told ?? { host: url.host, port: url.port }
    const records = yield* process.network.lookup(wanted.host)
    const record = records.find(({ type }) => type === "A") ?? records[0]
    if (!record) {
      yield* this.#tell(`* Could not resolve host: ${wanted.host}\n* Closing connection\n`)
      throw new TransferError(6, `Could not resolve host: ${wanted.host}`)
    }
    yield* this.#tell(transcript.trying({ ...url, port: wanted.port }, record.value, told === undefined))
    return { host: record.value, port: wanted.port }
  }

  *#failedToConnect(url: Url, at: { host: string; port: number }, error: SystemError): Steps<never> {
    const after = this.#elapsed()
    if (error.code === "ETIMEDOUT" && this.#connectLimit <= after) {
      yield* this.#tell(`* Connection timed out after ${after} milliseconds\n* Closing connection\n`)
      throw new TransferError(28, `Connection timed out after ${after} milliseconds`)
    }
    const text = "Couldn't connect to server"
    const own = at.host.startsWith("127.")
      ? "127.0.0.1"
      : (this.#process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "0.0.0.0")
    yield* this.#tell(
      transcript.notConnected({
        address: at.host,
        port: at.port,
        host: url.host,
        from: own,
        fromPort: 32_768 + Math.floor(this.#process.random() * 28_000),
        after,
        why: WHY[error.code] ?? error.message,
        text,
      }),
    )
    throw new TransferError(
      error.code === "ETIMEDOUT" ? 28 : 7,
      `Failed to connect to ${url.host} port ${url.port} after ${after} ms: ${text}`,
    )
  }

  /** The TLS handshake, and whether the server is trusted. Throws TransferError. */
  *#secure(url: Url, at: { host: string; port: number }): Steps<{ peer: Endpoint | undefined; client: { clientCertificate?: string } }> {
    const process = this.#process
    const insecure = this.#options.flags.has("k")
    const file = text(this.#options, "cacert")
    if (file !== undefined && !process.files.access(file, { read: true }))
      throw new TransferError(77, `error setting certificate file: ${file}`)
    const certificate = clientCertificate(process, this.#options)
    const shake = process.network.handshake
    const hello = shake
      ? yield* shake.call(process.network, at.host, at.port, { timeout: this.#connectLimit })
      : ({ kind: "public" } as const)
    if (hello.kind === "plain") throw new TransferError(35, "OpenSSL/3.0.13: error:0A00010B:SSL routines::wrong version number")
    yield* this.#tell(transcript.connected(url, at.host))
    const chain =
      hello.kind === "tls" ? yield* presentedChain(process, hello, authoritiesOf(process, file ?? SYSTEM_AUTHORITIES)) : undefined
    const told: transcript.HandshakeTold = {
      host: url.host,
      chain,
      insecure,
      authorities: file,
      asksClient: hello.kind === "tls" && hello.clientAuthority !== undefined,
      version: this.#version(url),
    }
    yield* this.#tell(transcript.handshaking(told))
    // A server that was set up without a certificate of its own shows one that nobody signed.
    const problem = chain ? chain.problem : hello.kind === "tls" ? { code: 18, text: "self-signed certificate" } : undefined
    if (problem) this.#facts.ssl_verify_result = String(problem.code)
    if (problem && !insecure) {
      yield* this.#tell(transcript.refused(problem.text))
      throw new TransferError(60, `SSL certificate problem: ${problem.text}${MORE_ON_TRUST}`)
    }
    yield* this.#tell(transcript.agreed(told))
    if (chain && !insecure && !nameMatch(chain.sent[0], url.host))
      throw new TransferError(60, `SSL: no alternative certificate subject name matches target host name '${url.host}'${MORE_ON_TRUST}`)
    return {
      peer: hello.kind === "tls" ? hello.peer : undefined,
      client: certificate === undefined ? {} : { clientCertificate: certificate },
    }
  }

  /** Servers that speak TLS agree on HTTP/2 where the client offers it. */
  #version(url: Url): transcript.HttpVersion {
    return url.scheme === "https" && !this.#options.flags.has("http1") ? "2" : "1.1"
  }

  *#follow(from: Url, given: RequestBody | undefined): Steps<void> {
    const { flags } = this.#options
    const most = Number(text(this.#options, "redirects") ?? 50)
    let url = from
    let body = given
    let method = text(this.#options, "X") ?? (flags.has("I") ? "HEAD" : body?.upload ? "PUT" : body ? "POST" : "GET")
    for (let hops = 0; ; hops++) {
      const answer = yield* this.#exchange(url, method, body)
      this.#answer = answer
      const { location } = answer.headers
      const leads = answer.status >= 300 && answer.status < 400 && location !== undefined
      const next = leads
        ? parseUrl(
            /^\w+:/.test(location)
              ? location
              : `${url.scheme}://${url.host}:${url.port}${location.startsWith("/") ? "" : url.path.replace(/[^/]*$/, "")}${location}`,
          )
        : undefined
      if (next) this.#facts.redirect_url = shownUrl(next)
      if (!flags.has("L") || !next) {
        yield* this.#head(url, answer)
        yield* this.#store(answer, url.path)
        yield* this.#tell(transcript.leftIntact(url.host))
        return
      }
      yield* this.#head(url, answer)
      if (hops >= most) throw new TransferError(47, `Maximum (${most}) redirects followed`)
      yield* this.#tell(
        `* Ignoring the response-body\n${transcript.leftIntact(url.host)}* Issue another request to this URL: '${location}'\n`,
      )
      if (answer.status <= 303 && method === "POST" && !flags.has("X")) {
        method = "GET"
        body = undefined
      }
      this.#facts.num_redirects = String(hops + 1)
      delete this.#facts.redirect_url
      url = next
    }
  }

  /** -i, -I and -D. */
  *#head(url: Url, answer: HttpResponse): Steps<void> {
    const { flags } = this.#options
    const lines = [...transcript.headOf(answer, this.#version(url)), ""].map((line) => `${line}\r\n`).join("")
    const dump = text(this.#options, "D")
    if (dump === "-" || flags.has("i") || flags.has("I")) yield* this.#process.print(lines)
    if (dump !== undefined && dump !== "-") this.#process.files.write(dump, lines)
  }

  *#exchange(url: Url, method: string, body: RequestBody | undefined): Steps<HttpResponse> {
    const process = this.#process
    const at = yield* this.#connect(url)
    const version = this.#version(url)
    let stands = false
    try {
      const secure = url.scheme === "https" ? yield* this.#secure(url, at) : undefined
      const request: HttpRequest = {
        method,
        path: url.path,
        headers: headersOf(this.#options, url, body),
        ...(body && { body: asText(body.bytes) }),
      }
      const left = this.#deadline - process.now()
      const { address, port } = secure?.peer ?? { address: at.host, port: at.port }
      const answer = yield* process.network.request(address, port, request, {
        ...(Number.isFinite(left) && { timeout: Math.max(1, left) }),
        connectTimeout: Math.max(1, this.#connectLimit - this.#elapsed()),
        onConnect: () => {
          stands = true
        },
        ...(url.scheme === "https" && { tls: { name: url.host, insecure: true, ...secure?.client } }),
      })
      if (!secure) yield* this.#tell(transcript.connected(url, at.host))
      yield* this.#tell(transcript.sent(url, request, version))
      const full = withLength(answer)
      this.#noteAnswer(url, at, method, full, body)
      yield* this.#tell(transcript.received(full, version))
      return full
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      if (stands) {
        yield* this.#tell(transcript.connected(url, at.host))
        if (error.code === "ETIMEDOUT")
          throw new TransferError(28, `Operation timed out after ${this.#elapsed()} milliseconds with 0 bytes received`)
        if (error.code === "ECONNRESET") throw new TransferError(56, "Recv failure: Connection reset by peer")
      }
      if (Object.hasOwn(WHY, error.code)) return yield* this.#failedToConnect(url, at, error)
      throw error
    }
  }

  #noteAnswer(url: Url, at: { host: string; port: number }, method: string, answer: HttpResponse, body: RequestBody | undefined): void {
    const seconds = ((this.#process.now() - this.#begun) / 1_000).toFixed(6)
    const local = this.#process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
    const sent = body?.bytes.length ?? 0
    this.#figures = { total: Number(answer.headers["content-length"] ?? 0), received: 0, sent, took: this.#elapsed() }
    Object.assign(this.#facts, {
      http_code: String(answer.status),
      time_starttransfer: seconds,
      time_connect: seconds,
      time_namelookup: seconds,
      time_pretransfer: seconds,
      ...(url.scheme === "https" && { time_appconnect: seconds }),
      remote_ip: at.host,
      remote_port: String(at.port),
      local_ip: at.host.startsWith("127.") ? "127.0.0.1" : local,
      local_port: String(32_768 + Math.floor(this.#process.random() * 28_000)),
      url_effective: shownUrl(url),
      content_type: answer.headers["content-type"] ?? "",
      size_upload: String(sent),
      size_header: String(transcript.headOf(answer, this.#version(url)).reduce((sum, line) => sum + line.length + 2, 2)),
      num_headers: String(Object.keys(answer.headers).length),
      http_version: this.#version(url),
      num_connects: "1",
      method,
      scheme: url.scheme.toUpperCase(),
    })
  }

  /** The answer's body to where it belongs. */
  *#store(answer: HttpResponse, path: string): Steps<void> {
    const process = this.#process
    const { flags } = this.#options
    if (flags.has("I")) return
    if (flags.has("f") && answer.status >= 400) return
    const target = this.#target(path)
    const figures = (received: number): Figures => {
      this.#facts.size_download = String(received)
      this.#facts.speed_download = String(Math.round(received / (Math.max(1, this.#elapsed()) / 1_000)))
      return { total: answer.stream ? undefined : received, received, sent: this.#figures?.sent ?? 0, took: this.#elapsed() }
    }
    if (!answer.stream) {
      const body = answer.body instanceof Uint8Array ? answer.body : new TextEncoder().encode(bodyText(answer.body))
      this.#figures = figures(body.length)
      if (target === undefined) yield* process.write(1, body)
      else this.#write(target, body)
      return
    }
    let received = 0
    const gathered: HttpBody[] = []
    for (;;) {
      const chunk = answer.stream.tryTake()
      if (chunk === null) break
      if (chunk === undefined) {
        if (process.now() >= this.#deadline) {
          this.#figures = figures(received)
          throw new TransferError(28, `Operation timed out after ${this.#elapsed()} milliseconds with ${received} bytes received`)
        }
        yield* process.wait({ queues: [answer.stream.readQueue], ...(Number.isFinite(this.#deadline) && { until: this.#deadline }) })
        continue
      }
      received += sizeOf(chunk)
      if (target === undefined) yield* process.print(bodyText(chunk))
      else gathered.push(chunk)
    }
    this.#figures = figures(received)
    if (target !== undefined) this.#write(target, new TextEncoder().encode(gathered.map(bodyText).join("")))
  }

  /** The file that -o or -O names; undefined: standard output. */
  #target(path: string): string | undefined {
    const { flags } = this.#options
    const given = text(this.#options, "o")
    const name = flags.has("O") ? path.split(/[?#]/)[0].split("/").at(-1) : given
    if (name === "") throw new TransferError(23, "Remote file name has no length!")
    if (name === undefined || name === "-") return undefined
    const into = text(this.#options, "into")
    this.#facts.filename_effective = into === undefined ? name : `${into.replace(/\/$/, "")}/${name}`
    return this.#facts.filename_effective
  }

  #write(target: string, body: Uint8Array): void {
    const { files } = this.#process
    const slash = target.lastIndexOf("/")
    try {
      if (this.#options.flags.has("dirs") && slash > 0) files.mkdir(target.slice(0, slash), { parents: true })
      files.write(target, body)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      throw new TransferError(
        23,
        error.code === "ENOSPC"
          ? "Failure writing output to destination"
          : `Failure writing output to destination\0Failed to open the file ${target}: ${error.message}`,
      )
    }
  }
}

/** Bodies of text go as text, which servers here read without decoding. */
const asText = (bytes: Uint8Array): HttpBody => {
  const decoded = new TextDecoder().decode(bytes)
  return decoded.includes("\ufffd") ? bytes : decoded
}

const isTransient = (status: number): boolean => [408, 429, 500, 502, 503, 504].includes(status)

const shownUrl = (url: Url): string => `${url.scheme}://${hostHeader(url)}${url.path}`

/** What a server adds that knows how long its answer is. */
const withLength = (answer: HttpResponse): HttpResponse =>
  answer.stream ||
  answer.upgrade ||
  answer.headers["content-length"] !== undefined ||
  answer.headers["transfer-encoding"] !== undefined ||
  answer.status === 204 ||
  answer.status === 304 ||
  REASONS[answer.status] === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, "content-length": String(sizeOf(answer.body)) } }
