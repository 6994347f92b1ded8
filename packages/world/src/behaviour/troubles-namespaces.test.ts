/** What does not go away, and what may not be made: namespaces, finalizers, quotas, limits, classes, tokens. */
import { apply, behaves } from "../testing/behaviour.ts"

const CONDITIONS = (name: string): string =>
  `kubectl get ns ${name} -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}'`
/** Seconds that deleting a namespace takes. */
const DELETE = (name: string): string => `A=$(date +%s); kubectl delete ns ${name}; expr $(date +%s) - $A`

behaves([
  {
    title:
      "a namespace that goes: five seconds later, after its Pods; one that stays says which finalizer keeps it, or which API does not answer",
    steps: [
      {
        run: `kubectl create ns empty >/dev/null; ${DELETE("empty")}; kubectl create ns full >/dev/null; kubectl create deploy web --image=nginx -n full >/dev/null; sleep 8; ${DELETE("full")}`,
        shows: 'namespace "empty" deleted\n5\nnamespace "full" deleted\n10',
      },
      {
        run: `kubectl create ns held >/dev/null; kubectl create cm a -n held >/dev/null; kubectl patch cm a -n held --type=merge -p '{"metadata":{"finalizers":["example.com/keep"]}}' >/dev/null; kubectl delete ns held --wait=false; kubectl create cm b -n held; sleep 12; kubectl get ns held --no-headers | awk '{print $1, $2}'; ${CONDITIONS("held")}`,
        shows:
          'namespace "held" deleted\nheld Terminating\nNamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered\nNamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed\nNamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization\nNamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances\nNamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances\nerror: failed to create configmap: configmaps "b" is forbidden: unable to create new content in namespace held because it is being terminated',
      },
      {
        run: `kubectl patch cm a -n held --type=merge -p '{"metadata":{"finalizers":null}}' >/dev/null; sleep 10; kubectl get ns held`,
        shows: 'Error from server (NotFound): namespaces "held" not found',
      },
      {
        run: `${apply("apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1beta1.metrics.k8s.io}\nspec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: {name: nobody, namespace: kube-system}}")}sleep 5; kubectl create ns mute >/dev/null; kubectl delete ns mute --wait=false; sleep 10; kubectl get ns mute --no-headers | awk '{print $1, $2}'; ${CONDITIONS("mute")} | head -1; kubectl delete apiservice v1beta1.metrics.k8s.io; sleep 20; kubectl get ns mute`,
        shows:
          'namespace "mute" deleted\nmute Terminating\nNamespaceDeletionDiscoveryFailure=True DiscoveryFailed: Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1\napiservice.apiregistration.k8s.io "v1beta1.metrics.k8s.io" deleted\nError from server (NotFound): namespaces "mute" not found',
      },
    ],
  },
  {
    title: "a quota or a limit that is overrun: who asks is refused, a ReplicaSet tries on and says so, a Deployment shows it",
    steps: [
      {
        run: `kubectl create ns q >/dev/null; kubectl config set-context --current --namespace=q >/dev/null; kubectl create quota few --hard=pods=2,requests.cpu=1,services.nodeports=0 >/dev/null; kubectl run a --image=nginx; kubectl create deploy web --image=nginx --replicas=3 >/dev/null; kubectl set resources deploy web --requests=cpu=300m >/dev/null; sleep 12; kubectl get deploy web --no-headers | awk '{print $1, $2, $3}'; kubectl get deploy web -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}' | sort; kubectl create service nodeport s --tcp=80; kubectl describe quota few | tail -5`,
        shows:
          'web 2/3 2\nAvailable=False MinimumReplicasUnavailable: Deployment does not have minimum availability.\nProgressing=True ReplicaSetUpdated: ReplicaSet "web-<hash>" is progressing.\nReplicaFailure=True FailedCreate: pods "web-<hash>-<id>" is forbidden: failed quota: few: must specify requests.cpu for: nginx\nResource Used Hard\n-------- ---- ----\npods 2 2\nrequests.cpu 600m 1\nservices.nodeports 0 0\nError from server (Forbidden): pods "a" is forbidden: failed quota: few: must specify requests.cpu for: a\nerror: failed to create NodePort service: services "s" is forbidden: exceeded quota: few, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
      },
      {
        run: `kubectl delete quota few >/dev/null; ${apply("apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Container, max: {memory: 500Mi}, min: {memory: 50Mi}, default: {memory: 200Mi}, defaultRequest: {memory: 100Mi}, maxLimitRequestRatio: {memory: 4}}, {type: PersistentVolumeClaim, max: {storage: 1Gi}}]}")}kubectl run b --image=nginx --overrides='{"spec":{"containers":[{"name":"b","image":"nginx","resources":{"limits":{"memory":"1Gi"},"requests":{"memory":"20Mi"}}}]}}'; kubectl run c --image=nginx; kubectl get pod c -o jsonpath='{.metadata.annotations.kubernetes\\.io/limit-ranger}{" "}{.spec.containers[0].resources}'; echo; kubectl create -f - <<'EOF'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: big}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
EOF`,
        shows:
          'pod/c created\nLimitRanger plugin set: memory request for container c; memory limit for container c {"limits":{"memory":"200Mi"},"requests":{"memory":"100Mi"}}\nError from server (Forbidden): pods "b" is forbidden: [minimum memory usage per Container is 50Mi, but request is 20Mi, maximum memory usage per Container is 500Mi, but limit is 1Gi, memory max limit to request ratio per Container is 4, but provided ratio is 51.200000]\nError from server (Forbidden): error when creating "STDIN": persistentvolumeclaims "big" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 10Gi',
      },
    ],
  },
  {
    title: "a runtime class: none of that name, one whose handler no node has, one with a cost and a place",
    steps: [
      {
        run: `${apply("apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: runsc\n---\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: heavy}\nhandler: runc\noverhead: {podFixed: {cpu: 250m, memory: 64Mi}}\nscheduling: {nodeSelector: {kubernetes.io/hostname: node01}, tolerations: [{key: k, operator: Exists}]}")}for c in nope gvisor heavy; do kubectl run $c --image=nginx --overrides="{\\"spec\\":{\\"runtimeClassName\\":\\"$c\\"}}"; done; sleep 8; kubectl get pods --no-headers | awk '{print $1, $2, $3}'; kubectl get pod heavy -o jsonpath='{.spec.overhead} {.spec.nodeSelector} {.spec.tolerations[?(@.key=="k")]}'; echo; kubectl get events --field-selector reason=FailedCreatePodSandBox -o jsonpath='{.items[0].message}'`,
        shows:
          'pod/gvisor created\npod/heavy created\ngvisor 0/1 ContainerCreating\nheavy 1/1 Running\n{"cpu":"250m","memory":"64Mi"} {"kubernetes.io/hostname":"node01"} {"key":"k","operator":"Exists"}\nFailed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "runsc" is configuredError from server (Forbidden): pods "nope" is forbidden: pod rejected: RuntimeClass "nope" not found',
      },
    ],
  },
  {
    title: "tokens of a ServiceAccount in a Secret: filled in, good for the API, gone with the account",
    steps: [
      {
        run: `kubectl create sa bob >/dev/null; kubectl create rolebinding bob --clusterrole=view --serviceaccount=default:bob >/dev/null; ${apply("apiVersion: v1\nkind: Secret\nmetadata: {name: bob, annotations: {kubernetes.io/service-account.name: bob}}\ntype: kubernetes.io/service-account-token\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: nobody, annotations: {kubernetes.io/service-account.name: nobody}}\ntype: kubernetes.io/service-account-token")}sleep 2; kubectl get secrets --no-headers | awk '{print $1, $2, $3}'; T=$(kubectl get secret bob -o jsonpath='{.data.token}' | base64 -d); K() { kubectl --token=$T --kubeconfig=/dev/null --server=https://172.30.1.2:6443 --insecure-skip-tls-verify "$@"; }; echo $T | jq -rR 'split(".") | .[1] | @base64d | fromjson | [.iss, .sub, ."kubernetes.io/serviceaccount/secret.name"] | join(" ")'; K auth whoami -o jsonpath='{.status.userInfo.username} {.status.userInfo.extra}'; echo; K delete cm x; kubectl delete sa bob >/dev/null; sleep 2; kubectl get secret bob; K get pods`,
        shows:
          'bob kubernetes.io/service-account-token 3\nkubernetes/serviceaccount system:serviceaccount:default:bob bob\nsystem:serviceaccount:default:bob {}\nError from server (Forbidden): configmaps "x" is forbidden: User "system:serviceaccount:default:bob" cannot delete resource "configmaps" in API group "" in the namespace "default"\nError from server (NotFound): secrets "bob" not found\nerror: You must be logged in to the server (Unauthorized)',
      },
    ],
  },
])
