/** Ingresses answer through a controller, and Services of type LoadBalancer through pools of addresses. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const BACKENDS = `
for name in one two; do
  kubectl create deployment $name --image=hashicorp/http-echo -- /http-echo -text=$name -listen=:80
  kubectl expose deployment $name --port=80
done
kubectl create secret tls site --cert=/etc/kubernetes/pki/ca.crt --key=/etc/kubernetes/pki/ca.key 2>/dev/null || kubectl create secret generic site
kubectl create secret generic users --from-literal=auth=eva:{PLAIN}word
`

const ingress = (name: string, rules: string, annotations: Record<string, string> = {}, more = ""): string => `kubectl apply -f - <<'EOF'
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, annotations: ${JSON.stringify(Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value])))}}
spec:
  ingressClassName: nginx
  ${more}
  rules:
${rules}
EOF
`
const rule = (host: string, path: string, service: string, type = "Prefix"): string =>
  `  - host: '${host}'\n    http: {paths: [{path: '${path}', pathType: ${type}, backend: {service: {name: ${service}, port: {number: 80}}}}]}`

const PORT = "$(kubectl -n ingress-nginx get svc ingress-nginx-controller -o jsonpath='{.spec.ports[0].nodePort}')"
const ask = (host: string, path: string, more = ""): string =>
  `curl -s ${more} -o /tmp/out -w '%{http_code} ' -H 'Host: ${host}' http://node01:${PORT}${path}; head -c 3 /tmp/out; echo`

test("hosts, paths, rewriting, TLS, users and canaries", () => {
  const bash = bashIn(bootedWorld({ addons: ["ingress-nginx"] }))
  bash(
    BACKENDS +
      ingress("paths", [rule("a.test", "/", "one"), rule("a.test", "/two", "two"), rule("a.test", "/exact", "two", "Exact")].join("\n")) +
      ingress("wild", rule("*.b.test", "/", "two")) +
      ingress("rewrite", rule("c.test", "/api(/|$)(.*)", "one", "ImplementationSpecific"), { "rewrite-target": "/$2" }) +
      ingress("tls", rule("d.test", "/", "one"), {}, "tls: [{hosts: [d.test], secretName: site}]") +
      ingress("auth", rule("e.test", "/", "one"), { "auth-type": "basic", "auth-secret": "users" }) +
      ingress("missing", rule("f.test", "/", "nobody")) +
      ingress("main", rule("g.test", "/", "one")) +
      ingress("canary", rule("g.test", "/", "two"), { canary: "true", "canary-by-header": "X-New" }) +
      "sleep 20",
  )
  const answers: readonly (readonly [string, string])[] = [
    [ask("a.test", "/"), "200 one"],
    [ask("a.test", "/two/more"), "200 two"],
    [ask("a.test", "/twofold"), "200 one"],
    [ask("a.test", "/exact"), "200 two"],
    [ask("a.test", "/exact/not"), "200 one"],
    [ask("x.b.test", "/"), "200 two"],
    [ask("b.test", "/"), "404 <ht"],
    [ask("c.test", "/api/v1"), "200 one"],
    [ask("c.test", "/other"), "404 <ht"],
    [ask("d.test", "/"), "308 <ht"],
    [ask("e.test", "/"), "401 <ht"],
    [ask("e.test", "/", "-u eva:word"), "200 one"],
    [ask("f.test", "/"), "503 <ht"],
    [ask("g.test", "/"), "200 one"],
    [ask("g.test", "/", "-H 'X-New: always'"), "200 two"],
  ]
  expect(bash(answers.map(([question]) => question).join("\n")).split("\n")).toEqual(answers.map(([, answer]) => answer))
  expect(
    bash(
      "kubectl get ingress paths -o jsonpath='{.status.loadBalancer.ingress[0].ip} '; kubectl get ingress tls --no-headers | awk '{print $5,$6}'",
    ),
  ).toBe("172.30.2.2 80, 443")
  expect(bash("kubectl get events --field-selector involvedObject.name=paths -o jsonpath='{.items[0].reason} {.items[0].message}'")).toBe(
    "Sync Scheduled for sync",
  )
})

test("MetalLB gives addresses out of its pools, as asked for, and takes them back", () => {
  const bash = bashIn(bootedWorld({ addons: ["metallb"] }))
  bash(`kubectl create deployment web --image=nginx; kubectl expose deployment web --port=80 --type=LoadBalancer; sleep 10`)
  const address = (name: string) => bash(`kubectl get svc ${name} -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`)
  expect(address("web")).toBe("")
  expect(bash("kubectl get events --field-selector reason=AllocationFailed -o jsonpath='{.items[0].message}'")).toBe(
    'Failed to allocate IP for "default/web": no available IPs',
  )
  bash(`kubectl apply -f - <<'EOF'
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: small, namespace: metallb-system}
spec: {addresses: [172.30.255.8/31]}
EOF
kubectl expose deployment web --name=chosen --port=80 --type=LoadBalancer --overrides='{"metadata":{"annotations":{"metallb.io/loadBalancerIPs":"172.30.255.9"}}}'
sleep 5
kubectl expose deployment web --name=late --port=80 --type=LoadBalancer
sleep 5`)
  expect([address("web"), address("chosen"), address("late")]).toEqual(["172.30.255.8", "172.30.255.9", ""])
  expect(bash("curl -s http://172.30.255.9 | grep -c 'Welcome to nginx'")).toBe("2")
  bash("kubectl delete svc chosen; sleep 5")
  expect(address("late")).toBe("172.30.255.9")
})
