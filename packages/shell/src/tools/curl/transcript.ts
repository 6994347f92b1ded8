/** What -v tells of an exchange: the connection, the handshake, both heads. As curl 8.5 with OpenSSL 3.0. */
import { type HttpRequest, type HttpResponse, REASONS } from "@drydock/machine"
import type { Certificate } from "../openssl/certificates.ts"
import { publicFromDer } from "../openssl/keys.ts"
import { dateText } from "../openssl/print.ts"
import { bitsOf } from "../openssl/rsa.ts"
import { nameMatch, plainName, type PresentedChain, SYSTEM_AUTHORITIES } from "../openssl/server-trust.ts"
import type { Url } from "../url.ts"

/** "content-type" as servers of HTTP/1.1 write it. */
export const titled = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())

/** The first line and the headers of an answer, in the spelling of its protocol. */
export const headOf = (answer: HttpResponse, version: HttpVersion): string[] => [
  version === "2" ? `HTTP/2 ${answer.status} ` : `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ""}`,
  ...Object.entries(answer.headers).map(([name, value]) => `${version === "2" ? name : titled(name)}: ${value}`),
]

export type HttpVersion = "1.1" | "2"

const starred = (...lines: readonly string[]): string => lines.map((line) => `* ${line}\n`).join("")

/** Which address is tried. */
export const trying = (url: Url, address: string, looked: boolean): string =>
  `${looked && url.host !== address ? starred(`Host ${url.host}:${url.port} was resolved.`, "IPv6: (none)", `IPv4: ${address}`) : ""}${starred(`  Trying ${address}:${url.port}...`)}`

export const connected = (url: Url, address: string): string => starred(`Connected to ${url.host} (${address}) port ${url.port}`)

const LENGTHS: Readonly<Record<string, string>> = { rsa: "RSA", ec: "EC", ed25519: "ED25519" }
/** Security bits of keys of that many bits. As NIST SP 800-57. */
const strength = (bits: number, kind: string): number =>
  kind === "rsa" ? (bits >= 7_680 ? 192 : bits >= 3_072 ? 128 : bits >= 2_048 ? 112 : 80) : bits / 2

const levelOf = (one: Certificate, level: number): string => {
  const key = publicFromDer(one.publicKey)
  const size = key?.kind === "rsa" ? bitsOf(key.rsa.n) : key?.kind === "ec" ? key.curve.bits : 256
  const kind = key?.kind ?? "rsa"
  const name = key?.kind === "ec" ? `EC/${key.curve.name}` : LENGTHS[kind]
  return `  Certificate level ${level}: Public key type ${name} (${size}/${strength(size, kind)} Bits/secBits), signed using ${one.algorithm}`
}

export interface HandshakeTold {
  readonly host: string
  /** Undefined for a host of the internet, whose certificates are not shown. */
  readonly chain: PresentedChain | undefined
  readonly insecure: boolean
  readonly authorities: string | undefined
  readonly asksClient: boolean
  readonly version: HttpVersion
}

/** The handshake up to the server's last word. */
export const handshaking = ({ insecure, authorities, asksClient }: HandshakeTold): string =>
  starred(
    "ALPN: curl offers h2,http/1.1",
    "TLSv1.3 (OUT), TLS handshake, Client hello (1):",
    ...(insecure ? [] : [` CAfile: ${authorities ?? SYSTEM_AUTHORITIES}`, " CApath: /etc/ssl/certs"]),
    "TLSv1.3 (IN), TLS handshake, Server hello (2):",
    "TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):",
    ...(asksClient ? ["TLSv1.3 (IN), TLS handshake, Request CERT (13):"] : []),
    "TLSv1.3 (IN), TLS handshake, Certificate (11):",
  )

/** That the client takes no such server. */
export const refused = (text: string): string =>
  starred(
    `TLSv1.3 (OUT), TLS alert, ${/expired|not yet valid/.test(text) ? "certificate expired (557)" : "unknown CA (560)"}:`,
    `SSL certificate problem: ${text}`,
    "Closing connection",
  )

/** The rest of the handshake, and who the server is. */
export const agreed = (told: HandshakeTold): string => {
  const { chain, insecure, host, asksClient, version } = told
  const [own] = chain?.sent ?? []
  const match = own && nameMatch(own, host)
  const key = own && publicFromDer(own.publicKey)
  return starred(
    "TLSv1.3 (IN), TLS handshake, CERT verify (15):",
    "TLSv1.3 (IN), TLS handshake, Finished (20):",
    "TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):",
    ...(asksClient ? ["TLSv1.3 (OUT), TLS handshake, Certificate (11):"] : []),
    "TLSv1.3 (OUT), TLS handshake, Finished (20):",
    `SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / X25519 / ${key?.kind === "ec" ? "id-ecPublicKey" : key?.kind === "ed25519" ? "ED25519" : "RSASSA-PSS"}`,
    `ALPN: server accepted ${version === "2" ? "h2" : "http/1.1"}`,
    ...(own
      ? [
          "Server certificate:",
          ` subject: ${plainName(own.subject)}`,
          ` start date: ${dateText(own.from)}`,
          ` expire date: ${dateText(own.until)}`,
          ...(insecure
            ? []
            : match
              ? [
                  match.kind === "address"
                    ? ` subjectAltName: host "${host}" matched cert's IP address!`
                    : ` subjectAltName: host "${host}" matched cert's "${match.pattern}"`,
                ]
              : [` subjectAltName does not match ${host}`]),
        ]
      : []),
    ...(own && !insecure && !match
      ? [`SSL: no alternative certificate subject name matches target host name '${host}'`, "Closing connection"]
      : [
          ...(own ? [` issuer: ${plainName(own.issuer)}`] : []),
          chain?.problem
            ? ` SSL certificate verify result: ${chain.problem.text} (${chain.problem.code}), continuing anyway.`
            : " SSL certificate verify ok.",
          ...(chain?.verified ?? []).map(levelOf),
        ]),
  )
}

/** The request's head, in the order in which curl writes it. */
export const sent = (url: Url, request: HttpRequest, version: HttpVersion): string => {
  const { host, authorization, "user-agent": agent, accept, referer, cookie, ...others } = request.headers
  const lines = [
    ["Host", host],
    ["Authorization", authorization],
    ["User-Agent", agent],
    ["Accept", accept],
    ["Referer", referer],
    ["Cookie", cookie],
    ...Object.entries(others).map(([name, value]) => [titled(name), value]),
  ].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  const streams =
    version === "2"
      ? starred(
          "using HTTP/2",
          `[HTTP/2] [1] OPENED stream for https://${host}${request.path}`,
          `[HTTP/2] [1] [:method: ${request.method}]`,
          `[HTTP/2] [1] [:scheme: ${url.scheme}]`,
          `[HTTP/2] [1] [:authority: ${host}]`,
          `[HTTP/2] [1] [:path: ${request.path}]`,
          ...lines.slice(1).map(([name, value]) => `[HTTP/2] [1] [${name.toLowerCase()}: ${value}]`),
        )
      : ""
  const head = [`${request.method} ${request.path} HTTP/${version}`, ...lines.map(([name, value]) => `${name}: ${value}`), ""]
  return `${streams}${head.map((line) => `> ${line}\n`).join("")}`
}

export const received = (answer: HttpResponse, version: HttpVersion): string =>
  [...headOf(answer, version), ""].map((line) => `< ${line}\n`).join("")

export const leftIntact = (host: string): string => starred(`Connection #0 to host ${host} left intact`)

/** Of a connection that did not come about. */
export const notConnected = (at: {
  address: string
  port: number
  host: string
  from: string
  fromPort: number
  after: number
  why: string
  text: string
}): string =>
  starred(
    `connect to ${at.address} port ${at.port} from ${at.from} port ${at.fromPort} failed: ${at.why}`,
    `Failed to connect to ${at.host} port ${at.port} after ${at.after} ms: ${at.text}`,
    "Closing connection",
  )
