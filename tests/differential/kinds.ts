/** Lines for every kind: its tables, its forms, its description, its explanation. */

/** Type and an object of it, with its namespace where that is not "default". */
const KINDS: readonly (readonly [type: string, name: string, namespace?: string])[] = [
  ["namespaces", "dev"],
  ["nodes", "node01"],
  ["pods", "single"],
  ["pods", "two", "dev"],
  ["pods", "huge"],
  ["pods", "finished"],
  ["pods", "needs-claim"],
  ["pods", "etcd-controlplane", "kube-system"],
  ["pods", "kube-apiserver-controlplane", "kube-system"],
  ["services", "web"],
  ["services", "outside"],
  ["services", "balanced"],
  ["services", "headless"],
  ["services", "alias"],
  ["endpoints", "web"],
  ["endpoints", "manual-endpoints"],
  ["endpointslices", "by-hand"],
  ["configmaps", "settings"],
  ["configmaps", "fixed", "dev"],
  ["secrets", "token"],
  ["secrets", "registry"],
  ["serviceaccounts", "builder"],
  ["serviceaccounts", "default", "kube-system"],
  ["replicationcontrollers", "old"],
  ["deployments", "web"],
  ["deployments", "coredns", "kube-system"],
  ["replicasets", "bare", "dev"],
  ["statefulsets", "db"],
  ["daemonsets", "agent", "dev"],
  ["daemonsets", "kube-proxy", "kube-system"],
  ["jobs", "once"],
  ["jobs", "idle"],
  ["cronjobs", "nightly"],
  ["cronjobs", "asleep"],
  ["podtemplates", "shape"],
  ["ingresses", "front"],
  ["ingressclasses", "nginx"],
  ["networkpolicies", "guarded"],
  ["networkpolicies", "deny-all", "dev"],
  ["poddisruptionbudgets", "web"],
  ["poddisruptionbudgets", "db"],
  ["horizontalpodautoscalers", "web"],
  ["persistentvolumes", "disk"],
  ["persistentvolumes", "remote"],
  ["persistentvolumes", "near"],
  ["persistentvolumes", "driven"],
  ["persistentvolumeclaims", "data"],
  ["persistentvolumeclaims", "pending"],
  ["storageclasses", "slow"],
  ["csidrivers", "csi.example.com"],
  ["csinodes", "node01-csi"],
  ["volumeattachments", "attached"],
  ["resourcequotas", "limits", "dev"],
  ["resourcequotas", "best", "empty"],
  ["limitranges", "bounds", "empty"],
  ["priorityclasses", "important"],
  ["roles", "reader", "dev"],
  ["rolebindings", "readers", "dev"],
  ["clusterroles", "watcher"],
  ["clusterrolebindings", "watchers"],
  ["customresourcedefinitions", "widgets.example.com"],
  ["widgets", "small"],
  ["widgets", "big", "dev"],
  ["certificatesigningrequests", "jane"],
  ["leases", "held", "dev"],
  ["validatingwebhookconfigurations", "checks"],
  ["mutatingwebhookconfigurations", "changes"],
  ["validatingadmissionpolicies", "named"],
  ["validatingadmissionpolicybindings", "named-everywhere"],
  ["runtimeclasses", "sandboxed"],
  ["flowschemas", "ours"],
  ["prioritylevelconfigurations", "global-default"],
  ["apiservices", "v1.apps"],
  ["servicecidrs", "kubernetes"],
  ["ipaddresses", "10.96.0.50"],
  ["events", "told.1", "dev"],
]

/** One kind each, in several forms. */
export const kindLines = (): string[] => {
  const lines: string[] = []
  const seen = new Set<string>()
  for (const [type, name, namespace] of KINDS) {
    const where = namespace ? ` -n ${namespace}` : ""
    lines.push(`kubectl describe ${type} ${name}${where}`, `kubectl get ${type} ${name}${where} -o yaml`)
    if (seen.has(type)) continue
    seen.add(type)
    lines.push(
      `kubectl get ${type} ${name}${where}`,
      `kubectl get ${type} -A -o wide`,
      `kubectl get ${type} ${name}${where} -o json --show-managed-fields`,
      `kubectl explain ${type}`,
    )
  }
  return lines
}
