/** The annotation in which apply remembers what was applied. As kubectl/pkg/util/apply.go. */
import { goJson } from "@drydock/gotemplate"
import type { KubeObject } from "./api.ts"

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

/** The object as JSON without the annotation, as it is remembered. */
export const lastAppliedText = (object: KubeObject): string => {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  return `${goJson({ ...object, metadata: { ...object.metadata, annotations } })}\n`
}

export const withLastApplied = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: lastAppliedText(object) } },
})
