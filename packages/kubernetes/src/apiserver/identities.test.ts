/** Who may be taken for whom: bootstrap tokens, tokens of accounts, impersonation, kubelets. */
import { describe, expect, test } from "vitest"
import { encodeBase64 } from "../apimachinery/base64.ts"
import { hollowCluster } from "../testing/hollow-cluster.ts"
import type { ApiRequest, UserInfo } from "./contract.ts"

const ADMIN: UserInfo = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }

const begin = () => {
  const world = hollowCluster(["a", "b"])
  const send = (method: string, path: string, headers: Record<string, string>, body?: unknown, user?: UserInfo) => {
    const answer = world.cluster.handle({
      method,
      path,
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      ...(user && { user }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    } as ApiRequest)
    return { status: answer.status, body: answer.body as { message?: string; status: Record<string, unknown> } }
  }
  const whoAmI = (headers: Record<string, string>, user?: UserInfo) => {
    const { status, body } = send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", headers, {}, user)
    return status === 201 ? body.status.userInfo : { status, message: body.message }
  }
  /** A kubelet that comes from outside, as with its own kubeconfig. */
  const asNode = (node: string, method: string, path: string, body?: unknown) => {
    const headers = { "impersonate-user": `system:node:${node}`, "impersonate-group": "system:nodes" }
    const answer = send(method, path, headers, body, ADMIN)
    return { status: answer.status, message: answer.body.message }
  }
  return { ...world, send, whoAmI, asNode }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe("bearer tokens", () => {
  test("of bootstrapping machines are good until they expire", () => {
    const { apply, whoAmI, run } = begin()
    const data = {
      "token-id": "abcdef",
      "token-secret": "0123456789abcdef",
      "usage-bootstrap-authentication": "true",
      "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
      expiration: "2026-01-05T09:00:00Z",
    }
    apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "bootstrap-token-abcdef", namespace: "kube-system" },
      type: "bootstrap.kubernetes.io/token",
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)])),
    })
    expect(whoAmI(bearer("abcdef.0123456789abcdef"))).toEqual({
      username: "system:bootstrap:abcdef",
      groups: ["system:bootstrappers", "system:bootstrappers:kubeadm:default-node-token", "system:authenticated"],
    })
    expect(whoAmI(bearer("abcdef.0123456789abcdee"))).toMatchObject({ status: 401 })
    run(3_600_000)
    expect(whoAmI(bearer("abcdef.0123456789abcdef"))).toMatchObject({ status: 401 })
  })

  test("of accounts are for their audiences, for their time, and end with what they are bound to", () => {
    const { send, apply, run, whoAmI, request } = begin()
    apply({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "nginx" }] } })
    run(5_000)
    const issue = (spec: object) =>
      send("POST", "/api/v1/namespaces/default/serviceaccounts/default/token", {}, { spec }, ADMIN).body.status.token as string
    const review = (token: string, audiences?: string[]) =>
      send("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {}, { spec: { token, audiences } }, ADMIN).body.status
    const bound = issue({ boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "p" } })
    expect(whoAmI(bearer(bound))).toMatchObject({
      username: "system:serviceaccount:default:default",
      extra: { "authentication.kubernetes.io/pod-name": ["p"] },
    })
    const vault = issue({ audiences: ["vault"], expirationSeconds: 600 })
    expect(whoAmI(bearer(vault))).toMatchObject({ status: 401 })
    expect(review(vault)).toEqual({ user: {}, error: "invalid bearer token" })
    expect(review(vault, ["vault", "other"])).toMatchObject({ authenticated: true, audiences: ["vault"] })
    request("DELETE", "/api/v1/namespaces/default/pods/p", { gracePeriodSeconds: 0 })
    expect(whoAmI(bearer(bound))).toMatchObject({ status: 401 })
    run(601_000)
    expect(review(vault, ["vault"])).toEqual({ user: {}, error: "invalid bearer token" })
  })
})

describe("impersonation", () => {
  test("takes over name, uid, groups and extra values", () => {
    const { whoAmI } = begin()
    const headers = {
      "impersonate-user": "alice",
      "impersonate-uid": "7",
      "impersonate-group": "devs",
      "impersonate-extra-acme.com%2fproject": "x",
    }
    expect(whoAmI(headers, ADMIN)).toEqual({
      username: "alice",
      uid: "7",
      groups: ["devs", "system:authenticated"],
      extra: { "acme.com/project": ["x"] },
    })
    expect(whoAmI({ "impersonate-user": "system:serviceaccount:dev:bot" }, ADMIN)).toMatchObject({
      groups: ["system:serviceaccounts", "system:serviceaccounts:dev", "system:authenticated"],
    })
  })

  test("has to be allowed, each part by itself", () => {
    const { apply, whoAmI } = begin()
    const bob: UserInfo = { name: "bob", groups: ["system:authenticated"] }
    apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "imp" },
      rules: [{ apiGroups: [""], resources: ["users"], verbs: ["impersonate"], resourceNames: ["alice"] }],
    })
    apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "imp" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "imp" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "bob" }],
    })
    expect(whoAmI({ "impersonate-user": "alice" }, bob)).toMatchObject({ username: "alice" })
    expect(whoAmI({ "impersonate-user": "alice", "impersonate-uid": "7" }, bob)).toEqual({
      status: 403,
      message:
        'uids.authentication.k8s.io "7" is forbidden: User "bob" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope',
    })
    expect(whoAmI({ "impersonate-user": "system:serviceaccount:dev:bot" }, bob)).toEqual({
      status: 403,
      message:
        'serviceaccounts "bot" is forbidden: User "bob" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "dev"',
    })
    expect(whoAmI({ "impersonate-group": "devs" }, ADMIN)).toMatchObject({
      status: 500,
      message: expect.stringContaining("without impersonating a user") as string,
    })
  })
})

test("a kubelet reads what its Pods refer to and changes its own Node", () => {
  const { apply, asNode, run } = begin()
  for (const name of ["used", "other"]) apply({ apiVersion: "v1", kind: "Secret", metadata: { name }, data: {} })
  apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { nodeName: "a", containers: [{ name: "c", image: "nginx", envFrom: [{ secretRef: { name: "used" } }] }] },
  })
  run(2_000)
  const secrets = "/api/v1/namespaces/default/secrets"
  expect(asNode("a", "GET", `${secrets}/used`).status).toBe(200)
  expect(asNode("b", "GET", `${secrets}/used`).status).toBe(403)
  expect(asNode("a", "GET", `${secrets}/other`)).toEqual({
    status: 403,
    message: 'secrets "other" is forbidden: User "system:node:a" cannot get resource "secrets" in API group "" in the namespace "default"',
  })
  expect(asNode("a", "GET", "/api/v1/nodes").status).toBe(200)
  expect(asNode("a", "GET", "/apis/apps/v1/deployments").status).toBe(403)
  expect(asNode("a", "DELETE", "/api/v1/namespaces/default/pods/p").status).toBe(200)
})

test("NodeRestriction words its refusals as upstream", () => {
  const { send } = begin()
  const patch = (name: string, body: unknown) => {
    const headers = {
      "impersonate-user": "system:node:a",
      "impersonate-group": "system:nodes",
      "content-type": "application/merge-patch+json",
    }
    const answer = send("PATCH", `/api/v1/nodes/${name}`, headers, body, ADMIN)
    return answer.status === 200 ? 200 : answer.body.message
  }
  expect(patch("a", { metadata: { labels: { mine: "1" } } })).toBe(200)
  expect(patch("b", { metadata: { labels: { mine: "1" } } })).toBe('nodes "b" is forbidden: node "a" is not allowed to modify node "b"')
  expect(patch("a", { metadata: { labels: { "node-restriction.kubernetes.io/x": "1" } } })).toBe(
    'nodes "a" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/x',
  )
  expect(patch("a", { spec: { taints: [{ key: "k", effect: "NoSchedule" }] } })).toBe(
    'nodes "a" is forbidden: node "a" is not allowed to modify taints',
  )
})

test("roles that are made of others follow them", () => {
  const { apply, run, get } = begin()
  apply({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "widgets-view", labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
    rules: [{ apiGroups: ["example.com"], resources: ["widgets"], verbs: ["get"] }],
  })
  run(2_000)
  for (const name of ["view", "edit", "admin"]) {
    const { rules } = get<{ rules: { apiGroups: string[] }[] }>(`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`)
    expect(rules.filter(({ apiGroups }) => apiGroups.includes("example.com"))).toHaveLength(1)
  }
})

test("a claim grows where its class lets it; an orphan has no owners", () => {
  const { apply, request, run, get } = begin()
  apply({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "c" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  })
  const answer = request(
    "PATCH",
    "/api/v1/namespaces/default/persistentvolumeclaims/c",
    { spec: { resources: { requests: { storage: "2Gi" } } } },
    "application/merge-patch+json",
  )
  expect(answer).toMatchObject({
    status: 403,
    body: { message: 'persistentvolumeclaims "c" is forbidden: Only bound persistent volume claims can be expanded' },
  })
  apply({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "r" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
    },
  })
  run(5_000)
  request("DELETE", "/apis/apps/v1/namespaces/default/replicasets/r", { propagationPolicy: "Orphan" })
  run(5_000)
  const { items } = get<{ items: { metadata: object }[] }>("/api/v1/namespaces/default/pods")
  expect(items).toHaveLength(1)
  expect(items[0].metadata).not.toHaveProperty("ownerReferences")
})
