/** openssl s_client: the handshake with a server, and what both said in it. As apps/s_client.c of OpenSSL 3.0. */
import { bodyText, type Process, type ServerHello, type Steps, SystemError } from "@drydock/machine"
import { headOf } from "../curl/transcript.ts"
import { type Certificate, certificatePem, readCertificates } from "./certificates.ts"
import { certificateFrom, type Command, hexThread, keyFrom, type Options, OpensslError, password, randomBytes } from "./command.ts"
import { hexOf } from "./der.ts"
import { type PublicKey, publicFromDer } from "./keys.ts"
import { nameText } from "./names.ts"
import { dateText } from "./print.ts"
import { bitsOf } from "./rsa.ts"
import { authoritiesOf, nameMatch, presentedChain, type PresentedChain, SYSTEM_AUTHORITIES } from "./server-trust.ts"

/** What a server that asks for client certificates takes; crypto/tls of Go, which most of a cluster's servers are. */
const REQUESTED =
  "RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:ECDSA+SHA384:ECDSA+SHA512:RSA+SHA1:ECDSA+SHA1"
const SHARED =
  "RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:ECDSA+SHA384:ECDSA+SHA512"

const CIPHER = "TLS_AES_128_GCM_SHA256"

interface Finding {
  readonly code: number
  readonly text: string
}

/** How keys are told in "Certificate chain". */
const keyName = (key: PublicKey | undefined): string =>
  key?.kind === "rsa"
    ? `rsaEncryption, ${bitsOf(key.rsa.n)} (bit)`
    : key?.kind === "ec"
      ? `id-ecPublicKey, ${key.curve.bits} (bit)`
      : "ED25519, 256 (bit)"

const bitsOfKey = (key: PublicKey | undefined): number =>
  key?.kind === "rsa" ? bitsOf(key.rsa.n) : key?.kind === "ec" ? key.curve.bits : 256

const chainText = (sent: readonly Certificate[], whole: boolean): string =>
  `Certificate chain\n${sent
    .map(
      (one, at) =>
        `${String(at).padStart(2)} s:${nameText(one.subject)}\n   i:${nameText(one.issuer)}\n   a:PKEY: ${keyName(publicFromDer(one.publicKey))}; sigalg: ${one.algorithm === "ecdsa-with-SHA256" ? one.algorithm : one.algorithm.replace("WithRSAEncryption", "-RSA").replace(/^(sha\d+)-RSA$/, (_, sum: string) => `RSA-${sum.toUpperCase()}`)}\n   v:NotBefore: ${dateText(one.from)}; NotAfter: ${dateText(one.until)}\n${whole ? certificatePem(one) : ""}`,
    )
    .join("")}---\n`

/** What the check found, the first being what it began with: a server's certificate alone, whose issuer is not known, is two findings. */
const findings = (chain: PresentedChain, name: string | undefined): Finding[] => {
  const { problem, sent } = chain
  const found: Finding[] = problem ? [{ code: problem.code, text: problem.text }] : []
  if (problem?.code === 20 && sent.length === 1) found.push({ code: 21, text: "unable to verify the first certificate" })
  if (name !== undefined && !nameMatch(sent[0], name))
    found.push(/^[\d.]+$/.test(name) ? { code: 64, text: "IP address mismatch" } : { code: 62, text: "hostname mismatch" })
  return found
}

/** The callback's lines: depth, subject, what is wrong; `returns`: with the word that it goes on. */
const depthLines = (chain: PresentedChain, found: readonly Finding[], returns: boolean): string => {
  const at = (depth: number) => `depth=${depth} ${nameText((chain.verified[depth] ?? chain.sent[0]).subject)}\n`
  const goesOn = returns ? "verify return:1\n" : ""
  const { problem } = chain
  const bad = found
    .map(({ code, text }) => `${at(code === problem?.code ? problem.depth : 0)}verify error:num=${code}:${text}\n${goesOn}`)
    .join("")
  if (!returns) return bad
  const last = problem ? problem.depth : chain.verified.length - 1
  const good = Array.from({ length: last + 1 }, (_, back) => `${at(last - back)}verify return:1\n`).join("")
  return `${bad}${good}`
}

const upper = (process: Process, bytes: number): string => hexOf(randomBytes(process, bytes)).toUpperCase()

const ticket = (process: Process, code: Finding): string =>
  `---\nPost-Handshake New Session Ticket arrived:\nSSL-Session:\n    Protocol  : TLSv1.3\n    Cipher    : ${CIPHER}\n    Session-ID: ${upper(process, 32)}\n    Session-ID-ctx: \n    Resumption PSK: ${upper(process, 32)}\n    PSK identity: None\n    PSK identity hint: None\n    SRP username: None\n    TLS session ticket lifetime hint: 604800 (seconds)\n    TLS session ticket:\n${ticketBytes(process)}\n    Start Time: ${Math.floor(process.now() / 1_000)}\n    Timeout   : 7200 (sec)\n    Verify return code: ${code.code} (${code.text})\n    Extended master secret: no\n    Max Early Data: 0\n---\nread R BLOCK\n`

const ticketBytes = (process: Process): string =>
  Array.from({ length: 8 }, (_, row) => {
    const bytes = [...randomBytes(process, 16)]
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"))
    const text = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("")
    return `    ${(row * 16).toString(16).padStart(4, "0")} - ${hex.slice(0, 8).join(" ")}-${hex.slice(8).join(" ")}   ${text}\n`
  }).join("")

/** "host:port", "[::1]:port", "host"; https is what it stands for alone. */
const placeOf = (options: Options): { host: string; port: number } => {
  const given = options.get("connect") ?? options.words[0] ?? "localhost:4433"
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\w+))?$/.exec(given) ?? []
  const number =
    port === "https" || port === undefined ? (options.has("port") ? Number(options.get("port")) : port ? 443 : 4433) : Number(port)
  return { host: (bracketed ?? plain ?? "") || (options.get("host") ?? "localhost"), port: number }
}

function* helloOf(process: Process, host: string, port: number): Steps<ServerHello> {
  const thread = () => hexThread(process)
  const records = yield* process.network.lookup(host)
  const [record] = records
  if (!record)
    throw new OpensslError(
      `${thread()}:error:10080002:BIO routines:BIO_lookup_ex:system lib:../crypto/bio/bio_addr.c:738:Name or service not known\nconnect:errno=0`,
    )
  try {
    return yield* process.network.handshake?.(record.value, port) ?? noHandshake()
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EINTR") throw error
    const [errno, hex] = error.code === "ECONNREFUSED" ? [111, "6F"] : error.code === "EHOSTUNREACH" ? [113, "71"] : [110, "6E"]
    const own = thread()
    throw new OpensslError(
      `${own}:error:800000${hex}:system library:BIO_connect:${error.message}:../crypto/bio/bio_sock2.c:125:calling connect()\n${own}:error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:127:\nconnect:errno=${errno}`,
    )
  }
}

function* noHandshake(): Steps<ServerHello> {
  return { kind: "plain" }
}

/** What stands at its end when no handshake came about. */
const NOTHING_AGREED =
  "---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\nSSL handshake has read 5 bytes and written 297 bytes\nVerification: OK\n---\nNew, (NONE), Cipher is (NONE)\nSecure Renegotiation IS NOT supported\nCompression: NONE\nExpansion: NONE\nNo ALPN negotiated\nEarly data was not sent\nVerify return code: 0 (ok)\n---\n"

/** The authorities of -CAfile, or the system's. */
const anchorsOf = (process: Process, options: Options): Certificate[] => {
  const file = options.get("CAfile")
  if (file !== undefined && !process.files.access(file, { read: true })) {
    const own = hexThread(process)
    throw new OpensslError(
      `${own}:error:80000002:system library:BIO_new_file:No such file or directory:../crypto/bio/bss_file.c:67:calling fopen(${file}, r)\n${own}:error:10000080:BIO routines:BIO_new_file:no such file:../crypto/bio/bss_file.c:75:\n${own}:error:05880002:x509 certificate routines:X509_load_cert_crl_file_ex:system lib:../crypto/x509/by_file.c:234:`,
    )
  }
  return authoritiesOf(process, file ?? SYSTEM_AUTHORITIES)
}

/** -cert and -key must be there and belong together. Throws OpensslError. */
function* clientOf(process: Process, options: Options): Steps<void> {
  if (!options.has("cert")) return
  const certificate = yield* certificateFrom(process, options.get("cert"), "client certificate")
  yield* keyFrom(process, options.get("key") ?? options.get("cert"), yield* password(process, options.get("pass")))
  if (publicFromDer(certificate.publicKey) === undefined) throw new OpensslError("unable to load client certificate public key")
}

/** Without -brief and -quiet: all that was agreed. */
const report = (
  chain: PresentedChain,
  hello: Extract<ServerHello, { kind: "tls" }>,
  options: Options,
  last: Finding,
  agreed: string | undefined,
  refused: boolean,
): string => {
  const [own] = chain.sent
  const key = publicFromDer(own.publicKey)
  const authorities = readCertificates(hello.clientAuthority ?? "")
  const asks =
    hello.clientAuthority === undefined
      ? "No client certificate CA names sent\n"
      : `${authorities.length > 0 ? `Acceptable client certificate CA names\n${authorities.map((one) => `${nameText(one.subject)}\n`).join("")}` : "No client certificate CA names sent\n"}Requested Signature Algorithms: ${REQUESTED}\nShared Requested Signature Algorithms: ${SHARED}\n`
  const size = chain.sent.reduce((sum, { der }) => sum + der.length, 0)
  const certificate = refused
    ? "no peer certificate available\n"
    : `Server certificate\n${options.has("showcerts") ? "" : certificatePem(own)}subject=${nameText(own.subject)}\nissuer=${nameText(own.issuer)}\n`
  const signed = refused
    ? ""
    : `Peer signing digest: SHA256\nPeer signature type: ${key?.kind === "rsa" ? "RSA-PSS" : key?.kind === "ec" ? "ECDSA" : "Ed25519"}\n`
  return `${chainText(chain.sent, options.has("showcerts"))}${certificate}---\n${asks}${signed}Server Temp Key: X25519, 253 bits\n---\nSSL handshake has read ${size + 434} bytes and written ${refused ? 304 : 407} bytes\n${last.code === 0 ? "Verification: OK" : `Verification error: ${last.text}`}\n---\nNew, TLSv1.3, Cipher is ${CIPHER}\n${refused ? "" : `Server public key is ${bitsOfKey(key)} bit\n`}Secure Renegotiation IS NOT supported\nCompression: NONE\nExpansion: NONE\n${agreed === undefined ? "No ALPN negotiated" : `ALPN protocol: ${agreed}`}\nEarly data was not sent\nVerify return code: ${last.code} (${last.text})\n---\n`
}

const brief = (chain: PresentedChain, asks: boolean, last: Finding): string => {
  const [own] = chain.sent
  const key = publicFromDer(own.publicKey)
  return `CONNECTION ESTABLISHED\nProtocol version: TLSv1.3\nCiphersuite: ${CIPHER}\n${asks ? `Requested Signature Algorithms: ${REQUESTED}\n` : ""}Peer certificate: ${nameText(own.subject)}\nHash used: SHA256\nSignature type: ${key?.kind === "rsa" ? "RSA-PSS" : "ECDSA"}\n${last.code === 0 ? "Verification: OK" : `Verification error: ${last.text}`}\nServer Temp Key: X25519, 253 bits\n`
}

export const sClient: Command = {
  valued:
    "connect host port servername CAfile CApath CAstore cert certform cert_chain key keyform pass verify verify_depth verify_hostname verify_ip alpn cipher ciphersuites starttls proxy bind curves groups sigalgs nextprotoneg x509_strict sess_out sess_in keylogfile timeout nameopt".split(
      " ",
    ),
  *run(process, options) {
    const { host, port } = placeOf(options)
    const anchors = anchorsOf(process, options)
    yield* clientOf(process, options)
    const hello = yield* helloOf(process, host, port)
    const isBrief = options.has("brief")
    const quiet = options.has("quiet")
    if (!isBrief && !quiet) yield* process.print("CONNECTED(00000003)\n")
    if (/^[\d.]+$/.test(host) && !options.has("servername")) yield* process.error("Can't use SSL_get_servername\n")
    if (hello.kind === "public") throw new OpensslError("s_client: certificates of the internet beyond this cluster are not simulated")
    const chain = hello.kind === "tls" ? yield* presentedChain(process, hello, anchors) : undefined
    if (hello.kind === "plain" || !chain) {
      yield* process.error(
        `${hexThread(process)}:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:354:\n`,
      )
      if (!isBrief && !quiet) yield* process.print(NOTHING_AGREED)
      return 1
    }
    const found = findings(chain, options.get("verify_hostname") ?? options.get("verify_ip"))
    const last = found.at(-1) ?? { code: 0, text: "ok" }
    const refused = found.length > 0 && options.has("verify_return_error")
    yield* process.error(refused ? depthLines(chain, found.slice(0, 1), false) : depthLines(chain, found, !isBrief))
    const offered = options.get("alpn")?.split(",") ?? []
    const agreed = ["h2", "http/1.1"].find((one) => offered.includes(one))
    if (refused) {
      yield* process.error(
        `${hexThread(process)}:error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:\n`,
      )
      if (!isBrief && !quiet) yield* process.print(`---\n${report(chain, hello, options, found[0], undefined, true)}`)
      return 1
    }
    if (isBrief) yield* process.error(brief(chain, hello.clientAuthority !== undefined, last))
    else if (!quiet) yield* process.print(`---\n${report(chain, hello, options, last, agreed, false)}`)
    return yield* conversation(process, options, { host, peer: hello.peer, tickets: isBrief || quiet ? "" : ticket(process, last) })
  },
}

const isTerminal = (process: Process): boolean => process.fds.get(0)?.kind === "tty"

/** What is typed goes to the server, which answers HTTP, until either ends; "Q" alone ends it too. `tickets`: what comes in after the handshake. */
function* conversation(
  process: Process,
  options: Options,
  to: { host: string; peer: { address: string; port: number }; tickets: string },
): Steps<number> {
  const certificate = options.get("cert")
  const quiet = options.has("quiet") || options.has("brief")
  let head: string[] = []
  let { tickets } = to
  for (;;) {
    // Whoever has nothing to say has left before they come.
    if (isTerminal(process)) {
      yield* process.print(tickets)
      tickets = ""
    }
    const line = (yield* process.readLine(0))?.replace(/\r$/, "")
    if (line === undefined || (line === "Q" && head.length === 0 && !quiet)) {
      if (!options.has("quiet")) yield* process.error("DONE\n")
      return 0
    }
    yield* process.print(tickets)
    tickets = ""
    if (line !== "" || head.length === 0) {
      if (line !== "") head.push(line)
      continue
    }
    const [method = "", path = "/"] = head[0].split(" ")
    const headers: Record<string, string> = {}
    for (const one of head.slice(1)) headers[one.slice(0, one.indexOf(":")).toLowerCase()] = one.slice(one.indexOf(":") + 1).trim()
    const client = certificate === undefined ? {} : { clientCertificate: process.files.readText(certificate) }
    const answer = yield* process.network.request(
      to.peer.address,
      to.peer.port,
      { method, path, headers },
      { tls: { name: to.host, insecure: true, ...client } },
    )
    yield* process.print(`${headOf(answer, "1.1").join("\r\n")}\r\n\r\n${bodyText(answer.body)}`)
    if (headers.connection?.toLowerCase() === "close" || / HTTP\/1\.0$/.test(head[0])) {
      if (!options.has("quiet")) yield* process.print("closed\n")
      return 0
    }
    head = []
  }
}
