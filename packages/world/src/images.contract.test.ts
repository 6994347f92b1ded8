/** Every image: it is pulled, starts, answers on the ports that it exposes, and ends on SIGTERM. */
import { bodyText, type SimulatedMachine } from "@drydock/machine"
import { type Image, images } from "@drydock/images"
import { pod as podKind, type Pod } from "@drydock/kubernetes/api"
import { beforeAll, describe, expect, test } from "vitest"
import { createWorld } from "./create-world.ts"

/** The control plane's own run as static Pods and addons, and are tested by every boot; an artifact has nothing to run. */
const OWN = /etcd|kube-|coredns|metrics-server|local-path|crio\/artifact/
const SETTINGS: Readonly<Record<string, readonly { name: string; value: string }[]>> = {
  mysql: [{ name: "MYSQL_ROOT_PASSWORD", value: "secret" }],
  mariadb: [{ name: "MARIADB_ROOT_PASSWORD", value: "secret" }],
  postgres: [{ name: "POSTGRES_PASSWORD", value: "secret" }],
}

const tested = images.filter(({ repository }) => !OWN.test(repository))
const tagOf = (tags: readonly string[]) =>
  tags.includes("latest") ? "latest" : (tags.find((tag) => !tag.includes("*")) ?? tags[0].replace(/(\d)\*/, "$1.1").replace("*", "1"))
/** With its tag: one repository may be several images. */
const nameOf = ({ repository, tags }: Image) => `${repository}-${tagOf(tags)}`.replaceAll(/[^a-z0-9]+/g, "-")

const world = createWorld({ topology: { nodes: ["cp", "a", "b", "c"] }, seed: "images", startedAt: Date.UTC(2026, 0, 5, 8) })
const client = () => {
  if (!world.cluster) throw new Error("no cluster")
  return world.cluster.observer.client
}
const find = (name: string): Pod | undefined => client().find(podKind, { namespace: "default", name })
const run = (ms: number) => world.run({ until: world.sim.now() + ms })

beforeAll(() => {
  world.boot()
  for (const image of tested) {
    const { repository, tags } = image
    client().create(podKind, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: nameOf(image), namespace: "default" },
      spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 20,
        tolerations: [{ operator: "Exists" }],
        containers: [{ name: "c", image: `${repository}:${tagOf(tags)}`, env: [...(SETTINGS[repository] ?? [])] }],
      },
    } as never)
  }
  // Each node pulls one image after another.
  run(240_000)
}, 60_000)

describe.each(tested.map((image) => [nameOf(image), image] as const))("%s", (name, image) => {
  const { repository } = image
  test("starts", () => {
    const status = find(name)?.status
    const container = status?.containerStatuses?.[0]
    // What is given no command for a shell without input ends at once, and well.
    const state = container?.state?.running
      ? "running"
      : `${container?.state?.terminated?.exitCode} ${container?.state?.waiting?.reason ?? ""}`
    const serves = (image.exposes ?? []).length > 0
    if (serves) expect(state).toBe("running")
    else expect(state).toMatch(/^(running|0 |1 |2 )/)
  })

  test.each((image.exposes ?? []).map((port) => [port]))("answers on port %i", (port) => {
    const pod = find(name)
    const machine = world.machines.get(pod?.spec.nodeName ?? "") as SimulatedMachine | undefined
    const route = machine?.network.route(pod?.status.podIP ?? "", port)
    expect(route?.kind).not.toBe("error")
    let body: string | undefined
    machine?.network.exchange(
      pod?.status.podIP ?? "",
      port,
      { method: "GET", path: "/", headers: { host: name } },
      { timeout: 5_000 },
      (result) => {
        body = "error" in result ? "" : bodyText(result.body)
      },
    )
    run(200)
    if (/nginx|httpd|hello|echo|whoami|hostname|bootcamp/.test(repository)) expect(body).not.toBe("")
  })

  test("ends on SIGTERM", () => {
    const pod = find(name)
    if (pod?.status.phase !== "Running") return
    const begun = world.sim.now()
    client().delete(podKind, pod.metadata as never)
    while (find(name) && world.sim.now() - begun < 25_000) run(500)
    expect(find(name)).toBeUndefined()
    // A shell as process 1 does not hear it, nor hand it on: the grace period ends those.
    if ((image.exposes ?? []).length > 0 && !image.command?.includes("-c")) expect(world.sim.now() - begun).toBeLessThan(15_000)
  })
})
