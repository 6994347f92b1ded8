/** What a restart of the API server puts back of its default roles, and what a user is told of their own rules. */
import { expect, test } from "vitest"
import { hollowCluster } from "../testing/hollow-cluster.ts"

const ADMIN = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }
const RBAC = "/apis/rbac.authorization.k8s.io/v1"

const started = () => {
  const world = hollowCluster(["a"])
  const call = (method: string, path: string, body?: unknown, user = ADMIN) =>
    world.cluster.handle({
      method,
      path,
      user,
      headers: { "user-agent": "test/1", "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const role = (name: string) => call("GET", `${RBAC}/clusterroles/${name}`).body as { rules: unknown[]; metadata: { labels?: object } }
  return { ...world, call, role }
}

test("a default role that lost rules gets them back when the server starts again, one by one", () => {
  const { call, role, cluster } = started()
  const [first] = role("system:basic-user").rules
  call("PATCH", `${RBAC}/clusterroles/system:basic-user`, { rules: [first] })
  call("DELETE", `${RBAC}/clusterroles/system:discovery`)
  cluster.startApiServer()
  expect(role("system:basic-user").rules).toEqual([
    first,
    { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
  ])
  expect(role("system:discovery").rules).toHaveLength(1)
})

test("rules of one's own stay, and a role that is to be left alone is", () => {
  const { call, role, cluster } = started()
  const mine = { apiGroups: [""], resources: ["pods"], verbs: ["get"] }
  const [first, second] = role("system:basic-user").rules
  call("PATCH", `${RBAC}/clusterroles/system:basic-user`, { rules: [first, second, mine] })
  call("PATCH", `${RBAC}/clusterroles/system:auth-delegator`, {
    metadata: { annotations: { "rbac.authorization.kubernetes.io/autoupdate": "false" } },
    rules: [],
  })
  cluster.startApiServer()
  expect(role("system:basic-user").rules).toEqual([first, second, mine])
  expect(role("system:auth-delegator").rules ?? []).toEqual([])
})

test("a binding that lost its subjects gets them back", () => {
  const { call, cluster } = started()
  const path = `${RBAC}/clusterrolebindings/cluster-admin`
  call("PATCH", path, { subjects: [{ kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" }] })
  cluster.startApiServer()
  expect((call("GET", path).body as { subjects: { name: string }[] }).subjects.map(({ name }) => name)).toEqual(["jane", "system:masters"])
})

const REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"

test("a review of one's rules lists what is bound, paths too", () => {
  const { call } = started()
  call("POST", `${RBAC}/namespaces/default/roles`, {
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], resources: ["pods"], resourceNames: ["web"], verbs: ["get"] }],
  })
  call("POST", `${RBAC}/namespaces/default/rolebindings`, {
    metadata: { name: "reader" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
    subjects: [{ kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" }],
  })
  const jane = { name: "jane", groups: ["system:authenticated"] }
  const { status } = call("POST", REVIEW, { spec: { namespace: "default" } }, jane).body as {
    status: { resourceRules: unknown[]; nonResourceRules: { nonResourceURLs: string[] }[]; incomplete: boolean; evaluationError?: string }
  }
  expect(status.resourceRules).toContainEqual({ apiGroups: [""], resources: ["pods"], resourceNames: ["web"], verbs: ["get"] })
  expect(status.resourceRules).toContainEqual({
    apiGroups: ["authentication.k8s.io"],
    resources: ["selfsubjectreviews"],
    verbs: ["create"],
  })
  expect(status.nonResourceRules.flatMap(({ nonResourceURLs }) => nonResourceURLs)).toContain("/healthz")
  expect(status.incomplete).toBe(false)
  expect(status.evaluationError).toBeUndefined()
})

test("a review needs a namespace, and says that a node's rules are not all", () => {
  const { call } = started()
  expect(call("POST", REVIEW, { spec: {} }).body).toMatchObject({ code: 400, message: "no namespace on request" })
  const node = { name: "system:node:a", groups: ["system:nodes", "system:authenticated"] }
  expect(call("POST", REVIEW, { spec: { namespace: "default" } }, node).body).toMatchObject({
    status: { evaluationError: "node authorizer does not support user rule resolution" },
  })
})
