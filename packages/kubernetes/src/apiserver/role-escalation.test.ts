/** Whoever makes a role or binds one gives no more than they have. */
import { expect, test } from "vitest"
import { hollowCluster } from "../testing/hollow-cluster.ts"

const RBAC = "/apis/rbac.authorization.k8s.io/v1"
const ROLES = `${RBAC}/namespaces/default/roles`
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`
const ref = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name })
const rule = (verbs: string[], resources: string[], apiGroups = [""]) => ({ verbs, apiGroups, resources })

/** "keeper" may keep roles and bindings, read Pods and their logs, and bind "view". */
const keeper = () => {
  const { cluster } = hollowCluster(["a"])
  const call = (user: { name: string; groups: string[] }, method: string, path: string, body: unknown) => {
    const answer = cluster.handle({
      method,
      path,
      user,
      headers: { "user-agent": "test/1", "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    return answer.status < 300 ? answer.status : (answer.body as { message: string }).message
  }
  const admin = { name: "admin", groups: ["system:masters"] }
  const own = [
    rule(["get", "create", "update", "patch"], ["roles", "rolebindings", "clusterroles"], ["rbac.authorization.k8s.io"]),
    { ...rule(["bind"], ["clusterroles"], ["rbac.authorization.k8s.io"]), resourceNames: ["view"] },
    rule(["get", "list"], ["pods", "*/log"]),
  ]
  expect(call(admin, "POST", `${RBAC}/clusterroles`, { metadata: { name: "keeper" }, rules: own })).toBe(201)
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "kim" }]
  const bound = { metadata: { name: "keeper" }, roleRef: ref("ClusterRole", "keeper"), subjects }
  expect(call(admin, "POST", `${RBAC}/clusterrolebindings`, bound)).toBe(201)
  const kim = { name: "kim", groups: ["team", "system:authenticated"] }
  return (path: string, body: unknown, method = "POST") => call(kim, method, path, body)
}

const WHO = 'user "kim" (groups=["team" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:'

test("a role gives what its author has", () => {
  const call = keeper()
  expect(call(ROLES, { metadata: { name: "reader" }, rules: [rule(["get"], ["pods", "pods/log"])] })).toBe(201)
  expect(call(ROLES, { metadata: { name: "more" }, rules: [rule(["get", "delete", "watch"], ["pods", "secrets"])] })).toBe(
    `roles.rbac.authorization.k8s.io "more" is forbidden: ${WHO}
{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}
{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete" "watch"]}`,
  )
  expect(call(`${ROLES}/reader`, { metadata: { name: "reader" }, rules: [rule(["*"], ["pods"])] }, "PUT")).toBe(
    `roles.rbac.authorization.k8s.io "reader" is forbidden: ${WHO}
{APIGroups:[""], Resources:["pods"], Verbs:["*"]}`,
  )
  expect(call(`${RBAC}/clusterroles`, { metadata: { name: "paths" }, rules: [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }] })).toBe(
    `clusterroles.rbac.authorization.k8s.io "paths" is forbidden: ${WHO}
{NonResourceURLs:["/metrics"], Verbs:["get"]}`,
  )
})

test("a binding gives what its author has, or may bind", () => {
  const call = keeper()
  const binding = (name: string, kind: string, role: string) => ({ metadata: { name }, roleRef: ref(kind, role), subjects: [] })
  expect(call(BINDINGS, binding("view", "ClusterRole", "view"))).toBe(201)
  expect(call(BINDINGS, binding("all", "ClusterRole", "cluster-admin"))).toBe(
    `rolebindings.rbac.authorization.k8s.io "all" is forbidden: ${WHO}
{APIGroups:["*"], Resources:["*"], Verbs:["*"]}
{NonResourceURLs:["*"], Verbs:["*"]}`,
  )
  expect(call(BINDINGS, binding("none", "Role", "nobody"))).toBe('roles.rbac.authorization.k8s.io "nobody" not found')
})
