/** Services, names and policies: who answers, who refuses, who is silent. As pkg/proxy, CoreDNS and the network plugin. */
import { apply, behaves } from "../testing/behaviour.ts"

const DEPLOY =
  "kubectl create deployment web --image=registry.k8s.io/e2e-test-images/agnhost:2.53 --replicas=2 -- /agnhost netexec --http-port=80 >/dev/null; kubectl wait --for=condition=Available deployment/web >/dev/null"
const box =
  "apiVersion: v1\nkind: Pod\nmetadata: {name: box, labels: {app: box}}\nspec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: busybox, command: [sleep, '9999']}]}"
const inBox = (command: string): string => `kubectl exec box -- sh -c '${command}' 2>&1`

behaves([
  {
    title: "types of Services: an address for all of them, ports on nodes, names for what lies outside, none for headless ones",
    steps: [
      {
        run: `${DEPLOY}; ${apply(box)}kubectl expose deployment web --port=80 >/dev/null; kubectl expose deployment web --name=np --type=NodePort --port=8080 --target-port=80 >/dev/null; kubectl create service externalname out --external-name=example.com >/dev/null; kubectl expose deployment web --name=hl --cluster-ip=None --port=80 >/dev/null; kubectl create service clusterip lone --tcp=80 >/dev/null; kubectl expose deployment web --name=lb --type=LoadBalancer --port=80 >/dev/null`,
      },
      {
        after: 5,
        run: "kubectl get svc --no-headers | sed 's/10.[0-9.]*/IP/' | awk '{print $1, $2, $3, $4, $5}'",
        shows:
          "hl ClusterIP None <none> 80/TCP\nkubernetes ClusterIP IP <none> 443/TCP\nlb LoadBalancer IP <pending> 80:30512/TCP\nlone ClusterIP IP <none> 80/TCP\nnp NodePort IP <none> 8080:32618/TCP\nout ExternalName <none> example.com <none>\nweb ClusterIP IP <none> 80/TCP",
      },
      {
        run: inBox(
          "wget -qO- web/hostname | cut -c1-4; wget -qO- -T2 lone; wget -qO- -T 2 172.30.2.2:1; nslookup hl.default.svc.cluster.local | grep -c Address; nslookup out.default.svc.cluster.local | tail -3; nslookup nope 2>&1 | tail -2",
        ),
        shows:
          "web-\nwget: can't connect to remote host (10.98.121.79): Connection refused\nwget: can't connect to remote host (172.30.2.2): Connection refused\n3\n\nout.default.svc.cluster.local canonical name = example.com\n\n** server can't find nope.cluster.local: NXDOMAIN",
      },
      {
        run: "P=$(kubectl get svc np -o jsonpath='{.spec.ports[0].nodePort}'); for h in controlplane node01; do curl -s $h:$P/hostname | cut -c1-4; echo; done",
        shows: "web-\n\nweb-",
      },
      {
        run:
          "kubectl scale deployment web --replicas=0 >/dev/null; sleep 5; kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[0].endpoints}'; " +
          inBox("wget -qO- -T 3 web"),
        shows: "[]wget: can't connect to remote host (10.105.80.8): Connection refused\ncommand terminated with exit code 1",
      },
    ],
  },
  {
    title: "session affinity keeps a client with one Pod; local traffic stays on its node, or is dropped",
    steps: [
      {
        run: `${DEPLOY}; ${apply(box)}kubectl expose deployment web --port=80 --session-affinity=ClientIP >/dev/null; kubectl expose deployment web --name=loc --type=NodePort --port=80 >/dev/null; kubectl patch svc loc -p '{"spec":{"externalTrafficPolicy":"Local"}}' >/dev/null; sleep 5`,
      },
      { run: inBox("for i in 1 2 3 4 5 6 7 8; do wget -qO- web/hostname; echo; done | sort -u | wc -l"), shows: "1" },
      {
        run: `kubectl scale deployment web --replicas=6 >/dev/null; sleep 10; for i in 1 2 3; do ${inBox("wget -qO- web/hostname")}; echo; done | sort -u | wc -l`,
        shows: "1",
      },
      {
        run: "P=$(kubectl get svc loc -o jsonpath='{.spec.ports[0].nodePort}'); curl -s -m 3 node01:$P/hostname | cut -c1-4; echo; curl -s -m 3 controlplane:$P/hostname; echo $?",
        shows: "web-\n\n28",
      },
    ],
  },
  {
    title: "a NetworkPolicy closes, and opens for who it names; by namespace and port, in and out",
    steps: [
      { run: `${DEPLOY}; ${apply(box)}kubectl expose deployment web --port=80 >/dev/null; sleep 5` },
      { run: inBox("wget -qO- -T 2 web/hostname | cut -c1-3"), shows: "web" },
      {
        run: apply(
          "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: shut}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}",
        ),
      },
      { run: inBox("wget -qO- -T 2 web/hostname"), shows: "wget: download timed out\ncommand terminated with exit code 1" },
      {
        run: apply(
          "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: let}\nspec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: box}}}], ports: [{port: 80}]}]}",
        ),
      },
      { run: inBox("wget -qO- -T 2 web/hostname | cut -c1-3"), shows: "web" },
      {
        run: apply(
          "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out}\nspec: {podSelector: {matchLabels: {app: box}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}]}]}",
        ),
      },
      { run: inBox("wget -qO- -T 2 web/hostname; IP=$(echo $WEB_SERVICE_HOST); echo"), shows: "wget: bad address 'web'" },
    ],
  },
  {
    title:
      "broken DNS: none runs, its Corefile is broken, it forwards to itself, it forwards to nobody; and hosts, rewrites, zones of one's own",
    steps: [
      { run: `${apply(box)}sleep 5; ${inBox("nslookup kubernetes.default.svc.cluster.local | tail -2")}`, shows: "" },
      {
        run: `kubectl -n kube-system scale deployment coredns --replicas=0 >/dev/null; sleep 12; ${inBox("nslookup kubernetes.default.svc.cluster.local")}`,
        shows: ";; connection timed out; no servers could be reached\n\ncommand terminated with exit code 1",
      },
      {
        run: `kubectl -n kube-system get cm coredns -o yaml | grep -v resourceVersion > cm.yaml; sed 's/kubernetes cluster.local/kubernetess cluster.local/' cm.yaml | kubectl apply -f - 2>/dev/null >/dev/null; kubectl -n kube-system scale deployment coredns --replicas=1 >/dev/null; sleep 30; kubectl -n kube-system get pods -l k8s-app=kube-dns --no-headers | awk '{print $2, $3}'; kubectl -n kube-system logs -l k8s-app=kube-dns`,
        shows: "0/1 CrashLoopBackOff\n/etc/coredns/Corefile:7 - Error during parsing: Unknown directive 'kubernetess'",
      },
      {
        run: `sed 's#forward . /etc/resolv.conf#forward . 127.0.0.1#' cm.yaml | kubectl apply -f - 2>/dev/null >/dev/null; kubectl -n kube-system delete pod -l k8s-app=kube-dns >/dev/null; sleep 20; kubectl -n kube-system logs -l k8s-app=kube-dns`,
        shows:
          '.:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.13.1\nlinux/amd64, go1.25.5, 1db4568\n[FATAL] plugin/loop: Loop (127.0.0.1:44222 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."',
      },
      {
        run: `sed 's#forward . /etc/resolv.conf#forward . 10.9.9.9#; s#kubernetes cluster.local#log\\n        hosts {\\n          1.2.3.4 some.host\\n          fallthrough\\n        }\\n        rewrite name old.name kubernetes.default.svc.cluster.local\\n        kubernetes cluster.local own.zone#' cm.yaml > new.yaml; kubectl apply -f new.yaml >/dev/null 2>/dev/null; kubectl -n kube-system delete pod -l k8s-app=kube-dns >/dev/null; sleep 20; ${inBox("for n in some.host old.name kubernetes.default.svc.own.zone kubernetes.default.svc.cluster.local example.com; do echo $n; nslookup $n | tail -n +4; done")}; kubectl -n kube-system logs -l k8s-app=kube-dns --tail=2`,
        shows:
          "some.host\nName: some.host\nAddress: 1.2.3.4\n\n\nold.name\nName: old.name\nAddress: 10.96.0.1\n\n\nkubernetes.default.svc.own.zone\nName: kubernetes.default.svc.own.zone\nAddress: 10.96.0.1\n\n\nkubernetes.default.svc.cluster.local\nName: kubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n\nexample.com\n** server can't find example.com: NXDOMAIN\n\n** server can't find example.com: NXDOMAIN\n\n[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.1.6:40000->10.9.9.9:53: i/o timeout\n[INFO] 127.0.0.1:40000 - 4011 \"A IN example.com. udp 29 false 512\" SERVFAIL qr,aa,rd 42 0.000112s",
      },
      {
        run: `kubectl apply -f cm.yaml 2>/dev/null >/dev/null; sleep 110; kubectl -n kube-system logs -l k8s-app=kube-dns --tail=2`,
        shows:
          "[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\n[INFO] Reloading complete",
      },
    ],
  },
  {
    title: "broken kube-proxy: without it no new Service has rules; its configuration is not there",
    steps: [
      {
        run: `kubectl -n kube-system get ds kube-proxy -o yaml > ds.yaml; sed 's#--config=/var/lib/kube-proxy/config.conf#--config=/var/lib/kube-proxy/configuration.conf#' ds.yaml | kubectl apply -f - >/dev/null 2>&1; sleep 60; kubectl -n kube-system get pods -l k8s-app=kube-proxy --no-headers | awk '{print $2, $3}' | sort; kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //' | sort -u`,
        shows:
          '0/1 CrashLoopBackOff\n0/1 CrashLoopBackOff\nrun.go:74] "command failed" err="failed complete: open /var/lib/kube-proxy/configuration.conf: no such file or directory"',
      },
    ],
  },
  {
    title: "a Service's own address is one, of the cluster's ranges, and nobody else's",
    steps: [
      {
        run: "for a in 10.96.0.300 10.0.217.164 10.96.0.0 10.111.255.255 10.96.0.1 10.96.0.77; do kubectl create service clusterip own --tcp=80 --clusterip=$a 2>&1 | sed 's/.*is invalid: //'; done",
        shows:
          'spec.clusterIPs[0]: Invalid value: "10.96.0.300": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\nspec.clusterIPs: Invalid value: ["10.0.217.164"]: failed to allocate IP 10.0.217.164: the provided network does not match the current range\nspec.clusterIPs: Invalid value: ["10.96.0.0"]: failed to allocate IP 10.96.0.0: the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12\nspec.clusterIPs: Invalid value: ["10.111.255.255"]: failed to allocate IP 10.111.255.255: the provided IP (10.111.255.255) is not in the valid range. The range of valid IPs is 10.96.0.0/12\nspec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated\nservice/own created',
      },
    ],
  },
])
