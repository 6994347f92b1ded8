/** The real kubectl v1.35 against `drydock cluster`: what it does with containers, connections and objects, it does here. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { binary, startCluster, type StartedCluster, until } from "./conformance/started-cluster.ts"

const deployment = (name: string, replicas: number, image = "nginx:1.29.4") =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "main", image }] } },
    },
  })

describe.skipIf(!binary)("the real kubectl", () => {
  let cluster: StartedCluster
  beforeAll(async () => {
    cluster = await startCluster()
    await cluster.must("kubectl apply -f -", deployment("web", 2))
    await cluster.must("kubectl expose deployment web --port=80")
    await cluster.must(
      "kubectl run box --image=busybox --restart=Never -- sh -c 'i=0; while true; do i=$((i+1)); echo tick $i; sleep 1; done'",
    )
    await cluster.must("kubectl rollout status deployment/web --timeout=40s")
    await cluster.must("kubectl wait --for=condition=Ready pod/box --timeout=40s")
  }, 90_000)
  afterAll(() => cluster?.stop())

  describe("port-forward", () => {
    /** Starts one on a free port and asks it. */
    const ask = async (target: string, path = "/") => {
      const forward = cluster.start(`kubectl port-forward ${target}`)
      try {
        const port = await until(() => /127\.0\.0\.1:(\d+) ->/.exec(forward.said())?.[1], "Forwarding from …")
        const answer = await fetch(`http://127.0.0.1:${port}${path}`).then(
          async (response) => ({ status: response.status, text: await response.text() }),
          (error: Error) => ({ status: 0, text: error.message }),
        )
        if (answer.status === 0) await until(() => forward.process.exitCode !== null, "kubectl ends")
        return { ...answer, said: forward.said() }
      } finally {
        forward.stop()
      }
    }

    test("reaches pods, services and deployments", async () => {
      for (const target of ["deployment/web :80", "service/web :80"])
        expect(await ask(target)).toMatchObject({ status: 200, text: expect.stringContaining("Welcome to nginx!") as string })
      expect((await ask("service/web :80", "/none")).status).toBe(404)
    }, 60_000)

    test("tells of a port on which nobody listens", async () => {
      const { said } = await ask("deployment/web :81")
      expect(said).toMatch(
        /an error occurred forwarding \d+ -> 81: error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace .*: failed to connect to localhost:81 inside namespace .*, IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused/,
      )
      expect(said).toContain("error: lost connection to pod")
    }, 60_000)
  })

  describe("exec, attach, cp, logs, debug", () => {
    test("exec gives output, errors and exit code, and takes input to its end", async () => {
      expect(await cluster.run("kubectl exec box -- sh -c 'echo out; echo err >&2; exit 7'")).toEqual({
        out: "out\n",
        error: "err\ncommand terminated with exit code 7\n",
        exit: 7,
      })
      expect(await cluster.must("kubectl exec -i box -- wc -c", "123456789")).toBe("9\n")
      expect(await cluster.run("kubectl exec box -c nope -- ls")).toMatchObject({
        error: "Error from server (BadRequest): container nope is not valid for pod box\n",
        exit: 1,
      })
    }, 60_000)

    test("cp goes both ways, with folders", async () => {
      await cluster.must("mkdir -p there/below && echo one > there/a && echo two > there/below/b && kubectl cp there box:/tmp/there")
      expect(await cluster.must("kubectl exec box -- cat /tmp/there/a /tmp/there/below/b")).toBe("one\ntwo\n")
      await cluster.must("kubectl cp box:/tmp/there back")
      expect(readFileSync(join(cluster.folder, "back/below/b"), "utf8")).toBe("two\n")
    }, 60_000)

    test("logs -f and attach follow", async () => {
      for (const line of ["kubectl logs -f --tail=1 box", "kubectl attach box"]) {
        const following = cluster.start(line)
        const ticks = await until(() => /tick (\d+)\ntick (\d+)\n/.exec(following.said()), `${line} goes on`)
        expect(Number(ticks?.[1])).toBeGreaterThan(0)
        following.stop()
      }
    }, 60_000)

    test("run -i talks to the container it made, whose exit code it ends with", async () => {
      const ran = await cluster.run(
        "(sleep 2; echo 'echo hello-$((20+3)); exit 4') | kubectl run talk --image=busybox -i --rm --restart=Never -- sh",
      )
      expect(ran.out).toContain("hello-23\n")
      expect(ran).toMatchObject({ exit: 4, error: expect.stringContaining("pod default/talk terminated (Error)") as string })
    }, 60_000)

    test("debug attaches to an ephemeral container", async () => {
      const ran = await cluster.run("(sleep 3; echo 'hostname; exit') | kubectl debug box -i --image=busybox --profile=general -- sh")
      expect(ran).toMatchObject({ out: expect.stringContaining("box\n") as string, exit: 0 })
    }, 60_000)
  })

  describe("objects", () => {
    test("edit, diff and wait", async () => {
      await cluster.must("kubectl create deployment edited --image=nginx --replicas=1")
      await cluster.must("KUBE_EDITOR='sed -i s/replicas:\\ 1/replicas:\\ 3/' kubectl edit deployment edited")
      await cluster.must("kubectl wait --for=jsonpath='{.status.readyReplicas}'=3 deployment/edited --timeout=40s")
      await cluster.must("kubectl apply -f -", deployment("diffed", 1))
      const { out, exit } = await cluster.run("kubectl diff -f -", deployment("diffed", 2))
      expect(exit).toBe(1)
      expect(out.split("\n").filter((line) => /^[-+] /.test(line) && line.includes("replicas"))).toEqual([
        "-  replicas: 1",
        "+  replicas: 2",
      ])
      // Of a watch that its own time-out ends within a second kubectl warns before that.
      expect(await cluster.run("kubectl wait --for=delete deployment/diffed --timeout=2s")).toMatchObject({
        exit: 1,
        error: expect.stringMatching(/(^|\n)error: timed out waiting for the condition on deployments\/diffed\n$/),
      })
    }, 90_000)

    test("server-side apply tells whose fields it would take", async () => {
      await cluster.must("kubectl apply --server-side --field-manager=first -f -", deployment("owned", 1))
      const { exit, error } = await cluster.run("kubectl apply --server-side --field-manager=second -f -", deployment("owned", 2))
      expect(exit).toBe(1)
      expect(error).toContain('conflict with "first": .spec.replicas')
      await cluster.must("kubectl apply --server-side --field-manager=second --force-conflicts -f -", deployment("owned", 2))
      expect(
        await cluster.must("kubectl get deployment owned --show-managed-fields -o jsonpath='{.metadata.managedFields[*].manager}'"),
      ).toContain("second")
    }, 60_000)

    test("drain empties a node that uncordon opens again", async () => {
      await cluster.must("kubectl delete deployment web edited diffed owned --ignore-not-found --wait=false")
      await cluster.must(
        "kubectl create deployment moved --image=nginx --replicas=2 && kubectl rollout status deployment/moved --timeout=40s",
      )
      const out = await cluster.must("kubectl drain node01 --ignore-daemonsets --delete-emptydir-data --force --timeout=40s 2>&1")
      expect(out).toContain("node/node01 drained\n")
      expect(await cluster.must("kubectl get pods -l app=moved -o jsonpath='{.items[*].status.phase}'")).toBe("Pending Pending")
      await cluster.must("kubectl uncordon node01 && kubectl rollout status deployment/moved --timeout=40s")
    }, 90_000)

    test("auth can-i --list and explain --recursive", async () => {
      expect(await cluster.must("kubectl auth can-i --list")).toMatch(/^\*\.\* +\[\] +\[\] +\[\*\]$/m)
      expect(await cluster.run("kubectl auth can-i delete nodes --as=system:serviceaccount:default:default")).toMatchObject({
        out: "no\n",
        exit: 1,
      })
      const explained = await cluster.must("kubectl explain deployment.spec.template.spec.containers --recursive")
      expect(explained).toContain("\n  livenessProbe\t<Probe>\n    exec\t<ExecAction>\n")
    }, 60_000)
  })

  describe("webhooks", () => {
    test("of a service in the cluster change and refuse", async () => {
      writeFileSync(join(cluster.folder, "tls.crt"), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
      await cluster.must("kubectl create secret generic hook-tls --from-file=tls.crt --from-file=tls.key=tls.crt")
      await cluster.must(
        "kubectl apply -f -",
        JSON.stringify({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "hook", labels: { app: "hook" } },
          spec: {
            containers: [
              {
                name: "agnhost",
                image: "registry.k8s.io/e2e-test-images/agnhost:2.53",
                args: ["webhook", "--tls-cert-file=/tls/tls.crt", "--tls-private-key-file=/tls/tls.key", "--port=8444"],
                volumeMounts: [{ name: "tls", mountPath: "/tls" }],
              },
            ],
            volumes: [{ name: "tls", secret: { secretName: "hook-tls" } }],
          },
        }),
      )
      await cluster.must(
        "kubectl expose pod hook --port=443 --target-port=8444 && kubectl wait --for=condition=Ready pod/hook --timeout=40s",
      )
      const hook = (kind: string, name: string, path: string, resources: string[]) => ({
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: `${kind}WebhookConfiguration`,
        metadata: { name },
        webhooks: [
          {
            name: `${name}.example.com`,
            admissionReviewVersions: ["v1"],
            sideEffects: "None",
            clientConfig: {
              caBundle: Buffer.from("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n").toString("base64"),
              service: { namespace: "default", name: "hook", path },
            },
            rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources }],
            objectSelector: { matchLabels: { hooked: "yes" } },
          },
        ],
      })
      for (const one of [hook("Mutating", "label", "/add-label", ["pods"]), hook("Validating", "refuse", "/configmaps", ["configmaps"])])
        await cluster.must("kubectl create -f -", JSON.stringify(one))
      await cluster.must(
        'kubectl create deployment hooked --image=nginx --dry-run=client -o json | sed \'s/"app": "hooked"/"app": "hooked", "hooked": "yes"/\' | kubectl apply -f -',
      )
      await cluster.must("kubectl rollout status deployment/hooked --timeout=40s")
      expect(await cluster.must("kubectl get pods -l app=hooked -o jsonpath='{.items[*].metadata.labels.added-label}'")).toBe("yes")
      const unwanted = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "c", labels: { hooked: "yes" } },
        data: { "webhook-e2e-test": "webhook-disallow" },
      }
      expect(await cluster.run("kubectl create -f -", JSON.stringify(unwanted))).toMatchObject({
        exit: 1,
        error: `Error from server: error when creating "STDIN": admission webhook "refuse.example.com" denied the request: the configmap contains unwanted key and value\n`,
      })
      await cluster.must("kubectl delete pod hook --now && kubectl delete service hook")
      expect((await cluster.run("kubectl create -f -", JSON.stringify(unwanted))).error).toContain(
        'failed calling webhook "refuse.example.com": failed to call webhook: Post "https://hook.default.svc:443/configmaps?timeout=10s": service "hook" not found',
      )
      await cluster.must("kubectl delete mutatingwebhookconfiguration/label validatingwebhookconfiguration/refuse")
    }, 90_000)
  })
})
