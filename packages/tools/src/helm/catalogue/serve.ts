/** What chart repositories answer: indexes, archives, and an OCI registry's little protocol. Made when first asked for. */
import { goYaml, sha256Hex } from "@drydock/gotemplate"
import type { Archives } from "../../archives.ts"
import type { PublishedChart, PublishedRepository } from "./published-chart.ts"
import { REPOSITORIES } from "./repositories.ts"

/** 2025-12-01: when everything was published. */
const PUBLISHED = Date.UTC(2025, 11, 1)
const STAMP = "2025-12-01T00:00:00Z"

const hosts = new Set(REPOSITORIES.flatMap(({ url, registry }) => [url.split("/")[2], ...(registry ? [registry.split("/")[0]] : [])]))

/** Whether a chart repository answers under this name. */
export const isChartHost = (name: string): boolean => hosts.has(name.replace(/\.$/, "").toLowerCase())

const metadata = ({ name, description, keywords }: PublishedChart, version: string, appVersion: string) => ({
  apiVersion: "v2",
  name,
  description,
  type: "application",
  version,
  appVersion,
  ...(keywords && { keywords: [...keywords] }),
})

const archive = (chart: PublishedChart, version: string, archives: Archives): Uint8Array | undefined => {
  const published = chart.versions.find(([one]) => one === version)
  if (!published) return undefined
  const [, appVersion] = published
  const encode = (text: string) => new TextEncoder().encode(text)
  const file = (path: string, text: string) => ({ name: `${chart.name}/${path}`, type: "file" as const, mode: 0o644, data: encode(text) })
  const files = Object.entries(chart.files).map(([path, text]) => file(path, text.replaceAll("<VERSION>", appVersion)))
  return archives.gzip(archives.pack([file("Chart.yaml", goYaml(metadata(chart, version, appVersion))), ...files], PUBLISHED))
}

const index = ({ charts }: PublishedRepository): string =>
  goYaml({
    apiVersion: "v1",
    entries: Object.fromEntries(
      charts.map((chart) => [
        chart.name,
        chart.versions.map(([version, appVersion]) => ({
          ...metadata(chart, version, appVersion),
          created: STAMP,
          digest: sha256Hex(`${chart.name}-${version}`),
          urls: [`${chart.name}-${version}.tgz`],
        })),
      ]),
    ),
    generated: STAMP,
  })

const inRegistry = ({ charts, registry }: PublishedRepository, path: string, archives: Archives): string | Uint8Array | undefined => {
  const inner = registry?.slice(registry.indexOf("/") + 1)
  const [, name, what, reference] = /^\/v2\/[^/]+\/([^/]+)\/(tags|manifests|blobs)\/(.+)$/.exec(path) ?? []
  const chart = charts.find((one) => one.name === name)
  if (!chart || !path.startsWith(`/v2/${inner}/`)) return undefined
  const digest = (version: string) => `sha256:${sha256Hex(`${chart.name}-${version}`)}`
  if (what === "tags") return JSON.stringify({ name: `${inner}/${name}`, tags: chart.versions.map(([version]) => version) })
  if (what === "manifests") {
    if (!chart.versions.some(([version]) => version === reference)) return undefined
    const layer = { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest: digest(reference) }
    return JSON.stringify({ schemaVersion: 2, digest: `sha256:${sha256Hex(`manifest ${chart.name}-${reference}`)}`, layers: [layer] })
  }
  const version = chart.versions.find(([one]) => digest(one) === reference)?.[0]
  return version === undefined ? undefined : archive(chart, version, archives)
}

/** What stands at a URL; undefined where there is nothing. */
export const chartFile = (url: string, archives: Archives): string | Uint8Array | undefined => {
  const [address] = url.split(/[?#]/)
  for (const repository of REPOSITORIES) {
    if (address.startsWith(`${repository.url}/`)) {
      const file = address.slice(repository.url.length + 1)
      if (file === "index.yaml") return index(repository)
      for (const chart of repository.charts) {
        const version = file.startsWith(`${chart.name}-`) && file.endsWith(".tgz") ? file.slice(chart.name.length + 1, -4) : undefined
        const found = version === undefined ? undefined : archive(chart, version, archives)
        if (found) return found
      }
      return undefined
    }
    const host = repository.registry?.split("/")[0]
    if (host && address.startsWith(`https://${host}/v2/`)) {
      const found = inRegistry(repository, address.slice(`https://${host}`.length), archives)
      if (found !== undefined) return found
    }
  }
  return undefined
}
