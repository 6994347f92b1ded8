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

/** Types of which unusual.yaml has objects, and whether they have namespaces. */
const UNUSUAL: readonly (readonly [type: string, names: readonly string[], namespaced?: boolean])[] = [
  ["namespaces", ["unusual"]],
  ["pods", ["everything", "states"], true],
  ["nodes", ["ghost"]],
  ["services", ["six", "ported"], true],
  ["endpoints", ["ported"], true],
  ["endpointslices", ["ported-x", "portless"], true],
  ["configmaps", ["odd"], true],
  ["secrets", ["odd", "sa", "pair"], true],
  ["serviceaccounts", ["rich"], true],
  ["persistentvolumes", "nfs block local iscsi rbd ceph gluster azure flex fc quobyte".split(" ").map((name) => `odd-${name}`)],
  ["persistentvolumeclaims", ["wants", "cloned"], true],
  ["replicationcontrollers", ["rc"], true],
  ["resourcequotas", ["scoped", "scopes"], true],
  ["limitranges", ["many"], true],
  ["podtemplates", ["tpl"], true],
  ["deployments", ["paused", "recreated"], true],
  ["replicasets", ["alone"], true],
  ["statefulsets", ["claims"], true],
  ["daemonsets", ["nowhere"], true],
  ["jobs", ["indexed"], true],
  ["cronjobs", ["zoned"], true],
  ["ingresses", ["rules"], true],
  ["ingressclasses", ["parametrised"]],
  ["networkpolicies", ["wide"], true],
  ["poddisruptionbudgets", ["percent"], true],
  ["horizontalpodautoscalers.v2.autoscaling", ["metrics"], true],
  ["horizontalpodautoscalers.v1.autoscaling", ["metrics"], true],
  ["storageclasses", ["full"]],
  ["csidrivers", ["full.example.com"]],
  ["csinodes", ["ghost"]],
  ["csistoragecapacities", ["cap"], true],
  ["volumeattributesclasses", ["gold"]],
  ["priorityclasses", ["odd"]],
  ["runtimeclasses", ["full"]],
  ["roles", ["rules"], true],
  ["clusterroles", ["unusual-rules", "unusual-urls"]],
  ["rolebindings", ["all-kinds"], true],
  ["clusterrolebindings", ["unusual-none"]],
  ["leases", ["full"], true],
  ["events", ["odd.1"], true],
  ["validatingadmissionpolicybindings", ["unusual-binding"]],
  ["prioritylevelconfigurations", ["unusual-queues"]],
  ["flowschemas", ["unusual-flow"]],
  ["apiservices", ["v1.none.example.com"]],
  ["servicecidrs", ["more"]],
  ["deviceclasses", ["gpu.example.com"]],
  ["resourceclaimtemplates", ["gpus"], true],
  ["resourceclaims", ["taken"], true],
  ["resourceslices", ["slice"]],
]

/** What describes and prints objects with fields that are seldom set. */
export const unusualLines = (): string[] => {
  const lines: string[] = []
  for (const [type, names, namespaced = false] of UNUSUAL) {
    const where = namespaced ? " -n unusual" : ""
    for (const name of names)
      lines.push(
        `kubectl describe ${type} ${name}${where}`,
        `kubectl get ${type} ${name}${where}`,
        `kubectl get ${type} ${name}${where} -o wide --show-labels`,
        `kubectl get ${type} ${name}${where} -o yaml`,
      )
    lines.push(
      `kubectl describe ${type} ${names[0]}${where} --show-events=false | head -8`,
      `kubectl get ${type} ${names[0]}${where} -o json | wc -c`,
      `kubectl get ${type} ${names[0]}${where} -o custom-columns=K:.kind,S:.spec,T:.status.phase`,
      `kubectl get ${type} ${names[0]}${where} -o go-template='{{.metadata.name}}: {{.spec}}{{"\\n"}}'`,
    )
  }
  return lines
}
