/** update-ca-certificates: the authorities that an administrator laid down become the system's. As Debian's ca-certificates. */
import { defineTool } from "../define-tool.ts"
import { certificatePem, readCertificates } from "./openssl/certificates.ts"
import { SYSTEM_AUTHORITIES } from "./openssl/server-trust.ts"

const LOCAL = "/usr/local/share/ca-certificates"
const GATHERED = "/etc/ssl/certs"

const KNOWN: readonly string[] = ["--verbose", "-v", "--fresh", "-f", "--help", "-h"]
const USAGE = "/usr/sbin/update-ca-certificates: [--verbose] [--fresh]\n"

export const updateCaCertificates = defineTool({
  name: "update-ca-certificates",
  directory: "/usr/sbin",
  plain: true,
  summary: "update /etc/ssl/certs and ca-certificates.crt",
  *run(process, args) {
    const { files } = process
    const strange = args.some((one) => !KNOWN.includes(one))
    if (strange || args.includes("--help") || args.includes("-h")) {
      yield* strange ? process.error(USAGE) : process.print(USAGE)
      return strange ? 1 : 0
    }
    if (process.credentials.uid !== 0) {
      yield* process.error(`/usr/sbin/update-ca-certificates: 101: cannot create ${GATHERED}/ca-certificates.crt.new: Permission denied\n`)
      return 2
    }
    yield* process.print(`Updating certificates in ${GATHERED}...\n`)
    files.mkdir(GATHERED, { parents: true })
    const wanted = new Map(
      (files.exists(LOCAL) ? files.list(LOCAL) : [])
        .filter(({ name }) => name.endsWith(".crt"))
        .map(({ name }) => [name.replace(/\.crt$/, ".pem"), readCertificates(files.readText(`${LOCAL}/${name}`))]),
    )
    const before = new Set(files.list(GATHERED).flatMap(({ name }) => (name.endsWith(".pem") ? [name] : [])))
    const fresh = args.includes("--fresh") || args.includes("-f")
    const added = [...wanted.keys()].filter((name) => fresh || !before.has(name))
    const removed = [...before].filter((name) => !wanted.has(name))
    for (const name of removed) files.remove(`${GATHERED}/${name}`)
    for (const name of added) {
      if (files.exists(`${GATHERED}/${name}`)) files.remove(`${GATHERED}/${name}`)
      files.symlink(`${LOCAL}/${name.replace(/\.pem$/, ".crt")}`, `${GATHERED}/${name}`)
    }
    files.write(SYSTEM_AUTHORITIES, [...wanted.values()].flat().map(certificatePem).join(""))
    if (added.length > 0)
      yield* process.error("rehash: warning: skipping ca-certificates.crt,it does not contain exactly one certificate or CRL\n")
    yield* process.print(
      `${added.length} added, ${removed.length} removed; done.\nRunning hooks in /etc/ca-certificates/update.d...\ndone.\n`,
    )
    return 0
  },
})
