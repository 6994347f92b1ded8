/** Every image: it is pulled, starts, logs in its own form, lets in who has a shell there, answers on the ports that it exposes, and ends on SIGTERM. */
import { bodyText, type SimulatedMachine } from "@drydock/machine"
import { type Image, images } from "@drydock/images"
import { pod as podKind, type Pod } from "@drydock/kubernetes/api"
import { beforeAll, describe, expect, test } from "vitest"
import { createWorld } from "./create-world.ts"
import { scriptIn } from "./testing/bash.ts"

/** The control plane's own run as static Pods and addons, and are tested by every boot; an artifact has nothing to run. */
const OWN = /etcd|kube-|coredns|metrics-server|local-path|crio\/artifact/
const SETTINGS: Readonly<Record<string, readonly { name: string; value: string }[]>> = {
  mysql: [{ name: "MYSQL_ROOT_PASSWORD", value: "secret" }],
  mariadb: [{ name: "MARIADB_ROOT_PASSWORD", value: "secret" }],
  postgres: [{ name: "POSTGRES_PASSWORD", value: "secret" }],
}

/** What a log begins with, or holds: the published images' own. */
const LOGS: readonly (readonly [repository: RegExp, log: RegExp])[] = [
  [
    /^nginx$|nginx-unprivileged|nginx-slim/,
    /^\/docker-entrypoint\.sh: \/docker-entrypoint\.d\/ is not empty, will attempt to perform configuration\n[\s\S]*\[notice\] 1#1: start worker processes\n/,
  ],
  [
    /^httpd$/,
    /^AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using [\d.]+\. Set the 'ServerName' directive globally to suppress this message\n[\s\S]*AH00094: Command line: 'httpd -D FOREGROUND'\n$/,
  ],
  [/^redis$/, /^1:C \d\d Jan 2026 [\d:.]+ \* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n[\s\S]* \* Ready to accept connections tcp\n$/],
  [
    /^postgres$/,
    /PostgreSQL init process complete; ready for start up\.\n[\s\S]*LOG: {2}database system is ready to accept connections\n$/,
  ],
  [/^(mysql|mariadb)$/, /\[Note\] \[Entrypoint\]: Entrypoint script for (MySQL|MariaDB) Server [\s\S]* ready for connections\./],
  [/^mongo$/, /^\{"t":\{"\$date":"[^"]+"\},"s":"I"[\s\S]*"Waiting for connections"/],
  [/http-echo$/, /server is listening on :5678\n$/],
  [/whoami$/, /Starting up on port 80\n$/],
]

/** Those behind a password are in the table of registries. */
const tested = images.filter(({ repository, credentials }) => !OWN.test(repository) && !credentials)
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

  const log = LOGS.find(([pattern]) => pattern.test(repository))?.[1]
  if (log)
    test("logs in its own form", () => {
      expect(scriptIn(world)(`kubectl logs ${name}`).stdout).toMatch(log as RegExp)
    })

  test("lets in who has a shell there, and says so where there is none", () => {
    if (find(name)?.status.phase !== "Running") return
    const { stdout, stderr, exit } = scriptIn(world)(`kubectl exec ${name} -- sh -c 'nosuch-command; echo in'`)
    const said = {
      busybox: "sh: nosuch-command: not found",
      debian: "sh: 1: nosuch-command: not found",
      ubuntu: "sh: 1: nosuch-command: not found",
      bash: "sh: 1: nosuch-command: not found",
      redhat: "sh: line 1: nosuch-command: command not found",
    }
    if (image.shell) expect([stdout, stderr.trim(), exit]).toEqual(["in\n", said[image.shell], 0])
    else {
      expect([stdout, exit]).toEqual(["", 1])
      expect(stderr).toContain(
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH',
      )
    }
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
