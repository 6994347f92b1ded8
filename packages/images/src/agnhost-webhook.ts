/** agnhost webhook: the test suites' admission and conversion webhooks. As test/images/agnhost/webhook. */
import { bodyText, type HttpRequest, type HttpResponse, type Process, type Program, type Steps } from "@drydock/machine"
import { parseFlags } from "./flags.ts"
import { untilSignal } from "./serving.ts"

type Json = Record<string, unknown>

interface Asked {
  uid: string
  name?: string
  object: Json & { metadata: { name?: string; labels?: Record<string, string> }; spec?: Json; data?: Record<string, string> }
}

interface Verdict {
  allowed: boolean
  message?: string
  patch?: readonly Json[]
}

const yes: Verdict = { allowed: true }

const UNWANTED = { key: "webhook-e2e-test", value: "webhook-disallow" } as const

const containersOf = ({ object }: Asked, field: "containers" | "initContainers" = "containers"): readonly { name: string }[] =>
  (object.spec?.[field] as { name: string }[] | undefined) ?? []

/** Denies what holds a forbidden label, name or value; adds what the suites look for. */
const VERDICTS: Readonly<Record<string, (asked: Asked, options: { sidecar: string }) => Verdict>> = {
  "/always-allow-delay-5s": () => yes,
  "/always-deny": () => ({ allowed: false, message: "this webhook denies all requests" }),
  "/add-label": ({ object }) => ({
    allowed: true,
    patch: object.metadata.labels
      ? object.metadata.labels["added-label"] === "yes"
        ? []
        : [
            {
              op: object.metadata.labels["added-label"] === undefined ? "add" : "replace",
              path: "/metadata/labels/added-label",
              value: "yes",
            },
          ]
      : [{ op: "add", path: "/metadata/labels", value: { "added-label": "yes" } }],
  }),
  "/pods": (asked) => {
    const problems = [
      ...(asked.object.metadata.labels?.[UNWANTED.key] === UNWANTED.value ? ["the pod contains unwanted label;"] : []),
      ...containersOf(asked)
        .filter(({ name }) => name.includes(UNWANTED.value))
        .map(() => "the pod contains unwanted container name;"),
    ]
    return problems.length > 0 ? { allowed: false, message: problems.join(" ") } : yes
  },
  "/pods/attach": ({ name }) =>
    name === "to-be-attached-pod" ? { allowed: false, message: "attaching to pod 'to-be-attached-pod' is not allowed" } : yes,
  "/mutating-pods": (asked) =>
    asked.object.metadata.name === "webhook-to-be-mutated" && containersOf(asked, "initContainers").length === 0
      ? {
          allowed: true,
          patch: [
            {
              op: "add",
              path: "/spec/initContainers",
              value: [{ image: "webhook-added-image", name: "webhook-added-init-container", resources: {} }],
            },
          ],
        }
      : yes,
  "/mutating-pods-sidecar": (asked, { sidecar }) =>
    containersOf(asked).some(({ name }) => name === "webhook-added-sidecar")
      ? yes
      : {
          allowed: true,
          patch: [{ op: "add", path: "/spec/containers/-", value: { image: sidecar, name: "webhook-added-sidecar", resources: {} } }],
        },
  "/configmaps": ({ object }) =>
    object.data?.[UNWANTED.key] === UNWANTED.value ? { allowed: false, message: "the configmap contains unwanted key and value" } : yes,
  "/mutating-configmaps": ({ object }) => staged(object.data, "/data"),
  "/custom-resource": ({ object }) =>
    object.data?.[UNWANTED.key] === UNWANTED.value ? { allowed: false, message: "the custom resource contains unwanted data" } : yes,
  "/mutating-custom-resource": ({ object }) => staged(object.data, "/data"),
  "/crd": ({ object }) =>
    object.metadata.labels?.[UNWANTED.key] === UNWANTED.value ? { allowed: false, message: "the crd contains unwanted label" } : yes,
}

/** Marks an object's data once for each time that it is asked, twice at most. */
const staged = (data: Record<string, string> | undefined, path: string): Verdict => ({
  allowed: true,
  patch: [
    ...(data?.["mutation-start"] === "yes" ? [{ op: "add", path: `${path}/mutation-stage-1`, value: "yes" }] : []),
    ...(data?.["mutation-stage-1"] === "yes" ? [{ op: "add", path: `${path}/mutation-stage-2`, value: "yes" }] : []),
  ],
})

const base64 = (text: string): string => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  const bytes = new TextEncoder().encode(text)
  let result = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const group = (a << 16) | (b << 8) | c
    for (let index = 0; index < 4; index++) result += at + index - 1 < bytes.length ? letters[(group >> (18 - 6 * index)) & 63] : "="
  }
  return result
}

/** stable.example.com: v1 has spec.hostPort "host:port", v2 has spec.host and spec.port. */
const converted = (object: Json, to: string): Json | string => {
  const from = object.apiVersion as string
  if (from === to) return `conversion from a version to itself should not call the webhook: ${to}`
  const { hostPort, host, port, ...rest } = object
  if (to.endsWith("/v2") && from.endsWith("/v1")) {
    const [name, number] = typeof hostPort === "string" ? hostPort.split(":") : []
    return { ...rest, apiVersion: to, ...(name !== undefined && { host: name }), ...(number !== undefined && { port: number }) }
  }
  if (to.endsWith("/v1") && from.endsWith("/v2"))
    return { ...rest, apiVersion: to, ...(host !== undefined && { hostPort: `${String(host)}:${String(port ?? "")}` }) }
  return `unexpected conversion version ${JSON.stringify(from)}`
}

const json = (value: unknown): HttpResponse => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: `${JSON.stringify(value)}\n`,
})

const convert = (review: Json): HttpResponse => {
  const request = review.request as { uid: string; desiredAPIVersion: string; objects: readonly Json[] }
  const results = request.objects.map((object) => converted(object, request.desiredAPIVersion))
  const problem = results.find((one) => typeof one === "string")
  return json({
    ...review,
    request: undefined,
    response: {
      uid: request.uid,
      convertedObjects: problem === undefined ? results : [],
      result: problem === undefined ? { status: "Success" } : { status: "Failure", message: problem },
    },
  })
}

const admit = (review: Json, decide: (typeof VERDICTS)[string], sidecar: string): HttpResponse => {
  const request = review.request as unknown as Asked
  const { allowed, message, patch } = decide(request, { sidecar })
  return json({
    kind: "AdmissionReview",
    apiVersion: review.apiVersion,
    response: {
      uid: request.uid,
      allowed,
      ...(message && { status: { metadata: {}, message } }),
      ...(patch && patch.length > 0 && { patchType: "JSONPatch", patch: base64(JSON.stringify(patch)) }),
    },
  })
}

function* answer(process: Process, request: HttpRequest, sidecar: string): Steps<HttpResponse> {
  const path = request.path.split("?")[0]
  if (path === "/readyz") return { status: 200, headers: {}, body: "ok" }
  const isConversion = path === "/crdconvert"
  if (!isConversion && !Object.hasOwn(VERDICTS, path))
    return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "404 page not found\n" }
  let review: Json
  try {
    review = JSON.parse(bodyText(request.body)) as Json
  } catch (error) {
    return { status: 400, headers: {}, body: `${(error as Error).message}\n` }
  }
  if (path === "/always-allow-delay-5s") yield* process.sleep(5_000)
  return isConversion ? convert(review) : admit(review, VERDICTS[path], sidecar)
}

export const agnhostWebhook: Program = function* (process) {
  const flags = parseFlags(process.argv)
  const read = (name: string) => {
    const path = flags.get(name)
    return path !== undefined && process.files.exists(path) ? process.files.readText(path) : undefined
  }
  for (const name of ["tls-cert-file", "tls-private-key-file"])
    if (flags.has(name) && read(name) === undefined) {
      yield* process.error(`panic: open ${flags.get(name)}: no such file or directory\n`)
      return 2
    }
  const sidecar = flags.get("sidecar-image") ?? ""
  process.network.serve(Number(flags.get("port") ?? 443), (request) => answer(process, request, sidecar), {
    pid: process.pid,
    tls: { certificate: read("tls-cert-file") ?? "", key: read("tls-private-key-file") ?? "" },
  })
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}
