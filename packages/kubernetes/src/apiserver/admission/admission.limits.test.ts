/** What admission adds and refuses, in upstream's words. */
import { expect, test } from "vitest"
import { registerSubresources } from "../subresources/index.ts"
import { admissionPlugins } from "./index.ts"
import { ADMINISTRATOR, bareServer } from "../../testing/bare-server.ts"

const serve = (namespaceLabels: Record<string, string> = {}) => {
  const server = bareServer("admission", { admission: admissionPlugins })
  registerSubresources(server)
  const user = ADMINISTRATOR
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    server.handle({
      method,
      path,
      user,
      headers: { "user-agent": "test/1", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  call("POST", "/api/v1/namespaces", { metadata: { name: "dev", labels: namespaceLabels } })
  const create = (plural: string, body: unknown, group = "/api/v1") => call("POST", `${group}/namespaces/dev/${plural}`, body)
  create("serviceaccounts", { metadata: { name: "default" } })
  return { sim: server.sim, call, create }
}

const pod = (name: string, container: object = {}, spec: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: "c", image: "nginx", ...container }], ...spec },
})
const message = ({ body }: { body?: unknown }) => (body as { message?: string }).message

test("LimitRanger fills in defaults and says so", () => {
  const { create } = serve()
  create("limitranges", {
    metadata: { name: "l" },
    spec: { limits: [{ type: "Container", default: { cpu: "200m" }, defaultRequest: { cpu: "100m" }, max: { cpu: "500m" } }] },
  })
  expect(create("pods", pod("p")).body).toMatchObject({
    metadata: {
      annotations: { "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container c; cpu limit for container c" },
    },
    spec: { containers: [{ resources: { requests: { cpu: "100m" }, limits: { cpu: "200m" } } }] },
  })
  const refused = create("pods", pod("q", { resources: { limits: { cpu: "900m" } } }))
  expect([refused.status, message(refused)]).toEqual([
    403,
    'pods "q" is forbidden: maximum cpu usage per Container is 500m, but limit is 900m',
  ])
})

test("ResourceQuota counts what is made and refuses what is too much", () => {
  const { create, call } = serve()
  create("resourcequotas", { metadata: { name: "q" }, spec: { hard: { pods: "1", "requests.cpu": "1", configmaps: "1" } } })
  expect(message(create("pods", pod("p")))).toBe('pods "p" is forbidden: failed quota: q: must specify requests.cpu for: c')
  const asking = { resources: { requests: { cpu: "600m" } } }
  expect(create("pods", pod("p", asking)).status).toBe(201)
  expect(call("GET", "/api/v1/namespaces/dev/resourcequotas/q").body).toMatchObject({
    status: { used: { pods: "1", "requests.cpu": "600m" } },
  })
  expect(message(create("pods", pod("p2", asking)))).toBe(
    'pods "p2" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=600m, used: pods=1,requests.cpu=600m, limited: pods=1,requests.cpu=1',
  )
  expect(create("configmaps", { metadata: { name: "one" } }).status).toBe(201)
  expect(message(create("configmaps", { metadata: { name: "two" } }))).toBe(
    'configmaps "two" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
  )
})

test("PodSecurity enforces the namespace's level, and warns of workloads", () => {
  const { create } = serve({ "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "baseline" })
  expect(message(create("pods", pod("p")))).toBe(
    'pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  )
  const good = {
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
  }
  expect(create("pods", pod("p", good)).status).toBe(201)
  const template = { metadata: { labels: { a: "b" } }, spec: pod("x", { securityContext: { privileged: true } }).spec }
  expect(
    create("deployments", { metadata: { name: "d" }, spec: { selector: { matchLabels: { a: "b" } }, template } }, "/apis/apps/v1"),
  ).toMatchObject({
    status: 201,
    headers: {
      warning: [
        '299 - "would violate PodSecurity \\"baseline:latest\\": privileged (container \\"c\\" must not set securityContext.privileged=true)"',
      ],
    },
  })
})

test("claims get the default class and are protected", () => {
  const { create, call } = serve()
  call("POST", "/apis/storage.k8s.io/v1/storageclasses", {
    metadata: { name: "fast", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "x/y",
  })
  expect(
    create("persistentvolumeclaims", {
      metadata: { name: "c" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    }).body,
  ).toMatchObject({
    metadata: { finalizers: ["kubernetes.io/pvc-protection"] },
    spec: { storageClassName: "fast", volumeMode: "Filesystem" },
    status: { phase: "Pending" },
  })
})

test("an eviction asks the disruption budget", () => {
  const { create, call } = serve()
  create("pods", { ...pod("p"), metadata: { name: "p", labels: { a: "b" } } })
  const merge = { "content-type": "application/merge-patch+json" }
  call(
    "PATCH",
    "/api/v1/namespaces/dev/pods/p/status",
    { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
    merge,
  )
  create(
    "poddisruptionbudgets",
    { metadata: { name: "b" }, spec: { maxUnavailable: 0, selector: { matchLabels: { a: "b" } } } },
    "/apis/policy/v1",
  )
  call(
    "PATCH",
    "/apis/policy/v1/namespaces/dev/poddisruptionbudgets/b/status",
    { status: { observedGeneration: 1, desiredHealthy: 1, currentHealthy: 1, disruptionsAllowed: 0 } },
    merge,
  )
  const evict = () =>
    call("POST", "/api/v1/namespaces/dev/pods/p/eviction", { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "p" } })
  expect(evict()).toMatchObject({
    status: 429,
    body: {
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: "DisruptionBudget", message: "The disruption budget b needs 1 healthy pods and has 1 currently" }] },
    },
  })
  call("PATCH", "/apis/policy/v1/namespaces/dev/poddisruptionbudgets/b/status", { status: { disruptionsAllowed: 1 } }, merge)
  expect(evict().status).toBe(201)
})

test("a token of an account is its bearer's name until it expires", () => {
  const { call, sim } = serve()
  const { body } = call("POST", "/api/v1/namespaces/dev/serviceaccounts/default/token", { spec: { expirationSeconds: 600 } })
  const { token } = (body as { status: { token: string } }).status
  expect(token.split(".").map((part) => part.length > 0)).toEqual([true, true, true])
  const asked = { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" }
  const server = call
  expect(server("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", asked).body).toMatchObject({
    status: { userInfo: { username: "kubernetes-admin" } },
  })
  sim.run({ until: sim.now() + 601_000 })
  expect(message(call("POST", "/api/v1/namespaces/dev/serviceaccounts/default/token", { spec: { expirationSeconds: 5 } }))).toBe(
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
  )
})

test("a policy in CEL denies or warns, with its parameters and its words", () => {
  const { create, call } = serve({ environment: "test" })
  const admission = "/apis/admissionregistration.k8s.io/v1"
  call("POST", `${admission}/validatingadmissionpolicies`, {
    metadata: { name: "few" },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["deployments"] }],
      },
      paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      variables: [{ name: "most", expression: "int(params.data.most)" }],
      validations: [
        { expression: "object.spec.replicas <= variables.most", messageExpression: "'at most ' + params.data.most + ' replicas'" },
      ],
    },
  })
  create("configmaps", { metadata: { name: "limits" }, data: { most: "3" } })
  const bind = (name: string, actions: string[], environment: string) =>
    call("POST", `${admission}/validatingadmissionpolicybindings`, {
      metadata: { name },
      spec: {
        policyName: "few",
        validationActions: actions,
        paramRef: { name: "limits", namespace: "dev", parameterNotFoundAction: "Deny" },
        matchResources: { namespaceSelector: { matchLabels: { environment } } },
      },
    })
  bind("elsewhere", ["Deny"], "production")
  bind("here", ["Warn"], "test")
  const deployment = (name: string, replicas: number) => ({
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec: pod("x").spec } },
  })
  expect(create("deployments", deployment("few", 3), "/apis/apps/v1")).toMatchObject({
    status: 201,
    headers: { "content-type": "application/json" },
  })
  expect(create("deployments", deployment("many", 4), "/apis/apps/v1")).toMatchObject({
    status: 201,
    headers: { warning: ["299 - \"Validation failed for ValidatingAdmissionPolicy 'few' with binding 'here': at most 3 replicas\""] },
  })
  bind("strict", ["Deny"], "test")
  expect(create("deployments", deployment("more", 5), "/apis/apps/v1")).toMatchObject({
    status: 422,
    body: {
      reason: "Invalid",
      message:
        "deployments.apps \"more\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'strict' denied request: at most 3 replicas",
      details: {
        kind: "deployments",
        causes: [{ message: "ValidatingAdmissionPolicy 'few' with binding 'strict' denied request: at most 3 replicas" }],
      },
    },
  })
})
