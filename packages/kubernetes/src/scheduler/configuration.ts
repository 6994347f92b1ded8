/** KubeSchedulerConfiguration, as far as it says whose Pods a scheduler takes, through which plugins, and how it is elected. As pkg/scheduler/apis/config. */
import { parse as parseYaml } from "yaml"
import { isObject } from "../apimachinery/frozen.ts"
import { type Profile, profileOf } from "./profile.ts"

export interface SchedulerConfiguration {
  /** Empty: the default one alone. */
  profiles: readonly Profile[]
  kubeconfig: string | undefined
  leaderElect: boolean | undefined
  resourceName: string | undefined
}

const VERSION = "kubescheduler.config.k8s.io/v1"

/** "" is the default configuration. */
export const schedulerConfiguration = (text: string): SchedulerConfiguration | { error: string } => {
  if (text === "") return { profiles: [], kubeconfig: undefined, leaderElect: undefined, resourceName: undefined }
  let value: unknown
  try {
    value = parseYaml(text, { maxAliasCount: 100 })
  } catch (error) {
    return { error: `error converting YAML to JSON: yaml: ${(error as Error).message.split("\n")[0]}` }
  }
  if (!isObject(value)) return { error: "couldn't decode as KubeSchedulerConfiguration, got nothing" }
  if (value.kind !== "KubeSchedulerConfiguration" || value.apiVersion !== VERSION)
    return {
      error: `no kind ${JSON.stringify(value.kind ?? "")} is registered for version ${JSON.stringify(value.apiVersion ?? "")} in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"`,
    }
  const profiles: Profile[] = []
  for (const one of Array.isArray(value.profiles) ? value.profiles : []) {
    const profile = profileOf(one)
    if ("error" in profile) return profile
    profiles.push(profile)
  }
  const names = profiles.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    return { error: `profiles[${names.lastIndexOf(twice)}].schedulerName: Duplicate value: ${JSON.stringify(twice)}` }
  const election = isObject(value.leaderElection) ? value.leaderElection : {}
  const connection = isObject(value.clientConnection) ? value.clientConnection : {}
  return {
    profiles,
    kubeconfig: typeof connection.kubeconfig === "string" ? connection.kubeconfig : undefined,
    leaderElect: typeof election.leaderElect === "boolean" ? election.leaderElect : undefined,
    resourceName: typeof election.resourceName === "string" ? election.resourceName : undefined,
  }
}
