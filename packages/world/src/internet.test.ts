/** What can be fetched in a world that was given no internet of its own. */
import { expect, test } from "vitest"
import { bootedWorld, scriptIn } from "./testing/bash.ts"
import { publicInternet } from "./internet.ts"

test("published manifests install what the addons are, under any version's address; other files are not there", () => {
  const latest = publicInternet("https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml")
  expect(latest).toContain("kind: APIService")
  // As published it does not trust kubelets that sign for themselves.
  expect(latest).not.toContain("--kubelet-insecure-tls")
  expect(publicInternet("https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.7.2/components.yaml")).toBe(latest)
  expect(publicInternet("https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/other.yaml")).toBeUndefined()
  expect(publicInternet("http://info.cern.ch")).toContain("home of the first website")
  expect(publicInternet("http://info.cern.ch/absent")).toBeUndefined()
})

test("kubectl applies the Gateway API's definitions from their project's address, and knows its kinds", () => {
  const run = scriptIn(bootedWorld({ topology: { nodes: ["one"], hollow: true }, seed: "net" }))
  const applied = run("kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml")
  expect(applied).toMatchObject({ exit: 0, stderr: "" })
  expect(applied.stdout.split("\n").filter(Boolean)).toHaveLength(5)
  run(`kubectl wait --for=condition=Established crd/gateways.gateway.networking.k8s.io; kubectl apply -f - <<'EOF'
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: front}
spec: {gatewayClassName: nginx, listeners: [{name: http, protocol: HTTP, port: 80}]}
EOF`)
  expect(run("kubectl get gtw").stdout).toMatch(/^NAME +CLASS +ADDRESS +PROGRAMMED +AGE\nfront +nginx +\d+s\n$/)
  expect(run("curl -s https://nowhere.example/").exit).toBe(6)
})

test("operators that a URL installs run, and their kinds are there; a repository's directory is built from its address", () => {
  const run = scriptIn(bootedWorld({ topology: "kubeadm-1node", seed: "operators" }))
  run(`kubectl apply -f https://github.com/cert-manager/cert-manager/releases/download/v1.17.0/cert-manager.yaml
kubectl create ns argocd; kubectl apply -n argocd -f https://raw.githubusercontent.com/argoproj/argo-cd/stable/manifests/install.yaml
kubectl kustomize "https://github.com/nginx/nginx-gateway-fabric/config/crd/gateway-api/standard?ref=v1.6.2" | kubectl apply -f -
sleep 20`)
  expect(run("kubectl get deploy -A --no-headers | awk '$1 ~ /cert-manager|argocd/ {print $1, $3}' | sort | uniq -c").stdout).toBe(
    "      4 argocd 1/1\n      3 cert-manager 1/1\n",
  )
  expect(run("kubectl get certificates,applications,gateways -A").stderr).toBe("No resources found\n")
  expect(run("kubectl kustomize github.com/nobody/nothing//base").stderr).toContain("404 Not Found")
})
