/** What an autoscaler's column TARGETS says: each metric as it is and as it should be. As formatHPAMetrics in pkg/printers/internalversion/printers.go. */
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler"

type Spec = NonNullable<NonNullable<IHorizontalPodAutoscaler["spec"]>["metrics"]>[number]
type Status = NonNullable<NonNullable<IHorizontalPodAutoscaler["status"]>["currentMetrics"]>[number]
interface Amount {
  value?: unknown
  averageValue?: unknown
  averageUtilization?: number
}

/** Metrics that are shown; of others how many there are. */
const SHOWN = 2
const UNKNOWN = "<unknown>"

const text = (value: unknown): string => (value === undefined ? UNKNOWN : String(value))

const resourceCell = (name: string, target: Amount, current: Amount | undefined): string => {
  if (target.averageValue !== undefined) return `${name}: ${text(current?.averageValue)}/${target.averageValue}`
  const percent = (share: number | undefined, missing: string) => (share === undefined ? missing : `${share}%`)
  return `${name}: ${percent(current?.averageUtilization, UNKNOWN)}/${percent(target.averageUtilization, "<auto>")}`
}

const amountCell = (target: Amount, current: Amount | undefined): string =>
  target.averageValue === undefined
    ? `${text(current?.value)}/${target.value}`
    : `${text(current?.averageValue)}/${target.averageValue} (avg)`

const cell = (spec: Spec, status: Status | undefined): string => {
  const { resource, containerResource, pods, object, external } = spec
  if (resource) return resourceCell(resource.name, resource.target as Amount, status?.resource?.current as Amount | undefined)
  if (containerResource)
    return resourceCell(
      containerResource.name,
      containerResource.target as Amount,
      status?.containerResource?.current as Amount | undefined,
    )
  if (pods) return `${text((status?.pods?.current as Amount | undefined)?.averageValue)}/${(pods.target as Amount).averageValue}`
  if (object) return amountCell(object.target as Amount, status?.object?.current as Amount | undefined)
  return external ? amountCell(external.target as Amount, status?.external?.current as Amount | undefined) : "<unknown type>"
}

export const metricsCell = (specs: readonly Spec[], statuses: readonly Status[]): string => {
  if (specs.length === 0) return "<none>"
  const cells = specs.slice(0, SHOWN).map((spec, index) => cell(spec, statuses[index]))
  return `${cells.join(", ")}${specs.length > SHOWN ? ` + ${specs.length - SHOWN} more...` : ""}`
}
