/** InterPodAffinity: near to some Pods, away from others. As pkg/scheduler/framework/plugins/interpodaffinity. */
import type { Pod } from "../../api/index.ts"
import { definePlugin, type NodeInfo } from "../define-plugin.ts"
import { type AffinityTerm, labelsOf, termMatcher } from "../pod-matching.ts"

/** Weight of a running Pod's required affinity when nodes are scored (hardPodAffinityWeight). */
const HARD_WEIGHT = 1

interface Weighted {
  weight: number
  podAffinityTerm: AffinityTerm
}

const domain = ({ node }: NodeInfo, key: string): string | undefined => labelsOf(node)[key]
const place = (key: string, value: string): string => `${key}=${value}`

const required = (pod: Pod, kind: "podAffinity" | "podAntiAffinity"): readonly AffinityTerm[] =>
  (pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []) as readonly AffinityTerm[]

const preferred = (pod: Pod, kind: "podAffinity" | "podAntiAffinity"): readonly Weighted[] =>
  (pod.spec.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []) as readonly Weighted[]

export const interPodAffinity = definePlugin({
  name: "InterPodAffinity",
  weight: 2,
  filter({ pod, nodes, informers }) {
    const wants = required(pod, "podAffinity")
    const avoids = required(pod, "podAntiAffinity")
    // Where Pods run that want to be away from this one.
    const closed = new Set<string>()
    for (const info of nodes)
      for (const other of info.affine)
        for (const term of required(other, "podAntiAffinity")) {
          const value = domain(info, term.topologyKey)
          if (value !== undefined && termMatcher(term, other, informers)(pod)) closed.add(place(term.topologyKey, value))
        }
    if (closed.size === 0 && wants.length === 0 && avoids.length === 0) return undefined
    const keys = new Set([...closed].map((one) => one.slice(0, one.indexOf("="))))
    const places = (terms: readonly AffinityTerm[], all: boolean): Set<string>[] => {
      const matchers = terms.map((term) => termMatcher(term, pod, informers))
      const found = terms.map(() => new Set<string>())
      for (const info of nodes) {
        const values = terms.map(({ topologyKey }) => domain(info, topologyKey))
        for (const other of info.pods) {
          // A Pod counts for affinity only when every term means it.
          if (all && !matchers.every((matcher) => matcher(other))) continue
          for (const [index, value] of values.entries()) if (value !== undefined && (all || matchers[index](other))) found[index].add(value)
        }
      }
      return found
    }
    const near = wants.length > 0 ? places(wants, true) : []
    const far = avoids.length > 0 ? places(avoids, false) : []
    // The first of a group that wants to be together may go anywhere, if it is one of those it wants.
    const first = near.every(({ size }) => size === 0) && wants.every((term) => termMatcher(term, pod, informers)(pod))
    return (info) => {
      if (
        !wants.every(({ topologyKey }, index) => {
          const value = domain(info, topologyKey)
          return value !== undefined && (first || near[index].has(value))
        })
      )
        return { reasons: ["node(s) didn't match pod affinity rules"], unresolvable: true }
      if (
        avoids.some(({ topologyKey }, index) => {
          const value = domain(info, topologyKey)
          return value !== undefined && far[index].has(value)
        })
      )
        return { reasons: ["node(s) didn't match pod anti-affinity rules"] }
      for (const key of keys) {
        const value = domain(info, key)
        if (value !== undefined && closed.has(place(key, value)))
          return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"] }
      }
      return undefined
    }
  },
  score({ pod, nodes, informers }) {
    const likes = [
      ...preferred(pod, "podAffinity").map(({ weight, podAffinityTerm }) => ({ weight, term: podAffinityTerm })),
      ...preferred(pod, "podAntiAffinity").map(({ weight, podAffinityTerm }) => ({ weight: -weight, term: podAffinityTerm })),
    ].map(({ weight, term }) => ({ weight, key: term.topologyKey, means: termMatcher(term, pod, informers) }))
    const sums = new Map<string, number>()
    const add = (info: NodeInfo, key: string, weight: number): void => {
      const value = domain(info, key)
      if (value !== undefined) sums.set(place(key, value), (sums.get(place(key, value)) ?? 0) + weight)
    }
    const keys = new Set<string>()
    for (const info of nodes) {
      if (likes.length > 0)
        for (const other of info.pods)
          for (const { weight, key, means } of likes)
            if (means(other)) {
              keys.add(key)
              add(info, key, weight)
            }
      // What runs there has its own wishes.
      for (const other of info.affine) {
        const wishes = [
          ...required(other, "podAffinity").map((term) => ({ weight: HARD_WEIGHT, term })),
          ...preferred(other, "podAffinity").map(({ weight, podAffinityTerm }) => ({ weight, term: podAffinityTerm })),
          ...preferred(other, "podAntiAffinity").map(({ weight, podAffinityTerm }) => ({ weight: -weight, term: podAffinityTerm })),
        ]
        for (const { weight, term } of wishes)
          if (termMatcher(term, other, informers)(pod)) {
            keys.add(term.topologyKey)
            add(info, term.topologyKey, weight)
          }
      }
    }
    if (sums.size === 0) return undefined
    return (info) => {
      let total = 0
      for (const key of keys) total += sums.get(place(key, domain(info, key) ?? "")) ?? 0
      return total
    }
  },
  normalize(scores) {
    const least = Math.min(...scores)
    const range = Math.max(...scores) - least
    for (const [index, score] of scores.entries()) scores[index] = range === 0 ? 0 : Math.floor((100 * (score - least)) / range)
  },
})
