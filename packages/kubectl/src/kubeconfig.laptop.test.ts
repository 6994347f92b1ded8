/** Kubeconfigs as on a laptop: a folder of them put together by a script, kubectx and kubens beside, credentials that a program gives. */
import { createWorld, type ScriptResult } from "@drydock/world"
import { beforeAll, expect, test } from "vitest"

const world = createWorld({
  topology: { nodes: ["control-plane"], hollow: true },
  seed: "laptop",
  startedAt: Date.UTC(2026, 0, 5, 8),
})

const run = (script: string): ScriptResult => {
  let result: ScriptResult | undefined
  world.script({ script, timeout: 60_000 }, (done) => {
    result = done
  })
  world.run({ until: world.sim.now() + 120_000, stop: () => result !== undefined })
  if (!result) throw new Error(`${script} does not end`)
  return result
}

/** As people keep it in their ~/.bashrc. */
const LOAD = `
export KUBECONFIG="$HOME/.kube/config"
for file in $(find "$HOME/clusters" -type f -name '*.yaml' -o -type f -name '*.yml' | sort); do
  export KUBECONFIG="$KUBECONFIG:$file"
done
`

beforeAll(() => {
  world.boot()
  const { exit, stderr } = run(`
set -e
mkdir -p ~/clusters/work
for name in alpha beta; do
  sed -e "s/kubernetes-admin@kubernetes/$name/" -e "s/kubernetes-admin/$name-admin/g" -e "s/name: kubernetes$/name: $name/" -e "s/cluster: kubernetes$/cluster: $name/" ~/.kube/config > ~/clusters/$name.yaml
done
mv ~/clusters/beta.yaml ~/clusters/work/beta.yml
kubectl create namespace dev
kubectl create serviceaccount ci -n dev
kubectl create rolebinding ci -n dev --clusterrole=view --serviceaccount=dev:ci`)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" })
})

test("a script exports KUBECONFIG from the files in a folder: all contexts are there, and each reaches its cluster", () => {
  expect(run(`${LOAD} kubectl config get-contexts -o name; kubectl config current-context`).stdout).toBe(
    "alpha\nbeta\nkubernetes-admin@kubernetes\nkubernetes-admin@kubernetes\n",
  )
  expect(run(`${LOAD} for one in alpha beta; do kubectl --context $one get namespace dev -o name; done`).stdout).toBe(
    "namespace/dev\nnamespace/dev\n",
  )
})

test("kubectx and kubens change the files that the contexts came from", () => {
  const { stdout, exit } = run(`${LOAD}
kubectx | cat
kubectx beta
kubens dev
kubectl config current-context
kubectl config view --minify -o jsonpath='{..namespace}{"\\n"}'
kubectx -
grep -c 'namespace: dev' ~/clusters/work/beta.yml ~/clusters/alpha.yaml ~/.kube/config`)
  expect(stdout).toBe(
    [
      "alpha",
      "beta",
      "kubernetes-admin@kubernetes",
      "beta",
      "dev",
      "/root/clusters/work/beta.yml:1",
      "/root/clusters/alpha.yaml:0",
      "/root/.kube/config:0",
      "",
    ].join("\n"),
  )
  expect(exit).toBe(0)
})

test("a flattened kubeconfig works by itself", () => {
  expect(
    run(
      `${LOAD} kubectl config view --flatten --minify --context alpha > ~/alone; KUBECONFIG=~/alone kubectl --context alpha auth whoami -o jsonpath='{.status.userInfo.username}'`,
    ).stdout,
  ).toBe("kubernetes-admin")
})

test("aws eks get-token says who asks: refused without keys, taken with a session's token", () => {
  run(`kubectl config set-credentials eks --exec-command=aws --exec-arg=eks,get-token,--cluster-name,demo --exec-api-version=client.authentication.k8s.io/v1beta1
kubectl config set-context eks --cluster=kubernetes --user=eks --namespace=dev`)
  const without = run("kubectl --context eks get pods")
  expect(without.exit).toBe(1)
  expect(without.stderr).toContain('Unable to locate credentials. You can configure credentials by running "aws configure".')
  expect(without.stderr).toContain("Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 253")
  const keys = "export AWS_ACCESS_KEY_ID=AKIAEXAMPLE AWS_SECRET_ACCESS_KEY=example"
  expect(run(`${keys}; aws eks get-token --cluster-name demo | jq -r '.status.token' | cut -c1-11`).stdout).toBe("k8s-aws-v1.\n")
  expect(run(`${keys}; kubectl --context eks get pods`).stderr).toBe("error: You must be logged in to the server (Unauthorized)\n")
  expect(
    run(
      `${keys} AWS_SESSION_TOKEN=$(kubectl create token ci -n dev); kubectl --context eks auth whoami -o jsonpath='{.status.userInfo.username}'; kubectl --context eks get pods`,
    ),
  ).toMatchObject({ stdout: "system:serviceaccount:dev:ci", stderr: "No resources found in dev namespace.\n", exit: 0 })
})
