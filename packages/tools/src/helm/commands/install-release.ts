/** Installing, for install, template and upgrade --install. As helm/pkg/action/install.go and pkg/cmd/install.go. */
import { goYaml, sprig, TemplateError, TemplateSet } from "@drydock/gotemplate"
import type { Steps } from "@drydock/machine"
import { ApiError } from "../../kube/client.ts"
import { type Chart, definitionsOf, textOf, type Values } from "../chart/chart.ts"
import { missingDependencies, processDependencies } from "../chart/dependencies.ts"
import { runHooks } from "../cluster/hooks.ts"
import { buildResources, createResources, existing, own, type Resource, updateResources } from "../cluster/resources.ts"
import { waitReady } from "../cluster/waiting.ts"
import type { Context } from "../context.ts"
import { type BuildOptions, type Built, build, clusterCapabilities } from "../engine/build.ts"
import { type Capabilities, clientCapabilities } from "../engine/capabilities.ts"
import { renderValues } from "../engine/render.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { baseName } from "../paths.ts"
import type { Release } from "../release/release.ts"
import { checkReleaseName, isSystemLabel, Storage, SYSTEM_LABELS } from "../release/storage.ts"
import { locateChart } from "../repositories/locate.ts"
import { updateDependencies } from "../repositories/manager.ts"
import { uninstallRelease } from "./uninstall-release.ts"
import { userValues } from "./values.ts"

export type DryRun = "none" | "client" | "server"

export const TIMEOUT = 300_000

/** What --dry-run means, old forms included. Throws HelmError. */
export function* dryRunOf(context: Context, template = false): Steps<DryRun> {
  const value = context.flags.text("dry-run", template ? "client" : "none")
  if (value === "unset") {
    yield* context.log("WARN", "--dry-run is deprecated and should be replaced with '--dry-run=client'")
    return "client"
  }
  const wrong = (values: string): never => {
    throw new HelmError(`invalid dry-run value (${JSON.stringify(value)}). Must be ${values}`)
  }
  if (value === "client" || value === "server") return value
  if (value === "none" && !template) return value
  const yes = /^(1|t|T|true|TRUE|True)$/.test(value)
  if (!yes && !/^(0|f|F|false|FALSE|False)$/.test(value)) wrong('"none", "server", or "client"')
  if (template && !yes) wrong('"server" or "client"')
  yield* context.log(
    "WARN",
    `boolean '--dry-run=${value}' flag is deprecated and must be replaced with '--dry-run=${yes ? "client" : "none"}'`,
  )
  return yes ? "client" : "none"
}

/** --wait, and what --atomic makes of it. */
export const waitOf = ({ flags }: Context): "watcher" | "hookOnly" => {
  const value = flags.text("wait", "hookOnly")
  if (value === "hookOnly" || value === "false") return rollsBack(flags) ? "watcher" : "hookOnly"
  return "watcher"
}

export const rollsBack = (flags: Context["flags"]): boolean => flags.on("rollback-on-failure") || flags.on("atomic")

/** The release's name and the chart's, from the words. Throws HelmError. */
export const nameAndChart = (context: Context, given?: string): [string, string] => {
  const { flags, words, process } = context
  const template = flags.text("name-template")
  if (words.length > 2) throw new HelmError(`expected at most two arguments, unexpected arguments: ${words.slice(2).join(", ")}`)
  if (words.length === 2) {
    if (flags.on("generate-name")) throw new HelmError("cannot set --generate-name and also specify a name")
    if (template) throw new HelmError("cannot set --name-template and also specify a name")
    return [words[0], words[1]]
  }
  if (template) {
    const set = new TemplateSet(sprig({ now: () => process.now(), random: () => process.random() }))
    try {
      return [set.parse("name-template", template).execute("name-template", null), words[0]]
    } catch (error) {
      if (error instanceof TemplateError) throw new HelmError(error.message)
      throw error
    }
  }
  if (given) return [given, words[0]]
  if (!flags.on("generate-name")) throw new HelmError("must either provide a name or specify --generate-name")
  const base = baseName(words[0]).split(".")[0] || "chart"
  return [`${base}-${Math.floor(process.now() / 1_000)}`, words[0]]
}

export interface InstallOptions {
  readonly name: string
  readonly reference: string
  readonly dryRun: DryRun
  /** A name whose releases are gone may be used again. */
  readonly replace: boolean
  readonly serverSide: boolean
  /** Of template: which cluster is assumed. */
  readonly kubeVersion?: string
  readonly apiVersions?: readonly string[]
  readonly includeDefinitions?: boolean
  readonly isUpgrade?: boolean
}

/** A release and what went wrong after it was begun. */
export interface Outcome {
  readonly release: Release
  readonly fault?: Error
}

/** The chart with its dependencies at hand. Throws HelmError. */
export function* chartFor(context: Context, reference: string): Steps<Chart> {
  const located = yield* locateChart(context, reference)
  let { chart } = located
  const missing = missingDependencies(chart)
  if (missing.length > 0) {
    if (!context.flags.on("dependency-update") || !located.path)
      throw new HelmError(
        `an error occurred while checking for chart dependencies. You may need to run \`helm dependency build\` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(", ")}`,
      )
    yield* updateDependencies(context, located.path)
    chart = (yield* locateChart(context, reference)).chart
  }
  if (chart.metadata.deprecated) yield* context.log("WARN", "this chart is deprecated")
  return chart
}

function* installDefinitions(context: Context, chart: Chart, serverSide: boolean): Steps<void> {
  const made: Resource[] = []
  for (const { file } of definitionsOf(chart)) {
    let resources: Resource[]
    try {
      resources = yield* buildResources(context.client, textOf(file.data), context.namespace)
    } catch (error) {
      throw new HelmError(`failed to install CRD ${file.name}: ${reasonOf(error)}`)
    }
    for (const resource of resources) {
      const there = yield* existing(context.client, [resource], "", "", true)
      if (there.length > 0) continue
      yield* createResources(context.client, [resource], { serverSide })
      made.push(resource)
    }
  }
  if (made.length === 0) return
  yield* waitReady(context.client, made, 60_000, false)
  yield* context.client.types(true)
}

function* failed(message: string, cause: unknown, context: Context): Steps<never> {
  yield* context.log("ERROR", message, { error: reasonOf(cause) })
  throw new HelmError(`${message}: ${reasonOf(cause)}`)
}

/** Throws HelmError for what keeps it from being begun. */
export function* installRelease(context: Context, options: InstallOptions): Steps<Outcome> {
  const { flags, process } = context
  const { name, dryRun, serverSide } = options
  const chart = yield* loadInstallable(context, options.reference)
  const values = yield* userValues(context)
  const remote = dryRun !== "client"
  const namespace = remote ? context.namespace : namespaceOf(context)
  if (remote) {
    try {
      yield* context.reach()
    } catch (error) {
      yield* context.log("ERROR", `cluster reachability check failed: ${reasonOf(error)}`)
      throw new HelmError(`cluster reachability check failed: ${reasonOf(error)}`)
    }
  }
  if (dryRun === "none" && flags.on("hide-secret")) throw new HelmError("hiding Kubernetes secrets requires a dry-run mode")
  const storage = new Storage(context, namespace)
  const nameFault = checkReleaseName(name)
  if (nameFault) yield* failed("release name check failed", new HelmError(`release name ${JSON.stringify(name)}: ${nameFault}`), context)
  let last: Release | undefined
  if (dryRun === "none") {
    last = (yield* storage.query({ name })).sort((a, b) => b.version - a.version)[0]
    if (last && !(options.replace && ["uninstalled", "failed"].includes(last.info.status)))
      yield* failed("release name check failed", new HelmError("cannot reuse a name that is still in use"), context)
  }
  const odd: [path: string, chart: string][] = []
  processDependencies(chart, values, (...one) => odd.push(one))
  for (const [path, name] of odd) yield* context.log("WARN", "returned non-bool value", { path, chart: name })
  if (remote && !flags.on("skip-crds") && definitionsOf(chart).length > 0) {
    if (dryRun === "server")
      yield* context.log("WARN", "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.")
    else yield* installDefinitions(context, chart, serverSide)
  }
  const capabilities: Capabilities = remote
    ? yield* clusterCapabilities(context)
    : clientCapabilities(options.kubeVersion, options.apiVersions)
  const upgrade = options.isUpgrade === true && dryRun !== "none"
  const warnings: string[] = []
  const rendered = renderValues(chart, values, { name, namespace, revision: 1, install: !upgrade, upgrade }, capabilities, {
    skipSchema: flags.on("skip-schema-validation"),
    warn: (message) => warnings.push(message),
  })
  for (const warning of warnings) yield* context.log("INFO", warning)
  const labels = flags.pairs("labels")
  if (Object.keys(labels).some(isSystemLabel))
    throw new HelmError(`user supplied labels contains system reserved label name. System labels: ${SYSTEM_LABELS}`)
  const at = process.now()
  const built = yield* buildOr(context, chart, rendered, {
    capabilities,
    remote,
    subNotes: flags.on("render-subchart-notes"),
    hideSecrets: flags.on("hide-secret"),
    ...(options.includeDefinitions && { includeDefinitions: true }),
  })
  const release: Release = {
    name,
    namespace,
    version: 1,
    chart,
    config: values,
    labels,
    manifest: built.manifest,
    hooks: built.hooks,
    applyMethod: serverSide ? "ssa" : "csa",
    info: { firstDeployed: at, lastDeployed: at, status: "pending-install", description: "Initial install underway", notes: built.notes },
  }
  if (built.fault) return { release, fault: built.fault }
  if (dryRun === "client") {
    release.info.description = "Dry run complete"
    return { release }
  }
  let resources: Resource[]
  try {
    resources = yield* buildResources(context.client, built.manifest, namespace)
  } catch (error) {
    throw new HelmError(`unable to build kubernetes objects from release manifest: ${reasonOf(error)}`)
  }
  own(resources, name, namespace)
  let adopted: Resource[] = []
  if (!upgrade) {
    try {
      adopted = yield* existing(context.client, resources, name, namespace, flags.on("take-ownership"))
    } catch (error) {
      throw new HelmError(`unable to continue with install: ${reasonOf(error)}`)
    }
  }
  if (dryRun === "server") {
    release.info.description = "Dry run complete"
    return { release }
  }
  if (flags.on("create-namespace")) yield* createNamespace(context, namespace, serverSide)
  if (options.replace && last) {
    release.version = last.version + 1
    if (last.info.status !== "failed") {
      last.info = { ...last.info, status: "superseded", description: "superseded by new release" }
      yield* storage.update(last)
    }
  }
  yield* storage.create(release)
  try {
    yield* perform(context, release, resources, adopted, storage, serverSide)
    return { release }
  } catch (error) {
    return yield* failRelease(context, release, error, storage)
  }
}

/** What cannot be rendered is a release too, one that failed. */
function* buildOr(context: Context, chart: Chart, values: Values, options: BuildOptions): Steps<Built> {
  try {
    return yield* build(context, chart, values, options)
  } catch (error) {
    if (!(error instanceof HelmError)) throw error
    return { manifest: "", manifests: [], hooks: [], notes: "", fault: error }
  }
}

/** --namespace or the kubeconfig's; "default" where there is none. */
const namespaceOf = (context: Context): string => {
  try {
    return context.namespace
  } catch {
    return context.flags.text("namespace") || "default"
  }
}

function* loadInstallable(context: Context, reference: string): Steps<Chart> {
  const chart = yield* chartFor(context, reference)
  const { type = "" } = chart.metadata
  if (type !== "" && type !== "application") throw new HelmError(`${type} charts are not installable`)
  return chart
}

function* createNamespace(context: Context, namespace: string, serverSide: boolean): Steps<void> {
  const manifest = goYaml({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { name: namespace } } })
  try {
    yield* createResources(context.client, yield* buildResources(context.client, manifest, namespace), { serverSide })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== "AlreadyExists") throw error
  }
}

function* perform(
  context: Context,
  release: Release,
  resources: readonly Resource[],
  adopted: readonly Resource[],
  storage: Storage,
  serverSide: boolean,
): Steps<void> {
  const { flags } = context
  const timeout = flags.duration("timeout", TIMEOUT)
  const hooks = { serverSide, timeout, record: () => storage.update(release) }
  const validate = !flags.on("disable-openapi-validation")
  if (!flags.on("no-hooks")) {
    try {
      yield* runHooks(context, release, "pre-install", hooks)
    } catch (error) {
      throw new HelmError(`failed pre-install: ${reasonOf(error)}`)
    }
  }
  if (adopted.length === 0) yield* createResources(context.client, resources, { serverSide, validate })
  else
    yield* updateResources(context.client, adopted, resources, {
      serverSide,
      validate,
      forceConflicts: flags.on("force-conflicts"),
      forceReplace: flags.on("force-replace") || flags.on("force"),
    })
  if (waitOf(context) === "watcher") yield* waitReady(context.client, resources, timeout, flags.on("wait-for-jobs"))
  if (!flags.on("no-hooks")) {
    try {
      yield* runHooks(context, release, "post-install", hooks)
    } catch (error) {
      throw new HelmError(`failed post-install: ${reasonOf(error)}`)
    }
  }
  release.info.status = "deployed"
  release.info.description = flags.text("description", "") || "Install complete"
  yield* storage.update(release)
}

function* failRelease(context: Context, release: Release, cause: unknown, storage: Storage): Steps<Outcome> {
  release.info.status = "failed"
  release.info.description = `Release ${JSON.stringify(release.name)} failed: ${reasonOf(cause)}`
  if (!rollsBack(context.flags)) {
    yield* storage.update(release)
    throw cause
  }
  try {
    yield* storage.update(release)
    yield* uninstallRelease(context, release.name, {
      keepHistory: false,
      propagation: "Background",
      wait: true,
      timeout: context.flags.duration("timeout", TIMEOUT),
      hooks: !context.flags.on("no-hooks"),
      ignoreNotFound: false,
      description: "",
    })
  } catch (error) {
    throw new HelmError(`an error occurred while uninstalling the release. original install error: ${reasonOf(cause)}: ${reasonOf(error)}`)
  }
  throw new HelmError(`release ${release.name} failed, and has been uninstalled due to rollback-on-failure being set: ${reasonOf(cause)}`)
}
