/** Services that lead nowhere, and what is written by hand in their place. As pkg/controller/endpointslice, endpointslicemirroring and pkg/proxy. */
import { apply, behaves } from "../testing/behaviour.ts"

/** The status that a Service answers with, and curl's. */
const ASK = (service: string): string =>
  `curl -s -m 2 -o /dev/null -w '%{http_code} ' $(kubectl get svc ${service} -o jsonpath='{.spec.clusterIP}'); echo $?`

behaves([
  {
    title: "a Service that leads nowhere: another selector, another port, Pods that are not ready; and one that is not there",
    steps: [
      {
        run: "kubectl create deploy web --image=nginx >/dev/null; kubectl expose deploy web --port=80 >/dev/null; kubectl expose deploy web --name=port --port=80 --target-port=8080 >/dev/null; kubectl expose deploy web --name=named --port=80 --target-port=http >/dev/null; kubectl expose deploy web --name=labels --port=80 --selector=app=wbe >/dev/null; sleep 8",
      },
      {
        run: `for s in web port named labels; do echo "$s $(kubectl get endpointslice -l kubernetes.io/service-name=$s --no-headers | awk '{print $3, $4}' | sed 's/10.244.1.[0-9]*/<ip>/')"; ${ASK("$s")}; done; kubectl run t --image=busybox --restart=Never --rm -i -q -- wget -qO- -T 2 http://wbe`,
        shows:
          "web 80 <ip>\n200 0\nport 8080 <ip>\n000 7\nnamed <unset> <ip>\n000 7\nlabels <unset> <unset>\n000 7\nwget: bad address 'wbe'\npod default/t terminated (Error)",
      },
      {
        run: `kubectl patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","readinessProbe":{"httpGet":{"path":"/nope","port":80}}}]}}}}' >/dev/null; kubectl scale deploy web --replicas=0 >/dev/null; sleep 2; kubectl scale deploy web --replicas=1 >/dev/null; sleep 15; kubectl get deploy web --no-headers | awk '{print $2, $3, $4}'; kubectl get endpointslice -l kubernetes.io/service-name=web -o jsonpath='{range .items[0].endpoints[*]}{.conditions}{"\\n"}{end}' | sort; ${ASK("web")}`,
        shows: '0/1 1 0\n{"ready":false,"serving":false,"terminating":false}\n000 7',
      },
    ],
  },
  {
    title: "Endpoints by hand for a Service without a selector: mirrored as slices, followed, and gone with them; a slice by hand as well",
    steps: [
      {
        run: `kubectl run web --image=nginx >/dev/null; sleep 8; IP=$(kubectl get pod web -o jsonpath={.status.podIP}); ${apply("apiVersion: v1\nkind: Service\nmetadata: {name: out}\nspec: {ports: [{name: http, port: 80}]}")}kubectl create -f - >/dev/null 2>&1 <<EOF
apiVersion: v1
kind: Endpoints
metadata: {name: out}
subsets: [{addresses: [{ip: $IP}], notReadyAddresses: [{ip: 10.9.9.9}], ports: [{name: http, port: 80}]}]
EOF
sleep 2; kubectl get endpointslice -l kubernetes.io/service-name=out -o jsonpath='{range .items[*]}{.metadata.labels.endpointslice\\.kubernetes\\.io/managed-by} {.metadata.ownerReferences[0].kind} {range .endpoints[*]}{.conditions.ready} {end}{.ports[0].port}{"\\n"}{end}'; ${ASK("out")}`,
        shows: "endpointslicemirroring-controller.k8s.io Endpoints true false 80\n200 0",
      },
      {
        run: `kubectl patch ep out --type=json -p '[{"op":"replace","path":"/subsets/0/ports/0/port","value":81}]' >/dev/null 2>&1; sleep 2; kubectl get endpointslice -l kubernetes.io/service-name=out -o jsonpath='{.items[*].ports[0].port}'; echo; kubectl delete ep out >/dev/null 2>&1; sleep 2; kubectl get endpointslice -l kubernetes.io/service-name=out; kubectl create -f - >/dev/null <<EOF
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: out-1, labels: {kubernetes.io/service-name: out}}
addressType: IPv4
ports: [{name: http, port: 80}]
endpoints: [{addresses: ["$(kubectl get pod web -o jsonpath={.status.podIP})"]}]
EOF
sleep 2; ${ASK("out")}`,
        shows: "81\n200 0\nNo resources found in default namespace.",
      },
    ],
  },
])
