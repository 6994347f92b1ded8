/** wget as busybox has it: few options, its own words. As busybox's networking/wget.c. */
import { bodyText, type HttpRequest, type HttpResponse, REASONS, type Steps, type Process, SystemError, TlsError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { parseUrl } from "../url.ts"

const USAGE = `BusyBox v1.37.0 multi-call binary.

Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...
`
/** Without -T it waits this long, ms. */
const PATIENCE = 900_000
const HOPS = 5

/** Of a name to the address that it connects to; undefined: it has none. */
function* addressOf(process: Process, host: string): Steps<string | undefined> {
  if (/^\d+(\.\d+){3}$/.test(host)) return host
  try {
    return (yield* process.network.lookup(host))[0]?.value
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EINTR") throw error
    return undefined
  }
}

const bar = (name: string, size: number): string =>
  `${name.slice(0, 20).padEnd(20)} 100% |${"*".repeat(32)}| ${String(size).padStart(5)}  0:00:00 ETA\n`

export const busyboxWget = defineTool({
  name: "wget",
  busybox: true,
  plain: true,
  summary: "Retrieve files via HTTP or FTP",
  usage: USAGE,
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "cqS",
      valued: "OoPTUYt",
      long: {
        quiet: "q",
        continue: "c",
        spider: "spider",
        "output-document=": "O",
        "directory-prefix=": "P",
        "timeout=": "T",
        "tries=": "t",
        "user-agent=": "U",
        "header=": "header",
        "post-data=": "post",
        "post-file=": "file",
        "no-check-certificate": "insecure",
        "server-response": "S",
      },
    })
    if (problem !== undefined || words.length === 0) {
      yield* process.error(
        problem === undefined ? USAGE : `wget: ${problem.split("\n")[0].replace(/^invalid option -- /, "invalid option -- ")}\n${USAGE}`,
      )
      return 1
    }
    const quiet = flags.has("q")
    const log = function* (text: string): Steps<void> {
      if (!quiet) yield* process.error(text)
    }
    const fail = function* (text: string): Steps<number> {
      yield* process.error(`wget: ${text}\n`)
      return 1
    }
    for (const word of words) {
      let url = parseUrl(word)
      for (let hops = 0; url; hops++) {
        if (hops > HOPS) return yield* fail("too many redirections")
        const { scheme, host, port, path } = url
        const address = yield* addressOf(process, host)
        if (address === undefined) return yield* fail(`bad address '${host}${port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`}'`)
        yield* log(`Connecting to ${host}${port === 80 || port === 443 ? "" : `:${port}`} (${address}:${port})\n`)
        const file = flags.get("file")
        const post = typeof file === "string" ? process.files.readText(file) : flags.get("post")
        const headers: Record<string, string> = {
          host: port === (scheme === "https" ? 443 : 80) ? host : `${host}:${port}`,
          "user-agent": String(flags.get("U") ?? "Wget"),
          ...(typeof post === "string" && { "content-type": "application/x-www-form-urlencoded" }),
        }
        for (const header of all.get("header") ?? [])
          headers[header.slice(0, header.indexOf(":")).trim().toLowerCase()] = header.slice(header.indexOf(":") + 1).trim()
        const request: HttpRequest = {
          method: typeof post === "string" ? "POST" : flags.has("spider") ? "HEAD" : "GET",
          path,
          headers,
          ...(typeof post === "string" && { body: post }),
        }
        let answer: HttpResponse
        try {
          answer = yield* process.network.request(address, port, request, {
            timeout: flags.has("T") ? Number(flags.get("T")) * 1_000 : PATIENCE,
            ...(scheme === "https" && { tls: { name: host, insecure: true } }),
          })
        } catch (error) {
          if (error instanceof TlsError) return yield* fail("error getting response: Connection reset by peer")
          if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
          if (error.code === "ETIMEDOUT") return yield* fail("download timed out")
          return yield* fail(`can't connect to remote host (${address}): ${error.message}`)
        }
        const status = `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ""}`
        if (flags.has("S")) {
          yield* process.error(`  ${status}\n`)
          for (const [name, value] of Object.entries(answer.headers)) yield* process.error(`  ${name}: ${value}\n`)
          yield* process.error("  \n")
        }
        if (answer.status >= 300 && answer.status < 400 && answer.headers.location) {
          const { location } = answer.headers
          url = parseUrl(/^\w+:/.test(location) ? location : `${scheme}://${host}:${port}${location}`)
          continue
        }
        if (answer.status >= 400) return yield* fail(`server returned error: ${status}`)
        if (flags.has("spider")) {
          yield* log("remote file exists\n")
          break
        }
        const content = answer.body instanceof Uint8Array ? answer.body : new TextEncoder().encode(bodyText(answer.body))
        const given = flags.get("O")
        const directory = flags.get("P")
        const base = path.split(/[?#]/)[0].split("/").at(-1) || "index.html"
        const target = typeof given === "string" ? given : typeof directory === "string" ? `${directory.replace(/\/$/, "")}/${base}` : base
        if (target === "-") {
          yield* log("writing to stdout\n")
          yield* process.write(1, content)
          yield* log(bar("-", content.length))
          yield* log("written to stdout\n")
          break
        }
        if (typeof given !== "string" && process.files.exists(target)) return yield* fail(`can't open '${target}': File exists`)
        yield* log(`saving to '${target}'\n`)
        try {
          process.files.write(target, content)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          return yield* fail(`can't open '${target}': ${error.message}`)
        }
        yield* log(`${bar(target, content.length)}'${target}' saved\n`)
        break
      }
    }
    return 0
  },
})
