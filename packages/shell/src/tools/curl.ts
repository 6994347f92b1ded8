/** curl. */
import { bodyText, type HttpRequest, REASONS, type Steps, SystemError, TlsError } from "@drydock/machine"
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
          ...(flags.has("u") && { authorization: `Basic ${encodeBase64(String(flags.get("u")))}` }),
        }
        for (const header of all.get("H") ?? []) {
          const colon = header.indexOf(":")
          if (colon > 0) headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim()
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
        break
      }
    }
    return status
  },
})
