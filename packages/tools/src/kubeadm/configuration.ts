/** kubeadm config validate and migrate: configuration files read, and written in the newest version. As cmd/kubeadm/app/util/config. */
import { goYaml, readYaml, YamlError } from "@drydock/gotemplate"
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { fail } from "./fail.ts"

const GROUP = "kubeadm.k8s.io"
const OLD = ["v1beta3"]
const NEW = "v1beta4"
const KINDS = ["ClusterConfiguration", "InitConfiguration", "JoinConfiguration", "ResetConfiguration", "UpgradeConfiguration"]

/** v1beta3 has arguments as a map, v1beta4 as a list. */
const migrated = (value: unknown, key = ""): unknown => {
  if (Array.isArray(value)) return value.map((one) => migrated(one))
  if (typeof value !== "object" || value === null) return value
  if (key === "extraArgs" || key === "kubeletExtraArgs") return Object.entries(value).map(([name, text]) => ({ name, value: String(text) }))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(name === "timeoutForControlPlane"))
      .map(([name, inner]) => [name, migrated(inner, name)]),
  )
}

interface Document {
  readonly apiVersion?: unknown
  readonly kind?: unknown
}

/** The documents of a file, or what is wrong with them. */
const documentsOf = (text: string): Document[] | string => {
  const documents: Document[] = []
  let values: unknown[]
  try {
    values = readYaml(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return `error: ${error.message}`
  }
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue
    const { apiVersion, kind } = value as Document
    if (typeof kind !== "string" || typeof apiVersion !== "string")
      return "error: kind and apiVersion is mandatory information that must be specified"
    documents.push(value as Document)
  }
  if (documents.length === 0) return "error: no kubeadm configuration found in the file"
  for (const { apiVersion, kind } of documents) {
    const [group, version] = String(apiVersion).split("/")
    if (group !== GROUP) continue
    if (version !== NEW && !OLD.includes(version))
      return `error: your configuration file uses an old API spec: "${apiVersion}" (kind: "${kind}"). Please use kubeadm v1.${version === "v1beta2" ? "22" : "15"} instead and run 'kubeadm config migrate --old-config old-config-file --new-config new-config-file', which will write the new, similar spec using a newer API version.`
    if (!KINDS.includes(String(kind)))
      return `error: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`
  }
  return documents
}

export function* rewrite(process: Process, args: Arguments, what: "validate" | "migrate"): Steps<number> {
  const path = args.flag(what === "validate" ? "config" : "old-config")
  if (path === undefined) return yield* fail(process, `error: the --${what === "validate" ? "config" : "old-config"} flag is mandatory`)
  let text: string
  try {
    text = process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return yield* fail(process, `error: open ${path}: ${error.message.toLowerCase()}`)
  }
  const documents = documentsOf(text)
  if (typeof documents === "string") return yield* fail(process, documents)
  if (what === "validate") {
    yield* process.print("ok\n")
    return 0
  }
  const output = documents
    .map((one) => (String(one.apiVersion).startsWith(`${GROUP}/`) ? { ...(migrated(one) as object), apiVersion: `${GROUP}/${NEW}` } : one))
    .map((one) => goYaml(one))
    .join("---\n")
  const target = args.flag("new-config")
  if (target === undefined) yield* process.print(output)
  else process.files.write(target, output)
  return 0
}
