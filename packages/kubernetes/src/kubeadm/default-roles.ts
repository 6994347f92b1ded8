/** The cluster roles and bindings that every API server makes for itself. As plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go. */
import type { KubernetesObject } from "../apimachinery/object.ts"

type DefaultObject = KubernetesObject & { [field: string]: unknown }

const RBAC = "rbac.authorization.k8s.io"
const BOOTSTRAPPING = { "kubernetes.io/bootstrapping": "rbac-defaults" }
const UPDATED = { "rbac.authorization.kubernetes.io/autoupdate": "true" }

const words = (text: string): string[] => text.split(" ")

/** "core" is the group without a name. Verbs, groups and resources are separated by blanks. */
const rule = (verbs: string, groups: string, resources: string, names?: string) => ({
  apiGroups: words(groups).map((group) => (group === "core" ? "" : group)),
  ...(names && { resourceNames: words(names) }),
  resources: words(resources),
  verbs: words(verbs),
})
const urls = (list: string) => ({ nonResourceURLs: words(list), verbs: ["get"] })

const READ = "get list watch"
const WRITE = "create delete deletecollection patch update"
const BOTH = "create delete deletecollection get list patch update watch"
const EVENTS = rule("create patch update", "core events.k8s.io", "events")
const REVIEWS = [rule("create", "authentication.k8s.io", "tokenreviews"), rule("create", "authorization.k8s.io", "subjectaccessreviews")]

/** `to`: the role that this one's rules become part of. */
const clusterRole = (name: string, rules: readonly unknown[], to?: string): DefaultObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: "ClusterRole",
  metadata: {
    name,
    labels: { ...BOOTSTRAPPING, ...(to && { [`${RBAC}/aggregate-to-${to}`]: "true" }) } as never,
    annotations: UPDATED as never,
  },
  rules,
})

/** A role that is the sum of others, which the controller manager fills in. */
const aggregate = (name: string, to?: string): DefaultObject => ({
  ...clusterRole(name, [], to),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${RBAC}/aggregate-to-${name}`]: "true" } }] },
  rules: null,
})

const approver = (signer: string): DefaultObject =>
  clusterRole(`system:certificates.k8s.io:${signer}-approver`, [
    rule("approve", "certificates.k8s.io", "signers", `kubernetes.io/${signer}`),
  ])

const clusterRoles = (): readonly DefaultObject[] => [
  aggregate("admin"),
  clusterRole("cluster-admin", [rule("*", "*", "*"), { nonResourceURLs: ["*"], verbs: ["*"] }]),
  aggregate("edit", "admin"),
  clusterRole(
    "system:aggregate-to-admin",
    [rule("create", "authorization.k8s.io", "localsubjectaccessreviews"), rule(BOTH, RBAC, "rolebindings roles")],
    "admin",
  ),
  clusterRole(
    "system:aggregate-to-edit",
    [
      rule(READ, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
      rule("impersonate", "core", "serviceaccounts"),
      rule(WRITE, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
      rule("create", "core", "pods/eviction"),
      rule(
        WRITE,
        "core",
        "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy",
      ),
      rule("create", "core", "serviceaccounts/token"),
      rule(
        WRITE,
        "apps",
        "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale",
      ),
      rule(WRITE, "autoscaling", "horizontalpodautoscalers"),
      rule(WRITE, "batch", "cronjobs jobs"),
      rule(
        WRITE,
        "extensions",
        "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale",
      ),
      rule(WRITE, "policy", "poddisruptionbudgets"),
      rule(WRITE, "networking.k8s.io", "ingresses networkpolicies"),
      rule(BOTH, "coordination.k8s.io", "leases"),
      rule(WRITE, "resource.k8s.io", "resourceclaims resourceclaimtemplates"),
    ],
    "edit",
  ),
  clusterRole(
    "system:aggregate-to-view",
    [
      rule(
        READ,
        "core",
        "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status",
      ),
      rule(
        READ,
        "core",
        "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status",
      ),
      rule(READ, "core", "namespaces"),
      rule(READ, "discovery.k8s.io", "endpointslices"),
      rule(
        READ,
        "apps",
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
      ),
      rule(READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
      rule(READ, "batch", "cronjobs cronjobs/status jobs jobs/status"),
      rule(READ, "events.k8s.io", "events"),
      rule(
        READ,
        "extensions",
        "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale",
      ),
      rule(READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
      rule(READ, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
      rule(READ, "resource.k8s.io", "resourceclaims resourceclaims/status resourceclaimtemplates"),
    ],
    "view",
  ),
  clusterRole("system:auth-delegator", REVIEWS),
  clusterRole("system:basic-user", [
    rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
    rule("create", "authentication.k8s.io", "selfsubjectreviews"),
  ]),
  ...["nodeclient", "selfnodeclient"].map((part) =>
    clusterRole(`system:certificates.k8s.io:certificatesigningrequests:${part}`, [
      rule("create", "certificates.k8s.io", `certificatesigningrequests/${part}`),
    ]),
  ),
  approver("kube-apiserver-client"),
  approver("kube-apiserver-client-kubelet"),
  approver("kubelet-serving"),
  approver("legacy-unknown"),
  clusterRole("system:discovery", [urls("/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")]),
  clusterRole("system:kube-aggregator", [rule(READ, "core", "endpoints services")]),
  clusterRole("system:kube-controller-manager", [
    EVENTS,
    rule("create", "coordination.k8s.io", "leases"),
    rule("get update", "coordination.k8s.io", "leases", "kube-controller-manager"),
    rule("create", "core", "secrets serviceaccounts"),
    rule("delete", "core", "secrets"),
    rule("get", "core", "configmaps namespaces secrets serviceaccounts"),
    rule("update", "core", "secrets serviceaccounts"),
    ...REVIEWS,
    rule("list watch", "*", "*"),
    rule("create", "core", "serviceaccounts/token"),
  ]),
  clusterRole("system:kube-dns", [rule("list watch", "core", "endpoints services")]),
  clusterRole("system:kube-scheduler", [
    EVENTS,
    rule("create", "coordination.k8s.io", "leases"),
    rule("get update", "coordination.k8s.io", "leases", "kube-scheduler"),
    rule(READ, "core", "nodes"),
    rule("delete get list watch", "core", "pods"),
    rule("create", "core", "bindings pods/binding"),
    rule("patch update", "core", "pods/status"),
    rule(READ, "core", "replicationcontrollers services"),
    rule(READ, "apps extensions", "replicasets"),
    rule(READ, "apps", "statefulsets"),
    rule(READ, "policy", "poddisruptionbudgets"),
    rule(READ, "core", "persistentvolumeclaims persistentvolumes"),
    ...REVIEWS,
    rule(READ, "storage.k8s.io", "csinodes"),
    rule(READ, "core", "namespaces"),
    rule(READ, "storage.k8s.io", "csidrivers"),
    rule(READ, "storage.k8s.io", "csistoragecapacities"),
  ]),
  clusterRole("system:kubelet-api-admin", [
    rule(READ, "core", "nodes"),
    rule("proxy", "core", "nodes"),
    rule("*", "core", "nodes/log nodes/metrics nodes/proxy nodes/stats"),
  ]),
  clusterRole("system:monitoring", [urls("/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*")]),
  clusterRole("system:node", [
    rule("create", "authentication.k8s.io", "tokenreviews"),
    rule("create", "authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews"),
    rule(READ, "core", "services"),
    rule("create get list watch", "core", "nodes"),
    rule("patch update", "core", "nodes/status"),
    rule("patch update", "core", "nodes"),
    rule("create patch update", "core", "events"),
    rule(READ, "core", "pods"),
    rule("create delete", "core", "pods"),
    rule("patch update", "core", "pods/status"),
    rule("create", "core", "pods/eviction"),
    rule(READ, "core", "configmaps secrets"),
    rule("get", "core", "persistentvolumeclaims persistentvolumes"),
    rule("get", "core", "endpoints"),
    rule("create get list watch", "certificates.k8s.io", "certificatesigningrequests"),
    rule("create delete get patch update", "coordination.k8s.io", "leases"),
    rule("get", "storage.k8s.io", "volumeattachments"),
    rule("create", "core", "serviceaccounts/token"),
    rule("get patch update", "core", "persistentvolumeclaims/status"),
    rule(READ, "storage.k8s.io", "csidrivers"),
    rule("create delete get patch update", "storage.k8s.io", "csinodes"),
    rule(READ, "node.k8s.io", "runtimeclasses"),
  ]),
  clusterRole("system:node-bootstrapper", [rule("create get list watch", "certificates.k8s.io", "certificatesigningrequests")]),
  clusterRole("system:node-problem-detector", [rule("get", "core", "nodes"), rule("patch", "core", "nodes/status"), EVENTS]),
  clusterRole("system:node-proxier", [
    rule("list watch", "core", "endpoints services"),
    rule(READ, "core", "nodes"),
    EVENTS,
    rule("list watch", "discovery.k8s.io", "endpointslices"),
  ]),
  clusterRole("system:persistent-volume-provisioner", [
    rule("create delete get list watch", "core", "persistentvolumes"),
    rule("get list update watch", "core", "persistentvolumeclaims"),
    rule(READ, "storage.k8s.io", "storageclasses"),
    rule("watch", "core", "events"),
    EVENTS,
  ]),
  clusterRole("system:public-info-viewer", [urls("/healthz /livez /readyz /version /version/")]),
  clusterRole("system:service-account-issuer-discovery", [urls("/.well-known/openid-configuration /openid/v1/jwks")]),
  clusterRole("system:volume-scheduler", [
    rule("get list patch update watch", "core", "persistentvolumes"),
    rule(READ, "storage.k8s.io", "storageclasses"),
    rule("get list patch update watch", "core", "persistentvolumeclaims"),
  ]),
  aggregate("view", "edit"),
]

const group = (name: string) => ({ apiGroup: RBAC, kind: "Group", name })
const user = (name: string) => ({ apiGroup: RBAC, kind: "User", name })

const binding = (name: string, subjects: readonly unknown[], role = name): DefaultObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name, labels: BOOTSTRAPPING as never, annotations: UPDATED as never },
  roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
  ...(subjects.length > 0 && { subjects }),
})

const AUTHENTICATED = group("system:authenticated")

const clusterRoleBindings = (): readonly DefaultObject[] => [
  binding("cluster-admin", [group("system:masters")]),
  binding("system:monitoring", [group("system:monitoring")]),
  binding("system:discovery", [AUTHENTICATED]),
  binding("system:basic-user", [AUTHENTICATED]),
  binding("system:public-info-viewer", [AUTHENTICATED, group("system:unauthenticated")]),
  binding("system:node-proxier", [user("system:kube-proxy")]),
  binding("system:kube-controller-manager", [user("system:kube-controller-manager")]),
  binding("system:kube-dns", [{ kind: "ServiceAccount", name: "kube-dns", namespace: "kube-system" }]),
  binding("system:kube-scheduler", [user("system:kube-scheduler")]),
  binding("system:volume-scheduler", [user("system:kube-scheduler")]),
  binding("system:service-account-issuer-discovery", [group("system:serviceaccounts")]),
  // Nodes have an authorizer of their own.
  binding("system:node", []),
]

let made: readonly DefaultObject[] | undefined

/** One list for all clusters of a process. */
export const defaultRoles = (): readonly DefaultObject[] => (made ??= [...clusterRoles(), ...clusterRoleBindings()])
