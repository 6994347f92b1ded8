/** The Gateway API through a controller that answers: classes, listeners, routes, filters, weights and what is refused. */
import { apply, behaves } from "../testing/behaviour.ts"

const GATEWAY =
  "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw}\nspec: {gatewayClassName: nginx, listeners: [{name: http, port: 80, protocol: HTTP, hostname: '*.example.com'}]}"
const route = (name: string, spec: string): string =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: ${name}}\nspec: {parentRefs: [{name: gw}], ${spec}}`
const web = (name: string): string =>
  `kubectl create deployment ${name} --image=hashicorp/http-echo -- /http-echo -text=${name} -listen=:80 >/dev/null; kubectl expose deployment ${name} --port=80 >/dev/null`
const ask = (host: string, path: string, more = ""): string =>
  `curl -s -o /tmp/b -w '%{http_code}' ${more} -H 'Host: ${host}' http://$G${path}; echo; head -c 30 /tmp/b`
const G = "G=$(kubectl get gateway gw -o jsonpath='{.status.addresses[0].value}'); "

behaves([
  {
    title: "a Gateway gets its data plane and an address, and routes by host, path, header and method, with filters and weights",
    world: { addons: ["gateway-api"] },
    steps: [
      {
        run: "kubectl get gatewayclass --no-headers | awk '{print $1, $2, $3}'",
        shows: "nginx gateway.nginx.org/nginx-gateway-controller True",
      },
      { run: `${web("red")}; ${web("blue")}; ${apply(GATEWAY)}` },
      {
        run: apply(
          route(
            "main",
            "hostnames: [app.example.com], rules: [{matches: [{path: {type: PathPrefix, value: /blue}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}, {type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: X-By, value: gw}]}}], backendRefs: [{name: blue, port: 80}]}, {matches: [{headers: [{name: color, value: blue}]}], backendRefs: [{name: blue, port: 80}]}, {matches: [{path: {type: Exact, value: /old}}], filters: [{type: RequestRedirect, requestRedirect: {hostname: new.example.com, statusCode: 301}}]}, {backendRefs: [{name: red, port: 80, weight: 9}, {name: blue, port: 80, weight: 1}]}]",
          ),
        ),
      },
      {
        after: 20,
        run: "kubectl get gateway gw --no-headers | awk '{print $1, $2, $4}'; kubectl get pods,svc -l gateway.networking.k8s.io/gateway-name=gw --no-headers | awk '{print $1, $2, $3}' | sed 's/10[.0-9]*/IP/'; kubectl get httproute main -o jsonpath='{range .status.parents[0].conditions[*]}{.type}={.status} {.reason}{\"\\n\"}{end}'",
        shows:
          "gw nginx True\npod/gw-nginx-<hash>-<id> 1/1 Running\nservice/gw-nginx LoadBalancer IP\nAccepted=True Accepted\nResolvedRefs=True ResolvedRefs",
      },
      { run: G + ask("app.example.com", "/"), shows: "200\nred" },
      {
        run: `${G}${ask("app.example.com", "/blue/x")}; curl -sI -H 'Host: app.example.com' http://$G/blue | grep -i x-by`,
        shows: "200\nblue\nX-By: gw",
      },
      { run: G + ask("app.example.com", "/", "-H 'color: blue'"), shows: "200\nblue" },
      {
        run: G + "curl -sI -H 'Host: app.example.com' http://$G/old | grep -iE '^(HTTP|location)'",
        shows: "HTTP/1.1 301 Moved Permanently\r\nLocation: http://new.example.com/old",
      },
      { run: G + ask("other.example.com", "/"), shows: "404\n<html>\r\n<head><title>404 Not F" },
      {
        run: `${G}for i in $(seq 40); do curl -s -H 'Host: app.example.com' http://$G/; done | sort | uniq -c | awk '{print ($1 > 25) ? "many" : "few", $2}'`,
        shows: "few blue\nmany red",
      },
    ],
  },
  {
    title: "what is refused says so: no such Service, another namespace without a grant, a host that the listener does not have",
    world: { addons: ["gateway-api"] },
    steps: [
      {
        run: `${web("red")}; ${apply(GATEWAY)}${apply(`${route("none", "hostnames: [a.example.com], rules: [{backendRefs: [{name: nope, port: 80}]}]")}\n---\n${route("far", "hostnames: [b.example.com], rules: [{backendRefs: [{name: kube-dns, namespace: kube-system, port: 53}]}]")}\n---\n${route("host", "hostnames: [elsewhere.org], rules: [{backendRefs: [{name: red, port: 80}]}]")}`)}`,
      },
      {
        after: 20,
        run: `kubectl get httproute -o jsonpath='{range .items[*]}{.metadata.name}: {range .status.parents[0].conditions[*]}{.type}={.status} {.reason} {.message}; {end}{"\\n"}{end}'`,
        shows:
          'far: Accepted=True Accepted The route is accepted; ResolvedRefs=False RefNotPermitted spec.rules[0].backendRefs[0].namespace: Forbidden: Backend ref to Service kube-system/kube-dns not permitted by any ReferenceGrant;\nhost: Accepted=False NoMatchingListenerHostname The listener hostname does not match the route hostnames; ResolvedRefs=True ResolvedRefs All references are resolved;\nnone: Accepted=True Accepted The route is accepted; ResolvedRefs=False BackendNotFound spec.rules[0].backendRefs[0].name: Not found: "nope";',
      },
      { run: G + ask("a.example.com", "/"), shows: "500\n<html>\r\n<head><title>500 Inter" },
      {
        run: `${apply("apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: let, namespace: kube-system}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}], to: [{group: '', kind: Service}]}")}sleep 2; kubectl get httproute far -o jsonpath='{.status.parents[0].conditions[1].reason}'; kubectl delete gateway gw >/dev/null; sleep 5; kubectl get deploy,svc -l gateway.networking.k8s.io/gateway-name=gw 2>&1`,
        shows: "ResolvedRefsNo resources found in default namespace.",
      },
    ],
  },
])
