/** What a kubeconfig's entries are refused for, and certificates that are none. As client-go/tools/clientcmd/validation.go and client-go/transport. */
import { decodeBase64 } from "@drydock/kubernetes/apimachinery"
import { type Process, SystemError } from "@drydock/machine"
import { KubectlError } from "./errors.ts"
import type { ClusterEntry, UserEntry } from "./kubeconfig.ts"

/** Where a file that an entry names lies: beside its kubeconfig, whose path `origin` is; where it says when that is "", the command line. */
export const besideConfig = (process: Process, path: string, origin: string | undefined): string =>
  path.startsWith("/") || origin === ""
    ? path
    : process.files.resolve(origin?.includes("/") ? `${origin.slice(0, origin.lastIndexOf("/"))}/${path}` : path)

const unreadable = (process: Process, path: string): string | undefined => {
  try {
    process.files.readBytes(path)
    return undefined
  } catch (error) {
    if (error instanceof SystemError) return `open ${path}: ${error.message.toLowerCase()}`
    throw error
  }
}

const clusterFaults = (process: Process, cluster: ClusterEntry, name: string, origin: string | undefined): string[] => {
  const faults: string[] = []
  const path = cluster["certificate-authority"]
  if (path && cluster["certificate-authority-data"])
    faults.push(
      `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`,
    )
  const place = path && besideConfig(process, path, origin)
  const fault = place ? unreadable(process, place) : undefined
  if (fault) faults.push(`unable to read certificate-authority ${place} for ${name} due to ${fault}`)
  return faults
}

const MODES = ["Never", "IfAvailable", "Always"]

const userFaults = (process: Process, user: UserEntry, name: string, origin: string | undefined): string[] => {
  const faults: string[] = []
  const methods = [...(user.token || user.tokenFile ? ["token"] : []), ...(user.username || user.password ? ["basicAuth"] : [])]
  const [certificate, certificateData] = [user["client-certificate"], user["client-certificate-data"]]
  const [key, keyData] = [user["client-key"], user["client-key-data"]]
  if (certificate || certificateData) {
    if (certificate && certificateData)
      faults.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`)
    if (key && keyData) faults.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`)
    if (!key && !keyData)
      faults.push(`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`)
    for (const [what, path] of [
      ["client-cert", certificate],
      ["client-key", key],
    ] as const) {
      const place = path && besideConfig(process, path, origin)
      const fault = place ? unreadable(process, place) : undefined
      if (fault) faults.push(`unable to read ${what} ${place} for ${name} due to ${fault}`)
    }
  }
  if (user.exec) {
    const { command, apiVersion, interactiveMode } = user.exec
    const mode = interactiveMode || (apiVersion?.endsWith("beta1") ? "IfAvailable" : "")
    if (!command) faults.push(`command must be specified for ${name} to use exec authentication plugin`)
    if (!apiVersion) faults.push(`apiVersion must be specified for ${name} to use exec authentication plugin`)
    if (!mode) faults.push(`interactiveMode must be specified for ${name} to use exec authentication plugin`)
    else if (!MODES.includes(mode)) faults.push(`invalid interactiveMode for ${name}: ${JSON.stringify(mode)}`)
  }
  if (methods.length > 1)
    faults.push(`more than one authentication method found for ${name}; found [${methods.join(" ")}], only one is allowed`)
  return faults
}

interface Named<Entry> {
  readonly entry: Entry | undefined
  readonly name: string
  readonly origin: string | undefined
}

/** Throws KubectlError with all that is wrong, the user's faults first. As ConfirmUsable. */
export const confirmUsable = (process: Process, user: Named<UserEntry>, cluster: Named<ClusterEntry>): void => {
  const faults = [
    ...(user.entry ? userFaults(process, user.entry, user.name, user.origin) : []),
    ...(cluster.entry ? clusterFaults(process, cluster.entry, cluster.name, cluster.origin) : []),
  ]
  if (faults.length === 1) throw new KubectlError(faults[0])
  if (faults.length > 1)
    throw new KubectlError(`Error in configuration: \n${faults.map((fault) => `* ${fault}`).join("\n")}`, { raw: true })
}

/** Digits whose bytes hold the head of any ASN.1 element. */
const HEAD_DIGITS = 16

/** Whether base64 text is one whole ASN.1 sequence: its head tells how many bytes there must be. */
const isSequence = (text: string): boolean => {
  const head = text.length % 4 === 0 ? decodeBase64(text.slice(0, HEAD_DIGITS)) : undefined
  if (head?.[0] !== 0x30 || head.length < 2) return false
  const bytes = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0)
  const first = head[1]
  if (first < 0x80) return bytes === 2 + first
  let length = 0
  for (let at = 0; at < first - 0x80; at++) length = length * 256 + (head[2 + at] ?? 0)
  return bytes === 2 + (first - 0x80) + length
}

const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g

/** Why a text is no certificate; undefined for one that may be. */
export const certificateFault = (pem: string): "none" | "malformed" | undefined => {
  const blocks = [...pem.matchAll(BLOCK)]
  if (blocks.length === 0) return "none"
  return blocks.every(([, text]) => isSequence(text.replace(/\s/g, ""))) ? undefined : "malformed"
}
