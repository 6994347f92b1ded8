/** NetworkPolicies, as Pods feel them. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const policy = (name: string, spec: string) => `
cat <<EOF | kubectl apply -f -
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}}
spec: ${spec}
EOF
sleep 1`

test("a Pod that a policy selects is reached by those it names alone; without policies by everybody", () => {
  const bash = bashIn(bootedWorld({ seed: "policies" }))
  bash(`
kubectl create deployment web --image=nginx --replicas=2 && kubectl expose deployment web --port=80
for name in friend stranger; do kubectl run $name --image=curlimages/curl --labels role=$name --command -- sleep 3600; done
sleep 20`)
  const reach = (from: string, target = "web") =>
    bash(`kubectl exec ${from} -- curl -s -o /dev/null -w '%{http_code}' --max-time 2 http://${target}`).startsWith("200")
  expect([reach("friend"), reach("stranger")]).toEqual([true, true])
  bash(
    policy(
      "web",
      `{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {role: friend}}}], ports: [{port: 80}]}]}`,
    ),
  )
  expect([reach("friend"), reach("stranger")]).toEqual([true, false])
  // The kubelet's probes come from the node, which no policy stops.
  expect(bash("kubectl get deployment web -o jsonpath='{.status.readyReplicas}'")).toBe("2")
  bash(
    policy("quiet", `{podSelector: {matchLabels: {role: friend}}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}`),
  )
  expect(reach("friend")).toBe(false)
  bash("kubectl delete networkpolicy --all; sleep 1")
  expect([reach("friend"), reach("stranger")]).toEqual([true, true])
})
