/** Expressions of yq that lab scripts use, on a manifest with comments. */
import { expect, test } from "vitest"
import { runScript } from "../shell-machine.ts"

const POD = `# a pod
apiVersion: v1
kind: Pod
metadata:
  name: web # its name
  labels: {app: web}
spec:
  replicas: 2
  containers:
    - name: c
      image: "nginx:1.25"
    # the second
    - name: d
      image: redis
`
const MANY = "kind: A\nn: 1\n---\nkind: B\nn: 2\n"

const answers = (script: string) => {
  const { stdout, stderr, exit } = runScript(script, { files: { "pod.yaml": POD, "many.yaml": MANY, "v.json": '{"a":{"b":1}}' } })
  return exit === 0 ? stdout + stderr : `${stdout}${stderr}[${exit}]`
}

test.each([
  [".metadata.name", "yq .metadata.name pod.yaml", "web\n"],
  ["a list's items", "yq '.spec.containers[].image' pod.yaml", "nginx:1.25\nredis\n"],
  ["a list as YAML", "yq '.spec.containers' pod.yaml | head -2", "- name: c\n  image: nginx:1.25\n"],
  ["JSON", "yq -o=json '.metadata' pod.yaml", '{\n  "name": "web",\n  "labels": {\n    "app": "web"\n  }\n}\n'],
  ["compact JSON", "yq -o json -I0 '.metadata.labels' pod.yaml", '{"app":"web"}\n'],
  ["from JSON", "yq -P . v.json", "a:\n  b: 1\n"],
  ["select among documents", "yq eval 'select(.kind == \"B\") | .n' many.yaml", "2\n"],
  ["documents apart", "yq '.n' many.yaml", "1\n---\n2\n"],
  ["documentIndex", "yq 'select(documentIndex == 1)' many.yaml", "kind: B\nn: 2\n"],
  ["null", "yq .nope pod.yaml", "null\n"],
  ["default", "yq '.nope // \"d\"' pod.yaml", "d\n"],
  ["length and keys", "yq '.spec.containers | length' pod.yaml; yq '.metadata | keys' pod.yaml", "2\n- name\n- labels\n"],
  ["strenv", "X=y yq -n '.a = strenv(X)'", "a: y\n"],
  ["env is YAML", "X=5 yq -n '.a = env(X) + 1'", "a: 6\n"],
  ["merge", "yq eval-all 'select(fileIndex == 0) * select(fileIndex == 1)' v.json <(echo 'a: {c: 2}')", "a:\n  b: 1\n  c: 2\n"],
  ["exit status", "yq -e '.nope' pod.yaml", "null\nError: no matches found\n[1]"],
  ["no file", "yq . nope.yaml", "Error: open nope.yaml: no such file or directory\n[1]"],
  ["to_entries", "yq '.metadata.labels | to_entries | .[0].key' pod.yaml", "app\n"],
  ["with", "yq 'with(.spec; .replicas = 9) | .spec.replicas' pod.yaml", "9\n"],
])("%s", (_, script, expected) => {
  expect(answers(script)).toBe(expected)
})

test("in place: only what was changed changes", () => {
  expect(
    answers(
      'yq -i \'.spec.replicas = 3 | .spec.containers[0].image = "httpd" | .metadata.labels.tier = "x" | del(.kind)\' pod.yaml; cat pod.yaml',
    ),
  ).toBe(
    POD.replace("replicas: 2", "replicas: 3")
      .replace("nginx:1.25", "httpd")
      .replace("{app: web}", "{app: web, tier: x}")
      .replace("kind: Pod\n", ""),
  )
})
