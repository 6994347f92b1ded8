/** Sends the fuzz to a served API and watches the thread that answers: how long it answered to nobody else, and what it keeps. */
import { request } from "node:http"
import type { SimulatedCluster } from "@drydock/kubernetes"
import { apiServer, listening, USER } from "../served-api.ts"
import { heapUsed } from "../measuring.ts"
import { heavy, random, type Sent } from "./requests.ts"

/** 500s that a real server answers too. */
const UPSTREAM = /failed to create typed patch object|resourceVersion: Invalid value|etcdserver: request is too large/

/** The status, or 0 where the connection was closed on what was sent. */
const send = (url: string, { method, path, headers, body }: Sent): Promise<{ status: number; text: string }> =>
  new Promise((done) => {
    const call = request(
      `${url}${path}`,
      { method, headers: { "user-agent": "fuzz/1", ...headers }, agent: false, timeout: 5_000 },
      (answer) => {
        let text = ""
        answer.on("data", (chunk: Buffer) => {
          if (text.length < 2_000) text += chunk.toString("latin1", 0, 2_000)
        })
        answer.on("close", () => done({ status: answer.statusCode ?? 0, text }))
        // A watch has been answered once it begins.
        if (path.includes("watch=1")) answer.destroy()
      },
    )
    call.on("error", () => done({ status: 0, text: "" }))
    call.on("timeout", () => call.destroy())
    call.end(body)
  })

const settled = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** ms that the processor has worked for this process. */
const worked = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/**
 * ms of the longest turn of the thread with one request: what it worked before anybody else's turn came, however much of the machine others had
 * meanwhile.
 */
const stallOf = async (url: string, sent: Sent): Promise<{ ms: number; status: number; text: string }> => {
  await settled(2)
  let ended = false
  let longest = 0
  let before = worked()
  const turn = () => {
    const now = worked()
    longest = Math.max(longest, now - before)
    before = now
    if (!ended) setImmediate(turn)
  }
  setImmediate(turn)
  const answer = await send(url, sent)
  await settled(3)
  ended = true
  turn()
  return { ...answer, ms: longest }
}

/** Slower ones are sent again: what the machine did meanwhile is not theirs. */
const WORTH_ANOTHER_LOOK_MS = 25

/** Deletes what the fuzz left. */
const clear = (cluster: SimulatedCluster): void => {
  const collections = [
    ...["pods", "configmaps", "services", "secrets", "events", "limitranges", "persistentvolumeclaims"].map(
      (plural) => `/api/v1/namespaces/default/${plural}`,
    ),
    "/apis/apps/v1/namespaces/default/deployments",
    "/apis/batch/v1/namespaces/default/cronjobs",
    "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
    "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/apis/storage.k8s.io/v1/storageclasses",
  ]
  const patch = { "content-type": "application/merge-patch+json" }
  for (const path of collections) {
    const { items = [] } = (cluster.handle({ method: "GET", path, user: USER }).body ?? {}) as {
      items?: { metadata: { name: string; finalizers?: unknown } }[]
    }
    for (const { metadata } of items) {
      if (metadata.finalizers)
        cluster.handle({
          method: "PATCH",
          path: `${path}/${metadata.name}`,
          headers: patch,
          body: '{"metadata":{"finalizers":null}}',
          user: USER,
        })
      cluster.handle({ method: "DELETE", path: `${path}/${metadata.name}`, query: "gracePeriodSeconds=0", user: USER })
    }
  }
  const { sim } = cluster.options
  sim.run({ until: sim.now() + 60_000 })
  cluster.etcd.compact(cluster.etcd.revision)
}

export interface Fuzzed {
  /** ms; the longest of all requests. */
  stall: number
  slowest: readonly string[]
  /** MB more on the heap than before, once all is deleted. */
  kept: number
}

export const fuzzDoor = async (): Promise<Fuzzed> => {
  const cluster = apiServer()
  const { server, url } = await listening(cluster)
  const slow = new Map<string, number>()
  const failures: string[] = []
  const round = async (seed: string, measured: boolean) => {
    for (const sent of [...heavy(), ...random(measured ? 1_500 : 300, seed)]) {
      let found = await stallOf(url, sent)
      if (found.status >= 500 && found.status !== 504 && !UPSTREAM.test(found.text))
        failures.push(`${sent.about} was answered with ${found.status}: ${found.text}`)
      if (!measured) continue
      let { ms } = found
      for (let again = 0; again < 2 && ms > WORTH_ANOTHER_LOOK_MS; again++) {
        found = await stallOf(url, sent)
        ms = Math.min(ms, found.ms)
      }
      slow.set(sent.about, ms)
    }
    clear(cluster)
  }
  // Once before it counts: schemas are made when they are first needed, and code is compiled.
  await round("warm", false)
  await settled(100)
  const before = heapUsed()
  await round("fuzz", true)
  await settled(100)
  const kept = (heapUsed() - before) / 1_000_000
  server.closeAllConnections()
  server.close()
  if (failures.length > 0) throw new Error(failures.join("\n"))
  const ordered = [...slow].sort((a, b) => b[1] - a[1])
  return { stall: ordered[0][1], slowest: ordered.slice(0, 3).map(([about, ms]) => `${ms.toFixed(1)} ms  ${about}`), kept }
}
