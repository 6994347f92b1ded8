/** Whether a server is who it says it is: its chain of certificates up to one that the client trusts, and its names. As X509_verify_cert and X509_check_host. */
import type { Process, ServerHello, Steps } from "@drydock/machine"
import { type Certificate, readCertificates } from "./certificates.ts"
import { child, elements } from "./der.ts"
import { IDS } from "./extensions.ts"
import { nameText } from "./names.ts"
import { verifyChain } from "./x509.ts"

/** Where update-ca-certificates gathers the authorities that a system trusts. */
export const SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"

/** What X509_verify_cert found wrong, as it numbers and words it. */
export interface TrustProblem {
  readonly code: number
  readonly text: string
  readonly depth: number
  readonly subject: string
}

export interface PresentedChain {
  /** As the server sent them, its own first. */
  readonly sent: readonly Certificate[]
  /** From the server's own to the authority that was found for it. */
  readonly verified: readonly Certificate[]
  readonly problem: TrustProblem | undefined
}

/** The certificates of a file; none when it cannot be read. */
export const authoritiesOf = (process: Process, path: string): Certificate[] =>
  process.files.access(path, { read: true }) ? readCertificates(process.files.readText(path)) : []

/** The chain that a server showed, checked against `anchors`; undefined when it showed none. */
export function* presentedChain(
  process: Process,
  hello: Extract<ServerHello, { kind: "tls" }>,
  anchors: readonly Certificate[],
): Steps<PresentedChain | undefined> {
  const sent = readCertificates(hello.certificates)
  if (sent.length === 0) return undefined
  const { problem, chain } = yield* verifyChain(process, sent[0], anchors, sent.slice(1))
  return { sent, verified: chain, problem }
}

const altNames = (one: Certificate): { names: string[]; addresses: string[] } => {
  const found = one.extensions.find(({ id }) => id === IDS.altName)
  const parts = found ? elements(child(found.value, 0).content) : []
  return {
    names: parts.flatMap(({ tag, content }) => (tag === 0x82 ? [new TextDecoder().decode(content)] : [])),
    addresses: parts.flatMap(({ tag, content }) => (tag === 0x87 && content.length === 4 ? [content.join(".")] : [])),
  }
}

/** "*.example.com" stands for one label. */
const isNamed = (pattern: string, host: string): boolean =>
  pattern.toLowerCase() === host.toLowerCase() ||
  (pattern.startsWith("*.") && host.includes(".") && pattern.slice(1) === host.slice(host.indexOf(".")))

/** How a certificate names a host: "name" and the pattern that fits, "address", or not at all. */
export const nameMatch = (one: Certificate, host: string): { kind: "name"; pattern: string } | { kind: "address" } | undefined => {
  const { names, addresses } = altNames(one)
  if (/^[\d.]+$/.test(host)) return addresses.includes(host) ? { kind: "address" } : undefined
  const common = names.length === 0 ? one.subject.filter(({ type }) => type === "CN").map(({ value }) => value) : names
  const pattern = common.find((name) => isNamed(name, host))
  return pattern === undefined ? undefined : { kind: "name", pattern }
}

/** "CN=kube-apiserver", as curl and wget print names. */
export const plainName = (parts: Certificate["subject"], separator = "; "): string =>
  nameText(parts).replaceAll(" = ", "=").replaceAll(", ", separator)
