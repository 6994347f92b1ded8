/** Worlds to measure: fresh, idle, and with a Deployment. */
import { createWorld, type World } from "@drydock/world"

const STARTED_AT = Date.UTC(2026, 0, 5, 8)

/** @param later begins so many ms after the others */
export const bootedWorld = (seed: string, topology = "kubeadm-2nodes", later = 0): World => {
  const world = createWorld({ topology, seed, startedAt: STARTED_AT + later })
  world.boot()
  return world
}

/** Sends one request to the world's API server as cluster administrator; throws what it answers beyond 299. */
export const api = (world: World, method: string, path: string, body?: unknown): unknown => {
  const answer = world.cluster?.handle({
    method,
    path,
    user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
    ...(body !== undefined && { body }),
  })
  if (!answer || answer.status > 299) throw new Error(`${method} ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`)
  return answer.body
}
