/** Webhooks are asked before objects are stored; policies change and refuse them in CEL. */
import { describe, expect, test } from "vitest"
import { encodeBase64 } from "../../apimachinery/base64.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"
import type { ApiRequest, ApiResponse } from "../contract.ts"
import type { OutsideAnswer } from "../outside.ts"

interface Review {
  request: {
    uid: string
    operation: string
    name?: string
    object: { metadata: { name: string; uid: string; labels?: object } } | null
    dryRun: boolean
  }
}

type Answer = (review: Review) => object

/** A cluster whose services answer by path, some ms later. */
const withServices = (answers: Record<string, Answer | OutsideAnswer>) => {
  const calls: { path: string; review: Review }[] = []
  const world = hollowCluster(["a"], {
    forward({ path, body, tls }, done) {
      const review = JSON.parse(String(body)) as Review
      calls.push({ path, review })
      const answer = answers[path.split("?")[0]]
      world.sim.schedule(5, () => {
        if (!tls) return done({ error: "no TLS" })
        if (typeof answer !== "function") return done(answer ?? { error: "dial tcp 10.96.0.9:443: connect: connection refused" })
        const response = { uid: review.request.uid, allowed: true, ...answer(review) }
        done({ status: 200, headers: {}, body: JSON.stringify({ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", response }) })
      })
    },
  })
  world.apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "hooks" },
    spec: { selector: { app: "hooks" }, ports: [{ port: 443, targetPort: 8443 }] },
  })
  /** As a client outside, which waits. */
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): ApiResponse => {
    let answer = world.cluster.handle({
      method,
      path: path.split("?")[0],
      query: path.split("?")[1] ?? "",
      user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    } as ApiRequest)
    while (answer.later) {
      let given: ApiResponse | undefined
      answer.later((settled) => (given = settled))
      for (let step = 0; step < 400 && !given; step++) world.run(100)
      if (!given) throw new Error("never answered")
      answer = given
    }
    return answer
  }
  const message = (response: ApiResponse) => ({ status: response.status, message: (response.body as { message?: string }).message })
  return { ...world, call, calls, message }
}

const rule = (resources: string[], operations = ["CREATE", "UPDATE"]) => ({ apiGroups: [""], apiVersions: ["v1"], operations, resources })

const configuration = (kind: "Mutating" | "Validating", webhooks: Record<string, unknown>[], name = "hooks") => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: `${kind}WebhookConfiguration`,
  metadata: { name },
  webhooks: webhooks.map(({ path, ...rest }, index) => ({
    name: `hook-${index}.example.com`,
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    clientConfig: { caBundle: encodeBase64("-----BEGIN CERTIFICATE-----"), service: { namespace: "default", name: "hooks", path } },
    rules: [rule(["configmaps"])],
    ...rest,
  })),
})

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
const configMap = (name: string, data: Record<string, string> = {}, labels = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
  data,
})

const patch = (...operations: object[]) => ({ patchType: "JSONPatch", patch: encodeBase64(JSON.stringify(operations)) })

describe("validating webhooks", () => {
  test("refuse in their own words, with warnings", () => {
    const { call, apply, message } = withServices({
      "/deny": ({ request }) => ({
        allowed: request.object?.metadata.name !== "bad",
        status: { code: 403, reason: "Forbidden", message: "not this one" },
        warnings: ["looked at it"],
      }),
    })
    apply(configuration("Validating", [{ path: "/deny" }]))
    const good = call("POST", CONFIG_MAPS, configMap("good"))
    expect(good).toMatchObject({ status: 201, headers: { warning: ['299 - "looked at it"'] } })
    expect(message(call("POST", CONFIG_MAPS, configMap("bad")))).toEqual({
      status: 403,
      message: 'admission webhook "hook-0.example.com" denied the request: not this one',
    })
    expect(call("GET", `${CONFIG_MAPS}/bad`).status).toBe(404)
  })

  test("that cannot be reached close or open the door", () => {
    const { call, apply, message } = withServices({})
    const forward = withServices({ "/x": { error: "dial tcp 10.96.0.9:443: connect: connection refused" } })
    forward.apply(configuration("Validating", [{ path: "/x" }]))
    expect(forward.message(forward.call("POST", CONFIG_MAPS, configMap("c")))).toEqual({
      status: 500,
      message:
        'Internal error occurred: failed calling webhook "hook-0.example.com": failed to call webhook: Post "https://hooks.default.svc:443/x?timeout=10s": dial tcp 10.96.0.9:443: connect: connection refused',
    })
    apply(configuration("Validating", [{ path: "/x", failurePolicy: "Ignore" }]))
    expect(call("POST", CONFIG_MAPS, configMap("c")).status).toBe(201)
    apply(
      configuration(
        "Validating",
        [{ clientConfig: { caBundle: encodeBase64("-----BEGIN CERTIFICATE-----"), service: { namespace: "default", name: "none" } } }],
        "z",
      ),
    )
    expect(message(call("POST", CONFIG_MAPS, configMap("d"))).message).toBe(
      'Internal error occurred: failed calling webhook "hook-0.example.com": failed to call webhook: Post "https://none.default.svc:443?timeout=10s": service "none" not found',
    )
  })

  test("are asked about what their rules, selectors and conditions mean, nothing else", () => {
    const { call, apply, calls } = withServices({ "/ask": () => ({}) })
    apply(
      configuration("Validating", [
        {
          path: "/ask",
          objectSelector: { matchLabels: { ask: "yes" } },
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } },
          matchConditions: [{ name: "not-quiet", expression: "!has(object.data) || !('quiet' in object.data)" }],
        },
      ]),
    )
    call("POST", CONFIG_MAPS, configMap("a", {}, { ask: "yes" }))
    call("POST", CONFIG_MAPS, configMap("b"))
    call("POST", CONFIG_MAPS, configMap("c", { quiet: "1" }, { ask: "yes" }))
    call("POST", "/api/v1/namespaces/kube-system/configmaps", configMap("d", {}, { ask: "yes" }))
    call("DELETE", `${CONFIG_MAPS}/a`)
    expect(calls.map(({ review }) => `${review.request.operation} ${review.request.name}`)).toEqual(["CREATE a"])
  })

  test("with side effects are not taken: a dry run could not be kept", () => {
    const { call, message } = withServices({ "/ask": () => ({}) })
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    const { status, message: said } = message(call("POST", path, configuration("Validating", [{ path: "/ask", sideEffects: "Some" }])))
    expect(status).toBe(422)
    expect(said).toContain('webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"')
  })
})

describe("connections and subresources", () => {
  const pods = (resources: string[], operations: string[]) => [rule(resources, operations)]
  const started = (answer: Answer) => {
    const world = withServices({ "/ask": answer })
    world.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web", namespace: "default" },
      spec: { containers: [{ name: "c", image: "nginx" }] },
    })
    world.run(10_000)
    return world
  }

  test("an exec is asked about as CONNECT with its options", () => {
    const { apply, call, calls, message } = started(() => ({
      allowed: false,
      status: { code: 403, reason: "Forbidden", message: "no shells" },
    }))
    apply(configuration("Validating", [{ path: "/ask", rules: pods(["pods/exec"], ["CONNECT"]) }]))
    expect(message(call("POST", "/api/v1/namespaces/default/pods/web/exec?command=sh&command=-c&container=c&stdout=true"))).toEqual({
      status: 403,
      message: 'admission webhook "hook-0.example.com" denied the request: no shells',
    })
    expect(calls.map(({ review }) => review.request)).toMatchObject([
      {
        operation: "CONNECT",
        name: "web",
        namespace: "default",
        kind: { group: "", version: "v1", kind: "PodExecOptions" },
        resource: { group: "", version: "v1", resource: "pods" },
        subResource: "exec",
        object: { kind: "PodExecOptions", apiVersion: "v1", stdout: true, container: "c", command: ["sh", "-c"] },
        oldObject: null,
        options: null,
      },
    ])
  })

  test("a scale, a resize, a status, an approval and what joins a Pod are asked about as what they are", () => {
    const { apply, call, calls, run } = started(({ request }) =>
      (request.object as { kind?: string } | null)?.kind === "Scale"
        ? { patchType: "JSONPatch", patch: encodeBase64(JSON.stringify([{ op: "replace", path: "/spec/replicas", value: 2 }])) }
        : {},
    )
    const wide = { apiGroups: ["*"], apiVersions: ["*"], operations: ["*"] }
    const resources = ["deployments/scale", "pods/resize", "pods/ephemeralcontainers", "pods/status", "certificatesigningrequests/approval"]
    apply({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { a: "b" } },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
      },
    })
    apply({
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name: "one" },
      spec: { request: "YQ==", signerName: "example.com/one", usages: ["client auth"] },
    })
    run(5_000)
    apply(configuration("Mutating", [{ path: "/ask", rules: [{ ...wide, resources }] }]))
    const merge = { "content-type": "application/merge-patch+json" }
    const scaled = call("PATCH", "/apis/apps/v1/namespaces/default/deployments/web/scale", { spec: { replicas: 5 } }, merge)
    expect(scaled.body).toMatchObject({ kind: "Scale", spec: { replicas: 2 } })
    const strategic = { "content-type": "application/strategic-merge-patch+json" }
    const pod = "/api/v1/namespaces/default/pods/web"
    call("PATCH", `${pod}/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: "d", image: "busybox" }] } }, strategic)
    call("PATCH", `${pod}/resize`, { spec: { containers: [{ name: "c", resources: {} }] } }, strategic)
    call("PATCH", `${pod}/status`, { status: { message: "hm" } }, merge)
    const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests/one/approval"
    const conditions = [{ type: "Approved", status: "True", reason: "a", message: "b" }]
    call("PUT", requests, { metadata: { name: "one" }, status: { conditions } })
    const asked = calls
      .map(({ review }) => review.request as unknown as Record<string, { kind?: string; username?: string }>)
      .filter(({ userInfo }) => userInfo.username === "kubernetes-admin")
    expect(asked.map((one) => [one.subResource, one.kind.kind, one.object.kind, one.oldObject.kind, one.operation])).toEqual([
      ["scale", "Scale", "Scale", "Scale", "UPDATE"],
      ["ephemeralcontainers", "Pod", "Pod", "Pod", "UPDATE"],
      ["resize", "Pod", "Pod", "Pod", "UPDATE"],
      ["status", "Pod", "Pod", "Pod", "UPDATE"],
      ["approval", "CertificateSigningRequest", "CertificateSigningRequest", "CertificateSigningRequest", "UPDATE"],
    ])
  })

  test("an eviction is asked about as it was posted, and a policy may refuse it", () => {
    const { apply, call, calls, message } = started(() => ({}))
    apply(configuration("Validating", [{ path: "/ask", rules: pods(["pods/eviction"], ["CREATE"]) }]))
    apply({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name: "stay" },
      spec: {
        matchConstraints: { resourceRules: pods(["pods/eviction"], ["CREATE"]) },
        validations: [{ expression: "request.kind.kind != 'Eviction' || object.metadata.name != 'web'", message: "it stays" }],
      },
    })
    apply({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name: "stay" },
      spec: { policyName: "stay", validationActions: ["Deny"] },
    })
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "web" } }
    expect(message(call("POST", "/api/v1/namespaces/default/pods/web/eviction", body))).toMatchObject({
      status: 422,
      message: expect.stringContaining("denied request: it stays") as string,
    })
    expect(call("GET", "/api/v1/namespaces/default/pods/web").status).toBe(200)
    apply(configuration("Validating", [{ path: "/ask", rules: pods(["pods/*"], ["*"]) }], "wide"))
    expect(calls.every(({ review }) => review.request.operation === "CREATE")).toBe(true)
  })

  test("a bundle that is no certificate is told before anybody is called", () => {
    const { apply, call, calls, message } = started(() => ({}))
    const service = { namespace: "default", name: "hooks", path: "/ask" }
    apply(configuration("Validating", [{ clientConfig: { caBundle: encodeBase64("nonsense"), service } }]))
    expect(message(call("POST", CONFIG_MAPS, configMap("c"))).message).toBe(
      'Internal error occurred: failed calling webhook "hook-0.example.com": failed to call webhook: unable to load root certificates: unable to parse bytes as PEM block',
    )
    expect(calls).toEqual([])
  })
})

describe("mutating webhooks", () => {
  test("change the object, which keeps its identity", () => {
    const { call, apply, calls } = withServices({ "/label": () => patch({ op: "add", path: "/metadata/labels", value: { added: "yes" } }) })
    apply(configuration("Mutating", [{ path: "/label" }]))
    const made = call("POST", CONFIG_MAPS, { ...configMap(""), metadata: { generateName: "made-" } }).body as {
      metadata: Record<string, unknown>
    }
    expect(made.metadata.labels).toEqual({ added: "yes" })
    expect(calls[0].review.request.object?.metadata).toMatchObject({ name: made.metadata.name, uid: made.metadata.uid })
    expect(call("GET", `${CONFIG_MAPS}/${String(made.metadata.name)}`).body).toMatchObject({ metadata: { uid: made.metadata.uid } })
  })

  test("are asked again when one after them changed it", () => {
    const { call, apply, calls } = withServices({
      "/first": () => ({}),
      "/second": ({ request }) =>
        (request.object?.metadata.labels as { second?: string })?.second
          ? {}
          : patch({ op: "add", path: "/metadata/labels", value: { second: "1" } }),
    })
    apply(configuration("Mutating", [{ path: "/first", reinvocationPolicy: "IfNeeded" }, { path: "/second" }]))
    call("POST", CONFIG_MAPS, configMap("a"))
    expect(calls.map(({ path }) => path.split("?")[0])).toEqual(["/first", "/second", "/first"])
  })

  test("reach what controllers make", () => {
    const { apply, run, items, calls } = withServices({
      "/label": () => patch({ op: "add", path: "/metadata/annotations", value: { seen: "yes" } }),
    })
    apply(configuration("Mutating", [{ path: "/label", rules: [rule(["pods"], ["CREATE"])] }]))
    apply({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } },
      },
    })
    run(20_000)
    const pods = items<{ metadata: { annotations?: object } }>("/api/v1/namespaces/default/pods")
    expect(pods.map(({ metadata }) => metadata.annotations)).toEqual([{ seen: "yes" }, { seen: "yes" }, { seen: "yes" }])
    expect(calls).toHaveLength(3)
    expect(items<{ reason: string }>("/api/v1/namespaces/default/events").filter(({ reason }) => reason === "FailedCreate")).toEqual([])
  })
})

describe("mutating policies", () => {
  const begin = () => {
    const world = withServices({})
    world.cluster.server.configure({ kinds: [], disabledPlugins: [] })
    world.cluster.startApiServer({
      runtimeConfig: "admissionregistration.k8s.io/v1beta1=true",
      featureGates: "MutatingAdmissionPolicy=true",
    })
    return world
  }
  const policy = (mutations: object[], more: object = {}) => ({
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name: "change" },
    spec: { matchConstraints: { resourceRules: [rule(["configmaps"])] }, reinvocationPolicy: "Never", mutations, ...more },
  })
  const binding = {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name: "change" },
    spec: { policyName: "change" },
  }

  test("apply configurations and JSON patches, one after the other", () => {
    const { call, apply } = begin()
    apply(
      policy(
        [
          {
            patchType: "ApplyConfiguration",
            applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: Object.metadata.labels{team: variables.team}}}" },
          },
          {
            patchType: "JSONPatch",
            jsonPatch: {
              expression:
                "has(object.metadata.labels.team) ? [JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('example.com/b'), value: 'x'}] : []",
            },
          },
        ],
        { variables: [{ name: "team", expression: "'team-' + object.metadata.name" }] },
      ),
    )
    apply(binding)
    expect(call("POST", CONFIG_MAPS, configMap("a", { k: "v" }, { own: "1" })).body).toMatchObject({
      metadata: { labels: { own: "1", team: "team-a", "example.com/b": "x" } },
      data: { k: "v" },
    })
  })

  test("that fail refuse", () => {
    const { call, apply, message } = begin()
    apply(policy([{ patchType: "JSONPatch", jsonPatch: { expression: "[JSONPatch{op: 'remove', path: '/data/none'}]" } }]))
    apply(binding)
    expect(message(call("POST", CONFIG_MAPS, configMap("a", { k: "v" })))).toMatchObject({
      status: 403,
      message: expect.stringMatching(
        /^configmaps "a" is forbidden: policy 'change' with binding 'change' denied request: JSON Patch: /,
      ) as string,
    })
  })

  test("are no part of a server that was not asked for them", () => {
    const { call } = withServices({})
    expect(call("GET", "/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicies").status).toBe(404)
  })
})

test("validating policies see who asks, what they may, and say so by expression", () => {
  const { call, apply, message } = withServices({})
  apply({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "watch" },
    spec: {
      matchConstraints: { resourceRules: [rule(["configmaps"])] },
      matchConditions: [{ name: "not-b", expression: "object.metadata.name != 'b'" }],
      variables: [{ name: "count", expression: "has(object.data) ? size(object.data) : 0" }],
      validations: [
        {
          expression: "variables.count < 2 && authorizer.group('').resource('pods').namespace('default').check('delete').allowed()",
          messageExpression: "'%s by %s: %d entries'.format([request.operation, request.userInfo.username, variables.count])",
          reason: "Forbidden",
        },
      ],
    },
  })
  apply({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: "watch" },
    spec: { policyName: "watch", validationActions: ["Deny"] },
  })
  expect(call("POST", CONFIG_MAPS, configMap("a", { k: "v" })).status).toBe(201)
  expect(call("POST", CONFIG_MAPS, configMap("b", { k: "v", l: "w" })).status).toBe(201)
  expect(message(call("POST", CONFIG_MAPS, configMap("c", { k: "v", l: "w" })))).toEqual({
    status: 403,
    message: `configmaps "c" is forbidden: ValidatingAdmissionPolicy 'watch' with binding 'watch' denied request: CREATE by kubernetes-admin: 2 entries`,
  })
})
