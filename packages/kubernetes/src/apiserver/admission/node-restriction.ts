/** NodeRestriction: a kubelet changes its own Node and the Pods bound to it. As plugin/pkg/admission/noderestriction. */
import { deepEqual } from "../../apimachinery/frozen.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AdmissionPlugin, AdmissionRequest } from "../context.ts"
import { nodeOf } from "../node-authorizer.ts"

const KUBELET_LABELS = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/arch",
  "kubernetes.io/os",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.kubernetes.io/region",
  "failure-domain.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
])

/** Labels of Kubernetes' own domains that a kubelet may not set on its Node. */
const isForbiddenLabel = (label: string): boolean => {
  const [domain] = label.includes("/") ? label.split("/") : [""]
  const within = (of: string) => domain === of || domain.endsWith(`.${of}`)
  if (within("node-restriction.kubernetes.io")) return true
  if (!within("kubernetes.io") && !within("k8s.io")) return false
  return !KUBELET_LABELS.has(label) && !within("kubelet.kubernetes.io") && !within("node.kubernetes.io")
}

const labelsOf = (object: { metadata?: { labels?: unknown } } | undefined): Record<string, string> =>
  (object?.metadata?.labels ?? {}) as Record<string, string>

const nodes = ({ operation, kind, object, old, subresource }: AdmissionRequest, node: string): void => {
  const name = object.metadata.name ?? old?.metadata.name ?? ""
  const refuse = (why: string) => forbidden(kind, name, why)
  if (operation === "create" && subresource === "") {
    const wrong = Object.keys(labelsOf(object)).filter(isForbiddenLabel).sort()
    if (wrong.length > 0) throw refuse(`is not allowed to set the following labels: ${wrong.join(", ")}`)
  }
  if (name !== node) throw refuse(`node ${JSON.stringify(node)} is not allowed to modify node ${JSON.stringify(name)}`)
  if (operation !== "update" || !old || subresource !== "") return
  const [spec, before] = [object.spec as { taints?: unknown } | undefined, old.spec as { taints?: unknown } | undefined]
  if (!deepEqual(spec?.taints ?? [], before?.taints ?? [])) throw refuse(`node ${JSON.stringify(node)} is not allowed to modify taints`)
  const [labels, had] = [labelsOf(object), labelsOf(old)]
  const changed = [...new Set([...Object.keys(labels), ...Object.keys(had)])]
    .filter((label) => labels[label] !== had[label] && isForbiddenLabel(label))
    .sort()
  if (changed.length > 0) throw refuse(`is not allowed to modify labels: ${changed.join(", ")}`)
}

const pods = ({ operation, kind, object, old, subresource }: AdmissionRequest, node: string): void => {
  const name = object.metadata.name ?? old?.metadata.name ?? ""
  const who = `node ${JSON.stringify(node)}`
  const nodeName = ((operation === "create" ? object.spec : (old ?? object).spec) as { nodeName?: string } | undefined)?.nodeName ?? ""
  if (subresource === "" && operation === "create") {
    const annotations = (object.metadata.annotations ?? {}) as Record<string, string>
    if (annotations["kubernetes.io/config.mirror"] === undefined)
      throw forbidden(
        kind,
        name,
        `pod does not have ${JSON.stringify("kubernetes.io/config.mirror")} annotation, ${who} can only create mirror pods`,
      )
    if (nodeName !== node) throw forbidden(kind, name, `${who} can only create pods with spec.nodeName set to itself`)
    return
  }
  if (subresource === "" && operation === "delete") {
    if (nodeName !== node) throw forbidden(kind, name, `${who} can only delete pods with spec.nodeName set to itself`)
    return
  }
  if (subresource === "status" && nodeName !== node)
    throw forbidden(kind, name, `${who} can only update pod status for pods with spec.nodeName set to itself`)
}

export const nodeRestriction: AdmissionPlugin = {
  name: "NodeRestriction",
  validating: false,
  subresources: true,
  admit(request) {
    // Kubelets of this world are what they say; who comes with a kubelet's certificate has to show it.
    if (!request.external) return
    const node = nodeOf(request.user)
    if (node === undefined || request.kind.group !== "") return
    if (request.kind.plural === "nodes") nodes(request, node)
    else if (request.kind.plural === "pods") pods(request, node)
  },
}
