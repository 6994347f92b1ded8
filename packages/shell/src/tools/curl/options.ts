/** curl's options. As src/tool_getparam.c of curl 8.5. */
import { type Options, parseOptions } from "../reading.ts"

/** Options that change nothing here, but are taken: what they steer is not simulated, or is so anyway. */
const TAKEN =
  "compressed globoff disable no-buffer tcp-nodelay tcp-fastopen path-as-is ipv4 ipv6 http1.0 http2 http2-prior-knowledge http3 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tls13 no-keepalive no-sessionid no-alpn no-npn parallel fail-early netrc netrc-optional remote-time remote-header-name ssl ssl-reqd anyauth basic digest negotiate ntlm raw tr-encoding post301 post302 post303 proxytunnel proxy-insecure suppress-connect-headers xattr styled-output location-trusted".split(
    " ",
  )
const TAKEN_VALUED =
  "proxy noproxy proxy-user proxy-header socks5 socks5-hostname limit-rate speed-limit speed-time keepalive-time interface local-port dns-servers doh-url ciphers tls13-ciphers tls-max capath cert-type key-type pass pinnedpubkey crlfile netrc-file cookie-jar continue-at range time-cond trace trace-ascii stderr expect100-timeout happy-eyeballs-timeout-ms max-filesize aws-sigv4 parallel-max config variable".split(
    " ",
  )

const LONG: Readonly<Record<string, string>> = {
  silent: "s",
  "show-error": "S",
  include: "i",
  fail: "f",
  head: "I",
  verbose: "v",
  insecure: "k",
  location: "L",
  get: "G",
  "remote-name": "O",
  "remote-name-all": "all",
  "progress-bar": "#",
  "no-progress-meter": "meter",
  "http1.1": "http1",
  "create-dirs": "dirs",
  "fail-with-body": "failbody",
  "retry-connrefused": "retryrefused",
  "retry-all-errors": "retryall",
  "trace-time": "traced",
  help: "h",
  manual: "M",
  version: "V",
  "request=": "X",
  "header=": "H",
  "data=": "d",
  "data-ascii=": "d",
  "data-raw=": "raw",
  "data-binary=": "binary",
  "data-urlencode=": "encoded",
  "json=": "json",
  "form=": "F",
  "form-string=": "F",
  "upload-file=": "T",
  "output=": "o",
  "output-dir=": "into",
  "dump-header=": "D",
  "write-out=": "w",
  "user=": "u",
  "oauth2-bearer=": "bearer",
  "user-agent=": "A",
  "referer=": "e",
  "cookie=": "b",
  "cacert=": "cacert",
  "cert=": "E",
  "key=": "key",
  "max-time=": "m",
  "connect-timeout=": "c-time",
  "max-redirs=": "redirects",
  "retry=": "retry",
  "retry-delay=": "retrydelay",
  "retry-max-time=": "retrymax",
  "url=": "url",
  "resolve=": "resolve",
  "connect-to=": "connect",
  "unix-socket=": "unix",
  "abstract-unix-socket=": "unix",
  ...Object.fromEntries(TAKEN.map((name) => [name, "taken"])),
  ...Object.fromEntries(TAKEN_VALUED.map((name) => [`${name}=`, "taken"])),
}

/** What src/tool_getparam.c says of an option that it does not take. */
const worded = (problem: string): string => {
  const [, letter] = /^(?:invalid option) -- '(.)'$/.exec(problem) ?? []
  if (letter) return `option -${letter}: is unknown`
  const [, needs] = /^option requires an argument -- '(.)'$/.exec(problem) ?? []
  if (needs) return `option -${needs}: requires parameter`
  return problem
    .replace(/^unrecognized option '(--[^'=]*).*'$/, "option $1: is unknown")
    .replace(/^option '(--.*)' requires an argument$/, "option $1: requires parameter")
    .replace(/^option '(--.*)' doesn't allow an argument$/, "option $1: is unknown")
}

export const readOptions = (args: readonly string[]): Options => {
  const options = parseOptions(args, { letters: "sSifIvkLgONG#Z046123aBhJjlMnpqRV:", valued: "XHdomwAuebFTDEcxCKrytYzU", long: LONG })
  return { ...options, problem: options.problem && worded(options.problem) }
}
