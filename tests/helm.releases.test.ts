/** helm with a cluster: releases as they come, change and go, and the form in which the real helm finds them. */
import { gunzipSync } from "node:zlib"
import type { World } from "../packages/world/src/index.ts"
import { beforeAll, describe, expect, test } from "vitest"
import { small } from "./helm/charts.ts"
import { helmWorld, type Ran, typed } from "./helm/helm-world.ts"

const HOOKED = small(
  "hooked",
  `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-cm}
data: {revision: {{ .Release.Revision | quote }}, colour: {{ .Values.colour }}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-kept
  annotations: {helm.sh/resource-policy: keep}
`,
  "colour: red\n",
  {
    "templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-first
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: busybox, command: [sh, -c, "exit {{ .Values.code | default 0 }}"]}]
  backoffLimit: 0
`,
  },
)

const SHAPES = small(
  "shapes",
  `{{- range .Values.kinds }}
apiVersion: {{ .api }}
kind: {{ .kind }}
metadata: {name: x}
---
{{- end }}
`,
  "kinds: []\n",
)

const web = "helm install web demo --set service.port=80"

describe("a release", () => {
  let world: World
  let run: (script: string) => Ran
  beforeAll(() => {
    world = helmWorld({ trees: [HOOKED, SHAPES] })
    run = typed(world)
    run("helm create demo")
  })

  test("is stored as the real helm stores it", () => {
    run(web)
    const { stdout } = run("kubectl get secret sh.helm.release.v1.web.v1 -o jsonpath='{.type} {.metadata.labels} {.data.release}'")
    const [type, labels, data] = stdout.split(" ")
    const inner = Buffer.from(Buffer.from(data, "base64").toString(), "base64")
    const release = JSON.parse(gunzipSync(inner).toString())
    expect(type).toBe("helm.sh/release.v1")
    expect(JSON.parse(labels)).toEqual({ modifiedAt: expect.any(String), name: "web", owner: "helm", status: "deployed", version: "1" })
    expect(release).toMatchObject({
      name: "web",
      namespace: "default",
      version: 1,
      apply_method: "ssa",
      config: { service: { port: 80 } },
      chart: { metadata: { name: "demo", version: "0.1.0", appVersion: "1.16.0" } },
      info: { status: "deployed", description: "Install complete", first_deployed: expect.stringMatching(/^2026-01-05T08:00:/) },
    })
    expect(Buffer.from(release.chart.templates[0].data, "base64").toString()).toContain("Get the application URL")
    expect(release.hooks[0]).toMatchObject({ kind: "Pod", events: ["test"], name: "web-demo-test-connection" })
  })

  test("owns what it made", () => {
    const { stdout } = run(
      "kubectl get deploy web-demo -o jsonpath='{.metadata.labels} {.metadata.annotations} {.metadata.managedFields[0].manager}'",
    )
    expect(stdout).toContain('"app.kubernetes.io/managed-by":"Helm"')
    expect(stdout).toContain('"meta.helm.sh/release-name":"web"')
    expect(stdout.endsWith(" helm")).toBe(true)
  })

  test("changes and goes back, one revision at a time", () => {
    run("helm upgrade web demo --set replicaCount=2; helm upgrade web demo --reuse-values --set image.tag=1.27; helm rollback web 1")
    expect(run("helm history web -o json | jq -c 'map([.revision, .status, .description])'").stdout).toBe(
      '[[1,"superseded","Install complete"],[2,"superseded","Upgrade complete"],[3,"superseded","Upgrade complete"],[4,"deployed","Rollback to 1"]]\n',
    )
    expect(run("helm get values web --revision 3 -o json").stdout.trim()).toBe('{"image":{"tag":"1.27"},"replicaCount":2}')
    expect(run("kubectl get deploy web-demo -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image}'").stdout).toBe(
      "1 nginx:1.16.0",
    )
  })

  test("cannot have another's name or another's objects", () => {
    expect(run(web)).toEqual({
      stdout: "",
      stderr:
        'level=ERROR msg="release name check failed" error="cannot reuse a name that is still in use"\nError: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use\n',
      exit: 1,
    })
    run("kubectl create configmap mine-cm")
    expect(run("helm install mine hooked").stderr).toBe(
      'Error: INSTALLATION FAILED: unable to continue with install: ConfigMap "mine-cm" in namespace "default" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "mine"; annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "default"\n',
    )
  })

  test("of types that the server does not have is refused", () => {
    expect(run("helm install odd shapes --set 'kinds[0].api=foo/v1,kinds[0].kind=Bar'").stderr).toBe(
      'Error: INSTALLATION FAILED: unable to build kubernetes objects from release manifest: resource mapping not found for name: "x" namespace: "" from "": no matches for kind "Bar" in version "foo/v1"\nensure CRDs are installed first\n',
    )
  })

  test("is listed, filtered and left with its history", () => {
    run("helm install other demo -n elsewhere --create-namespace")
    expect(run("helm list -A -o json | jq -c 'map([.name, .namespace, .revision, .status, .chart])'").stdout.trim()).toBe(
      '[["other","elsewhere","1","deployed","demo-0.1.0"],["web","default","4","deployed","demo-0.1.0"]]',
    )
    expect(run("helm list -A -q --filter '^o'").stdout).toBe("other\n")
    run("helm uninstall other -n elsewhere --keep-history")
    expect(run("helm list -n elsewhere --uninstalled -q; helm status other -n elsewhere | grep STATUS").stdout).toBe(
      "other\nSTATUS: uninstalled\n",
    )
    expect(run("helm uninstall nope").stderr).toBe("Error: uninstall: Release not loaded: nope: release: not found\n")
  })
})

describe("hooks and policies", () => {
  let run: (script: string) => Ran
  beforeAll(() => {
    run = typed(helmWorld({ trees: [HOOKED], topology: "kubeadm-1node" }))
  })

  test("run before the rest, are waited for and cleaned up", () => {
    expect(run("helm install a hooked | grep STATUS; kubectl get jobs,cm -o name").stdout).toBe(
      "STATUS: deployed\nconfigmap/a-cm\nconfigmap/a-kept\nconfigmap/kube-root-ca.crt\n",
    )
  })

  test("that fail keep an upgrade from happening; --rollback-on-failure takes it back", () => {
    const failed = run("helm upgrade a hooked --set code=3,colour=blue --rollback-on-failure --timeout 60s")
    expect(failed.exit).toBe(1)
    expect(failed.stderr).toContain(
      "pre-upgrade hooks failed: resource Job/default/a-first not ready. status: Failed, message: Job Failed. failed: 1/1",
    )
    expect(run("helm history a -o json | jq -c 'map(.status)'; kubectl get cm a-cm -o jsonpath={.data.colour}").stdout).toBe(
      '["superseded","failed","deployed"]\nred',
    )
  })

  test("keep what is to be kept", () => {
    expect(run("helm uninstall a; kubectl get cm -o name").stdout).toBe(
      'These resources were kept due to the resource policy:\n[ConfigMap] a-kept\n\nrelease "a" uninstalled\nconfigmap/a-kept\nconfigmap/kube-root-ca.crt\n',
    )
  })
})

describe("repositories of the world's internet", () => {
  test("hold charts whose Pods run", () => {
    const run = typed(helmWorld({ topology: "kubeadm-1node" }))
    run("helm repo add bitnami https://charts.bitnami.com/bitnami; helm repo update")
    expect(run("helm search repo bitnami/nginx -o json | jq -c 'map([.name, .version])'").stdout.trim()).toBe(
      '[["bitnami/nginx","22.3.3"]]',
    )
    expect(run("helm install my bitnami/nginx --version '^21' --set service.type=ClusterIP --wait | grep STATUS").stdout.trim()).toBe(
      "STATUS: deployed",
    )
    expect(run("curl -s $(kubectl get svc my-nginx -o jsonpath={.spec.clusterIP}) | grep title").stdout.trim()).toBe(
      "<title>Welcome to nginx!</title>",
    )
    expect(run("helm list -o json | jq -r '.[].chart'").stdout.trim()).toBe("nginx-21.1.23")
    expect(run("helm pull oci://registry-1.docker.io/bitnamicharts/redis --untar && ls redis").stdout).toBe(
      "Chart.yaml\nREADME.md\ntemplates\nvalues.yaml\n",
    )
    expect(run("helm repo add nowhere https://charts.nowhere.test").stderr).toBe(
      'Error: looks like "https://charts.nowhere.test" is not a valid chart repository or cannot be reached: Get "https://charts.nowhere.test/index.yaml": dial tcp: lookup charts.nowhere.test on 127.0.0.53:53: no such host\n',
    )
  })
})
