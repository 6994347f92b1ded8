/** The small tools beside kubectl: kustomize, kubectx, kubens, stern, and those that are not here and say so. */
import { beforeAll, expect, test } from "vitest"
import { helmWorld, type Ran, typed } from "./helm/helm-world.ts"

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx}
`

let run: (script: string) => Ran
beforeAll(() => {
  run = typed(helmWorld({ topology: "kubeadm-1node", trees: [{ "base/web.yaml": DEPLOYMENT }] }))
})

test("kustomize writes a kustomization, changes it and builds it", () => {
  expect(
    run(
      "cd base; kustomize create --resources web.yaml; kustomize edit set image nginx=nginx:1.27; kustomize edit set nameprefix dev-; kustomize edit set replicas web=2; cat kustomization.yaml",
    ),
  ).toEqual({
    stdout: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- web.yaml
namePrefix: dev-
images:
- name: nginx
  newName: nginx
  newTag: "1.27"
replicas:
- count: 2
  name: web
`,
    stderr: "",
    exit: 0,
  })
  expect(run("kustomize build base").stdout).toBe(run("kubectl kustomize base").stdout)
  expect(run("kustomize build base | kubectl apply -f -").stdout).toBe("deployment.apps/dev-web created\n")
  expect(run("kustomize build nowhere").exit).toBe(1)
})

test("stern shows the last lines of every Pod that matches", () => {
  const { stdout, stderr, exit } = run("kubectl rollout status deploy dev-web >/dev/null; stern dev-web --no-follow --tail 1")
  expect(exit).toBe(0)
  expect(stderr.split("\n").filter((line) => /^\+ dev-web-\w+-\w+ › web$/.test(line))).toHaveLength(2)
  expect(stdout.split("\n").filter((line) => /^dev-web-\w+-\w+ web ./.test(line))).toHaveLength(2)
})

test("kubens and kubectx switch, go back and refuse what does not exist", () => {
  expect(run("kubens kube-system; kubens -c; kubectl config view --minify -o jsonpath='{..namespace}'; echo; kubens -; kubens -c")).toEqual(
    {
      stdout: "kube-system\nkube-system\ndefault\n",
      stderr: `Context "kubernetes-admin@kubernetes" modified.
Active namespace is "kube-system".
Context "kubernetes-admin@kubernetes" modified.
Active namespace is "default".
`,
      exit: 0,
    },
  )
  expect(run("kubens nowhere")).toEqual({ stdout: "", stderr: 'error: no namespace exists with name "nowhere"\n', exit: 1 })
  run("kubectl config set-context other --cluster=kubernetes --user=kubernetes-admin")
  expect(
    run("kubectx; kubectx other; kubectx -; kubectx -c; kubectx mine=other; kubectx; kubectx -d mine; kubectx; kubectx nowhere"),
  ).toEqual({
    stdout: `kubernetes-admin@kubernetes
other
kubernetes-admin@kubernetes
kubernetes-admin@kubernetes
mine
kubernetes-admin@kubernetes
`,
    stderr: `Switched to context "other".
Switched to context "kubernetes-admin@kubernetes".
Context "other" renamed to "mine".
Deleted context "mine".
error: failed to switch context: no context exists with the name: "nowhere"
`,
    exit: 1,
  })
})

test.each(["k9s", "minikube start", "kind create cluster", "cilium status"])("%s says in one line that it is not here", (line) => {
  const { stdout, stderr, exit } = run(line)
  expect({ stdout, lines: stderr.split("\n").length, exit }).toEqual({ stdout: "", lines: 2, exit: 1 })
})

test("crictl exec passes its input on", () => {
  expect(run('echo hi | crictl exec -i "$(crictl ps --name web -q | head -1)" cat').stdout).toBe("hi\n")
})

test("kubeadm's phases keep what is there, upgrades to the present version change nothing, and a reset asks first", () => {
  expect(run("kubeadm init phase certs apiserver; kubeadm init phase kubeconfig admin")).toEqual({
    stdout: `[certs] Using certificateDir folder "/etc/kubernetes/pki"
[certs] Using existing apiserver certificate and key on disk
[kubeconfig] Using kubeconfig folder "/etc/kubernetes"
[kubeconfig] Using existing kubeconfig file: "/etc/kubernetes/admin.conf"
`,
    stderr: "",
    exit: 0,
  })
  expect(run("kubeadm certs certificate-key").stdout).toMatch(/^[0-9a-f]{64}\n$/)
  expect(run('kubeadm upgrade apply -y "$(kubeadm version -o short)" | grep SUCCESS').stdout).toMatch(
    /^\[upgrade\] SUCCESS! .* "v1\.\d+\.\d+"\.\n$/,
  )
  expect(run("kubeadm upgrade apply v9.0.0").exit).toBe(1)
  expect(run("kubeadm upgrade node").exit).toBe(0)
  expect(run("echo n | kubeadm reset").stderr.split("\n")[0]).toBe("error: error execution phase preflight: aborted reset operation")
})
