/** Custom resources in another version than they are stored in, where a webhook converts. As k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go. */
import { deepCopy, deepFreeze, isObject } from "../../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject } from "../../apimachinery/object.ts"
import { invalid, StatusError } from "../../apimachinery/status.ts"
import type { AnyKind, Server } from "../context.ts"
import { copyNote } from "../managed-fields/managers.ts"
import { type ClientConfig, type OutsideAnswer, type OutsideAnswers, post, statusText } from "../outside.ts"
import { reachOf } from "../service-reach.ts"

/** Conversions have no timeout of their own; ms are the rest client's. */
const TIMEOUT_SECONDS = 30

const failed = (from: string, kind: AnyKind, text: string): StatusError =>
  new StatusError(500, "", `conversion webhook for ${from}, Kind=${kind.kind} failed: ${text}`)

/** Labels and annotations are all of an object's metadata that a webhook may change. */
const withMetadataOf = (converted: unknown, original: AnyStored): AnyStored => {
  const metadata = isObject(converted) && isObject(converted.metadata) ? converted.metadata : {}
  const { labels: _, annotations: __, ...kept } = original.metadata
  return {
    ...(converted as AnyStored),
    metadata: {
      ...kept,
      ...(metadata.labels !== undefined && { labels: metadata.labels }),
      ...(metadata.annotations !== undefined && { annotations: metadata.annotations }),
    } as AnyStored["metadata"],
  }
}

/** Asks for `objects`, all of one version, in `kind`'s. */
const review = (server: Server, kind: AnyKind, objects: readonly AnyStored[], done: (answer: OutsideAnswer) => void): void => {
  const { webhook } = kind.conversion as NonNullable<AnyKind["conversion"]>
  const version = webhook.conversionReviewVersions.find((one) => one === "v1" || one === "v1beta1") ?? "v1"
  const uid = server.sim.random("webhooks").uuid()
  const request = { uid, desiredAPIVersion: kind.apiVersion, objects }
  const body = { kind: "ConversionReview", apiVersion: `apiextensions.k8s.io/${version}`, request }
  post(reachOf(server), webhook.clientConfig as ClientConfig, { body, timeoutSeconds: TIMEOUT_SECONDS }, done)
}

/** What the webhook made of `objects`. Throws StatusError 500. */
const read = (answer: OutsideAnswer, kind: AnyKind, objects: readonly AnyStored[]): AnyStored[] => {
  const { apiVersion: from } = objects[0]
  if ("error" in answer) throw failed(from, kind, answer.error)
  const problem = statusText(answer.status, answer.body)
  if (problem !== undefined) throw failed(from, kind, problem)
  let body: unknown
  try {
    body = typeof answer.body === "string" ? JSON.parse(answer.body) : answer.body
  } catch (error) {
    throw failed(from, kind, `couldn't get version/kind; json parse error: ${(error as Error).message}`)
  }
  const response = isObject(body) && isObject(body.response) ? body.response : undefined
  if (!response) throw failed(from, kind, "no response provided")
  const result = isObject(response.result) ? response.result : {}
  if (result.status !== "Success")
    throw failed(
      from,
      kind,
      typeof result.message === "string" && result.message !== ""
        ? result.message
        : `response.result.status was '${String(result.status ?? "")}', not 'Success'`,
    )
  const converted = Array.isArray(response.convertedObjects) ? (response.convertedObjects as unknown[]) : []
  if (converted.length !== objects.length) throw failed(from, kind, `returned ${converted.length} objects, expected ${objects.length}`)
  return converted.map((one, index) => {
    const found = isObject(one) ? String(one.apiVersion ?? "") : ""
    if (found !== kind.apiVersion)
      throw failed(
        from,
        kind,
        `returned invalid converted object at index ${index}: invalid groupVersion (expected ${kind.apiVersion}, received ${found})`,
      )
    const whole = withMetadataOf(one, objects[index])
    kind.defaults?.(whole as never)
    copyNote(objects[index], whole)
    return deepFreeze(whole)
  })
}

const needs = (kind: AnyKind, object: AnyStored): boolean => kind.conversion !== undefined && object.apiVersion !== kind.apiVersion

/** `objects` in `kind`'s version, in their order. Throws Suspended while the webhook has not answered, StatusError when it fails. */
export const converted = (
  server: Server,
  kind: AnyKind,
  outside: OutsideAnswers | undefined,
  objects: readonly AnyStored[],
): readonly AnyStored[] => {
  const wanting = objects.filter((one) => needs(kind, one))
  if (wanting.length === 0 || !outside) return objects
  const results = new Map<AnyStored, AnyStored>()
  for (const version of new Set(wanting.map(({ apiVersion }) => apiVersion))) {
    const batch = wanting.filter(({ apiVersion }) => apiVersion === version)
    const key = `convert ${kind.conversion?.key} ${kind.apiVersion} ${JSON.stringify(batch)}`
    const answer = outside.ask(key, (done) => review(server, kind, batch, done))
    for (const [index, one] of read(answer, kind, batch).entries()) results.set(batch[index], one)
  }
  return objects.map((one) => results.get(one) ?? one)
}

/** One object for a watch, where order is kept by who calls: `done` gets it later, or what is wrong. */
export const convertLater = (server: Server, kind: AnyKind, object: AnyStored, done: (result: AnyStored | StatusError) => void): void => {
  if (!needs(kind, object)) return done(object)
  review(server, kind, [object], (answer) => {
    try {
      done(read(answer, kind, [object])[0])
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      done(error)
    }
  })
}

/** A write, done once although the request is taken up again to convert its result. */
export const written = <T>(kind: AnyKind, outside: OutsideAnswers | undefined, write: () => T): T =>
  kind.conversion && outside ? outside.once("written", write) : write()

/** The kind whose objects are stored. */
export const storageKind = (kind: AnyKind): AnyKind => (kind.conversion?.storage as AnyKind | undefined) ?? kind

/** An object of a request as it will be stored: first checked in the version that the client speaks. */
export const toStorage = (
  server: Server,
  kind: AnyKind,
  outside: OutsideAnswers | undefined,
  object: KubernetesObject,
  old?: AnyStored,
): KubernetesObject => {
  const stored = storageKind(kind)
  if (stored.version === kind.version) return object
  const target: AnyKind = { ...stored, ...(kind.conversion && { conversion: kind.conversion }) }
  const own = { ...deepCopy(object), apiVersion: kind.apiVersion, kind: kind.kind } as KubernetesObject
  kind.defaults?.(own as never)
  const before = old && converted(server, kind, outside, [old])[0]
  const errors = kind.validate?.(own as never, { now: server.sim.now(), ...(before && { old: before }) }) ?? []
  if (errors.length > 0) throw invalid(kind, own.metadata?.name ?? "", errors)
  return deepCopy(converted(server, target, outside, [deepFreeze(own) as AnyStored])[0]) as KubernetesObject
}
