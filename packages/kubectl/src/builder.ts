/** Which objects a command line means: types and names, or files. */
import { bodyText, type Steps, SystemError } from "@drydock/machine"
import { parseAllDocuments } from "yaml"
import { KubectlError, type KubeObject, type Resource } from "./api.ts"
import type { Context } from "./define-subcommand.ts"
import type { Flags, Parsed } from "./flags.ts"

export const SELECTION: Flags = {
  selector: { short: "l", type: "string" },
  "field-selector": { type: "string" },
  "all-namespaces": { short: "A", type: "bool" },
  all: { type: "bool" },
}
export const FILES: Flags = {
  filename: { short: "f", type: "list" },
  recursive: { short: "R", type: "bool" },
  kustomize: { short: "k", type: "string" },
}
export const OUTPUT: Flags = {
  output: { short: "o", type: "string" },
  "dry-run": { type: "string", bare: "client" },
  "show-managed-fields": { type: "bool" },
}

export interface Target {
  resource: Resource
  /** Undefined: all that the selector fits. */
  name: string | undefined
}

/** "pods a b", "pod/a svc/b", "deploy,svc". */
export function* targets({ api }: Context, words: readonly string[]): Steps<Target[]> {
  if (words.length === 0)
    throw new KubectlError(
      'error: You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  if (words.some((word) => word.includes("/"))) {
    const found: Target[] = []
    for (const word of words) {
      const [type, name, ...more] = word.split("/")
      if (!name || more.length > 0)
        throw new KubectlError(
          `error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
        )
      found.push({ resource: yield* api.resource(type), name })
    }
    return found
  }
  const [types, ...names] = words
  const resources: Resource[] = []
  for (const type of types.split(",")) {
    const category = (yield* api.resources()).filter((one) => one.categories.includes(type))
    if (category.length > 0) resources.push(...category)
    else resources.push(yield* api.resource(type))
  }
  if (names.length === 0) return resources.map((resource) => ({ resource, name: undefined }))
  return resources.flatMap((resource) => names.map((name) => ({ resource, name })))
}

/** The objects in the files, directories, addresses and standard input that -f names. */
export function* fileObjects({ process }: Context, input: Parsed): Steps<KubeObject[]> {
  const texts: [string, string][] = []
  for (const file of input.list("filename")) {
    if (file === "-") texts.push(["STDIN", new TextDecoder().decode(yield* process.readAll(0))])
    else if (/^https?:\/\//.test(file)) {
      const [, scheme, host, port, path] = /^(https?):\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(file) ?? []
      const [record] = yield* process.network.lookup(host)
      if (!record) throw new KubectlError(`error: unable to read URL "${file}": dial tcp: lookup ${host}: no such host`)
      const answer = yield* process.network.request(
        record.value,
        Number(port ?? (scheme === "https" ? 443 : 80)),
        { method: "GET", path: path ?? "/", headers: { host } },
        { timeout: 30_000, ...(scheme === "https" && { tls: { name: host } }) },
      )
      if (answer.status !== 200)
        throw new KubectlError(
          `error: unable to read URL "${file}", server reported ${answer.status} Not Found, status code=${answer.status}`,
        )
      texts.push([file, bodyText(answer.body)])
    } else {
      try {
        if (process.files.stat(file).type === "directory")
          for (const { name } of process.files.list(file)) {
            if (/\.(ya?ml|json)$/.test(name)) texts.push([`${file}/${name}`, process.files.readText(`${file}/${name}`)])
          }
        else texts.push([file, process.files.readText(file)])
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        throw new KubectlError(
          error.code === "ENOENT" ? `error: the path "${file}" does not exist` : `error: open ${file}: ${error.message.toLowerCase()}`,
        )
      }
    }
  }
  const objects: KubeObject[] = []
  for (const [where, text] of texts) {
    for (const document of parseAllDocuments(text)) {
      if ("errors" in document && document.errors.length > 0)
        throw new KubectlError(
          `error: error parsing ${where}: error converting YAML to JSON: yaml: ${document.errors[0].message.split("\n")[0]}`,
        )
      const value = (document as { toJS(options: { maxAliasCount: number }): unknown }).toJS({ maxAliasCount: 100 }) as KubeObject | null
      if (value === null) continue
      if (typeof value !== "object" || !value.kind)
        throw new KubectlError(
          `error: error validating "${where}": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false`,
        )
      if (!value.apiVersion)
        throw new KubectlError(
          `error: error validating "${where}": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false`,
        )
      if (value.kind === "List" && Array.isArray(value.items)) objects.push(...(value.items as KubeObject[]))
      else objects.push(value)
    }
  }
  if (objects.length === 0 && input.has("filename")) throw new KubectlError("error: no objects passed to apply")
  return objects
}

export const query = (parts: Readonly<Record<string, string | undefined>>): string => {
  const text = Object.entries(parts)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => `${key}=${encodeURIComponent(value as string)}`)
    .join("&")
  return text ? `?${text}` : ""
}

/** Where an object goes: its own namespace, or the one in effect. */
export const namespaceOf = ({ namespace }: Context, resource: Resource, object?: KubeObject): string | undefined =>
  resource.namespaced ? (object?.metadata.namespace ?? namespace) : undefined
