/** Subresources that the API server answers itself: binding, eviction, scale, finalize, tokens, reviews. */
import { deepCopy, isObject } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { badRequest, conflict } from "../../apimachinery/status.ts"
import type { ApiResponse, UserInfo } from "../contract.ts"
import { withGiven } from "../managed-fields/managers.ts"
import { approval } from "./approval.ts"
import { eviction } from "./eviction.ts"
import { ephemeralContainers, resize } from "./pod-parts.ts"
import { scale } from "./scale.ts"
import { tokenRequest } from "./token.ts"
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
    },
  ]
  // Nobody manages what a binding sets.
  write.manager = ""
  server.registry.replace(kind, object, next as never, write)
  return success()
}

/** POST …/bindings: as …/pods/<name>/binding. */
const bindingOf = (call: SubresourceCall, server: Server): ApiResponse => {
  const name = isObject(call.body) && isObject(call.body.metadata) ? String(call.body.metadata.name ?? "") : ""
  const pods = server.kind("", "v1", "pods")
  if (!pods) throw badRequest("no pods")
  return binding({ ...call, kind: pods, object: server.registry.get(pods, call.info.namespace, name) }, server)
}

const finalize = ({ kind, object, body, write, context }: SubresourceCall, server: Server): ApiResponse => {
  const finalizers = isObject(body) && isObject(body.spec) ? ((body.spec.finalizers as string[] | undefined) ?? []) : []
  if (object.metadata.deletionTimestamp && finalizers.length === 0 && !object.metadata.finalizers?.length) {
    server.registry.remove(kind, object, write)
    return json(object)
  }
  const next = deepCopy(object) as unknown as { spec: { finalizers?: string[] } }
  next.spec.finalizers = finalizers
  server.admitPart(kind, context, { operation: "update", object: next as never, old: object })
  write.manager = ""
  return json(server.registry.replace(kind, object, next as never, write))
}

const reviewUser = (spec: Record<string, unknown>, caller: UserInfo, self: boolean): UserInfo =>
  self
    ? caller
    : {
        name: String(spec.user ?? ""),
        ...(typeof spec.uid === "string" && { uid: spec.uid }),
        groups: Array.isArray(spec.groups) ? (spec.groups as string[]) : [],
      }

const accessReview =
  (self: boolean) =>
  ({ kind, body, user, write, context }: SubresourceCall, server: Server): ApiResponse => {
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
    const { allowed, reason } = server.decide(reviewUser(spec, user, self), info)
    const manager = { manager: write.manager, subresource: "", at: server.sim.now() }
    const review = {
      kind: kind.kind,
      apiVersion: kind.apiVersion,
      metadata: {} as Record<string, unknown>,
      spec,
      status: { allowed, ...(reason && { reason }) },
    }
    if (context.external) review.metadata.managedFields = withGiven(kind, [], undefined, { spec } as never, manager)
    return json(review, 201)
  }

/** As pkg/registry/authorization/selfsubjectrulesreview/rest.go: rules as they are bound, in the order of bindings. */
const rulesReview = ({ body, user }: SubresourceCall, server: Server): ApiResponse => {
  const namespace = isObject(body) && isObject(body.spec) ? String(body.spec.namespace ?? "") : ""
  if (namespace === "") throw badRequest("no namespace on request")
  const rules = server.rulesFor(user, namespace)
  // What a node may do depends on the objects that it is about.
  const isNode = user.name.startsWith("system:node:") && user.groups.includes("system:nodes")
  return json(
    {
      kind: "SelfSubjectRulesReview",
      apiVersion: "authorization.k8s.io/v1",
      metadata: { creationTimestamp: null },
      spec: {},
      status: {
        resourceRules: rules
          .filter(({ resources }) => resources?.length)
          .map(({ verbs, apiGroups, resources, resourceNames }) => ({
            verbs,
            ...(apiGroups?.length && { apiGroups }),
            resources,
            ...(resourceNames?.length && { resourceNames }),
          })),
        nonResourceRules: rules
          .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
          .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
        incomplete: false,
        ...(isNode && { evaluationError: "node authorizer does not support user rule resolution" }),
      },
    },
    201,
  )
}

const selfReview = ({ user }: SubresourceCall, server: Server): ApiResponse =>
  json(
    {
      kind: "SelfSubjectReview",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { creationTimestamp: formatTime(server.sim.now()) },
      status: {
        userInfo: {
          username: user.name,
          ...(user.uid && { uid: user.uid }),
          groups: user.groups,
          ...(user.extra && { extra: user.extra }),
        },
      },
    },
    201,
  )

const tokenReview = ({ body }: SubresourceCall, server: Server): ApiResponse => {
  const spec = isObject(body) && isObject(body.spec) ? body.spec : {}
  const audiences = Array.isArray(spec.audiences) ? (spec.audiences as string[]) : []
  const found = server.reviewToken(String(spec.token ?? ""), audiences)
  const status = found
    ? {
        authenticated: true,
        user: {
          username: found.user.name,
          ...(found.user.uid && { uid: found.user.uid }),
          groups: found.user.groups,
          ...(found.user.extra && { extra: found.user.extra }),
        },
        audiences: found.audiences,
      }
    : { user: {}, error: "invalid bearer token" }
  return json(
    {
      kind: "TokenReview",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { creationTimestamp: null },
      spec: { token: spec.token, ...(audiences.length > 0 && { audiences }) },
      status,
    },
    201,
  )
}

/** Registers what the server answers on its own. */
export const registerSubresources = (server: { subresource(key: string, handler: SubresourceHandler): void }): void => {
  server.subresource("/pods/binding", binding)
  server.subresource("/pods/eviction", eviction)
  server.subresource("/namespaces/finalize", finalize)
  server.subresource("*/scale", scale)
  server.subresource("/pods/resize", resize)
  server.subresource("/pods/ephemeralcontainers", ephemeralContainers)
  server.subresource("/serviceaccounts/token", tokenRequest)
  server.subresource("certificates.k8s.io/certificatesigningrequests/approval", approval)
  server.subresource("/bindings/", bindingOf)
  server.subresource("authorization.k8s.io/selfsubjectaccessreviews/", accessReview(true))
  server.subresource("authorization.k8s.io/subjectaccessreviews/", accessReview(false))
  server.subresource("authorization.k8s.io/localsubjectaccessreviews/", accessReview(false))
  server.subresource("authorization.k8s.io/selfsubjectrulesreviews/", rulesReview)
  server.subresource("authentication.k8s.io/selfsubjectreviews/", selfReview)
  server.subresource("authentication.k8s.io/tokenreviews/", tokenReview)
}
