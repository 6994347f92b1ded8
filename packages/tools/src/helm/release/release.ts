/** A release as it is stored. As helm/pkg/release/v1; times are RFC 3339 texts. */
import { ANSIC, floatsIn, formatTime, GO_TIME, goJson } from "@drydock/gotemplate"
import { decodeBase64, encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { Archives } from "../../archives.ts"
import type { Chart, ChartFile, Metadata, Values } from "../chart/chart.ts"

export type Status =
  | "unknown"
  | "deployed"
  | "uninstalled"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback"

export interface Hook {
  name: string
  kind: string
  path: string
  manifest: string
  events: string[]
  weight: number
  deletePolicies: string[]
  logPolicies: string[]
  /** Times are ms since the epoch. */
  lastRun?: { startedAt?: number; completedAt?: number; phase: string }
}

export interface Release {
  name: string
  namespace: string
  version: number
  manifest: string
  hooks: Hook[]
  config: Values
  chart: Chart
  labels: Record<string, string>
  applyMethod: "ssa" | "csa"
  info: {
    /** ms since the epoch. */
    firstDeployed: number
    lastDeployed: number
    deleted?: number
    description: string
    status: Status
    notes: string
  }
}

/** RFC3339Nano. */
export const stamp = (at: number): string => formatTime("2006-01-02T15:04:05.999999999Z07:00", at)
export const ansiTime = (at: number): string => formatTime(ANSIC, at)
export const goTimeText = (at: number): string => formatTime(GO_TIME, at)

const fileJson = ({ name, data }: ChartFile) => ({ name, data: encodeBase64(data) })
const fileOf = ({ name, data }: { name: string; data?: string }): ChartFile => ({
  name,
  data: decodeBase64(data ?? "") ?? new Uint8Array(),
})

const hookJson = ({ deletePolicies, logPolicies, lastRun, weight, ...hook }: Hook) => ({
  ...hook,
  last_run: {
    ...(lastRun?.startedAt !== undefined && { started_at: stamp(lastRun.startedAt) }),
    ...(lastRun?.completedAt !== undefined && { completed_at: stamp(lastRun.completedAt) }),
    phase: lastRun?.phase ?? "",
  },
  ...(weight !== 0 && { weight }),
  ...(deletePolicies.length > 0 && { delete_policies: deletePolicies }),
  ...(logPolicies.length > 0 && { output_log_policies: logPolicies }),
})

/** The stored form; without its chart, as status prints it. */
export const releaseJson = (release: Release, { withChart = true } = {}) => ({
  name: release.name,
  info: {
    first_deployed: stamp(release.info.firstDeployed),
    last_deployed: stamp(release.info.lastDeployed),
    ...(release.info.deleted !== undefined && { deleted: stamp(release.info.deleted) }),
    description: release.info.description,
    status: release.info.status,
    ...(release.info.notes && { notes: release.info.notes }),
  },
  ...(withChart && {
    chart: {
      metadata: release.chart.metadata,
      lock: release.chart.lock ?? null,
      templates: release.chart.templates.map(fileJson),
      values: release.chart.values,
      schema: release.chart.schema ? encodeBase64(release.chart.schema) : null,
      schemamodtime: "0001-01-01T00:00:00Z",
      files: release.chart.files.map(fileJson),
    },
  }),
  ...(Object.keys(release.config).length > 0 && { config: release.config }),
  manifest: release.manifest,
  ...(release.hooks.length > 0 && { hooks: release.hooks.map(hookJson) }),
  version: release.version,
  namespace: release.namespace,
  apply_method: release.applyMethod,
})

interface StoredFile {
  name: string
  data?: string
}

interface Stored {
  name: string
  namespace?: string
  version: number
  manifest?: string
  config?: Values
  apply_method?: "ssa" | "csa"
  hooks?: {
    name?: string
    kind?: string
    path?: string
    manifest?: string
    events?: string[]
    weight?: number
    delete_policies?: string[]
    output_log_policies?: string[]
    last_run?: { started_at?: string; completed_at?: string; phase?: string }
  }[]
  info: { first_deployed?: string; last_deployed?: string; deleted?: string; description?: string; status: Status; notes?: string }
  chart: {
    metadata: Metadata
    lock?: Chart["lock"] | null
    templates?: StoredFile[] | null
    values?: Values | null
    schema?: string | null
    files?: StoredFile[] | null
  }
}

const instant = (text: string | undefined): number | undefined => {
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) || at < 0 ? undefined : at
}

export const encodeRelease = (release: Release, archives: Archives): string =>
  encodeBase64(archives.gzip(new TextEncoder().encode(goJson(releaseJson(release)))))

/** Throws Error when it is no release. */
export const decodeRelease = (text: string, labels: Record<string, string>, archives: Archives): Release => {
  const bytes = decodeBase64(text)
  if (!bytes) throw new Error("illegal base64 data at input byte 0")
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? archives.gunzip(bytes) : bytes
  const stored = JSON.parse(new TextDecoder().decode(plain)) as Stored
  const files = (list: StoredFile[] | null | undefined) => (list ?? []).map(fileOf)
  return {
    name: stored.name,
    namespace: stored.namespace ?? "",
    version: stored.version,
    manifest: stored.manifest ?? "",
    config: floatsIn(stored.config ?? {}) as Values,
    labels,
    applyMethod: stored.apply_method ?? "csa",
    hooks: (stored.hooks ?? []).map((hook) => ({
      name: hook.name ?? "",
      kind: hook.kind ?? "",
      path: hook.path ?? "",
      manifest: hook.manifest ?? "",
      events: hook.events ?? [],
      weight: hook.weight ?? 0,
      deletePolicies: hook.delete_policies ?? [],
      logPolicies: hook.output_log_policies ?? [],
      ...(hook.last_run?.phase && {
        lastRun: {
          startedAt: instant(hook.last_run.started_at),
          completedAt: instant(hook.last_run.completed_at),
          phase: hook.last_run.phase,
        },
      }),
    })) as Hook[],
    info: {
      firstDeployed: instant(stored.info.first_deployed) ?? 0,
      lastDeployed: instant(stored.info.last_deployed) ?? 0,
      deleted: instant(stored.info.deleted),
      description: stored.info.description ?? "",
      status: stored.info.status,
      notes: stored.info.notes ?? "",
    } as Release["info"],
    chart: {
      metadata: stored.chart.metadata,
      lock: stored.chart.lock ?? undefined,
      values: floatsIn(stored.chart.values ?? {}) as Values,
      templates: files(stored.chart.templates),
      files: files(stored.chart.files),
      raw: [],
      schema: stored.chart.schema ? decodeBase64(stored.chart.schema) : undefined,
      dependencies: [],
      parent: undefined,
    },
  }
}

export const chartLabel = ({ metadata }: Chart): string => `${metadata.name}-${metadata.version}`
