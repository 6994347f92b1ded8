/** A chart in memory. As helm/pkg/chart/v2. */
import { isMap } from "@drydock/gotemplate"

export interface ChartFile {
  readonly name: string
  readonly data: Uint8Array
}

export interface Dependency {
  name: string
  version?: string
  repository?: string
  condition?: string
  tags?: string[]
  enabled?: boolean
  "import-values"?: unknown[]
  alias?: string
}

export interface Metadata {
  name: string
  version: string
  apiVersion: string
  type?: string
  appVersion?: string
  description?: string
  kubeVersion?: string
  deprecated?: boolean
  icon?: string
  home?: string
  condition?: string
  tags?: string
  annotations?: Record<string, string>
  keywords?: string[]
  sources?: string[]
  maintainers?: ({ name?: string; email?: string; url?: string } | null)[]
  dependencies?: Dependency[]
}

/** A tree of values. */
export type Values = Record<string, unknown>

export interface Chart {
  metadata: Metadata
  lock: { generated?: string; digest?: string; dependencies?: Dependency[] } | undefined
  values: Values
  readonly templates: readonly ChartFile[]
  readonly files: readonly ChartFile[]
  /** Everything that was in its directory or archive. */
  readonly raw: readonly ChartFile[]
  readonly schema: Uint8Array | undefined
  dependencies: Chart[]
  parent: Chart | undefined
}

export const textOf = (data: Uint8Array): string => new TextDecoder().decode(data)
export const isTable = (value: unknown): value is Values => isMap(value)

/** "parent/charts/child" */
export const fullPath = (chart: Chart): string =>
  chart.parent ? `${fullPath(chart.parent)}/charts/${chart.metadata.name}` : chart.metadata.name

/** Files in crds/, its own and its dependencies'. */
export const definitionsOf = (chart: Chart): { file: ChartFile; path: string }[] => [
  ...chart.files
    .filter(({ name }) => name.startsWith("crds/") && /\.(yaml|yml|json)$/.test(name))
    .map((file) => ({ file, path: `${fullPath(chart)}/${file.name}` })),
  ...chart.dependencies.flatMap(definitionsOf),
]

/** A deep copy whose changes leave the chart as it was. */
export const adopt = (parent: Chart, children: readonly Chart[]): void => {
  parent.dependencies = [...children]
  for (const child of children) child.parent = parent
}
