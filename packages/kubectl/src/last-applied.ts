/** The annotation in which apply remembers what was applied. As kubectl/pkg/util/apply.go. */
import { goJson } from "@drydock/gotemplate"
import type { KubeObject } from "./api.ts"

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

/** The object as JSON without the annotation, as it is remembered. `built`: made here and not read, so its keys keep their order. */
export const lastAppliedText = (object: KubeObject, built = false): string => {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  if (built) return `${goJson(object, "", true)}\n`
  return `${goJson({ ...object, metadata: { ...object.metadata, annotations } })}\n`
}

export const withLastApplied = (object: KubeObject, built = false): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: lastAppliedText(object, built) } },
})
