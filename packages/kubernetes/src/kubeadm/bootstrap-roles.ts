/** Roles and bindings of a new cluster. As plugin/pkg/auth/authorizer/rbac/bootstrappolicy; controllers' own roles (system:controller:…) are left out. */
import type { BootstrapObject } from "./bootstrap-object.ts"

const RBAC = "rbac.authorization.k8s.io"
const API = `${RBAC}/v1`
const META = {
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
  annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
} as const

interface Rule {
  apiGroups?: string[]
  nonResourceURLs?: string[]
  resources?: string[]
  resourceNames?: string[]
  verbs: string[]
}

const READ = "get list watch"
const WRITE = "create delete deletecollection patch update"
const ALL = `create delete deletecollection ${READ} patch update`

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean).sort()

/** "verbs | groups | resources | names"; "core" is the core group, resources that begin with "/" are paths. */
const rule = (text: string): Rule => {
  const [verbs, groups, resources = "", names = ""] = text.split("|").map((part) => part.trim())
  if (groups.startsWith("/") || groups === "**") return { nonResourceURLs: groups === "**" ? ["*"] : words(groups), verbs: words(verbs) }
  return {
    apiGroups: words(groups)
      .map((group) => (group === "core" ? "" : group))
      .sort(),
    ...(names && { resourceNames: words(names) }),
    resources: words(resources),
    verbs: words(verbs),
  }
}

const EVENTS = "create patch update | core events.k8s.io | events"

/** What each role that others are made of holds: system:aggregate-to-… */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  admin: ["create | authorization.k8s.io | localsubjectaccessreviews", `${ALL} | ${RBAC} | roles rolebindings`],
  edit: [
    `${READ} | core | pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy`,
    "impersonate | core | serviceaccounts",
    `${WRITE} | core | pods pods/attach pods/proxy pods/exec pods/portforward`,
    "create | core | pods/eviction",
    `${WRITE} | core | replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy persistentvolumeclaims configmaps secrets events`,
    "create | core | serviceaccounts/token",
    `${WRITE} | apps | statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback replicasets replicasets/scale`,
    `${WRITE} | autoscaling | horizontalpodautoscalers`,
    `${WRITE} | batch | jobs cronjobs`,
    `${WRITE} | extensions | daemonsets deployments deployments/scale deployments/rollback ingresses replicasets replicasets/scale replicationcontrollers/scale networkpolicies`,
    `${WRITE} | policy | poddisruptionbudgets`,
    `${WRITE} | networking.k8s.io | networkpolicies ingresses`,
    `${ALL} | coordination.k8s.io | leases`,
    `${WRITE} | events.k8s.io | events`,
    `${WRITE} | resource.k8s.io | resourceclaims resourceclaimtemplates`,
  ],
  view: [
    `${READ} | core | pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps`,
    `${READ} | core | limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status replicationcontrollers/status pods/log`,
    `${READ} | core | namespaces`,
    `${READ} | discovery.k8s.io | endpointslices`,
    `${READ} | apps | controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets daemonsets/status deployments deployments/status deployments/scale replicasets replicasets/status replicasets/scale`,
    `${READ} | autoscaling | horizontalpodautoscalers horizontalpodautoscalers/status`,
    `${READ} | batch | jobs cronjobs cronjobs/status jobs/status`,
    `${READ} | extensions | daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies`,
    `${READ} | policy | poddisruptionbudgets poddisruptionbudgets/status`,
    `${READ} | networking.k8s.io | networkpolicies ingresses ingresses/status`,
    `${READ} | events.k8s.io | events`,
    `${READ} | resource.k8s.io | resourceclaims resourceclaims/status resourceclaimtemplates`,
  ],
}

const OPEN = "/healthz /livez /readyz /version /version/"

const ROLES: Readonly<Record<string, readonly string[]>> = {
  "cluster-admin": ["* | * | *", "* | **"],
  "system:auth-delegator": ["create | authentication.k8s.io | tokenreviews", "create | authorization.k8s.io | subjectaccessreviews"],
  "system:basic-user": [
    "create | authorization.k8s.io | selfsubjectaccessreviews selfsubjectrulesreviews",
    "create | authentication.k8s.io | selfsubjectreviews",
  ],
  "system:certificates.k8s.io:certificatesigningrequests:nodeclient": [
    "create | certificates.k8s.io | certificatesigningrequests/nodeclient",
  ],
  "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient": [
    "create | certificates.k8s.io | certificatesigningrequests/selfnodeclient",
  ],
  "system:certificates.k8s.io:kube-apiserver-client-approver": [
    "approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client",
  ],
  "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver": [
    "approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client-kubelet",
  ],
  "system:certificates.k8s.io:kubelet-serving-approver": ["approve | certificates.k8s.io | signers | kubernetes.io/kubelet-serving"],
  "system:certificates.k8s.io:legacy-unknown-approver": ["approve | certificates.k8s.io | signers | kubernetes.io/legacy-unknown"],
  "system:discovery": [`get | /api /api/* /apis /apis/* /openapi /openapi/* ${OPEN}`],
  "system:kube-aggregator": [`${READ} | core | services endpoints`],
  "system:kube-controller-manager": [
    EVENTS,
    "create | coordination.k8s.io | leases",
    "get update | coordination.k8s.io | leases | kube-controller-manager",
    "create | core | secrets serviceaccounts",
    "delete | core | secrets",
    "get | core | namespaces secrets serviceaccounts configmaps",
    "update | core | secrets serviceaccounts",
    "create | authentication.k8s.io | tokenreviews",
    "create | authorization.k8s.io | subjectaccessreviews",
    "list watch | * | *",
    "create | core | serviceaccounts/token",
  ],
  "system:kube-dns": ["list watch | core | endpoints services"],
  "system:kube-scheduler": [
    EVENTS,
    "create | coordination.k8s.io | leases",
    `get list update watch | coordination.k8s.io | leases`,
    "get update | coordination.k8s.io | leases | kube-scheduler",
    `${READ} | core | nodes`,
    `delete ${READ} | core | pods`,
    "create | core | bindings pods/binding",
    "patch update | core | pods/status",
    `${READ} | core | replicationcontrollers services`,
    `${READ} | apps extensions | replicasets`,
    `${READ} | apps | statefulsets`,
    `${READ} | policy | poddisruptionbudgets`,
    `${READ} | core | persistentvolumeclaims persistentvolumes`,
    "create | authentication.k8s.io | tokenreviews",
    "create | authorization.k8s.io | subjectaccessreviews",
    `${READ} | storage.k8s.io | csinodes`,
    `${READ} | core | namespaces`,
    `${READ} | storage.k8s.io | csidrivers`,
    `${READ} | storage.k8s.io | csistoragecapacities`,
    `${READ} | resource.k8s.io | deviceclasses resourceslices`,
    `${READ} patch update | resource.k8s.io | resourceclaims`,
    "patch update | resource.k8s.io | resourceclaims/status",
    "patch update | core | pods/finalizers",
  ],
  "system:kubelet-api-admin": [
    `${READ} | core | nodes`,
    "proxy | core | nodes",
    "* | core | nodes/log nodes/metrics nodes/proxy nodes/stats nodes/configz nodes/healthz nodes/pods",
  ],
  "system:monitoring": [`get | /metrics /metrics/slis /livez /livez/* /readyz /readyz/* /healthz /healthz/*`],
  "system:node": [
    "create | authentication.k8s.io | tokenreviews",
    "create | authorization.k8s.io | localsubjectaccessreviews subjectaccessreviews",
    `${READ} | core | services`,
    `create ${READ} | core | nodes`,
    "patch update | core | nodes/status",
    "patch update | core | nodes",
    "create patch update | core | events",
    `${READ} | core | pods`,
    "create delete | core | pods",
    "patch update | core | pods/status",
    "create | core | pods/eviction",
    `${READ} | core | configmaps secrets`,
    "get | core | persistentvolumeclaims persistentvolumes",
    "get | core | endpoints",
    `create ${READ} | certificates.k8s.io | certificatesigningrequests`,
    "create delete get patch update | coordination.k8s.io | leases",
    "get | storage.k8s.io | volumeattachments",
    "create | core | serviceaccounts/token",
    "get patch update | core | persistentvolumeclaims/status",
    `${READ} | storage.k8s.io | csidrivers`,
    "create delete get patch update | storage.k8s.io | csinodes",
    `${READ} | node.k8s.io | runtimeclasses`,
    "get | resource.k8s.io | resourceclaims",
    `create delete deletecollection ${READ} patch update | resource.k8s.io | resourceslices`,
  ],
  "system:node-bootstrapper": [`create ${READ} | certificates.k8s.io | certificatesigningrequests`],
  "system:node-problem-detector": ["get | core | nodes", "patch | core | nodes/status", EVENTS],
  "system:node-proxier": [
    "list watch | core | endpoints services",
    `${READ} | core | nodes`,
    EVENTS,
    "list watch | discovery.k8s.io | endpointslices",
    "list watch | networking.k8s.io | servicecidrs",
  ],
  "system:persistent-volume-provisioner": [
    `create delete ${READ} | core | persistentvolumes`,
    `${READ} update | core | persistentvolumeclaims`,
    `${READ} | storage.k8s.io | storageclasses`,
    "watch | core | events",
    EVENTS,
  ],
  "system:public-info-viewer": [`get | ${OPEN}`],
  "system:service-account-issuer-discovery": [
    "get | /.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/",
  ],
  "system:volume-scheduler": [
    `${READ} patch update | core | persistentvolumes`,
    `${READ} | storage.k8s.io | storageclasses`,
    `${READ} patch update | core | persistentvolumeclaims`,
  ],
}

const aggregate = (to: string) => ({ [`${RBAC}/aggregate-to-${to}`]: "true" })

const clusterRole = (name: string, rules: readonly string[], more: { labels?: object; selects?: string } = {}): BootstrapObject => ({
  apiVersion: API,
  kind: "ClusterRole",
  metadata: { name, annotations: META.annotations as never, labels: { ...META.labels, ...more.labels } as never },
  ...(more.selects && { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregate(more.selects) }] } }),
  rules: rules.map(rule),
})

/** Made for each cluster anew: what a store is given it freezes and keeps. */
const roles = (): readonly BootstrapObject[] => [
  ...Object.entries(ROLES).map(([name, rules]) => clusterRole(name, rules)),
  ...Object.entries(PARTS).map(([name, rules]) => clusterRole(`system:aggregate-to-${name}`, rules, { labels: aggregate(name) })),
  // Put together as the aggregation controller does, in the order of the roles' names.
  clusterRole("view", PARTS.view, { labels: aggregate("edit"), selects: "view" }),
  clusterRole("edit", [...PARTS.edit, ...PARTS.view], { labels: aggregate("admin"), selects: "edit" }),
  clusterRole("admin", [...PARTS.edit, ...PARTS.view, ...PARTS.admin], { selects: "admin" }),
]

const group = (name: string) => ({ apiGroup: RBAC, kind: "Group", name })
const user = (name: string) => ({ apiGroup: RBAC, kind: "User", name })

const clusterRoleBinding = (name: string, role: string, subjects: readonly unknown[], own = true): BootstrapObject => ({
  apiVersion: API,
  kind: "ClusterRoleBinding",
  metadata: { name, ...(own && (META as never as object)) },
  roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
  subjects,
})

const bindings = (): readonly BootstrapObject[] => [
  clusterRoleBinding("cluster-admin", "cluster-admin", [group("system:masters")]),
  clusterRoleBinding("system:basic-user", "system:basic-user", [group("system:authenticated")]),
  clusterRoleBinding("system:discovery", "system:discovery", [group("system:authenticated")]),
  clusterRoleBinding("system:kube-controller-manager", "system:kube-controller-manager", [user("system:kube-controller-manager")]),
  clusterRoleBinding("system:kube-dns", "system:kube-dns", [{ kind: "ServiceAccount", name: "kube-dns", namespace: "kube-system" }]),
  clusterRoleBinding("system:kube-scheduler", "system:kube-scheduler", [user("system:kube-scheduler")]),
  clusterRoleBinding("system:monitoring", "system:monitoring", [group("system:monitoring")]),
  // Nodes are authorized by the Node authorizer; the binding is there without a subject.
  clusterRoleBinding("system:node", "system:node", []),
  clusterRoleBinding("system:node-proxier", "system:node-proxier", [user("system:kube-proxy")]),
  clusterRoleBinding("system:public-info-viewer", "system:public-info-viewer", [
    group("system:authenticated"),
    group("system:unauthenticated"),
  ]),
  clusterRoleBinding("system:service-account-issuer-discovery", "system:service-account-issuer-discovery", [
    group("system:serviceaccounts"),
  ]),
  clusterRoleBinding("system:volume-scheduler", "system:volume-scheduler", [user("system:kube-scheduler")]),
  // kubeadm's own.
  clusterRoleBinding("kubeadm:cluster-admins", "cluster-admin", [group("kubeadm:cluster-admins")], false),
]

export const bootstrapRoles = (): readonly BootstrapObject[] => [...roles(), ...bindings()]
