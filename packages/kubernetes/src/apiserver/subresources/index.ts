/** Subresources that the API server answers itself: binding, eviction, scale, finalize, tokens, reviews. */
import { deepCopy, isObject } from "../../apimachinery/frozen.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { badRequest, conflict } from "../../apimachinery/status.ts"
import type { ApiResponse, UserInfo } from "../contract.ts"
import type { Server, SubresourceCall, SubresourceHandler } from "../context.ts"

const JSON_TYPE = { "content-type": "application/json", "cache-control": "no-cache, private" } as const
const json = (body: unknown, status = 200): ApiResponse => ({ status, headers: JSON_TYPE, body })
const success = (): ApiResponse => json({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" }, 201)

const binding = ({ kind, object, body, write }: SubresourceCall, server: Server): ApiResponse => {
  const target = isObject(body) && isObject(body.target) ? String(body.target.name) : undefined
  if (!target) throw badRequest("target.name: Required value")
  const spec = object.spec as { nodeName?: string }
  if (object.metadata.deletionTimestamp)
    throw conflict(
      { group: "", plural: "pods/binding" },
      object.metadata.name,
      `pod ${object.metadata.name} is being deleted, cannot be assigned to a host`,
    )
  if (spec.nodeName)
    throw conflict(
      { group: "", plural: "pods/binding" },
      object.metadata.name,
      `pod ${object.metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`,
    )
  // Written past the update strategy: nodeName is set by a binding alone.
  const next = deepCopy(object) as unknown as { spec: { nodeName?: string }; status: { conditions?: unknown[] } }
  next.spec.nodeName = target
  next.status.conditions = [
    ...(next.status.conditions ?? []).filter((one) => !(isObject(one) && one.type === "PodScheduled")),
    {
      type: "PodScheduled",
      status: "True",
      lastProbeTime: null,
      lastTransitionTime: formatTime(server.sim.now()),
      ...(object.metadata.generation !== undefined && { observedGeneration: object.metadata.generation }),
    },
  ]
  server.registry.replace(kind, object, next as never, write)
  return success()
}

const eviction = ({ kind, object, body, write, user }: SubresourceCall, server: Server): ApiResponse => {
  const options = isObject(body) && isObject(body.deleteOptions) ? body.deleteOptions : {}
  server.deleteObject(
    kind,
    object.metadata.namespace,
    object.metadata.name,
    { propagation: "Background", gracePeriodSeconds: options.gracePeriodSeconds as number | undefined },
    write,
    user,
  )
  return success()
}

const at = (object: unknown, path: string): unknown =>
  path.split(".").reduce((value, key) => (isObject(value) ? value[key] : undefined), object)

const scale = (call: SubresourceCall, server: Server): ApiResponse => {
  const { kind, request, body, write } = call
  const paths = kind.scale
  if (!paths) throw badRequest("no scale")
  const show = (one: AnyStored) => ({
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name: one.metadata.name,
      namespace: one.metadata.namespace,
      uid: one.metadata.uid,
      resourceVersion: one.metadata.resourceVersion,
      creationTimestamp: one.metadata.creationTimestamp,
    },
    spec: { replicas: (at(one, paths.specReplicas) as number | undefined) ?? 0 },
    status: {
      replicas: (at(one, paths.statusReplicas) as number | undefined) ?? 0,
      selector: isObject(one.spec)
        ? kind.kind === "ReplicationController"
          ? formatSelector({ matchLabels: one.spec.selector as never })
          : formatSelector(one.spec.selector as never)
        : "",
    },
  })
  if (request.method === "GET") return json(show(call.object))
  const wanted = isObject(body) && isObject(body.spec) ? Number(body.spec.replicas ?? 0) : Number.NaN
  if (!Number.isInteger(wanted) || wanted < 0) throw badRequest("spec.replicas: Invalid value: must be greater than or equal to 0")
  const updated = server.registry.update(
    kind,
    call.object.metadata.namespace,
    call.object.metadata.name,
    "main",
    (current) => ({ ...current, spec: { ...current.spec, replicas: wanted } }),
    write,
  )
  return json(show(updated))
}

const finalize = ({ kind, object, body, write }: SubresourceCall, server: Server): ApiResponse => {
  const finalizers = isObject(body) && isObject(body.spec) ? ((body.spec.finalizers as string[] | undefined) ?? []) : []
  if (object.metadata.deletionTimestamp && finalizers.length === 0 && !object.metadata.finalizers?.length) {
    server.registry.remove(kind, object, write)
    return json(object)
  }
  const next = deepCopy(object) as unknown as { spec: { finalizers?: string[] } }
  next.spec.finalizers = finalizers
  return json(server.registry.replace(kind, object, next as never, write))
}

const reviewUser = (spec: Record<string, unknown>, caller: UserInfo, self: boolean): UserInfo =>
  self ? caller : { name: String(spec.user ?? ""), groups: (spec.groups as string[] | undefined) ?? [] }

const accessReview =
  (self: boolean) =>
  ({ kind, body, user }: SubresourceCall, server: Server): ApiResponse => {
    const spec = isObject(body) && isObject(body.spec) ? body.spec : {}
    const resource = isObject(spec.resourceAttributes) ? spec.resourceAttributes : undefined
    const path = isObject(spec.nonResourceAttributes) ? spec.nonResourceAttributes : undefined
    const info = resource
      ? {
          isResource: true,
          path: "",
          verb: String(resource.verb ?? ""),
          group: String(resource.group ?? ""),
          version: "",
          namespace: (resource.namespace as string | undefined) || undefined,
          resource: String(resource.resource ?? ""),
          subresource: String(resource.subresource ?? ""),
          name: String(resource.name ?? ""),
          rest: "",
        }
      : {
          isResource: false,
          path: String(path?.path ?? ""),
          verb: String(path?.verb ?? ""),
          group: "",
          version: "",
          namespace: undefined,
          resource: "",
          subresource: "",
          name: "",
          rest: "",
        }
    const allowed = server.allowed(reviewUser(spec, user, self), info)
    return json({ kind: kind.kind, apiVersion: kind.apiVersion, metadata: { creationTimestamp: null }, spec, status: { allowed } }, 201)
  }

const rulesReview = ({ body, user }: SubresourceCall, server: Server): ApiResponse => {
  const namespace = isObject(body) && isObject(body.spec) ? String(body.spec.namespace ?? "default") : "default"
  const rules = server.rulesFor(user, namespace)
  return json(
    {
      kind: "SelfSubjectRulesReview",
      apiVersion: "authorization.k8s.io/v1",
      metadata: { creationTimestamp: null },
      spec: {},
      status: {
        resourceRules: rules.filter(({ resources }) => resources),
        nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs),
        incomplete: false,
      },
    },
    201,
  )
}

const selfReview = ({ user }: SubresourceCall): ApiResponse =>
  json(
    {
      kind: "SelfSubjectReview",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { creationTimestamp: null },
      status: { userInfo: { username: user.name, groups: user.groups } },
    },
    201,
  )

/** Registers what the server answers on its own. */
export const registerSubresources = (server: { subresource(key: string, handler: SubresourceHandler): void }): void => {
  server.subresource("/pods/binding", binding)
  server.subresource("/pods/eviction", eviction)
  server.subresource("/namespaces/finalize", finalize)
  server.subresource("*/scale", scale)
  server.subresource("authorization.k8s.io/selfsubjectaccessreviews/", accessReview(true))
  server.subresource("authorization.k8s.io/subjectaccessreviews/", accessReview(false))
  server.subresource("authorization.k8s.io/localsubjectaccessreviews/", accessReview(false))
  server.subresource("authorization.k8s.io/selfsubjectrulesreviews/", rulesReview)
  server.subresource("authentication.k8s.io/selfsubjectreviews/", selfReview)
}
