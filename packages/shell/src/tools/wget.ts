/** wget. */
import { bodyText, type HttpRequest, type HttpResponse, REASONS, SystemError, TlsError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions } from "./reading.ts"
import { parseUrl } from "./url.ts"

export const wget = defineTool({
  name: "wget",
  busybox: true,
  version: "1.21.4 built on linux-gnu.",
  summary: "the non-interactive network downloader",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "qcNSvdkrnpbF",
      valued: "OPTtUoaei",
      long: {
        quiet: "q",
        "no-verbose": "nv",
        "output-document=": "O",
        "directory-prefix=": "P",
        "timeout=": "T",
        "tries=": "t",
        "user-agent=": "U",
        "header=": "header",
        "post-data=": "post",
        "method=": "method",
        "no-check-certificate": "insecure",
        "server-response": "S",
        spider: "spider",
        continue: "c",
        "show-progress": "progress",
        "https-only": "https",
        "max-redirect=": "redirect",
        "ca-certificate=": "ca",
      },
    })
    if (problem) {
      yield* process.error(`wget: ${problem}\nUsage: wget [OPTION]... [URL]...\n\nTry \`wget --help' for more options.\n`)
      return 2
    }
    if (words.length === 0) {
      yield* process.error("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n")
      return 1
    }
    const quiet = flags.has("q")
    const log = function* (text: string) {
      if (!quiet) yield* process.error(text)
    }
    let status = 0
    for (const word of words) {
      let url = parseUrl(word)
      for (let hops = 0; url && hops < 20; hops++) {
        const { scheme, host, port, path } = url
        const shown = `${scheme}://${host}${port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`}${path}`
        if (!flags.has("nv")) yield* log(`--${formatDate("%Y-%m-%d %H:%M:%S", process.now())}--  ${shown}\n`)
        const [record] = /^\d+(\.\d+){3}$/.test(host) ? [{ value: host }] : yield* process.network.lookup(host)
        if (!flags.has("nv") && !/^\d/.test(host))
          yield* log(`Resolving ${host} (${host})... ${record ? `${record.value}\n` : "failed: Name or service not known.\n"}`)
        if (!record) {
          yield* log(`wget: unable to resolve host address ‘${host}’\n`)
          status = 4
          break
        }
        const post = flags.get("post")
        const headers: Record<string, string> = {
          host: port === (scheme === "https" ? 443 : 80) ? host : `${host}:${port}`,
          "user-agent": String(flags.get("U") ?? "Wget/1.21.4"),
          accept: "*/*",
        }
        for (const header of all.get("header") ?? [])
          headers[header.slice(0, header.indexOf(":")).trim().toLowerCase()] = header.slice(header.indexOf(":") + 1).trim()
        const request: HttpRequest = {
          method: String(flags.get("method") ?? (typeof post === "string" ? "POST" : flags.has("spider") ? "HEAD" : "GET")),
          path,
          headers,
          ...(typeof post === "string" && { body: post }),
        }
        if (!flags.has("nv")) yield* log(`Connecting to ${host}${/^\d/.test(host) ? "" : ` (${host})|${record.value}|`}:${port}... `)
        let answer: HttpResponse
        try {
          answer = yield* process.network.request(record.value, port, request, {
            timeout: Number(flags.get("T") ?? 900) * 1_000,
            ...(scheme === "https" && { tls: { name: host, insecure: flags.has("insecure") } }),
          })
        } catch (error) {
          if (error instanceof TlsError) {
            yield* log(
              `connected.\nERROR: cannot verify ${host}'s certificate: ${error.message}\nTo connect to ${host} insecurely, use \`--no-check-certificate'.\n`,
            )
            status = 5
            break
          }
          if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
          yield* log(`failed: ${error.message}.\n`)
          status = 4
          break
        }
        if (!flags.has("nv"))
          yield* log(`connected.\nHTTP request sent, awaiting response... ${answer.status} ${REASONS[answer.status] ?? ""}\n`)
        if (answer.status >= 300 && answer.status < 400 && answer.headers.location) {
          const { location } = answer.headers
          yield* log(`Location: ${location} [following]\n`)
          url = parseUrl(/^\w+:/.test(location) ? location : `${scheme}://${host}:${port}${location}`)
          continue
        }
        if (answer.status >= 400) {
          yield* log(`${formatDate("%Y-%m-%d %H:%M:%S", process.now())} ERROR ${answer.status}: ${REASONS[answer.status] ?? ""}.\n\n`)
          status = 8
          break
        }
        if (flags.has("spider")) {
          yield* log("Remote file exists.\n\n")
          break
        }
        const content = answer.body instanceof Uint8Array ? answer.body : new TextEncoder().encode(bodyText(answer.body))
        const given = flags.get("O")
        const base = path.split(/[?#]/)[0].split("/").at(-1) || "index.html"
        const directory = flags.get("P")
        let target = typeof given === "string" ? given : typeof directory === "string" ? `${directory.replace(/\/$/, "")}/${base}` : base
        if (typeof given !== "string")
          for (let copy = 1; process.files.exists(target) && copy < 100; copy++) target = `${target.replace(/\.\d+$/, "")}.${copy}`
        if (target === "-") {
          yield* log(`Length: ${content.length} [${answer.headers["content-type"] ?? "text/plain"}]\nSaving to: ‘STDOUT’\n\n`)
          yield* process.write(1, content)
        } else {
          if (typeof directory === "string") process.files.mkdir(directory, { parents: true })
          try {
            process.files.write(target, content)
          } catch (error) {
            if (!(error instanceof SystemError)) throw error
            yield* process.error(`${target}: ${error.message}\n\nCannot write to ‘${target}’ (${error.message}).\n`)
            status = 3
            break
          }
          yield* log(
            `Length: ${content.length} [${answer.headers["content-type"] ?? "text/plain"}]\nSaving to: ‘${target}’\n\n\r${target.slice(0, 20).padEnd(20)} 100%[===================>] ${String(content.length).padStart(7)}  --.-KB/s    in 0s      \n\n${formatDate("%Y-%m-%d %H:%M:%S", process.now())} (10.0 MB/s) - ‘${target}’ saved [${content.length}/${content.length}]\n\n`,
          )
        }
        break
      }
    }
    return status
  },
})
