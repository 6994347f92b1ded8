/** Services, names and policies: who answers, who refuses, who is silent. As pkg/proxy, CoreDNS and the network plugin. */
import { apply, behaves } from "../testing/behaviour.ts"

const DEPLOY = "kubectl create deployment web --image=registry.k8s.io/e2e-test-images/agnhost:2.53 --replicas=2 -- /agnhost netexec --http-port=80 >/dev/null; kubectl wait --for=condition=Available deployment/web >/dev/null"
const box = "apiVersion: v1\nkind: Pod\nmetadata: {name: box, labels: {app: box}}\nspec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: busybox, command: [sleep, '9999']}]}"
const inBox = (command: string): string => `kubectl exec box -- sh -c '${command}' 2>&1`

behaves([
  {
    title: "types of Services: an address for all of them, ports on nodes, names for what lies outside, none for headless ones",
    steps: [
      { run: `${DEPLOY}; ${apply(box)}kubectl expose deployment web --port=80 >/dev/null; kubectl expose deployment web --name=np --type=NodePort --port=8080 --target-port=80 >/dev/null; kubectl create service externalname out --external-name=example.com >/dev/null; kubectl expose deployment web --name=hl --cluster-ip=None --port=80 >/dev/null; kubectl create service clusterip lone --tcp=80 >/dev/null; kubectl expose deployment web --name=lb --type=LoadBalancer --port=80 >/dev/null` },
      { after: 5, run: "kubectl get svc --no-headers | sed 's/10.[0-9.]*/IP/' | awk '{print $1, $2, $3, $4, $5}'", shows: "?" },
      { run: inBox("wget -qO- web/hostname | cut -c1-4; wget -qO- -T2 lone; wget -qO- -T 2 172.30.2.2:1; nslookup hl.default.svc.cluster.local | grep -c Address; nslookup out.default.svc.cluster.local | tail -3; nslookup nope 2>&1 | tail -2"), shows: "?" },
      { run: "P=$(kubectl get svc np -o jsonpath='{.spec.ports[0].nodePort}'); for h in controlplane node01; do curl -s $h:$P/hostname | cut -c1-4; echo; done", shows: "?" },
      { run: "kubectl scale deployment web --replicas=0 >/dev/null; sleep 5; kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[0].endpoints}'; " + inBox("wget -qO- -T 3 web"), shows: "?" },
    ],
  },
  {
    title: "session affinity keeps a client with one Pod; local traffic stays on its node, or is dropped",
    steps: [
      { run: `${DEPLOY}; ${apply(box)}kubectl expose deployment web --port=80 --session-affinity=ClientIP >/dev/null; kubectl expose deployment web --name=loc --type=NodePort --port=80 >/dev/null; kubectl patch svc loc -p '{"spec":{"externalTrafficPolicy":"Local"}}' >/dev/null; sleep 5` },
      { run: inBox("for i in 1 2 3 4 5 6 7 8; do wget -qO- web/hostname; echo; done | sort -u | wc -l"), shows: "?" },
      { run: "P=$(kubectl get svc loc -o jsonpath='{.spec.ports[0].nodePort}'); curl -s -m 3 node01:$P/hostname | cut -c1-4; echo; curl -s -m 3 controlplane:$P/hostname; echo $?", shows: "?" },
    ],
  },
  {
    title: "a NetworkPolicy closes, and opens for who it names; by namespace and port, in and out",
    steps: [
      { run: `${DEPLOY}; ${apply(box)}kubectl expose deployment web --port=80 >/dev/null; sleep 5` },
      { run: inBox("wget -qO- -T 2 web/hostname | cut -c1-3"), shows: "?" },
      { run: apply("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: shut}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}") },
      { run: inBox("wget -qO- -T 2 web/hostname"), shows: "?" },
      { run: apply("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: let}\nspec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: box}}}], ports: [{port: 80}]}]}") },
      { run: inBox("wget -qO- -T 2 web/hostname | cut -c1-3"), shows: "?" },
      { run: apply("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out}\nspec: {podSelector: {matchLabels: {app: box}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}") },
      { run: inBox("wget -qO- -T 2 web/hostname; IP=$(echo $WEB_SERVICE_HOST); echo"), shows: "?" },
    ],
  },
  {
    title: "broken DNS: none runs, its Corefile is broken, it forwards to itself, it forwards to nobody; and hosts, rewrites, zones of one's own",
    steps: [
      { run: `${apply(box)}sleep 5; ${inBox("nslookup kubernetes.default.svc.cluster.local | tail -2")}`, shows: "?" },
      { run: `kubectl -n kube-system scale deployment coredns --replicas=0 >/dev/null; sleep 12; ${inBox("nslookup kubernetes.default.svc.cluster.local")}`, shows: "?" },
      { run: `kubectl -n kube-system get cm coredns -o yaml | grep -v resourceVersion > cm.yaml; sed 's/kubernetes cluster.local/kubernetess cluster.local/' cm.yaml | kubectl apply -f - 2>/dev/null >/dev/null; kubectl -n kube-system scale deployment coredns --replicas=1 >/dev/null; sleep 30; kubectl -n kube-system get pods -l k8s-app=kube-dns --no-headers | awk '{print $2, $3}'; kubectl -n kube-system logs -l k8s-app=kube-dns`, shows: "?" },
      { run: `sed 's#forward . /etc/resolv.conf#forward . 127.0.0.1#' cm.yaml | kubectl apply -f - 2>/dev/null >/dev/null; kubectl -n kube-system delete pod -l k8s-app=kube-dns >/dev/null; sleep 20; kubectl -n kube-system logs -l k8s-app=kube-dns`, shows: "?" },
      { run: `sed 's#forward . /etc/resolv.conf#forward . 10.9.9.9#; s#kubernetes cluster.local#log\\n        hosts {\\n          1.2.3.4 some.host\\n          fallthrough\\n        }\\n        rewrite name old.name kubernetes.default.svc.cluster.local\\n        kubernetes cluster.local own.zone#' cm.yaml > new.yaml; kubectl apply -f new.yaml >/dev/null 2>/dev/null; kubectl -n kube-system delete pod -l k8s-app=kube-dns >/dev/null; sleep 20; ${inBox("for n in some.host old.name kubernetes.default.svc.own.zone kubernetes.default.svc.cluster.local example.com; do echo $n; nslookup $n | tail -n +4; done")}; kubectl -n kube-system logs -l k8s-app=kube-dns --tail=2`, shows: "?" },
      { run: `kubectl apply -f cm.yaml 2>/dev/null >/dev/null; sleep 110; kubectl -n kube-system logs -l k8s-app=kube-dns --tail=2`, shows: "?" },
    ],
  },
  {
    title: "broken kube-proxy: without it no new Service has rules; its configuration is not there",
    steps: [
      { run: `kubectl -n kube-system get ds kube-proxy -o yaml > ds.yaml; sed 's#--config=/var/lib/kube-proxy/config.conf#--config=/var/lib/kube-proxy/configuration.conf#' ds.yaml | kubectl apply -f - >/dev/null 2>&1; sleep 60; kubectl -n kube-system get pods -l k8s-app=kube-proxy --no-headers | awk '{print $2, $3}' | sort; kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //' | sort -u`, shows: "?" },
    ],
  },
])
