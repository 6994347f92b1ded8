/** Names that stand in other objects follow their object's new name. As kustomize/api/internal/konfig/builtinpluginconsts/namereference.go. */
import { isObject, type Json } from "@drydock/kubernetes/apimachinery"
import type { Building } from "./resources.ts"

/** Field name → which kinds its `name` (or itself) refers to. */
const REFERENCES: Readonly<Record<string, { kinds: readonly string[]; member?: string }>> = {
  configMapRef: { kinds: ["ConfigMap"], member: "name" },
  configMapKeyRef: { kinds: ["ConfigMap"], member: "name" },
  configMap: { kinds: ["ConfigMap"], member: "name" },
  secretRef: { kinds: ["Secret"], member: "name" },
  secretKeyRef: { kinds: ["Secret"], member: "name" },
  secret: { kinds: ["Secret"], member: "secretName" },
  secretName: { kinds: ["Secret"] },
  imagePullSecrets: { kinds: ["Secret"], member: "name" },
  persistentVolumeClaim: { kinds: ["PersistentVolumeClaim"], member: "claimName" },
  serviceAccountName: { kinds: ["ServiceAccount"] },
  serviceName: { kinds: ["Service"] },
  service: { kinds: ["Service"], member: "name" },
  priorityClassName: { kinds: ["PriorityClass"] },
  storageClassName: { kinds: ["StorageClass"] },
  volumeName: { kinds: ["PersistentVolume"] },
  ingressClassName: { kinds: ["IngressClass"] },
}

/** `before`: what each object was called. */
export const renameReferences = (all: readonly Building[], before: ReadonlyMap<Building, string>): void => {
  const names = new Map<string, string>()
  for (const [one, old] of before) if (one.object.metadata.name !== old) names.set(`${one.object.kind}/${old}`, one.object.metadata.name)
  if (names.size === 0) return
  const renamed = (kinds: readonly string[], name: unknown): string | undefined => {
    for (const kind of kinds) {
      const found = names.get(`${kind}/${String(name)}`)
      if (found) return found
    }
    return undefined
  }
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item)
      return
    }
    if (!isObject(value)) return
    for (const [key, member] of Object.entries(value)) {
      const reference = Object.hasOwn(REFERENCES, key) ? REFERENCES[key] : undefined
      if (reference && !reference.member) value[key] = renamed(reference.kinds, member) ?? member
      else if (reference?.member)
        for (const target of Array.isArray(member) ? (member as Json[]) : [member as Json])
          if (isObject(target)) {
            const name = renamed(reference.kinds, target[reference.member])
            if (name) target[reference.member] = name
            // A projected secret has its name under "name".
            else if (key === "secret") target.name = renamed(reference.kinds, target.name) ?? target.name
            if (target.name === undefined) delete target.name
          }
      visit(member)
    }
    // Scale targets, role references and subjects name their kind beside the name.
    if (typeof value.kind === "string" && typeof value.name === "string") value.name = renamed([value.kind], value.name) ?? value.name
  }
  for (const { object } of all) for (const [key, member] of Object.entries(object)) if (key !== "metadata" && key !== "kind") visit(member)
}
