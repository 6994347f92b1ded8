/** A profile: the plugins that one scheduler name's Pods go through, as its configuration has them. As pkg/scheduler/profile and framework/runtime. */
import { isObject } from "../apimachinery/frozen.ts"
import type { Plugin } from "./define-plugin.ts"
import { plugins } from "./plugins/index.ts"
import { fitWith } from "./plugins/node-resources-fit.ts"

export interface Profile {
  /** schedulerName of the Pods that it takes. */
  readonly name: string
  readonly plugins: readonly Plugin[]
  /** Whether lower Pods make room (DefaultPreemption). */
  readonly preempts: boolean
}

export const defaultProfile = (name: string): Profile => ({ name, plugins, preempts: true })

/** Default plugins that are not asked node by node, and so no entries of the array. */
const OTHERS: ReadonlySet<string> = new Set(["SchedulingGates", "PrioritySort", "DefaultPreemption", "DefaultBinder", "DynamicResources"])

type Point = "preFilter" | "filter" | "score"
const POINTS: readonly Point[] = ["preFilter", "filter", "score"]
/** Of extension points, as errors name them. */
const TYPES: Readonly<Record<string, string>> = {
  multiPoint: "Plugin",
  preFilter: "PreFilterPlugin",
  filter: "FilterPlugin",
  postFilter: "PostFilterPlugin",
  score: "ScorePlugin",
  preScore: "PreScorePlugin",
  reserve: "ReservePlugin",
  permit: "PermitPlugin",
  preBind: "PreBindPlugin",
  bind: "BindPlugin",
  postBind: "PostBindPlugin",
  queueSort: "QueueSortPlugin",
  preEnqueue: "PreEnqueuePlugin",
}

interface Named {
  name: string
  weight: number | undefined
}

const listed = (set: unknown, field: "enabled" | "disabled"): Named[] => {
  const list = isObject(set) ? set[field] : undefined
  return (Array.isArray(list) ? list : []).flatMap((one) =>
    isObject(one) && typeof one.name === "string"
      ? [{ name: one.name, weight: typeof one.weight === "number" && one.weight > 0 ? one.weight : undefined }]
      : [],
  )
}

const without = (plugin: Plugin, point: Point): Plugin => {
  const { [point]: _, ...rest } = plugin
  return point === "filter" ? (({ only: __, ...left }) => left)(rest) : rest
}

/** What a plugin is at the points where the profile has it; undefined: nowhere. */
const asConfigured = (plugin: Plugin, points: Readonly<Record<string, unknown>>): Plugin | undefined => {
  const has = (list: readonly Named[]) => list.find(({ name }) => name === plugin.name)
  const isOff = (set: unknown) => listed(set, "disabled").some(({ name }) => name === plugin.name || name === "*")
  const everywhere = has(listed(points.multiPoint, "enabled"))
  const byDefault = !isOff(points.multiPoint) || everywhere !== undefined
  let made = plugin
  let left = 0
  for (const point of POINTS) {
    if (!plugin[point]) continue
    const named = has(listed(points[point], "enabled"))
    if (named || (byDefault && !isOff(points[point]))) left++
    else made = without(made, point)
    const weight = point === "score" ? (named?.weight ?? everywhere?.weight) : undefined
    if (weight !== undefined) made = { ...made, weight }
  }
  return left > 0 ? made : undefined
}

/** @param value one of KubeSchedulerConfiguration's `profiles` */
export const profileOf = (value: unknown): Profile | { error: string } => {
  const given = isObject(value) ? value : {}
  const name = typeof given.schedulerName === "string" ? given.schedulerName : "default-scheduler"
  const points = isObject(given.plugins) ? given.plugins : {}
  const known = new Set([...OTHERS, ...plugins.map((plugin) => plugin.name)])
  for (const [point, set] of Object.entries(points))
    for (const one of listed(set, "enabled"))
      if (!known.has(one.name))
        return {
          error: `initializing profiles: creating profile for scheduler name ${name}: ${TYPES[point] ?? "Plugin"} "${one.name}" does not exist`,
        }
  const configured = (Array.isArray(given.pluginConfig) ? given.pluginConfig : []) as readonly { name?: unknown; args?: unknown }[]
  const strategy = configured.find((one) => isObject(one) && one.name === "NodeResourcesFit")?.args
  const fit = isObject(strategy) ? fitWith(strategy) : undefined
  const isOff = listed(points.postFilter, "disabled").some((one) => one.name === "DefaultPreemption" || one.name === "*")
  const own =
    Object.keys(points).length === 0 && !fit
      ? plugins
      : plugins.flatMap((plugin) => asConfigured(fit?.name === plugin.name ? fit : plugin, points) ?? [])
  return { name, plugins: own, preempts: !isOff }
}
