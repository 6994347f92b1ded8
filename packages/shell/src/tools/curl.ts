/** curl. */
import { bodyText, type HttpRequest, type HttpResponse, REASONS, type Steps, SystemError, TlsError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"
import { parseUrl, type Url } from "./url.ts"

/** OpenSSL's words for what Go says of a certificate. */
const opensslText = (message: string): string =>
  message.includes("expired")
    ? message.includes("is before")
      ? "certificate is not yet valid"
      : "certificate has expired"
    : message.includes("unknown authority")
      ? "unable to get local issuer certificate"
      : message

const REFUSALS: Readonly<Record<string, [number, string]>> = {
  ECONNREFUSED: [7, "Connection refused"],
  EHOSTUNREACH: [7, "No route to host"],
  ETIMEDOUT: [28, "Connection timed out"],
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const encodeBase64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let result = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const group = (a << 16) | (b << 8) | c
    for (let digit = 0; digit < 4; digit++) result += at + digit > bytes.length ? "=" : ALPHABET[(group >> (18 - 6 * digit)) & 63]
  }
  return result
}

/** The address that --resolve gives to a host and port. */
const override = (given: readonly string[], url: Url): { value: string }[] | undefined => {
  for (const one of given) {
    const [, host, port, address] = /^\+?([^:]+):(\d+):\[?([^\]]+)\]?$/.exec(one) ?? []
    if ((host === url.host || host === "*") && Number(port) === url.port) return [{ value: address.split(",")[0] }]
  }
  return undefined
}

/** What -v tells of an exchange. */
const told = (url: Url, address: string, request: HttpRequest, answer: HttpResponse, insecure: boolean): string => {
  const titled = (name: string) => name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
  const { host, "user-agent": agent, accept, ...others } = request.headers
  const sent = [
    ["Host", host],
    ["User-Agent", agent],
    ["Accept", accept],
    ...Object.entries(others).map(([name, value]) => [titled(name), value]),
  ]
  return [
    ...(url.host === address ? [] : [`* Host ${url.host}:${url.port} was resolved.`, "* IPv6: (none)", `* IPv4: ${address}`]),
    `*   Trying ${address}:${url.port}...`,
    `* Connected to ${url.host} (${address}) port ${url.port}`,
    ...(url.scheme === "https"
      ? [
          "* ALPN: curl offers h2,http/1.1",
          "* TLSv1.3 (OUT), TLS handshake, Client hello (1):",
          "* TLSv1.3 (IN), TLS handshake, Server hello (2):",
          "* SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / X25519 / RSASSA-PSS",
          insecure
            ? "*  SSL certificate verify result: self-signed certificate in certificate chain (19), continuing anyway."
            : "*  SSL certificate verify ok.",
        ]
      : []),
    `> ${request.method} ${request.path} HTTP/1.1`,
    ...sent.map(([name, value]) => `> ${name}: ${value}`),
    "> ",
    `< HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ""}`,
    ...Object.entries(answer.headers).map(([name, value]) => `< ${titled(name)}: ${value}`),
    "< ",
    `* Connection #0 to host ${url.host} left intact`,
  ]
    .map((line) => `${line}\n`)
    .join("")
}

export const curl = defineTool({
  name: "curl",
  busybox: true,
  summary: "transfer a URL",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "sSifIvkLgONG#Z0",
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
        "resolve=": "resolve",
        "connect-to=": "connect",
        "retry-delay=": "retrydelay",
        "retry-max-time=": "retrymax",
        "retry-connrefused": "retryrefused",
        "retry-all-errors": "retryrefused",
        "fail-with-body": "failbody",
        "fail-early": "early",
        get: "G",
        "data-binary=": "d",
        "data-urlencode=": "d",
        "json=": "json",
        "remote-name": "O",
        "http1.1": "http",
        http2: "http",
        compressed: "compressed",
        globoff: "g",
        "referer=": "e",
        "cookie=": "b",
        "create-dirs": "dirs",
        "proxy=": "proxy",
        "noproxy=": "proxy",
        "tlsv1.2": "tls",
        "tlsv1.3": "tls",
        "unix-socket=": "unix",
        parallel: "Z",
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
    const format = flags.get("w")
    /** What -w asks for, of an answer or of none. */
    const writeOut = function* (facts: Readonly<Record<string, string>>): Steps<void> {
      if (typeof format !== "string") return
      yield* process.print(
        format
          .replaceAll("\\n", "\n")
          .replaceAll("\\t", "\t")
          .replace(/%\{(\w+)\}/g, (_, name: string) => {
            if (name.startsWith("time_")) return facts[name] ?? "0.000000"
            return facts[name === "response_code" ? "http_code" : name] ?? (/^(num_|size_|speed_)/.test(name) ? "0" : "")
          }),
      )
    }
    let status = 0
    for (const address of addresses) {
      let url = parseUrl(address)
      const parts: string[] = []
      for (const part of [...(all.get("d") ?? []), ...(all.get("json") ?? [])]) {
        if (!part.startsWith("@")) parts.push(part)
        else if (part === "@-") parts.push(new TextDecoder().decode(yield* process.readAll(0)))
        else if (process.files.access(part.slice(1), { read: true })) parts.push(process.files.readText(part.slice(1)))
        else {
          yield* process.error(
            `curl: option -d: error encountered when reading a file\ncurl: try 'curl --help' or 'curl --manual' for more information\n`,
          )
          return 26
        }
      }
      const query = flags.has("G") && parts.length > 0
      if (url && query) url = { ...url, path: `${url.path}${url.path.includes("?") ? "&" : "?"}${parts.join("&")}` }
      const data = parts.length > 0 && !query ? parts.join("&") : undefined
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
          ...(flags.has("u") && { authorization: `Basic ${encodeBase64(String(flags.get("u")))}` }),
        }
        for (const header of all.get("H") ?? []) {
          const colon = header.indexOf(":")
          if (colon > 0) headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim()
        }
        if (typeof flags.get("e") === "string") headers.referer ??= String(flags.get("e"))
        if (typeof flags.get("b") === "string" && String(flags.get("b")).includes("=")) headers.cookie ??= String(flags.get("b"))
        if (flags.has("json")) {
          headers["content-type"] ??= "application/json"
          headers.accept = "application/json"
        }
        if (data !== undefined) headers["content-type"] ??= "application/x-www-form-urlencoded"
        const limit = Number(flags.get("m") ?? flags.get("c") ?? 300) * 1_000
        const begun = process.now()
        /** Bytes of an answer that comes bit by bit. */
        let received: number | undefined
        const deadline = flags.has("m") ? begun + limit : Number.POSITIVE_INFINITY
        const method = String(flags.get("X") ?? (flags.has("I") ? "HEAD" : data !== undefined ? "POST" : "GET"))
        const request: HttpRequest = { method, path: url.path, headers, ...(data !== undefined && { body: data }) }
        try {
          const [record] = override(all.get("resolve") ?? [], url) ?? (yield* process.network.lookup(url.host))
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
          if (flags.has("v")) yield* process.error(told(url, record.value, request, answer, tls?.insecure === true))
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
              received = 0
              for (;;) {
                const chunk = answer.stream.tryTake()
                if (chunk === null) break
                if (chunk === undefined && process.now() >= deadline) throw new SystemError("ETIMEDOUT")
                if (chunk === undefined)
                  yield* process.wait({
                    queues: [answer.stream.readQueue],
                    ...(deadline < Number.POSITIVE_INFINITY && { until: deadline }),
                  })
                else {
                  received += bodyText(chunk).length
                  yield* process.print(bodyText(chunk))
                }
              }
            } else if (typeof target === "string")
              process.files.write(target, answer.body instanceof Uint8Array ? answer.body : bodyText(answer.body))
            else if (answer.body instanceof Uint8Array) yield* process.write(1, answer.body)
            else yield* process.print(bodyText(answer.body))
          }
          const seconds = ((process.now() - begun) / 1_000).toFixed(6)
          yield* writeOut({
            http_code: String(answer.status),
            time_total: seconds,
            time_starttransfer: seconds,
            remote_ip: record.value,
            remote_port: String(url.port),
            local_ip: process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1",
            url_effective: `${url.scheme}://${url.host}${url.port === (url.scheme === "https" ? 443 : 80) ? "" : `:${url.port}`}${url.path}`,
            content_type: answer.headers["content-type"] ?? "",
            size_download: String(answer.stream ? (received ?? 0) : bodyText(answer.body).length),
            http_version: "1.1",
            num_connects: "1",
            method,
            scheme: url.scheme.toUpperCase(),
            exitcode: "0",
            redirect_url: answer.headers.location ?? "",
          })
          status = 0
        } catch (error) {
          if (error instanceof TlsError) status = yield* complain(60, `SSL certificate problem: ${opensslText(error.message)}`)
          else if (error instanceof SystemError && Object.hasOwn(REFUSALS, error.code)) {
            const [code, text] = REFUSALS[error.code]
            status = yield* complain(
              code,
              code === 28
                ? received === undefined
                  ? `Connection timed out after ${Math.round(process.now() - begun)} milliseconds`
                  : `Operation timed out after ${Math.round(process.now() - begun)} milliseconds with ${received} bytes received`
                : `Failed to connect to ${current.host} port ${current.port} after ${Math.round(process.now() - begun)} ms: ${text === "Connection refused" ? "Couldn't connect to server" : text}`,
            )
          } else throw error
        }
        if (status !== 0)
          yield* writeOut({ http_code: "000", exitcode: String(status), time_total: ((process.now() - begun) / 1_000).toFixed(6) })
        break
      }
    }
    return status
  },
})
