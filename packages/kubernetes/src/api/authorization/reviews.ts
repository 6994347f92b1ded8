/** Reviews: questions to the API server that are answered and never stored. */
import type { KubernetesObject } from "../../apimachinery/object.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

const review = (group: "authorization.k8s.io" | "authentication.k8s.io", kind: string, namespaced = false) =>
  defineKind<KubernetesObject>({
    group,
    version: "v1",
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced,
    virtual: true,
    schema: () => schemaOf(`IoK8sApi${group === "authorization.k8s.io" ? "Authorization" : "Authentication"}V1${kind}`),
    columns: [],
  })

export const reviews = [
  review("authentication.k8s.io", "SelfSubjectReview"),
  review("authentication.k8s.io", "TokenReview"),
  review("authorization.k8s.io", "LocalSubjectAccessReview", true),
  review("authorization.k8s.io", "SelfSubjectAccessReview"),
  review("authorization.k8s.io", "SelfSubjectRulesReview"),
  review("authorization.k8s.io", "SubjectAccessReview"),
]
