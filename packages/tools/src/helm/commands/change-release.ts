/** Upgrading and rolling back. As helm/pkg/action/upgrade.go and rollback.go. */
import type { Steps } from "@drydock/machine"
import type { Chart, Values } from "../chart/chart.ts"
import { coalesceTables, coalesceValues, copyValues } from "../chart/coalesce.ts"
import { processDependencies } from "../chart/dependencies.ts"
import { runHooks } from "../cluster/hooks.ts"
import { buildResources, deleteResources, existing, own, type Resource, updateResources } from "../cluster/resources.ts"
import { waitReady } from "../cluster/waiting.ts"
import type { Context } from "../context.ts"
import { build, clusterCapabilities } from "../engine/build.ts"
import { clientCapabilities } from "../engine/capabilities.ts"
import { renderValues } from "../engine/render.ts"
import { HelmError, reasonOf } from "../errors.ts"
import type { Release } from "../release/release.ts"
import { isSystemLabel, NOT_FOUND, Storage, SYSTEM_LABELS } from "../release/storage.ts"
import { type DryRun, rollsBack, TIMEOUT, waitOf } from "./install-release.ts"

const MOST_REVISIONS = 10

/** --server-side: auto keeps the last release's way. */
const serverSideOf = ({ flags }: Context, last: Release): boolean => {
  const said = flags.text("server-side", "auto")
  if (said === "auto") return last.applyMethod === "ssa"
  if (said === "true" || said === "false") return said === "true"
  throw new HelmError(`invalid/unknown release server-side apply method: ${said}`)
}

const keptRevisions = ({ flags, process }: Context): number =>
  flags.number("history-max", Number(process.env.get("HELM_MAX_HISTORY") ?? MOST_REVISIONS))

/** Which values an upgrade starts from. */
const reused = ({ flags }: Context, chart: Chart, current: Release, values: Values): Values => {
  if (flags.on("reset-values")) return values
  if (flags.on("reuse-values")) {
    const old = coalesceValues(current.chart, current.config)
    chart.values = old
    return coalesceTables(values, copyValues(current.config) as Values)
  }
  if (flags.on("reset-then-reuse-values")) return coalesceTables(values, copyValues(current.config) as Values)
  return Object.keys(values).length === 0 ? (copyValues(current.config) as Values) : values
}

export interface UpgradeOptions {
  readonly name: string
  readonly chart: Chart
  readonly values: Values
  readonly dryRun: DryRun
}

const sameKey = (a: Resource, b: Resource): boolean =>
  a.object.apiVersion === b.object.apiVersion && a.type.kind === b.type.kind && a.namespace === b.namespace && a.name === b.name

/** Throws HelmError. */
export function* upgradeRelease(context: Context, { name, chart, values: given, dryRun }: UpgradeOptions): Steps<Release> {
  const { flags, process } = context
  yield* context.reach()
  const storage = new Storage(context)
  let last: Release
  try {
    last = yield* storage.last(name)
  } catch (error) {
    throw reasonOf(error) === NOT_FOUND ? new HelmError(`${JSON.stringify(name)} has no deployed releases`) : error
  }
  if (last.info.status.startsWith("pending-")) throw new HelmError("another operation (install/upgrade/rollback) is in progress")
  let current = last
  if (last.info.status !== "deployed") {
    const [deployed] = yield* storage.deployed(name)
    if (deployed) current = deployed
    else if (!["failed", "superseded"].includes(last.info.status)) throw new HelmError(`${JSON.stringify(name)} has no deployed releases`)
  }
  const values = reused(context, chart, current, given)
  processDependencies(chart, values)
  const remote = dryRun !== "client"
  const capabilities = remote ? yield* clusterCapabilities(context) : clientCapabilities()
  const revision = last.version + 1
  const rendered = renderValues(
    chart,
    values,
    { name, namespace: current.namespace, revision, install: false, upgrade: true },
    capabilities,
    {
      skipSchema: flags.on("skip-schema-validation"),
    },
  )
  const built = yield* build(context, chart, rendered, {
    capabilities,
    remote,
    subNotes: flags.on("render-subchart-notes"),
    hideSecrets: flags.on("hide-secret"),
  })
  if (built.fault) throw built.fault
  const labels = { ...last.labels, ...flags.pairs("labels") }
  if (Object.keys(flags.pairs("labels")).some(isSystemLabel))
    throw new HelmError(`user supplied labels contains system reserved label name. System labels: ${SYSTEM_LABELS}`)
  for (const [label, value] of Object.entries(labels)) if (value === "null") delete labels[label]
  const serverSide = serverSideOf(context, last)
  const release: Release = {
    name,
    namespace: current.namespace,
    version: revision,
    chart,
    config: values,
    labels,
    manifest: built.manifest,
    hooks: built.hooks,
    applyMethod: serverSide ? "ssa" : "csa",
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: process.now(),
      status: "pending-upgrade",
      description: "Preparing upgrade",
      notes: built.notes,
    },
  }
  const originals = yield* labelled("current", buildResources(context.client, current.manifest, current.namespace))
  const targets = yield* labelled("new", buildResources(context.client, release.manifest, release.namespace))
  own(targets, name, release.namespace)
  const fresh = targets.filter((target) => !originals.some((one) => sameKey(one, target)))
  try {
    originals.push(...(yield* existing(context.client, fresh, name, release.namespace, flags.on("take-ownership"))))
  } catch (error) {
    throw new HelmError(`unable to continue with update: ${reasonOf(error)}`)
  }
  if (dryRun !== "none") {
    release.info.description = flags.text("description", "") || "Dry run complete"
    return release
  }
  yield* storage.create(release, keptRevisions(context))
  const created: Resource[] = []
  try {
    yield* change(context, { release, originals, targets, created, storage, serverSide, event: "upgrade" })
  } catch (error) {
    return yield* failUpgrade(context, release, created, error, storage)
  }
  current.info.status = "superseded"
  yield* storage.update(current)
  release.info.status = "deployed"
  release.info.description = flags.text("description", "") || "Upgrade complete"
  yield* storage.update(release)
  return release
}

function* labelled(which: string, run: Steps<Resource[]>): Steps<Resource[]> {
  try {
    return yield* run
  } catch (error) {
    throw new HelmError(`unable to build kubernetes objects from ${which} release manifest: ${reasonOf(error)}`)
  }
}

interface Change {
  readonly release: Release
  readonly originals: readonly Resource[]
  readonly targets: readonly Resource[]
  /** Gets what was made new. */
  readonly created: Resource[]
  readonly storage: Storage
  readonly serverSide: boolean
  readonly event: "upgrade" | "rollback"
}

function* change(context: Context, { release, originals, targets, created, storage, serverSide, event }: Change): Steps<void> {
  const { flags } = context
  const timeout = flags.duration("timeout", TIMEOUT)
  const hooks = { serverSide, timeout, record: () => storage.update(release) }
  const run = function* (moment: "pre" | "post"): Steps<void> {
    if (flags.on("no-hooks")) return
    try {
      yield* runHooks(context, release, `${moment}-${event}`, hooks)
    } catch (error) {
      throw event === "upgrade" ? new HelmError(`${moment}-upgrade hooks failed: ${reasonOf(error)}`) : error
    }
  }
  yield* run("pre")
  yield* updateResources(
    context.client,
    originals,
    targets,
    {
      serverSide,
      forceConflicts: flags.on("force-conflicts"),
      forceReplace: flags.on("force-replace") || flags.on("force"),
      validate: !flags.on("disable-openapi-validation"),
    },
    { created },
  )
  if (waitOf(context) === "watcher") yield* waitReady(context.client, targets, timeout, flags.on("wait-for-jobs"))
  yield* run("post")
}

function* failUpgrade(context: Context, release: Release, created: readonly Resource[], cause: unknown, storage: Storage): Steps<never> {
  const { flags } = context
  yield* context.log("WARN", "upgrade failed", { name: release.name, error: reasonOf(cause) })
  release.info.status = "failed"
  release.info.description = `Upgrade ${JSON.stringify(release.name)} failed: ${reasonOf(cause)}`
  yield* storage.update(release)
  if (flags.on("cleanup-on-fail") && created.length > 0) yield* deleteResources(context.client, created)
  if (rollsBack(flags)) {
    const good = (yield* storage.history(release.name)).filter(({ info }) => ["superseded", "deployed"].includes(info.status)).at(-1)
    if (!good)
      throw new HelmError(
        `unable to find a previously successful release when attempting to rollback. original upgrade error: ${reasonOf(cause)}`,
      )
    try {
      yield* rollbackRelease(context, release.name, good.version, "none")
    } catch (error) {
      throw new HelmError(
        `an error occurred while rolling back the release. original upgrade error: ${reasonOf(cause)}: ${reasonOf(error)}`,
      )
    }
    throw new HelmError(`release ${release.name} failed, and has been rolled back due to rollback-on-failure being set: ${reasonOf(cause)}`)
  }
  throw cause
}

/** `revision` 0: the one before. Throws HelmError. */
export function* rollbackRelease(context: Context, name: string, revision: number, dryRun: DryRun): Steps<void> {
  const { process } = context
  yield* context.reach()
  const storage = new Storage(context)
  if (revision < 0) throw new HelmError("release revision is invalid")
  const history = yield* storage.history(name)
  const current = history[history.length - 1]
  const wanted = revision === 0 ? current.version - 1 : revision
  const previous = history.find(({ version }) => version === wanted)
  if (!previous) throw new HelmError(`release has no ${wanted} version`)
  const serverSide = serverSideOf(context, previous)
  const release: Release = {
    ...previous,
    namespace: current.namespace,
    version: current.version + 1,
    applyMethod: serverSide ? "ssa" : "csa",
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: process.now(),
      status: "pending-rollback",
      notes: previous.info.notes,
      description: `Rollback to ${wanted}`,
    },
  }
  if (dryRun !== "none") return
  yield* storage.create(release, keptRevisions(context))
  const originals = yield* labelled("current", buildResources(context.client, current.manifest, current.namespace))
  const targets = yield* labelled("new", buildResources(context.client, release.manifest, release.namespace))
  own(targets, name, release.namespace)
  const created: Resource[] = []
  try {
    yield* change(context, { release, originals, targets, created, storage, serverSide, event: "rollback" })
  } catch (error) {
    const text = `Rollback ${JSON.stringify(name)} failed: ${reasonOf(error)}`
    yield* context.log("WARN", text)
    current.info.status = "superseded"
    release.info.status = "failed"
    release.info.description = text
    yield* storage.update(current)
    yield* storage.update(release)
    if (context.flags.on("cleanup-on-fail")) yield* deleteResources(context.client, created)
    throw error
  }
  for (const one of yield* storage.deployed(name)) {
    one.info.status = "superseded"
    yield* storage.update(one)
  }
  release.info.status = "deployed"
  yield* storage.update(release)
}
