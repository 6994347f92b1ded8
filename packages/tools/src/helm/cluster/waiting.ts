/** Waiting for objects. As helm/pkg/kube/statuswait.go; the state is asked for twice a second instead of watched. */
import type { Steps } from "@drydock/machine"
import type { KubeClient, KubeObject } from "../../kube/client.ts"
import { HelmError } from "../errors.ts"
import { hookReadiness, type Readiness, readinessOf } from "./readiness.ts"
import { findObject, type Resource } from "./resources.ts"

const EVERY = 500

export type WaitStrategy = "watcher" | "hookOnly" | "legacy"

const idOf = ({ type, namespace, name }: Resource): string => `${type.kind}/${namespace}/${name}`

/** Until each is as `wanted`, or has failed, or `timeout` ms are over. Throws HelmError. */
function* until(
  client: KubeClient,
  resources: readonly Resource[],
  timeout: number,
  stateOf: (object: KubeObject | undefined) => Readiness,
  wanted: Readiness["status"],
  verb: string,
): Steps<void> {
  const { process } = client
  const deadline = process.now() + timeout
  let open = resources.map((resource) => ({ resource, state: { status: "InProgress", message: "" } as Readiness }))
  const lost: typeof open = []
  for (;;) {
    for (const one of open) one.state = stateOf(yield* findObject(client, one.resource))
    if (wanted === "Current") lost.push(...open.filter(({ state }) => state.status === "Failed"))
    open = open.filter(({ state }) => state.status !== wanted && !(wanted === "Current" && state.status === "Failed"))
    if (open.length === 0 || process.now() >= deadline) break
    yield* process.sleep(Math.max(1, Math.min(EVERY, deadline - process.now())))
  }
  const faults = [...lost, ...open].map(
    ({ resource, state }) => `resource ${idOf(resource)} ${verb}. status: ${state.status}, message: ${state.message}`,
  )
  if (open.length > 0) faults.push("context deadline exceeded")
  if (faults.length > 0) throw new HelmError(faults.join("\n"))
}

const absent: Readiness = { status: "NotFound", message: "Resource not found" }

/** `jobs`: Jobs too. */
export const waitReady = (client: KubeClient, resources: readonly Resource[], timeout: number, jobs: boolean): Steps<void> =>
  until(
    client,
    resources.filter(({ object }) => !(object.kind === "Deployment" && (object.spec as { paused?: boolean } | undefined)?.paused)),
    timeout,
    (object) => (object ? readinessOf(object, jobs) : absent),
    "Current",
    "not ready",
  )

export const waitHook = (client: KubeClient, resources: readonly Resource[], timeout: number): Steps<void> =>
  until(client, resources, timeout, (object) => (object ? hookReadiness(object) : absent), "Current", "not ready")

export const waitGone = (client: KubeClient, resources: readonly Resource[], timeout: number): Steps<void> =>
  until(client, resources, timeout, (object) => (object ? readinessOf(object, false) : absent), "NotFound", "still exists")
