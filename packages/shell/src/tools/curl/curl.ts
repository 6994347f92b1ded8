/** curl: each URL of its command line, tried again where it is told to. As src/tool_operate.c of curl 8.5. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { bytesToText, type Options } from "../reading.ts"
import { readOptions } from "./options.ts"
import { BodyError } from "./request-body.ts"
import { type Outcome, Transfer } from "./transfer.ts"
import { writtenOut } from "./write-out.ts"

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n"

const VERSION = `curl 8.5.0 (x86_64-pc-linux-gnu) libcurl/8.5.0 OpenSSL/3.0.13 zlib/1.3 brotli/1.1.0 zstd/1.5.5 libidn2/2.3.7 libpsl/0.21.2 (+libidn2/2.3.7) libssh/0.10.6/openssl/zlib nghttp2/1.59.0 librtmp/2.3 OpenLDAP/2.6.7
Release-Date: 2023-12-06, security patched: 8.5.0-2ubuntu10.6
Protocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp
Features: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM PSL SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd
`

const number = (options: Options, name: string): number | undefined => {
  const given = options.flags.get(name)
  return typeof given === "string" ? Number(given) || 0 : undefined
}

/** Whether --retry tries this again. */
const isTriedAgain = (options: Options, { code, transient }: Outcome): boolean => {
  if (options.flags.has("retryall")) return code !== 0 || transient === "HTTP error"
  if (transient === "connection refused") return options.flags.has("retryrefused")
  return transient !== undefined || code === 6
}

function* complain(process: Process, options: Options, { code, message }: Outcome): Steps<void> {
  const quiet = options.flags.has("s") && !options.flags.has("S")
  if (message === undefined || quiet) return
  const [text, warning] = message.split("\0")
  yield* process.error(`${warning === undefined ? "" : `Warning: ${warning}\n`}curl: (${code}) ${text}\n`)
}

/** One URL, as often as --retry allows. */
function* fetched(process: Process, options: Options, address: string, first: boolean): Steps<Outcome> {
  let left = number(options, "retry") ?? 0
  let wait = 1_000
  const until = process.now() + (number(options, "retrymax") ?? Number.POSITIVE_INFINITY) * 1_000
  for (let attempt = 0; ; attempt++) {
    const outcome = yield* new Transfer(process, options).run(address, first && attempt === 0)
    yield* complain(process, options, outcome)
    if (left <= 0 || !isTriedAgain(options, outcome) || process.now() + wait > until) return outcome
    const pause = (number(options, "retrydelay") ?? 0) * 1_000 || wait
    const seconds = pause / 1_000
    const why = options.flags.has("retryall") ? "(retrying all errors)" : (outcome.transient ?? "timeout")
    if (!options.flags.has("s"))
      yield* process.error(
        `Warning: Problem: ${why}. Will retry in ${seconds} second${seconds === 1 ? "" : "s"}. ${left} ${left === 1 ? "retry" : "retries"} left.\n`,
      )
    yield* process.sleep(pause)
    left--
    wait = Math.min(wait * 2, 600_000)
  }
}

/** The text of -w, which may be in a file. */
function* formatOf(process: Process, options: Options): Steps<string | undefined> {
  const given = options.flags.get("w")
  if (typeof given !== "string") return undefined
  if (given === "@-") return bytesToText(yield* process.readAll(0))
  return given.startsWith("@") ? process.files.readText(given.slice(1)) : given
}

export const curl = defineTool({
  name: "curl",
  busybox: true,
  plain: true,
  summary: "transfer a URL",
  *run(process, args) {
    const options = readOptions(args)
    if (options.flags.has("V")) {
      yield* process.print(VERSION)
      return 0
    }
    if (options.flags.has("h")) {
      yield* process.print(
        'Usage: curl [options...] <url>\n -d, --data <data>          HTTP POST data\n -f, --fail                 Fail fast with no output on HTTP errors\n -h, --help <category>      Get help for commands\n -i, --include              Include protocol response headers in the output\n -o, --output <file>        Write to file instead of stdout\n -O, --remote-name          Write output to a file named as the remote file\n -s, --silent               Silent mode\n -T, --upload-file <file>   Transfer local FILE to destination\n -u, --user <user:password> Server user and password\n -A, --user-agent <name>    Send User-Agent <name> to server\n -v, --verbose              Make the operation more talkative\n -V, --version              Show version number and quit\n\nThis is not the full help, this menu is stripped into categories.\nUse "--help category" to get an overview of all categories.\nFor all options use the manual or "--help all".\n',
      )
      return 0
    }
    if (options.problem) {
      yield* process.error(`curl: ${options.problem}\n${TRY}`)
      return 2
    }
    const addresses = [...(options.all.get("url") ?? []), ...options.words]
    if (addresses.length === 0) {
      yield* process.error(`curl: (2) no URL specified\n${TRY}`)
      return 2
    }
    const format = yield* formatOf(process, options)
    let status = 0
    // A URL whose transfer failed does not keep the others from theirs; the last one's outcome counts.
    for (const [at, address] of addresses.entries()) {
      let outcome: Outcome
      try {
        outcome = yield* fetched(process, options, address, at === 0)
      } catch (error) {
        if (!(error instanceof BodyError)) throw error
        yield* process.error(`curl: ${error.message}\n${error.message.startsWith("(") ? "" : TRY}`)
        return error.code
      }
      status = outcome.code
      if (format === undefined) continue
      const { text, complaints } = writtenOut(format, outcome.facts, outcome.answer?.headers ?? {})
      yield* process.error(complaints)
      yield* process.print(text)
    }
    return status
  },
})
