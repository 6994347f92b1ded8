/** The real helm and @kubernetes/client-node against `drydock cluster`. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { PassThrough } from "node:stream"
import type { KubeConfig as Config, V1ConfigMap, V1Status } from "@kubernetes/client-node"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { CoreV1Api, Exec, KubeConfig, makeInformer, PortForward } from "./conformance/client-node.ts"
import { binary, startCluster, type StartedCluster, until } from "./conformance/started-cluster.ts"

describe.skipIf(!binary)("clients", () => {
  let cluster: StartedCluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster?.stop())

  test("helm installs, upgrades, rolls back, tests and uninstalls a chart", async () => {
    await cluster.must("helm create chart")
    expect(await cluster.must("helm install demo ./chart --wait --timeout 40s")).toContain("STATUS: deployed\nREVISION: 1\n")
    expect(await cluster.must("helm upgrade demo ./chart --set replicaCount=2 --wait --timeout 40s")).toContain("REVISION: 2\n")
    expect(await cluster.must("kubectl get deployment demo-chart -o jsonpath='{.status.readyReplicas}'")).toBe("2")
    expect(await cluster.must("helm rollback demo 1 --wait --timeout 40s")).toBe("Rollback was a success! Happy Helming!\n")
    expect(await cluster.must("kubectl get deployment demo-chart -o jsonpath='{.spec.replicas}'")).toBe("1")
    const revisions = JSON.parse(await cluster.must("helm history demo -o json")) as { status: string }[]
    expect(revisions.map(({ status }) => status)).toEqual(["superseded", "superseded", "deployed"])
    expect(await cluster.must("helm test demo --timeout 40s")).toMatch(/Phase: +Succeeded/)
    expect(await cluster.must("helm uninstall demo --wait --timeout 40s")).toContain('release "demo" uninstalled\n')
    expect(await cluster.must("kubectl get deployments,services -l app.kubernetes.io/instance=demo 2>&1")).toBe(
      "No resources found in default namespace.\n",
    )
  }, 90_000)

  describe("@kubernetes/client-node", () => {
    let config: Config
    beforeAll(async () => {
      config = new KubeConfig()
      config.loadFromFile(cluster.kubeconfig)
      await cluster.must("kubectl run web --image=nginx:1.29.4 --port=80 && kubectl wait --for=condition=Ready pod/web --timeout=40s")
    }, 60_000)

    test("an informer whose watch is cut sees what it missed, once", async () => {
      // Between them, a line that can be cut.
      const lines = new Set<Socket>()
      const { port } = new URL(cluster.server)
      const relay = createServer((near) => {
        const far = connect(Number(port), "127.0.0.1")
        for (const one of [near, far]) {
          lines.add(one)
          one.on("error", () => {})
        }
        near.pipe(far).pipe(near)
      })
      await new Promise<void>((done) => relay.listen(0, "127.0.0.1", done))
      const relayPort = (relay.address() as AddressInfo).port
      const through = new KubeConfig()
      through.loadFromString(config.exportConfig().replaceAll(`:${port}`, `:${relayPort}`))
      const api = through.makeApiClient(CoreV1Api)
      const seen: string[] = []
      const informer = makeInformer<V1ConfigMap>(
        through,
        "/api/v1/namespaces/default/configmaps",
        () => api.listNamespacedConfigMap({ namespace: "default", labelSelector: "informed=yes" }),
        "informed=yes",
      )
      informer.on("add", (one) => seen.push(`add ${one.metadata?.name}`))
      informer.on("update", (one) => seen.push(`update ${one.metadata?.name}`))
      informer.on("delete", (one) => seen.push(`delete ${one.metadata?.name}`))
      informer.on("error", () => setTimeout(() => void informer.start(), 50))
      const create = (name: string) => cluster.must(`kubectl create configmap ${name} && kubectl label configmap ${name} informed=yes`)
      try {
        await create("one")
        await informer.start()
        await until(() => seen.length === 1, "the first is listed")
        await create("two")
        await until(() => seen.length === 2, "the second is watched")
        relay.close()
        for (const line of lines) line.destroy()
        await create("three")
        await cluster.must("kubectl delete configmap one")
        await new Promise<void>((done) => relay.listen(relayPort, "127.0.0.1", done))
        await until(() => seen.length >= 4, "what was missed is made up for")
        expect(seen.toSorted()).toEqual(["add one", "add three", "add two", "delete one"])
      } finally {
        await informer.stop()
        relay.close()
        for (const line of lines) line.destroy()
      }
    }, 60_000)

    test("exec: input, output, status", async () => {
      const [out, error, input] = [new PassThrough(), new PassThrough(), new PassThrough()]
      const said: string[] = []
      out.on("data", (data: Buffer) => said.push(data.toString()))
      const status = await new Promise<V1Status>((done, fail) => {
        new Exec(config)
          .exec("default", "web", "web", ["sh", "-c", "read word; echo got $word; exit 3"], out, error, input, false, done)
          .then(() => input.end("a word\n"), fail)
      })
      expect(said.join("")).toBe("got a word\n")
      expect(status).toMatchObject({
        status: "Failure",
        reason: "NonZeroExitCode",
        message: "command terminated with non-zero exit code: exit status 3",
      })
    }, 60_000)

    test("port-forward over numbered channels", async () => {
      const [out, error, input] = [new PassThrough(), new PassThrough(), new PassThrough()]
      let said = ""
      out.on("data", (data: Buffer) => (said += data.toString()))
      const socket = await new PortForward(config).portForward("default", "web", [80], out, error, input)
      input.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      await until(() => said.includes("</html>"), "the page")
      expect(said).toContain("HTTP/1.1 200 OK\r\n")
      if (typeof socket !== "function") socket.close()
    }, 60_000)
  })
})
