/** A chart as an archive. As helm/pkg/chart/v2/util/save.go. */
import { goYaml } from "@drydock/gotemplate"
import type { ArchiveEntry, Archives } from "../../archives.ts"
import type { Chart } from "./chart.ts"

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const entriesOf = (chart: Chart, prefix: string, at: number, archives: Archives): ArchiveEntry[] => {
  const base = `${prefix}${chart.metadata.name}`
  const file = (name: string, data: Uint8Array): ArchiveEntry => ({ name: `${base}/${name}`, type: "file", mode: 0o644, data })
  const raw = (name: string) => chart.raw.find((one) => one.name === name)?.data
  const values = raw("values.yaml")
  return [
    file("Chart.yaml", encode(goYaml(chart.metadata))),
    ...(chart.metadata.apiVersion === "v2" && chart.lock ? [file("Chart.lock", encode(goYaml(chart.lock)))] : []),
    ...(values ? [file("values.yaml", values)] : []),
    ...(chart.schema ? [file("values.schema.json", chart.schema)] : []),
    ...chart.templates.map(({ name, data }) => file(name, data)),
    ...chart.files.map(({ name, data }) => file(name, data)),
    ...chart.dependencies.flatMap((child) => entriesOf(child, `${base}/charts/`, at, archives)),
  ]
}

/** The bytes of its .tgz; `at`: ms since the epoch. */
export const packChart = (chart: Chart, at: number, archives: Archives): Uint8Array =>
  archives.gzip(archives.pack(entriesOf(chart, "", at, archives), at))

export const archiveName = ({ metadata }: Chart): string => `${metadata.name}-${metadata.version}.tgz`
