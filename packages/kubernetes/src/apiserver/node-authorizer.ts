/** The Node authorizer: a kubelet reads what the Pods on its node refer to, and nothing else of that kind. As plugin/pkg/auth/authorizer/node. */
import type { Pod } from "../api/index.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import { allows, type RoleSource } from "./authorization.ts"
import type { UserInfo } from "./contract.ts"
import type { RequestInfo } from "./request-info.ts"

export interface NodeGraph {
  /** Pods that are bound to a node. */
  podsOn(node: string): readonly Pod[]
  find(group: string, plural: string, namespace: string | undefined, name: string): AnyStored | undefined
  roles: RoleSource
}

/** The node that a user is the kubelet of. */
export const nodeOf = (user: UserInfo): string | undefined =>
  user.groups.includes("system:nodes") && user.name.startsWith("system:node:") ? user.name.slice("system:node:".length) : undefined

interface Source {
  secret?: { secretName?: string; name?: string }
  configMap?: { name?: string }
  persistentVolumeClaim?: { claimName?: string }
  projected?: { sources?: readonly Source[] }
}

/** Names of one kind that a Pod refers to. As pkg/api/v1/pod VisitPodSecretNames, VisitPodConfigmapNames. */
const namesIn = (pod: Pod, plural: "secrets" | "configmaps" | "persistentvolumeclaims"): ReadonlySet<string> => {
  const names = new Set<string>()
  const add = (name: string | undefined) => name !== undefined && names.add(name)
  const { spec } = pod
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    for (const { secretRef, configMapRef } of container.envFrom ?? []) add((plural === "secrets" ? secretRef : configMapRef)?.name)
    for (const { valueFrom } of container.env ?? [])
      add((plural === "secrets" ? valueFrom?.secretKeyRef : valueFrom?.configMapKeyRef)?.name)
  }
  if (plural === "secrets") for (const { name } of spec.imagePullSecrets ?? []) add(name)
  const look = ({ secret, configMap, persistentVolumeClaim, projected }: Source): void => {
    if (plural === "secrets") add(secret?.secretName ?? secret?.name)
    else if (plural === "configmaps") add(configMap?.name)
    else add(persistentVolumeClaim?.claimName)
    for (const source of projected?.sources ?? []) look(source)
  }
  for (const volume of (spec.volumes ?? []) as readonly Source[]) look(volume)
  return names
}

const REFERRED = new Set(["secrets", "configmaps", "persistentvolumeclaims"])

const refersTo = (graph: NodeGraph, node: string, info: RequestInfo, name: string, plural: string): boolean =>
  graph.podsOn(node).some((pod) => pod.metadata.namespace === info.namespace && namesIn(pod, plural as "secrets").has(name))

export const nodeAuthorized = (user: UserInfo, info: RequestInfo, graph: NodeGraph): boolean => {
  const node = nodeOf(user)
  if (node === undefined) return false
  if (info.isResource) {
    const { group, resource, subresource, verb, namespace, name } = info
    if (group === "" && REFERRED.has(resource)) {
      if (resource === "persistentvolumeclaims" && subresource === "status" && (verb === "update" || verb === "patch"))
        return refersTo(graph, node, info, name, resource)
      // Lists and watches are of one object: kubelets name it by a field selector, which the path does not show.
      return subresource === "" && ["get", "list", "watch"].includes(verb) && name !== "" && refersTo(graph, node, info, name, resource)
    }
    if (group === "" && resource === "persistentvolumes") {
      if (verb !== "get" || subresource !== "") return false
      const claim = (
        graph.find("", "persistentvolumes", undefined, name)?.spec as { claimRef?: { namespace?: string; name?: string } } | undefined
      )?.claimRef
      return (
        claim?.name !== undefined && refersTo(graph, node, { ...info, namespace: claim.namespace }, claim.name, "persistentvolumeclaims")
      )
    }
    if (group === "" && resource === "serviceaccounts" && subresource === "token")
      return (
        verb === "create" &&
        graph.podsOn(node).some((pod) => pod.metadata.namespace === namespace && (pod.spec.serviceAccountName ?? "default") === name)
      )
    if (group === "coordination.k8s.io" && resource === "leases")
      return (
        namespace === "kube-node-lease" &&
        (verb === "create" || (["get", "update", "patch", "delete"].includes(verb) && name === node)) &&
        subresource === ""
      )
    if (group === "storage.k8s.io" && resource === "csinodes")
      return verb === "create" || (["get", "update", "patch", "delete"].includes(verb) && name === node)
  }
  // The rest is as the role system:node has it, which is bound to nobody.
  return (graph.roles.clusterRole("system:node")?.rules ?? []).some((rule) => allows(rule, info))
}
