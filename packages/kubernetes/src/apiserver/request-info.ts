/** What a request is about, read off its path. As k8s.io/apiserver/pkg/endpoints/request/requestinfo.go. */

import { ByText } from "@drydock/sim"
export interface RequestInfo {
  isResource: boolean
  path: string
  verb: string
  group: string
  version: string
  namespace: string | undefined
  resource: string
  subresource: string
  name: string
  /** What follows the subresource: the path behind …/proxy. */
  rest: string
}

const METHOD_VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
}

/** Heartbeats and renewals ask for the same few paths for ever. Values are frozen by type and shared. */
const known = new Map(Object.keys(METHOD_VERBS).map((method) => [method, new ByText<RequestInfo>(256)]))

export const requestInfo = (method: string, path: string, query: ReadonlyMap<string, readonly string[]>): RequestInfo => {
  const paths = query.size > 0 ? undefined : known.get(method)
  return paths ? paths.of(path, () => readInfo(method, path, query)) : readInfo(method, path, query)
}

const readInfo = (method: string, path: string, query: ReadonlyMap<string, readonly string[]>): RequestInfo => {
  const parts = path.split("/").filter(Boolean).map(decode)
  const verb = Object.hasOwn(METHOD_VERBS, method) ? METHOD_VERBS[method] : method.toLowerCase()
  const none: RequestInfo = {
    isResource: false,
    path,
    verb,
    group: "",
    version: "",
    namespace: undefined,
    resource: "",
    subresource: "",
    name: "",
    rest: "",
  }
  let at: string[]
  let group = ""
  let version: string
  if (parts[0] === "api" && parts.length >= 3) [, version, ...at] = parts
  else if (parts[0] === "apis" && parts.length >= 4) [, group, version, ...at] = parts
  else return none
  let namespace: string | undefined
  if (at[0] === "namespaces" && at.length > 1) {
    // …/namespaces/x/status is the Namespace's own subresource, …/namespaces/x/pods is a resource within it.
    if (at.length > 2 && !["status", "finalize"].includes(at[2])) {
      namespace = at[1]
      at = at.slice(2)
    } else namespace = at[1]
  }
  const [resource, name = "", subresource = "", ...rest] = at
  let actual = verb
  if (name === "") {
    if (verb === "get") actual = "list"
    else if (verb === "delete") actual = "deletecollection"
  }
  if ((actual === "list" || actual === "get") && isTrue(query.get("watch")?.[0])) actual = "watch"
  const prefix = `/${parts.slice(0, parts.length - rest.length).join("/")}`
  return {
    isResource: true,
    path,
    verb: actual,
    group,
    version,
    namespace,
    resource,
    name,
    subresource,
    rest: path.slice(Math.min(path.length, prefix.length)),
  }
}

const decode = (part: string): string => {
  if (!part.includes("%")) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export const isTrue = (value: string | undefined): boolean => value === "true" || value === "1" || value === ""

const NO_QUERY: ReadonlyMap<string, readonly string[]> = new Map()

export const parseQuery = (
  query: string | Readonly<Record<string, string | readonly string[]>> | undefined,
): ReadonlyMap<string, readonly string[]> => {
  if (query === undefined || query === "") return NO_QUERY
  const result = new Map<string, string[]>()
  const add = (key: string, value: string) => result.set(key, [...(result.get(key) ?? []), value])
  if (typeof query === "string") {
    for (const pair of query.split("&")) {
      if (pair === "") continue
      const equals = pair.indexOf("=")
      const [key, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)]
      add(decode(key.replaceAll("+", " ")), decode(value.replaceAll("+", " ")))
    }
  } else
    for (const [key, value] of Object.entries(query ?? {})) for (const one of typeof value === "string" ? [value] : value) add(key, one)
  return result
}

/** Who a proxy request is for: "web", "web:80" or "https:web:443". The port may be a name. */
export const proxied = ({ name, subresource }: Pick<RequestInfo, "name" | "subresource">): { name: string; port: string } => {
  const parts = subresource === "proxy" ? name.split(":") : [name]
  return parts.length === 3 ? { name: parts[1], port: parts[2] } : { name: parts[0], port: parts[1] ?? "" }
}
