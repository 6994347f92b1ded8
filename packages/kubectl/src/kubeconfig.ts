/** The kubeconfig: KUBECONFIG's files merged, or ~/.kube/config, or a Pod's own account. */
import type { Process } from "@drydock/machine"
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import { parse } from "yaml"

export interface Kubeconfig {
  clusters: { name: string; cluster: { server: string; "certificate-authority-data"?: string } }[]
  users: { name: string; user: { "client-certificate-data"?: string; token?: string; [field: string]: unknown } }[]
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[]
  "current-context": string
}

export interface Connection {
  server: string
  namespace: string
  clientCertificate: string | undefined
  token: string | undefined
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"

export const kubeconfigPaths = (process: Process): string[] =>
  (process.env.get("KUBECONFIG") ?? `${process.env.get("HOME") ?? "/root"}/.kube/config`).split(":").filter(Boolean)

export const readKubeconfig = (process: Process, path?: string): Kubeconfig => {
  const merged: Kubeconfig = { clusters: [], users: [], contexts: [], "current-context": "" }
  for (const file of path ? [path] : kubeconfigPaths(process)) {
    if (!process.files.exists(file)) continue
    const found = (parse(process.files.readText(file)) ?? {}) as Partial<Kubeconfig>
    for (const list of ["clusters", "users", "contexts"] as const)
      for (const item of found[list] ?? [])
        if (!merged[list].some(({ name }) => name === item.name)) (merged[list] as { name: string }[]).push(item)
    merged["current-context"] ||= found["current-context"] ?? ""
  }
  return merged
}

export const connect = (
  process: Process,
  options: { kubeconfig?: string; context?: string; namespace?: string; server?: string },
): Connection => {
  const config = readKubeconfig(process, options.kubeconfig)
  const name = options.context ?? config["current-context"]
  const context = config.contexts.find((one) => one.name === name)?.context
  if (options.context && !context) throw new Error(`error: context "${options.context}" does not exist`)
  const host = process.env.get("KUBERNETES_SERVICE_HOST")
  if (!context && host && process.files.exists(`${ACCOUNT}/token`))
    return {
      server: options.server ?? `https://${host}:${process.env.get("KUBERNETES_SERVICE_PORT") ?? "443"}`,
      namespace: options.namespace ?? process.files.readText(`${ACCOUNT}/namespace`),
      clientCertificate: undefined,
      token: process.files.readText(`${ACCOUNT}/token`),
    }
  const cluster = config.clusters.find((one) => one.name === context?.cluster)?.cluster
  const user = config.users.find((one) => one.name === context?.user)?.user
  const data = user?.["client-certificate-data"]
  return {
    server: options.server ?? cluster?.server ?? "http://localhost:8080",
    namespace: options.namespace ?? context?.namespace ?? "default",
    clientCertificate: data === undefined ? undefined : decodeBase64Text(data),
    token: user?.token,
  }
}
