/** What a component reads out of its kubeconfig: where the server is, whom it trusts and who it is itself. As client-go/tools/clientcmd. */
import { parse as parseYaml } from "yaml"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import { isObject } from "../apimachinery/frozen.ts"

export interface ReadKubeconfig {
  server: string
  host: string
  port: number
  /** PEM; undefined: there is none. */
  authority: string | undefined
  certificate: string | undefined
}

type Entry = Record<string, unknown>

const named = (list: unknown, name: unknown, field: string): Entry => {
  const found = (Array.isArray(list) ? list : []).find((one) => isObject(one) && one.name === name)
  return isObject(found) && isObject(found[field]) ? (found[field] as Entry) : {}
}

/** `read` opens a file that it names. */
export const readKubeconfig = (
  text: string,
  path: string,
  read: (path: string) => string | undefined,
): ReadKubeconfig | { error: string } => {
  let value: unknown
  try {
    value = parseYaml(text, { maxAliasCount: 100 })
  } catch (error) {
    return { error: `error loading config file ${JSON.stringify(path)}: yaml: ${(error as Error).message.split("\n")[0]}` }
  }
  if (!isObject(value))
    return { error: "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable" }
  const context = named(value.contexts, value["current-context"], "context")
  const cluster = named(value.clusters, context.cluster, "cluster")
  const user = named(value.users, context.user, "user")
  const server = typeof cluster.server === "string" ? cluster.server : "http://localhost:8080"
  const [, scheme, host, port] = /^(https?):\/\/([\w.-]+)(?::(\d+))?/.exec(server) ?? []
  if (!host) return { error: `invalid configuration: unable to parse server URL ${JSON.stringify(server)}` }
  const content = (data: unknown, file: unknown): string | undefined =>
    typeof data === "string" ? decodeBase64Text(data) : typeof file === "string" ? read(file) : undefined
  for (const field of ["client-certificate", "client-key"]) {
    const file = user[field]
    if (typeof file === "string" && user[`${field}-data`] === undefined && read(file) === undefined)
      return {
        error: `invalid configuration: [unable to read ${field} ${file} for ${String(context.user)} due to open ${file}: no such file or directory]`,
      }
  }
  return {
    server,
    host,
    port: port ? Number(port) : scheme === "https" ? 443 : 80,
    authority: content(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    certificate: content(user["client-certificate-data"], user["client-certificate"]),
  }
}
