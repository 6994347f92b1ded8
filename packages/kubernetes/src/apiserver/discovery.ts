/** Discovery: which groups, versions and resources there are. As k8s.io/apiserver/pkg/endpoints/discovery. */
import { sha256 } from "@noble/hashes/sha2.js"
import { encodeBase64 } from "../apimachinery/base64.ts"
import type { Kind } from "../api/define-kind.ts"
import type { KubernetesObject } from "../apimachinery/object.ts"
import type { ApiResponse } from "./contract.ts"

type AnyKind = Kind<KubernetesObject>

export const versions = (advertise: string) => ({
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: advertise }],
})

const groupsOf = (kinds: readonly AnyKind[]): string[] => [...new Set(kinds.map(({ group }) => group).filter(Boolean))]

const versionsOf = (kinds: readonly AnyKind[], group: string): string[] =>
  [...new Set(kinds.filter((kind) => kind.group === group).map(({ version }) => version))].sort((a, b) =>
    group === "autoscaling" ? (a < b ? 1 : -1) : 0,
  )

const apiGroup = (kinds: readonly AnyKind[], group: string) => {
  const of = versionsOf(kinds, group).map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: of, preferredVersion: of[0] }
}

export const groupList = (kinds: readonly AnyKind[]) => ({
  kind: "APIGroupList",
  apiVersion: "v1",
  groups: groupsOf(kinds).map((group) => apiGroup(kinds, group)),
})

export const groupOf = (kinds: readonly AnyKind[], group: string) => ({ kind: "APIGroup", apiVersion: "v1", ...apiGroup(kinds, group) })

const SUBRESOURCE_KINDS: Readonly<Record<string, { kind: string; group?: string; version?: string; verbs: readonly string[] }>> = {
  scale: { kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"] },
  binding: { kind: "Binding", verbs: ["create"] },
  eviction: { kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] },
  token: { kind: "TokenRequest", group: "authentication.k8s.io", version: "v1", verbs: ["create"] },
  attach: { kind: "PodAttachOptions", verbs: ["create", "get"] },
  exec: { kind: "PodExecOptions", verbs: ["create", "get"] },
  portforward: { kind: "PodPortForwardOptions", verbs: ["create", "get"] },
  proxy: { kind: "PodProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
  log: { kind: "Pod", verbs: ["get"] },
  finalize: { kind: "Namespace", verbs: ["update"] },
}

const subresource = (kind: AnyKind, name: string) => {
  if (name === "proxy") return { ...SUBRESOURCE_KINDS.proxy, kind: `${kind.kind}ProxyOptions`, group: undefined, version: undefined }
  const known = Object.hasOwn(SUBRESOURCE_KINDS, name) ? SUBRESOURCE_KINDS[name] : undefined
  return { kind: known?.kind ?? kind.kind, group: known?.group, version: known?.version, verbs: known?.verbs ?? ["get", "patch", "update"] }
}

const hashes = new Map<string, string>()

/** As discovery.StorageVersionHash: of group, version and kind as they are stored. */
const storageVersionHash = (kind: AnyKind): string => {
  const { group, version: served, kind: name, storageVersion: version = served } = kind.storedAs?.kind ?? kind
  // Upstream stores events as the core group's, and autoscalers as v2.
  const text = `${group}/${version}/${name}`
  let hash = hashes.get(text)
  if (!hash) {
    hash = encodeBase64(sha256(new TextEncoder().encode(text)).slice(0, 8))
    if (hashes.size > 500) hashes.clear()
    hashes.set(text, hash)
  }
  return hash
}

export const resourceList = (kinds: readonly AnyKind[], group: string, version: string) => ({
  kind: "APIResourceList",
  ...(group !== "" && { apiVersion: "v1" }),
  groupVersion: group ? `${group}/${version}` : version,
  resources: kinds
    .filter((kind) => kind.group === group && kind.version === version)
    .sort((a, b) => (a.plural < b.plural ? -1 : 1))
    .flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: kind.verbs,
        ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
        ...(kind.categories.length > 0 && { categories: kind.categories }),
        ...(!kind.virtual && !kind.computed && { storageVersionHash: storageVersionHash(kind) }),
      },
      ...[...kind.subresources].sort().map((name) => {
        const { kind: answered, group: other, version: otherVersion, verbs } = subresource(kind, name)
        return {
          name: `${kind.plural}/${name}`,
          singularName: "",
          namespaced: kind.namespaced,
          ...(other && { group: other, version: otherVersion }),
          kind: answered,
          verbs,
        }
      }),
    ]),
})

/** Built-in kinds leave out what is their own group and version. */
const responseKind = (kind: AnyKind, answered: { kind: string; group?: string | undefined; version?: string | undefined }) => ({
  group: answered.group ?? (kind.custom ? kind.group : ""),
  version: answered.version ?? (kind.custom ? kind.version : ""),
  kind: answered.kind,
})

export const aggregatedDiscovery = (kinds: readonly AnyKind[], which: "core" | "groups", version: "v2" | "v2beta1"): ApiResponse => {
  const items = (which === "core" ? [""] : groupsOf(kinds)).map((group) => ({
    metadata: { ...(group && { name: group }) },
    versions: versionsOf(kinds, group).map((one) => ({
      version: one,
      freshness: "Current",
      resources: kinds
        .filter((kind) => kind.group === group && kind.version === one)
        .sort((a, b) => (a.plural < b.plural ? -1 : 1))
        .map((kind) => ({
          resource: kind.plural,
          responseKind: responseKind(kind, { kind: kind.kind }),
          scope: kind.namespaced ? "Namespaced" : "Cluster",
          singularResource: kind.singular,
          verbs: kind.verbs,
          ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
          ...(kind.categories.length > 0 && { categories: kind.categories }),
          ...(kind.subresources.length > 0 && {
            subresources: [...kind.subresources].sort().map((name) => {
              const answered = subresource(kind, name)
              return {
                subresource: name,
                responseKind: responseKind(kind, answered),
                verbs: answered.verbs,
              }
            }),
          }),
        })),
    })),
  }))
  return {
    status: 200,
    headers: { "content-type": `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`, "cache-control": "public" },
    body: { kind: "APIGroupDiscoveryList", apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items },
  }
}
