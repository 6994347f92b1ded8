/** A chart as its repository publishes it. */

export interface PublishedChart {
  readonly name: string
  readonly description: string
  /** Newest first: [chart, application]. */
  readonly versions: readonly (readonly [version: string, appVersion: string])[]
  readonly keywords?: readonly string[]
  /** Texts by path, without Chart.yaml; <VERSION> is the application's. */
  readonly files: Readonly<Record<string, string>>
}

export interface PublishedRepository {
  /** Where index.yaml is, without it. */
  readonly url: string
  /** Where the same charts are as an OCI registry: "registry-1.docker.io/bitnamicharts". */
  readonly registry?: string
  readonly charts: readonly PublishedChart[]
}
