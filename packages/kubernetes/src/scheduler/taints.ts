/** Taints and tolerations. As k8s.io/component-helpers/scheduling/corev1/helpers.go. */
export interface Taint {
  key: string
  value?: string
  effect: string
}

export interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

const covers = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === "Exists") return true
  return toleration.key !== undefined && (toleration.value ?? "") === (taint.value ?? "")
}

export const tolerationFor = (tolerations: readonly Toleration[] | undefined, taint: Taint): Toleration | undefined =>
  (tolerations ?? []).find((toleration) => covers(toleration, taint))

export const tolerates = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerationFor(tolerations, taint) !== undefined
