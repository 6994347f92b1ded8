/** The commands that everybody begins with, typed into a fresh two-node world. */
import { createWorld, type ScriptResult, type World } from "@drydock/world"
import { beforeAll, describe, expect, test } from "vitest"

const STARTED_AT = Date.UTC(2026, 0, 5, 8)

const boot = (seed: string): World => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed, startedAt: STARTED_AT })
  world.boot()
  return world
}

const typist = (world: World) => {
  const shell = world.shellSession({})
  return (command: string, limits: { timeout?: number; interruptAfter?: number } = {}): ScriptResult => {
    let result: ScriptResult | undefined
    shell.run(
      command,
      { timeout: limits.timeout ?? 300_000, ...(limits.interruptAfter !== undefined && { interruptAfter: limits.interruptAfter }) },
      (given) => {
        result = given
      },
    )
    while (!result) world.run({ until: world.sim.now() + 60_000, stop: () => result !== undefined })
    return result
  }
}

describe("first commands", () => {
  let type: ReturnType<typeof typist>
  beforeAll(() => {
    type = typist(boot("first"))
  })

  test("what is there", () => {
    expect(type("kubectl version").stdout).toBe("Client Version: v1.35.2\nKustomize Version: v5.7.1\nServer Version: v1.35.6\n")
    expect(type("kubectl cluster-info").stdout).toBe(
      "Kubernetes control plane is running at https://172.30.1.2:6443\nCoreDNS is running at https://172.30.1.2:6443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    )
    expect(type("kubectl get all").stdout).toMatch(
      /^NAME {17}TYPE {8}CLUSTER-IP {3}EXTERNAL-IP {3}PORT\(S\) {3}AGE\nservice\/kubernetes {3}ClusterIP {3}10\.96\.0\.1 {4}<none> {8}443\/TCP {3}\d+s\n$/,
    )
    expect(type("kubectl get nodes").stdout).toMatch(
      /^NAME {11}STATUS {3}ROLES {11}AGE +VERSION\ncontrolplane {3}Ready {4}control-plane {3}\d+s +v1\.35\.6\nnode01 {9}Ready {4}<none> {10}\d+s +v1\.35\.6\n$/,
    )
    expect(type("kubectl get deployments")).toMatchObject({ stdout: "", stderr: "No resources found in default namespace.\n", exit: 0 })
  })

  test("a Deployment and a Pod, reached through the API server", () => {
    expect(
      type("kubectl create deployment kubernetes-bootcamp --image=docker.io/jocatalin/kubernetes-bootcamp:v1 --port=8080").stdout,
    ).toBe("deployment.apps/kubernetes-bootcamp created\n")
    expect(type("kubectl run bootcamp --image=docker.io/jocatalin/kubernetes-bootcamp:v1 --port=8080").stdout).toBe(
      "pod/bootcamp created\n",
    )
    expect(type("kubectl wait --for=condition=Ready pod/bootcamp").stdout).toBe("pod/bootcamp condition met\n")
    type("kubectl proxy &")
    type(
      `export POD_NAME=$(kubectl get pods -l run=bootcamp -o go-template --template '{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}')`,
    )
    expect(type("echo $POD_NAME").stdout).toBe("bootcamp\n")
    expect(type("curl http://localhost:8001/api/v1/namespaces/default/pods/$POD_NAME/proxy/").stdout).toBe(
      "Hello Kubernetes bootcamp! | Running on: bootcamp | v=1\n",
    )
    const described = type("kubectl describe pod $POD_NAME").stdout
    for (const [reason, message] of [
      ["Scheduled", "Successfully assigned default/bootcamp to node01"],
      ["Pulling", 'Pulling image "docker.io/jocatalin/kubernetes-bootcamp:v1"'],
      ["Created", "Container created"],
      ["Started", "Container started"],
    ])
      expect(described).toMatch(new RegExp(`${reason} .*${message.replace(/[\\.]/g, "\\$&")}`))
    expect(type("kubectl logs $POD_NAME").stdout).toMatch(/^Running On: bootcamp \| Total Requests: 1 \|/)
    expect(type("kubectl exec $POD_NAME -- hostname").stdout).toBe("bootcamp\n")
    expect(type("kubectl exec $POD_NAME -- sh -c 'exit 3'")).toMatchObject({ stderr: "command terminated with exit code 3\n", exit: 3 })
  })

  test("without the scheduler a Pod waits; back again, it runs", () => {
    expect(
      type("mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/; sleep 5; kubectl run waits --image=nginx; kubectl get pod waits")
        .stdout,
    ).toMatch(/^pod\/waits created\nNAME +READY +STATUS +RESTARTS +AGE\nwaits +0\/1 +Pending +0 +0s\n$/)
    expect(type("sleep 30; kubectl get pod waits -o jsonpath='{.status.phase}{.spec.nodeName}'").stdout).toBe("Pending")
    type("mv /root/kube-scheduler.yaml /etc/kubernetes/manifests/")
    expect(type("kubectl wait --for=condition=Ready pod/waits --timeout=120s").stdout).toBe("pod/waits condition met\n")
  })

  test("a stopped kubelet turns its node NotReady after the grace period", () => {
    expect(type("ssh node01 'systemctl stop kubelet'").exit).toBe(0)
    expect(type("kubectl get nodes | grep -c NotReady").stdout).toBe("0\n")
    const watched = type("watch -n 1 kubectl get nodes", { interruptAfter: 60_000 })
    expect(watched.exit).toBe(130)
    expect(watched.stdout).toContain("node01         NotReady")
    type("ssh node01 systemctl start kubelet; sleep 20")
    expect(type("kubectl get nodes | grep -c NotReady").stdout).toBe("0\n")
  })

  test("without the API server kubectl is refused; what ran runs on", () => {
    type("mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; sleep 5")
    expect(type("kubectl get pods")).toMatchObject({
      stderr: "The connection to the server 172.30.1.2:6443 was refused - did you specify the right host or port?\n",
      exit: 1,
    })
    type("mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/")
    expect(type("until kubectl get --raw /readyz; do sleep 2; done 2>/dev/null").stdout).toBe("ok")
    expect(type("sleep 30; kubectl get deployment kubernetes-bootcamp -o jsonpath='{.status.availableReplicas}'").stdout).toBe("1")
  })
})

describe("Services", () => {
  test("a Service's name and address lead to its Pods", () => {
    const type = typist(boot("services"))
    type(
      "kubectl create deployment web --image=nginx --replicas=2; kubectl expose deployment web --port=80; kubectl rollout status deployment/web; kubectl run client --image=busybox -- sleep 1000; kubectl wait --for=condition=Ready pod/client; sleep 2",
    )
    expect(type("kubectl exec client -- wget -qO- http://web | grep title").stdout).toBe("<title>Welcome to nginx!</title>\n")
    expect(type("curl -s -o /dev/null -w '%{http_code}' http://$(kubectl get service web -o jsonpath='{.spec.clusterIP}')").stdout).toBe(
      "200",
    )
    type("kubectl scale deployment web --replicas=0; sleep 10")
    expect(type("curl -s http://$(kubectl get service web -o jsonpath='{.spec.clusterIP}')").exit).toBe(7)
  })
})

test("the same seed and commands give the same world, to the bit", () => {
  const play = (seed: string): string => {
    const world = boot(seed)
    const type = typist(world)
    type(
      "kubectl create deployment web --image=nginx --replicas=3; kubectl rollout status deployment/web; kubectl delete pod -l app=web --wait=false; sleep 40",
    )
    return world.hash()
  }
  const first = play("same")
  expect(play("same")).toBe(first)
  expect(play("other")).not.toBe(first)
})

test("the tutorial's second version says that it is the second", () => {
  const run = typist(boot("second"))
  for (const version of ["v1", "v2"]) {
    run(
      `kubectl run ${version} --image=docker.io/jocatalin/kubernetes-bootcamp:${version}; kubectl wait --for=condition=Ready pod/${version}`,
    )
    expect(run(`curl -s $(kubectl get pod ${version} -o jsonpath={.status.podIP}):8080`).stdout).toBe(
      `Hello Kubernetes bootcamp! | Running on: ${version} | v=${version.slice(1)}\n`,
    )
  }
})
