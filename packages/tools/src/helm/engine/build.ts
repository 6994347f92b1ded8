/** From a chart and values to a release's manifest, hooks and notes. As helm/pkg/action's renderResources. */
import { floatsIn, parseConstraint, parseVersion } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import { type Chart, definitionsOf, textOf, type Values } from "../chart/chart.ts"
import { ApiError, pathOf, versionOf } from "../../kube/client.ts"
import type { Context } from "../context.ts"
import { HelmError } from "../errors.ts"
import type { Hook } from "../release/release.ts"
import { type Capabilities, normalVersion } from "./capabilities.ts"
import { type Manifest, sortManifests } from "./manifests.ts"
import { render } from "./render.ts"

const LOOKUP_ROUNDS = 20

export interface Built {
  readonly manifest: string
  readonly manifests: readonly Manifest[]
  readonly hooks: Hook[]
  readonly notes: string
  /** Set when the templates' output is no YAML: it is then the manifest. */
  readonly fault?: HelmError
}

/** The cluster's version and types. */
export function* clusterCapabilities(context: Context): Steps<Capabilities> {
  const { gitVersion, major, minor } = yield* context.reach()
  const types = yield* context.client.types()
  return {
    version: gitVersion,
    major,
    minor,
    apis: [...new Set([...context.client.groupVersions, ...types.map((type) => `${versionOf(type)}/${type.kind}`)])],
  }
}

/** Objects that templates asked for: found between two runs, for templates do not wait. */
class Lookups {
  readonly #context: Context | undefined
  readonly #found = new Map<string, unknown>()
  readonly #wanted = new Map<string, [string, string, string, string]>()

  constructor(context: Context | undefined) {
    this.#context = context
  }

  readonly lookup = (apiVersion: string, kind: string, namespace: string, name: string): unknown => {
    const key = JSON.stringify([apiVersion, kind, namespace, name])
    if (this.#found.has(key)) return this.#found.get(key)
    if (this.#context) this.#wanted.set(key, [apiVersion, kind, namespace, name])
    return {}
  };

  /** Whether there is news. */
  *fetch(): Steps<boolean> {
    const context = this.#context
    if (!context || this.#wanted.size === 0) return false
    for (const [key, [apiVersion, kind, namespace, name]] of this.#wanted) {
      const type = yield* context.client.typeOf(apiVersion, kind)
      if (!type)
        throw new HelmError(
          `unable to get apiresource from unstructured: ${apiVersion}, Kind=${kind}: failed to retrieve API server resource`,
        )
      try {
        this.#found.set(key, floatsIn(yield* context.client.json("GET", pathOf(type, namespace || undefined, name || undefined))))
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 404) throw error
        this.#found.set(key, {})
      }
    }
    this.#wanted.clear()
    return true
  }
}

export interface BuildOptions {
  readonly capabilities: Capabilities
  /** The chart's own notes alone, or its subcharts' too. */
  readonly subNotes: boolean
  /** Templates may look at the cluster. */
  readonly remote: boolean
  readonly includeDefinitions?: boolean
  readonly hideSecrets?: boolean
}

/** Throws HelmError. */
export function* build(context: Context, chart: Chart, values: Values, options: BuildOptions): Steps<Built> {
  const { kubeVersion } = chart.metadata
  const { capabilities } = options
  if (kubeVersion) {
    const version = parseVersion(normalVersion(capabilities.version))
    if (!version || !parseConstraint(kubeVersion)?.(version))
      throw new HelmError(`chart requires kubeVersion: ${kubeVersion} which is incompatible with Kubernetes ${capabilities.version}`)
  }
  const lookups = new Lookups(options.remote ? context : undefined)
  const { process } = context
  let files = new Map<string, string>()
  for (let round = 0; round < LOOKUP_ROUNDS; round++) {
    let fault: unknown
    try {
      files = render(chart, values, { now: () => process.now(), random: () => process.random(), lookup: lookups.lookup })
    } catch (error) {
      fault = error
    }
    if (yield* lookups.fetch()) continue
    if (fault !== undefined) throw fault
    break
  }
  const notes: string[] = []
  for (const [path, text] of files) {
    if (!path.endsWith("NOTES.txt")) continue
    if (options.subNotes || path === `${chart.metadata.name}/templates/NOTES.txt`) notes.push(text)
    files.delete(path)
  }
  let sorted: ReturnType<typeof sortManifests>
  try {
    sorted = sortManifests(files)
  } catch (error) {
    const blob = [...files].filter(([, text]) => text.trim() !== "").map(([path, text]) => `---\n# Source: ${path}\n${text}\n`)
    return { manifest: blob.join(""), manifests: [], hooks: [], notes: "", fault: error as HelmError }
  }
  const definitions = options.includeDefinitions
    ? definitionsOf(chart).map(({ file, path }) => `---\n# Source: ${path}\n${textOf(file.data)}\n`)
    : []
  const manifests = sorted.manifests.map(({ name, content, head }) =>
    options.hideSecrets && head.kind === "Secret" && head.apiVersion === "v1"
      ? `---\n# Source: ${name}\n# HIDDEN: The Secret output has been suppressed\n`
      : `---\n# Source: ${name}\n${content}\n`,
  )
  return { manifest: [...definitions, ...manifests].join(""), manifests: sorted.manifests, hooks: sorted.hooks, notes: notes.join("\n") }
}
