/** Kubeconfigs as client-go reads them: KUBECONFIG's files merged, or ~/.kube/config, or a Pod's own account. */
import { readYaml } from "@drydock/gotemplate"
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import type { Process } from "@drydock/machine"

type Fields = Record<string, unknown>

export interface Kubeconfig {
  clusters: { name: string; cluster: Fields }[]
  users: { name: string; user: Fields }[]
  contexts: { name: string; context: { cluster?: string; user?: string; namespace?: string } }[]
  current: string
}

/** Where to talk to, as whom. */
export interface Connection {
  readonly server: string
  readonly namespace: string
  readonly authority?: string
  readonly clientCertificate?: string
  readonly token?: string
  readonly insecure: boolean
}

export interface Overrides {
  readonly kubeconfig?: string
  readonly context?: string
  readonly server?: string
  readonly token?: string
  readonly namespace?: string
  readonly insecure?: boolean
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"

export const kubeconfigPaths = (process: Process, given?: string): string[] => {
  if (given) return [given]
  const listed = (process.env.get("KUBECONFIG") ?? "").split(":").filter(Boolean)
  return listed.length > 0 ? listed : [`${process.env.get("HOME") ?? "/root"}/.kube/config`]
}

/** Files that are not there are empty ones. Throws Error for what is no kubeconfig. */
export const readKubeconfig = (process: Process, given?: string): Kubeconfig => {
  const merged: Kubeconfig = { clusters: [], users: [], contexts: [], current: "" }
  for (const path of kubeconfigPaths(process, given)) {
    if (!process.files.exists(path)) continue
    const file = (readYaml(process.files.readText(path))[0] ?? {}) as Partial<Kubeconfig> & { "current-context"?: string }
    for (const list of ["clusters", "users", "contexts"] as const)
      for (const item of file[list] ?? [])
        if (!merged[list].some(({ name }) => name === item.name)) (merged[list] as { name: string }[]).push(item)
    merged.current ||= file["current-context"] ?? ""
  }
  return merged
}

const textIn = (fields: Fields | undefined, name: string): string | undefined => {
  const value = fields?.[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

/** Throws Error when the context is not there. */
export const connectionOf = (process: Process, overrides: Overrides = {}): Connection => {
  const config = readKubeconfig(process, overrides.kubeconfig)
  const name = overrides.context || config.current
  const context = config.contexts.find((one) => one.name === name)?.context
  if (overrides.context && !context) throw new Error(`context ${JSON.stringify(name)} does not exist`)
  const cluster = config.clusters.find((one) => one.name === context?.cluster)?.cluster
  const user = config.users.find((one) => one.name === context?.user)?.user
  const file = (path: string | undefined) => (path && process.files.exists(path) ? process.files.readText(path) : undefined)
  const data = (fields: Fields | undefined, field: string) => {
    const inline = textIn(fields, `${field}-data`)
    return inline === undefined ? file(textIn(fields, field)) : decodeBase64Text(inline)
  }
  const host = process.env.get("KUBERNETES_SERVICE_HOST")
  if (!context && !overrides.server && host && process.files.exists(`${ACCOUNT}/token`)) {
    const authority = file(`${ACCOUNT}/ca.crt`)
    return {
      server: `https://${host}:${process.env.get("KUBERNETES_SERVICE_PORT") ?? "443"}`,
      namespace: overrides.namespace || (file(`${ACCOUNT}/namespace`) ?? "default"),
      token: overrides.token ?? (file(`${ACCOUNT}/token`) as string),
      insecure: false,
      ...(authority !== undefined && { authority }),
    }
  }
  const token = overrides.token ?? textIn(user, "token") ?? file(textIn(user, "tokenFile"))?.trim()
  const authority = data(cluster, "certificate-authority")
  const clientCertificate = data(user, "client-certificate")
  return {
    server: overrides.server || (textIn(cluster, "server") ?? "http://localhost:8080"),
    namespace: overrides.namespace || context?.namespace || "default",
    insecure: overrides.insecure ?? cluster?.["insecure-skip-tls-verify"] === true,
    ...(authority !== undefined && { authority }),
    ...(clientCertificate !== undefined && overrides.token === undefined && { clientCertificate }),
    ...(token !== undefined && { token }),
  }
}
