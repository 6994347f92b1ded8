/** What admission is told of connections (exec, attach, port-forward, proxy) and of what is posted to subresources. As endpoints/handlers/rest.go ConnectResource and namedCreater. */
import { isObject, type Json } from "../apimachinery/frozen.ts"
import { admissionOptions } from "./admission-call.ts"
import { pluginsFor } from "./admission-plugins.ts"
import type { AdmissionRequest, AnyKind, Context } from "./context.ts"
import type { RequestInfo } from "./request-info.ts"
import type { WriteHost } from "./request-write.ts"

export type Told = Pick<AdmissionRequest, "operation" | "object" | "objectKind"> & { old?: AdmissionRequest["old"] }

/** Asks webhooks and policies about a part of an object, those that may change `told.object` first. @throws StatusError of the first that refuses */
export const askAbout = (host: WriteHost, kind: AnyKind, context: Context, told: Told): void => {
  const { info, query, user, warnings, external, outside } = context
  for (const validating of [false, true]) {
    const plugins = pluginsFor(host.admission, kind, validating, true).filter(({ idle }) => !idle?.(host))
    if (plugins.length === 0) continue
    const asked: AdmissionRequest = {
      old: undefined,
      ...told,
      kind,
      namespace: info.namespace,
      subresource: info.subresource,
      user,
      dryRun: query.has("dryRun"),
      warn: (text) => void warnings.push(text),
      write: (other) => host.ownWrite(other),
      ...(told.operation !== "connect" && { options: admissionOptions(told.operation, query) }),
      external,
      outside,
    }
    for (const plugin of plugins) plugin.admit(asked, host)
  }
}

const CONNECTIONS: Readonly<Record<string, string>> = {
  "pods/exec": "PodExecOptions",
  "pods/attach": "PodAttachOptions",
  "pods/portforward": "PodPortForwardOptions",
  "pods/proxy": "PodProxyOptions",
  "services/proxy": "ServiceProxyOptions",
  "nodes/proxy": "NodeProxyOptions",
}

const POSTED: Readonly<Record<string, { group: string; version: string; kind: string }>> = {
  "pods/binding": { group: "", version: "v1", kind: "Binding" },
  "pods/eviction": { group: "policy", version: "v1", kind: "Eviction" },
  "serviceaccounts/token": { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" },
}

type Query = ReadonlyMap<string, readonly string[]>

const optionsOf = (kind: string, query: Query, info: RequestInfo): Json => {
  const flag = (name: string) => query.get(name)?.[0] === "true" || query.get(name)?.[0] === "1"
  const container = query.get("container")?.[0]
  if (kind === "PodPortForwardOptions") {
    const ports = (query.get("ports") ?? []).flatMap((text) => text.split(",").map(Number))
    return ports.length > 0 ? { ports } : {}
  }
  if (kind.endsWith("ProxyOptions")) return { path: info.rest || "/" }
  return {
    ...(flag("stdin") && { stdin: true }),
    ...(flag("stdout") && { stdout: true }),
    ...(flag("stderr") && { stderr: true }),
    ...(flag("tty") && { tty: true }),
    ...(container && { container }),
    ...(kind === "PodExecOptions" && { command: query.get("command") ?? [] }),
  }
}

/** Undefined: nothing is told of it, or the subresource's own handler sees to it. */
export const toldOf = (kind: AnyKind, info: RequestInfo, query: Query, method: string, body: unknown): Told | undefined => {
  if (kind.group !== "") return undefined
  const key = `${kind.plural}/${info.subresource}`
  const name = info.name.replace(/^https?:/, "").split(":")[0]
  const options = CONNECTIONS[key]
  if (options) {
    const object = { kind: options, apiVersion: "v1", ...optionsOf(options, query, info) }
    // It has no metadata; who asks for its name means the object that is connected to.
    Object.defineProperty(object, "metadata", { value: { name }, enumerable: false })
    return { operation: "connect", object: object as never, objectKind: { group: "", version: "v1", kind: options } }
  }
  const posted = method === "POST" ? POSTED[key] : undefined
  if (!posted || !isObject(body)) return undefined
  const metadata = isObject(body.metadata) ? body.metadata : {}
  const object = {
    ...body,
    kind: posted.kind,
    apiVersion: posted.group ? `${posted.group}/${posted.version}` : posted.version,
    metadata: { ...metadata, name, ...(info.namespace && { namespace: info.namespace }) },
  }
  return { operation: "create", object: object as never, objectKind: posted }
}
