/** "25%" or 3 of a total. As k8s.io/apimachinery/pkg/util/intstr GetScaledValueFromIntOrPercent. */
export const scaledValue = (value: unknown, total: number, up: boolean): number => {
  const text = String(value ?? 0)
  if (!text.endsWith("%")) return Number(text)
  const exact = (Number(text.slice(0, -1)) * total) / 100
  return up ? Math.ceil(exact) : Math.floor(exact)
}
