/** Uninstalling, for uninstall and a failed install. As helm/pkg/action/uninstall.go. */
import type { Steps } from "@drydock/machine"
import { runHooks } from "../cluster/hooks.ts"
import { buildResources, deleteResources, type Propagation } from "../cluster/resources.ts"
import { waitGone } from "../cluster/waiting.ts"
import type { Context } from "../context.ts"
import { sortManifests, splitManifests, UNINSTALL_ORDER } from "../engine/manifests.ts"
import { HelmError, reasonOf } from "../errors.ts"
import type { Release } from "../release/release.ts"
import { Storage } from "../release/storage.ts"

export interface UninstallOptions {
  readonly keepHistory: boolean
  readonly propagation: Propagation
  readonly wait: boolean
  /** ms */
  readonly timeout: number
  readonly hooks: boolean
  readonly ignoreNotFound: boolean
  readonly description: string
}

/** What is to be told besides success. Throws HelmError. */
export function* uninstallRelease(context: Context, name: string, options: UninstallOptions): Steps<string> {
  const storage = new Storage(context)
  let releases: Release[]
  try {
    releases = yield* storage.history(name)
  } catch (error) {
    if (options.ignoreNotFound) return ""
    throw new HelmError(`uninstall: Release not loaded: ${name}: ${reasonOf(error)}`)
  }
  const release = releases[releases.length - 1]
  if (release.info.status === "uninstalled") {
    if (options.keepHistory) throw new HelmError(`the release named ${JSON.stringify(name)} is already deleted`)
    for (const one of releases) yield* storage.delete(one)
    return ""
  }
  release.info.status = "uninstalling"
  release.info.deleted = context.process.now()
  release.info.description = "Deletion in progress (or silently failed)"
  const hooks = { serverSide: true, timeout: options.timeout, record: () => storage.update(release) }
  if (options.hooks) yield* runHooks(context, release, "pre-delete", hooks)
  yield* storage.update(release)
  const { resources, kept } = yield* toDelete(context, release)
  const faults = yield* deleteResources(context.client, resources, options.propagation)
  if (faults.length > 0) throw new HelmError(`failed to delete release: ${name}`)
  const errors: string[] = []
  const attempt = function* (run: Steps<void>): Steps<void> {
    try {
      yield* run
    } catch (error) {
      errors.push(reasonOf(error))
    }
  }
  if (options.wait) yield* attempt(waitGone(context.client, resources, options.timeout))
  if (options.hooks) yield* attempt(runHooks(context, release, "post-delete", hooks))
  release.info.status = "uninstalled"
  release.info.description = options.description || "Uninstallation complete"
  if (options.keepHistory) {
    yield* storage.update(release)
    for (const one of yield* storage.deployed(name)) yield* storage.update({ ...one, info: { ...one.info, status: "superseded" } })
  } else for (const one of releases) yield* storage.delete(one)
  if (errors.length > 0) throw new HelmError(`uninstallation completed with ${errors.length} error(s): ${errors.join("; ")}`)
  return kept === "" ? "" : `These resources were kept due to the resource policy:\n${kept}`
}

function* toDelete(context: Context, release: Release) {
  const files = new Map(splitManifests(release.manifest).map((text, at) => [`manifest-${String(at).padStart(5, "0")}`, text]))
  const { manifests } = sortManifests(files, UNINSTALL_ORDER)
  const isKept = ({ head }: (typeof manifests)[number]) =>
    head.metadata?.annotations?.["helm.sh/resource-policy"]?.trim().toLowerCase() === "keep"
  const text = manifests
    .filter((one) => !isKept(one))
    .map(({ content }) => `\n---\n${content}`)
    .join("")
  const kept = manifests
    .filter(isKept)
    .map(({ head }) => `[${head.kind}] ${head.metadata?.name}\n`)
    .join("")
  try {
    return { resources: yield* buildResources(context.client, text, release.namespace), kept }
  } catch {
    throw new HelmError(`failed to delete release: ${release.name}`)
  }
}
