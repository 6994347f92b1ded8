/** Kinds that custom resource definitions stand for, as controllers find them by discovery. */
import { kindsOf } from "../api/custom-resources/custom-kind.ts"
import type { CustomResourceDefinition } from "../api/index.ts"
import type { Kind } from "../api/define-kind.ts"
import type { KubernetesObject } from "../apimachinery/object.ts"

/** The preferred version of each definition that is served. */
export const customKinds = (definitions: readonly CustomResourceDefinition[]): readonly Kind<KubernetesObject>[] =>
  definitions
    .filter(({ status }) => (status?.conditions ?? []).some(({ type, status: holds }) => type === "Established" && holds === "True"))
    .flatMap((definition) => kindsOf(definition).slice(0, 1))
