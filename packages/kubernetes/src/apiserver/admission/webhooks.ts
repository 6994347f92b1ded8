/** Admission webhooks: services in the world that are asked before objects are stored. As k8s.io/apiserver/pkg/admission/plugin/webhook. */
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from "../../api/index.ts"
import { decodeBase64Text } from "../../apimachinery/base64.ts"
import { deepCopy, deepEqual, isObject, type Json } from "../../apimachinery/frozen.ts"
import { jsonPatch, PatchError } from "../../apimachinery/patch.ts"
import { badRequest, forbidden, type Status, StatusError } from "../../apimachinery/status.ts"
import type { AdmissionPlugin, AdmissionRequest, Server } from "../context.ts"
import { type ClientConfig, type OutsideAnswer, post, statusText } from "../outside.ts"
import { conditionsHold, type MatchCondition, type Variables, variablesOf } from "./cel-request.ts"
import { meets, type Rule, selectorsMatch } from "./match.ts"
import { reachOf } from "../service-reach.ts"

interface Webhook {
  name: string
  clientConfig: ClientConfig
  rules?: readonly Rule[]
  failurePolicy?: string
  matchPolicy?: string
  namespaceSelector?: unknown
  objectSelector?: unknown
  sideEffects?: string
  timeoutSeconds?: number
  admissionReviewVersions?: readonly string[]
  reinvocationPolicy?: string
  matchConditions?: readonly MatchCondition[]
}

interface Hook {
  webhook: Webhook
  /** Tells one configuration's webhook from another's of the same name, and from its own earlier self. */
  key: string
}

interface Review {
  uid?: unknown
  allowed?: unknown
  status?: Partial<Status>
  patch?: unknown
  patchType?: unknown
  warnings?: unknown
}

const GROUP = "admissionregistration.k8s.io"

/** Configurations in the order of their names, webhooks in theirs. */
const hooksOf = (server: Server, plural: string): readonly Hook[] =>
  server.configured(plural).flatMap((configuration) => {
    const { metadata, webhooks } = configuration as unknown as MutatingWebhookConfiguration | ValidatingWebhookConfiguration
    return ((webhooks ?? []) as readonly Webhook[]).map((webhook) => ({
      webhook,
      key: `${metadata.uid}/${metadata.generation ?? 0}/${webhook.name}`,
    }))
  })

/** As errors.ToStatusErr: a refusal in the webhook's words. */
const denied = (name: string, given: Partial<Status> | undefined): StatusError => {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`
  const code = given?.code !== undefined && given.code >= 400 ? given.code : 400
  const text = given?.message ? `${by}: ${given.message}` : given?.reason ? `${by}: ${given.reason}` : `${by} without explanation`
  return new StatusError(code, given?.reason ?? "", text, given?.details)
}

const internal = (text: string): StatusError =>
  new StatusError(500, "InternalError", `Internal error occurred: ${text}`, { causes: [{ message: text }] })

class CallFailed extends Error {}

/** Which uid a review was sent with, kept with its answer. */
const SENT = "drydock-review-uid"

/** As webhook/request: what an AdmissionReview must hold to be one. */
const readReview = (answer: OutsideAnswer, version: string, mutating: boolean): Review => {
  if ("error" in answer) throw new CallFailed(`failed to call webhook: ${answer.error}`)
  const uid = answer.headers[SENT] ?? ""
  const problem = statusText(answer.status, answer.body)
  if (problem !== undefined) throw new CallFailed(`failed to call webhook: ${problem}`)
  let body: unknown
  try {
    body = typeof answer.body === "string" ? JSON.parse(answer.body) : answer.body
  } catch (error) {
    throw new CallFailed(`failed to call webhook: couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
  const invalid = (text: string) => new CallFailed(`received invalid webhook response: ${text}`)
  const response = isObject(body) ? body.response : undefined
  if (!isObject(body) || !isObject(response)) throw invalid("webhook response was absent")
  const review = response as Review
  if (version === "v1") {
    if (review.uid !== uid) throw invalid(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(review.uid ?? "")}`)
    const found = `${String(body.apiVersion ?? "")}, Kind=${String(body.kind ?? "")}`
    if (found !== "admission.k8s.io/v1, Kind=AdmissionReview")
      throw invalid(
        `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${found === ", Kind=" ? "/, Kind=" : found}`,
      )
    const [patch, type] = [Boolean(review.patch), review.patchType !== undefined && review.patchType !== null]
    if (mutating && patch && !type) throw invalid("webhook returned response.patch but not response.patchType")
    if (mutating && !patch && type) throw invalid("webhook returned response.patchType but not response.patch")
    if (!mutating && patch) throw invalid("validating webhook may not return response.patch")
    if (!mutating && type) throw invalid("validating webhook may not return response.patchType")
  }
  return review
}

const reviewRequest = (request: AdmissionRequest, uid: string): Json => {
  const { kind, operation, object, old, user, namespace, dryRun, subresource, options } = request
  const gvk = request.objectKind ?? { group: kind.group, version: kind.version, kind: kind.kind }
  const resource = { group: kind.group, version: kind.version, resource: kind.plural }
  const name = object.metadata.name ?? old?.metadata.name
  const isDelete = operation === "delete"
  return {
    uid,
    kind: gvk,
    resource,
    ...(subresource && { subResource: subresource }),
    requestKind: gvk,
    requestResource: resource,
    ...(subresource && { requestSubResource: subresource }),
    ...(name && { name }),
    ...(kind.plural === "namespaces" && name ? { namespace: name } : namespace && { namespace }),
    operation: operation.toUpperCase(),
    userInfo: { username: user.name, ...(user.uid && { uid: user.uid }), groups: user.groups, ...(user.extra && { extra: user.extra }) },
    object: isDelete ? null : object,
    oldObject: operation === "create" || operation === "connect" ? null : (old ?? null),
    dryRun,
    options: options ?? null,
  }
}

/** What is asked: another attempt at the same request, after somebody else changed what it starts from, is another question. */
const question = ({ object, old, operation }: AdmissionRequest): string =>
  JSON.stringify([operation, { ...object, metadata: { ...object.metadata, creationTimestamp: null } }, old?.metadata.resourceVersion])

/** Whether this webhook is to be asked. Throws StatusError 403 when its conditions cannot be worked out and it fails closed. */
const concerns = ({ webhook }: Hook, request: AdmissionRequest, server: Server, variables: () => Variables): boolean => {
  if (!selectorsMatch(webhook, request, server)) return false
  if (!(webhook.rules ?? []).some((rule) => meets(rule, request, webhook.matchPolicy !== "Exact"))) return false
  const conditions = conditionsHold(webhook.matchConditions, variables)
  if ("holds" in conditions) return conditions.holds
  if (webhook.failurePolicy === "Ignore") return false
  throw forbidden(request.kind, request.object.metadata.name ?? "", conditions.error)
}

/** Asks; undefined when it cannot be reached and that is to be ignored. Throws Suspended, StatusError. */
const ask = (hook: Hook, request: AdmissionRequest, server: Server, mutating: boolean, round: number): Review | undefined => {
  const { webhook } = hook
  const { outside } = request
  // The server's own bookkeeping asks nobody.
  if (!outside) return undefined
  if (request.dryRun && webhook.sideEffects !== "None" && webhook.sideEffects !== "NoneOnDryRun")
    throw badRequest(`admission webhook ${JSON.stringify(webhook.name)} does not support dry run`)
  const version = (webhook.admissionReviewVersions ?? ["v1"]).find((one) => one === "v1" || one === "v1beta1") ?? "v1"
  try {
    const key = `${hook.key}/${mutating}/${round}/${question(request)}`
    const answer = outside.ask(key, (done) => {
      const uid = server.sim.random("webhooks").uuid()
      const body = { kind: "AdmissionReview", apiVersion: `admission.k8s.io/${version}`, request: reviewRequest(request, uid) }
      post(reachOf(server), webhook.clientConfig, { body, timeoutSeconds: webhook.timeoutSeconds ?? 10 }, (given) =>
        done("error" in given ? given : { ...given, headers: { ...given.headers, [SENT]: uid } }),
      )
    })
    return readReview(answer, version, mutating)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    if (webhook.failurePolicy === "Ignore") return undefined
    throw internal(`failed calling webhook ${JSON.stringify(webhook.name)}: ${error.message}`)
  }
}

const heed = (name: string, review: Review, request: AdmissionRequest): void => {
  if (Array.isArray(review.warnings)) for (const text of review.warnings) request.warn(String(text))
  if (review.allowed !== true) throw denied(name, review.status)
}

/** The object with the webhook's JSON patch laid over it. */
const patched = (name: string, review: Review, object: unknown): unknown => {
  if (!review.patch) return object
  if (review.patchType !== undefined && review.patchType !== "JSONPatch")
    throw internal(`failed calling webhook ${JSON.stringify(name)}: unsupported patch type ${JSON.stringify(review.patchType)}`)
  try {
    const operations: unknown = JSON.parse(decodeBase64Text(String(review.patch)) ?? "")
    if (!Array.isArray(operations)) throw new SyntaxError("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    return jsonPatch(object, operations as never)
  } catch (error) {
    if (error instanceof PatchError || error instanceof SyntaxError) throw internal(error.message)
    throw error
  }
}

/** Puts what `next` holds in place of what `object` holds. */
export const become = (object: Json, next: unknown): void => {
  if (!isObject(next)) throw internal("the object is no object after mutation")
  for (const field of Object.keys(object)) if (!(field in next)) delete object[field]
  for (const [field, value] of Object.entries(next)) object[field] = deepCopy(value)
}

/** Configurations and policies are no business of webhooks and policies. */
export const isExempt = ({ kind }: AdmissionRequest): boolean => kind.group === GROUP

export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: "MutatingAdmissionWebhook",
  idle: (server) => server.configured("mutatingwebhookconfigurations").length === 0,
  subresources: true,
  admit(request, server) {
    const hooks = isExempt(request) ? [] : hooksOf(server, "mutatingwebhookconfigurations")
    if (hooks.length === 0) return
    let variables: Variables | undefined
    const look = () => (variables ??= variablesOf(request, server))
    /** Webhooks that want to be asked again when a later one changed the object. */
    const asked = new Set<Hook>()
    const again = new Set<Hook>()
    let changedEver = false
    const call = (hook: Hook, round: number): void => {
      if (!concerns(hook, request, server, look)) return
      const review = ask(hook, request, server, true, round)
      if (!review) return
      heed(hook.webhook.name, review, request)
      if (request.operation !== "delete") {
        const next = patched(hook.webhook.name, review, request.object)
        if (!deepEqual(next, request.object)) {
          become(request.object, next)
          if (!request.objectKind) request.kind.defaults?.(request.object as never)
          variables = undefined
          changedEver = true
          for (const one of asked) again.add(one)
        }
      }
      if (hook.webhook.reinvocationPolicy === "IfNeeded") asked.add(hook)
    }
    for (const hook of hooks) call(hook, 0)
    if (!changedEver) return
    request.reinvoke?.()
    for (const hook of hooks) if (again.has(hook)) call(hook, 1)
  },
}

export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: "ValidatingAdmissionWebhook",
  idle: (server) => server.configured("validatingwebhookconfigurations").length === 0,
  subresources: true,
  validating: true,
  admit(request, server) {
    const hooks = isExempt(request) ? [] : hooksOf(server, "validatingwebhookconfigurations")
    if (hooks.length === 0) return
    let variables: Variables | undefined
    const look = () => (variables ??= variablesOf(request, server))
    for (const hook of hooks) {
      if (!concerns(hook, request, server, look)) continue
      const review = ask(hook, request, server, false, 0)
      if (review) heed(hook.webhook.name, review, request)
    }
  },
}
