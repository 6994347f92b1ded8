/** Hooks: made by weight, waited for, deleted by their policies. As helm/pkg/action/hooks.go. */
import { bodyText, type Steps } from "@drydock/machine"
import type { Context } from "../context.ts"
import { HelmError, reasonOf } from "../errors.ts"
import type { Hook, Release } from "../release/release.ts"
import { buildResources, createResources, deleteResources, type Resource } from "./resources.ts"
import { waitGone, waitHook } from "./waiting.ts"

function* deleteBy(context: Context, release: Release, hook: Hook, policy: string, timeout: number): Steps<void> {
  // CustomResourceDefinitions are never deleted: all their objects would go with them.
  if (hook.kind === "CustomResourceDefinition" || !hook.deletePolicies.includes(policy)) return
  const resources = yield* buildResources(context.client, hook.manifest, release.namespace)
  const faults = yield* deleteResources(context.client, resources)
  if (faults.length > 0) throw new HelmError(faults.join("; "))
  yield* waitGone(context.client, resources, timeout)
}

function* logsBy(context: Context, release: Release, hook: Hook, policy: string): Steps<void> {
  if (!hook.logPolicies.includes(policy) || !["Job", "Pod"].includes(hook.kind)) return
  const selector = hook.kind === "Job" ? `labelSelector=job-name%3D${hook.name}` : `fieldSelector=metadata.name%3D${hook.name}`
  const path = `/api/v1/namespaces/${release.namespace}/pods`
  const { items } = yield* context.client.json<{ items: { metadata: { name: string }; spec: { containers: { name: string }[] } }[] }>(
    "GET",
    `${path}?${selector}`,
  )
  for (const { metadata, spec } of items)
    for (const container of spec.containers) {
      const answer = yield* context.client.send("GET", `${path}/${metadata.name}/log?container=${container.name}`)
      if (answer.status < 400) yield* context.process.error(bodyText(answer.body))
    }
}

export interface HookOptions {
  readonly serverSide: boolean
  /** ms, for each */
  readonly timeout: number
  /** Stores the release as it is now. */
  readonly record: () => Steps<void>
}

/** Runs the hooks of an event. Throws HelmError. */
export function* runHooks(context: Context, release: Release, event: string, { serverSide, timeout, record }: HookOptions): Steps<void> {
  const hooks = release.hooks
    .filter(({ events }) => events.includes(event))
    .sort((a, b) => a.weight - b.weight || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const done: Hook[] = []
  for (const hook of hooks) {
    if (hook.deletePolicies.length === 0) hook.deletePolicies = ["before-hook-creation"]
    yield* deleteBy(context, release, hook, "before-hook-creation", timeout)
    let resources: Resource[]
    try {
      resources = yield* buildResources(context.client, hook.manifest, release.namespace)
    } catch (error) {
      throw new HelmError(`unable to build kubernetes object for ${event} hook ${hook.path}: ${reasonOf(error)}`)
    }
    hook.lastRun = { startedAt: context.process.now(), phase: "Running" }
    yield* record()
    hook.lastRun.phase = "Unknown"
    try {
      yield* createResources(context.client, resources, { serverSide })
    } catch (error) {
      hook.lastRun = { ...hook.lastRun, completedAt: context.process.now(), phase: "Failed" }
      throw new HelmError(`warning: Hook ${event} ${hook.path} failed: ${reasonOf(error)}`)
    }
    try {
      yield* waitHook(context.client, resources, timeout)
      hook.lastRun = { ...hook.lastRun, completedAt: context.process.now(), phase: "Succeeded" }
      done.push(hook)
    } catch (error) {
      hook.lastRun = { ...hook.lastRun, completedAt: context.process.now(), phase: "Failed" }
      yield* logsBy(context, release, hook, "hook-failed")
      yield* deleteBy(context, release, hook, "hook-failed", timeout)
      for (const earlier of done) yield* deleteBy(context, release, earlier, "hook-succeeded", timeout)
      throw error
    }
  }
  for (const hook of done.reverse()) {
    yield* logsBy(context, release, hook, "hook-succeeded")
    yield* deleteBy(context, release, hook, "hook-succeeded", timeout)
  }
}
