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

test("aws eks update-kubeconfig makes a context that works once aws-auth maps the user, or the role that is taken", () => {
  const keys = "export AWS_ACCESS_KEY_ID=AKIAEXAMPLE AWS_SECRET_ACCESS_KEY=example"
  const arn = "arn:aws:eks:eu-west-1:111122223333:cluster/demo"
  expect(run(`${keys}; aws eks update-kubeconfig`)).toMatchObject({ exit: 252 })
  expect(run("aws eks update-kubeconfig --name demo --region eu-west-1 --kubeconfig ~/eks").stdout).toBe(
    `Added new context ${arn} to /root/eks\n`,
  )
  expect(run("aws eks update-kubeconfig --name demo --region eu-west-1 --kubeconfig ~/eks").stdout).toBe(
    `Updated context ${arn} in /root/eks\n`,
  )
  run(
    "aws eks update-kubeconfig --name demo --alias admin --user-alias boss --role-arn arn:aws:iam::111122223333:role/admins --kubeconfig ~/eks",
  )
  expect(run("kubectl --kubeconfig ~/eks config get-contexts -o name; kubectl --kubeconfig ~/eks config current-context").stdout).toBe(
    `admin\n${arn}\nadmin\n`,
  )
  const whoami = (context: string) =>
    run(
      `${keys}; kubectl --kubeconfig ~/eks --context ${context} auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.groups} {.status.userInfo.extra.canonicalArn}'`,
    )
  const refused = "error: You must be logged in to the server (Unauthorized)\n"
  expect(whoami(arn).stderr).toBe(refused)
  run(`kubectl apply -f - <<'E'
apiVersion: v1
kind: ConfigMap
metadata: {name: aws-auth, namespace: kube-system}
data:
  mapUsers: |
    - userarn: arn:aws:iam::111122223333:user/AKIAEXAMPLE
      username: jane
      groups: [devs]
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/admins
      username: admin:{{SessionName}}
      groups:
      - system:masters
E`)
  // A cluster without the authenticator does not look at the mappings.
  expect(whoami(arn).stderr).toBe(refused)
  run("kubectl create configmap aws-iam-authenticator -n kube-system --from-literal=config.yaml='clusterID: demo'")
  expect(whoami(arn).stdout).toBe('jane ["devs","system:authenticated"] ["arn:aws:iam::111122223333:user/AKIAEXAMPLE"]')
  expect(whoami("admin").stdout).toBe(
    'admin:EKSGetTokenAuth ["system:masters","system:authenticated"] ["arn:aws:iam::111122223333:role/admins"]',
  )
  expect(run(`${keys}; kubectl --kubeconfig ~/eks --context admin get ns dev -o name`).stdout).toBe("namespace/dev\n")
  expect(run(`${keys}; kubectl --kubeconfig ~/eks --context ${arn} get ns dev`).stderr).toBe(
    'Error from server (Forbidden): namespaces "dev" is forbidden: User "jane" cannot get resource "namespaces" in API group "" in the namespace "dev"\n',
  )
  // Signed a quarter of an hour ago.
  const old = run(`${keys}; aws eks get-token --cluster-name demo | jq -r .status.token`).stdout.trim()
  expect(run(`kubectl --token=${old} auth whoami -o jsonpath='{.status.userInfo.username}'`).stdout).toBe("jane")
  world.run({ until: world.sim.now() + 16 * 60_000 })
  expect(run(`kubectl --token=${old} get ns`).stderr).toBe(refused)
  expect(run(`kubectl --token=k8s-aws-v1.x get ns`).stderr).toBe(refused)
  run("kubectl delete configmap aws-auth -n kube-system")
  expect(whoami(arn).stderr).toBe(refused)
  expect(run(`${keys}; aws sts get-caller-identity | jq -r .Arn`).stdout).toBe("arn:aws:iam::111122223333:user/AKIAEXAMPLE\n")
})
