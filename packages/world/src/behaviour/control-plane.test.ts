/** Static Pods and their components when something in them is wrong: what the node shows, what the API shows, and how it is mended. */
import { type Behaviour, behaves, type Step } from "../testing/behaviour.ts"

const M = "/etc/kubernetes/manifests"
/** Newest container of a component on its node: state and the last lines of its log. */
const component = (name: string): string =>
  `crictl ps -a --name ${name} --no-trunc -o json | jq -r '.containers[0].state // "none"'; crictl logs --tail 3 $(crictl ps -a --name ${name} -q | head -1) 2>&1 | sed -E 's/^[IWEF][0-9]{4} [0-9:.]+ +[0-9]+ //'`
const pods = "kubectl -n kube-system get pods --no-headers -l tier=control-plane 2>&1 | awk '{print $1, $2, $3}'"
const edit = (file: string, script: string): string => `cp ${M}/${file}.yaml /root/; sed -i '${script}' ${M}/${file}.yaml`
const back = (file: string): string => `cp /root/${file}.yaml ${M}/`

/** All is well again once the manifest is what it was. */
const HEALTHY = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
  .map((name) => `${name}-controlplane 1/1 Running`)
  .join("\n")

const broken = (title: string, file: string, script: string, looks: readonly Step[]): Behaviour => ({
  title,
  world: { topology: "kubeadm-1node" },
  steps: [{ run: edit(file, script) }, { after: 45 }, ...looks, { run: back(file) }, { after: 90, run: pods, shows: HEALTHY }],
})

/** What is done while the API server is down. */
const RESTARTED = (meanwhile: string): string =>
  `mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; sleep 10; ${meanwhile}; mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/; sleep 30`

behaves([
  broken("the scheduler has a flag that there is not", "kube-scheduler", "s/--leader-elect=true/--leader-elekt=true/", [
    { run: component("kube-scheduler"), shows: "CONTAINER_EXITED\nError: unknown flag: --leader-elekt" },
    {
      run: pods,
      shows:
        "etcd-controlplane 1/1 Running\nkube-apiserver-controlplane 1/1 Running\nkube-controller-manager-controlplane 1/1 Running\nkube-scheduler-controlplane 0/1 CrashLoopBackOff",
    },
  ]),
  broken(
    "the scheduler's kubeconfig is not there",
    "kube-scheduler",
    "s#--kubeconfig=.*#--kubeconfig=/etc/kubernetes/scheduler-config.conf#",
    [
      {
        run: component("kube-scheduler"),
        shows: 'CONTAINER_EXITED\nrun.go:72] "command failed" err="stat /etc/kubernetes/scheduler-config.conf: no such file or directory"',
      },
      {
        run: pods,
        shows:
          "etcd-controlplane 1/1 Running\nkube-apiserver-controlplane 1/1 Running\nkube-controller-manager-controlplane 1/1 Running\nkube-scheduler-controlplane 0/1 CrashLoopBackOff",
      },
    ],
  ),
  broken("the scheduler's command is misspelt", "kube-scheduler", "s/- kube-scheduler$/- kube-schedulerrr/", [
    { run: component("kube-scheduler"), shows: "CONTAINER_EXITED" },
    {
      run: pods,
      shows:
        "etcd-controlplane 1/1 Running\nkube-apiserver-controlplane 1/1 Running\nkube-controller-manager-controlplane 1/1 Running\nkube-scheduler-controlplane 0/1 CrashLoopBackOff",
    },
    {
      run: "kubectl -n kube-system describe pod kube-scheduler-controlplane | grep -A5 Last.State:",
      shows:
        'Last State: Terminated\n Reason: StartError\n Message: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "kube-schedulerrr": executable file not found in $PATH\n Exit Code: 128\n Started: Thu, 01 Jan 1970 00:00:00 +0000\n Finished: Mon, 05 Jan 2026 08:00:42 +0000',
    },
  ]),
  broken("the scheduler's image is not there", "kube-scheduler", "s#image: .*#image: registry.k8s.io/kube-scheduler:v9.9.9#", [
    {
      run: component("kube-scheduler"),
      shows: 'none\nFATA[0000] rpc error: code = NotFound desc = an error occurred when try to find container "": not found',
    },
    {
      run: pods,
      shows:
        "etcd-controlplane 1/1 Running\nkube-apiserver-controlplane 1/1 Running\nkube-controller-manager-controlplane 1/1 Running\nkube-scheduler-controlplane 0/1 ImagePullBackOff",
    },
  ]),
  broken(
    "the controller manager's authority is mounted from elsewhere",
    "kube-controller-manager",
    "s#path: /etc/kubernetes/pki#path: /etc/kubernetes/WRONG#",
    [
      {
        run: component("kube-controller-manager"),
        shows:
          'CONTAINER_EXITED\nrun.go:72] "command failed" err="unable to load client CA provider: open /etc/kubernetes/pki/ca.crt: no such file or directory"',
      },
      {
        run: pods,
        shows:
          "etcd-controlplane 1/1 Running\nkube-apiserver-controlplane 1/1 Running\nkube-controller-manager-controlplane 0/1 CrashLoopBackOff\nkube-scheduler-controlplane 1/1 Running",
      },
    ],
  ),
  broken(
    "the controller manager's key is not there",
    "kube-controller-manager",
    "s#--service-account-private-key-file=.*#--service-account-private-key-file=/etc/kubernetes/pki/none.key#",
    [
      {
        run: component("kube-controller-manager"),
        shows:
          'CONTAINER_EXITED\nrun.go:72] "command failed" err="error reading key for service account token controller: open /etc/kubernetes/pki/none.key: no such file or directory"',
      },
    ],
  ),
  broken("the API server's etcd is at another port", "kube-apiserver", "s/:2379/:2380/", [
    {
      run: component("kube-apiserver"),
      shows:
        'CONTAINER_EXITED\nlogging.go:55] [core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2380"}. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2380: connect: connection refused"\nlogging.go:55] [core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2380"}. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2380: connect: connection refused"\ninstance.go:233] Error creating leases: error creating storage factory: context deadline exceeded',
    },
    {
      run: "kubectl get nodes 2>&1 | tail -1",
      shows: "The connection to the server 172.30.1.2:6443 was refused - did you specify the right host or port?",
    },
    {
      run: "journalctl -u kubelet --no-pager -o cat | grep CrashLoop | tail -1 | cut -c35-230",
      shows:
        'workers.go:1324] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"kube-apiserver\\" with CrashLoopBackOff: \\"back-off 10s restarting failed container=kube-apiserver pod=kube-ap',
    },
  ]),
  broken(
    "the API server's certificate of etcd is not there",
    "kube-apiserver",
    "s#--etcd-cafile=.*#--etcd-cafile=/etc/kubernetes/pki/none.crt#",
    [
      {
        run: component("kube-apiserver"),
        shows:
          "CONTAINER_EXITED\noptions.go:263] external host was not specified, using 172.30.1.2\nserver.go:150] Version: v1.35.6\ninstance.go:233] Error creating leases: error creating storage factory: open /etc/kubernetes/pki/none.crt: no such file or directory",
      },
    ],
  ),
  broken("the API server's YAML is broken", "kube-apiserver", "s/^metadata:/metadata/", [
    {
      run: component("kube-apiserver"),
      shows: 'none\nFATA[0000] rpc error: code = NotFound desc = an error occurred when try to find container "": not found',
    },
    {
      run: "journalctl -u kubelet --no-pager - o cat | grep -i manifest | tail -1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //'",
      shows:
        'Jan 05 08:00:11 controlplane kubelet[405]: E0105 08:00:11.500000 405 file.go:187] "Could not process manifest file" err="/etc/kubernetes/manifests/kube-apiserver.yaml: couldn\'t parse as pod(yaml: line 3: could not find expected \':\'), please check config file" path="/etc/kubernetes/manifests/kube-apiserver.yaml"',
    },
  ]),
  broken(
    "the API server has a plugin that there is not",
    "kube-apiserver",
    "s/--enable-admission-plugins=.*/--enable-admission-plugins=NodeRestrictio/",
    [
      {
        run: component("kube-apiserver"),
        shows: 'CONTAINER_EXITED\nrun.go:72] "command failed" err="enable-admission-plugins plugin \\"NodeRestrictio\\" is unknown"',
      },
    ],
  ),
  broken(
    "the API server asks with an authorization mode that there is not",
    "kube-apiserver",
    "s/--authorization-mode=.*/--authorization-mode=Node,RBAK/",
    [
      {
        run: component("kube-apiserver"),
        shows: 'CONTAINER_EXITED\nrun.go:72] "command failed" err="authorization-mode \\"RBAK\\" is not a valid mode"',
      },
    ],
  ),
  broken("the API server's livenessProbe is at another port", "kube-apiserver", "s/port: 6443/port: 6444/", [
    {
      run: component("kube-apiserver"),
      shows:
        "CONTAINER_RUNNING\noptions.go:263] external host was not specified, using 172.30.1.2\nserver.go:150] Version: v1.35.6\nsecure_serving.go:211] Serving securely on [::]:6443",
    },
    {
      run: pods,
      shows:
        "etcd-controlplane 1/1 Running\nkube-apiserver-controlplane 0/1 Running\nkube-controller-manager-controlplane 1/1 Running\nkube-scheduler-controlplane 1/1 Running",
    },
  ]),
  broken("etcd's data directory is elsewhere", "etcd", "s#/var/lib/etcd#/var/lib/etcd-new#", [
    { run: "kubectl get pods -A --no-headers 2>&1 | wc -l", shows: "1" },
  ]),
  broken(
    "etcd's certificate is not there",
    "etcd",
    "s#--cert-file=/etc/kubernetes/pki/etcd/server.crt#--cert-file=/etc/kubernetes/pki/etcd/none.crt#",
    [
      {
        run: component("etcd"),
        shows:
          'CONTAINER_EXITED\n{"level":"fatal","ts":"2026-01-05T08:00:42.000Z","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"open /etc/kubernetes/pki/etcd/none.crt: no such file or directory","stacktrace":"go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2"}',
      },
      { run: "kubectl get nodes 2>&1 | tail -1", shows: "Error from server (ServiceUnavailable): etcdserver: request timed out" },
    ],
  ),
  {
    title: "a static Pod of one's own, on the worker",
    steps: [
      {
        on: "node01",
        run: "cat > /etc/kubernetes/manifests/web.yaml <<'EOF'\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: nginx}]}\nEOF",
      },
      {
        after: 10,
        run: "kubectl get pod web-node01 -o jsonpath='{.metadata.ownerReferences[0].kind} {.metadata.annotations.kubernetes\\.io/config\\.source} {.status.phase}'",
        shows: "Node file Running",
      },
      {
        run: "kubectl delete pod web-node01; sleep 5; kubectl get pod web-node01 --no-headers | awk '{print $2, $3}'",
        shows: 'pod "web-node01" deleted from default namespace\n1/1 Running',
      },
      { on: "node01", run: "sed -i s/nginx/httpd/ /etc/kubernetes/manifests/web.yaml" },
      { after: 40, run: "kubectl get pod web-node01 -o jsonpath='{.spec.containers[0].image} {.status.phase}'", shows: "httpd Running" },
      { on: "node01", run: "rm /etc/kubernetes/manifests/web.yaml" },
      { after: 40, run: "kubectl get pod web-node01", shows: 'Error from server (NotFound): pods "web-node01" not found' },
    ],
  },
  {
    title: "another authority: clients of the old one are nobody; a server with another's certificate is believed by nobody",
    steps: [
      {
        run: `cd /root; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout other.key -out other.crt -subj /CN=other 2>/dev/null; cp -r /etc/kubernetes/pki keep; ${RESTARTED("cp other.crt /etc/kubernetes/pki/ca.crt")}; kubectl get nodes 2>&1 | tail -1`,
        shows: "error: You must be logged in to the server (Unauthorized)",
      },
      {
        run: `${RESTARTED("cp keep/ca.crt /etc/kubernetes/pki/ca.crt")}; sleep 20; kubectl get nodes --no-headers | awk '{print $1, $2}'`,
        shows: "controlplane Ready\nnode01 Ready",
      },
      {
        run: `${RESTARTED("cp other.crt /etc/kubernetes/pki/apiserver.crt; cp other.key /etc/kubernetes/pki/apiserver.key")}; kubectl get nodes 2>&1 | tail -1`,
        shows: "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
      },
      {
        on: "node01",
        run: "journalctl -u kubelet --no-pager -o cat | tail -1 | grep -o 'tls: .*authority'",
        shows: "tls: failed to verify certificate: x509: certificate signed by unknown authority",
      },
      {
        run: `${RESTARTED("cp keep/apiserver.crt keep/apiserver.key /etc/kubernetes/pki/")}; sleep 30; kubectl get nodes --no-headers | awk '{print $1, $2}'`,
        shows: "controlplane Ready\nnode01 Ready",
      },
    ],
  },
  {
    title: "certificates run out: the clock is a year on, nothing trusts anything, and renewing heals it",
    steps: [
      { run: "kubectl get nodes --no-headers | awk '{print $1, $2}'", shows: "controlplane Ready\nnode01 Ready" },
      { fault: ["skew", "controlplane", { seconds: 370 * 86_400 }] },
      { fault: ["skew", "node01", { seconds: 370 * 86_400 }] },
      {
        after: 60,
        run: "kubectl get nodes 2>&1 | tail -1",
        shows:
          "Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2027-01-10T08:01:11Z is after 2027-01-05T08:00:00Z",
      },
      {
        run: "kubectl --insecure-skip-tls-verify get nodes 2>&1 | tail -1",
        shows: "error: You must be logged in to the server (Unauthorized)",
      },
      { run: "curl -s --cacert /etc/kubernetes/pki/ca.crt https://172.30.1.2:6443/version; echo $?", shows: "60" },
      {
        on: "node01",
        run: "journalctl -u kubelet --no-pager -o cat | tail -1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //'",
        shows:
          'controller.go:145] "Failed to ensure lease exists, will retry" err="Get \\"https://172.30.1.2:6443/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node01?timeout=10s\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2027-01-10T08:01:12Z is after 2027-01-05T08:00:00Z" interval="7s"',
      },
      {
        run: "kubeadm certs check-expiration 2>/dev/null | grep -E '^(admin.conf|apiserver) '",
        shows: "admin.conf Jan 05, 2027 08:00 UTC <invalid> ca no\napiserver Jan 05, 2027 08:00 UTC <invalid> ca no",
      },
      {
        run: "kubeadm certs renew all | tail -1",
        shows:
          "Done renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.",
      },
      {
        run: "openssl x509 -noout -enddate -in /etc/kubernetes/pki/apiserver.crt; mkdir /root/m; mv /etc/kubernetes/manifests/*.yaml /root/m/; sleep 20; mv /root/m/*.yaml /etc/kubernetes/manifests/; sleep 60; kubectl get nodes 2>&1 | tail -1; cp /etc/kubernetes/admin.conf /root/.kube/config; kubectl get nodes --no-headers | awk '{print $1, $2}'",
        shows:
          "notAfter=Jan 10 08:01:13 2028 GMT\nerror: You must be logged in to the server (Unauthorized)\ncontrolplane Ready\nnode01 Ready",
      },
      {
        run: "kubeadm certs check-expiration 2>/dev/null | grep -E '^(admin.conf|apiserver) '",
        shows: "admin.conf Jan 10, 2028 08:01 UTC 364d ca no\napiserver Jan 10, 2028 08:01 UTC 364d ca no",
      },
      {
        run: "for n in controlplane node01; do kubeadm kubeconfig user --org system:nodes --client-name system:node:$n > /root/$n.conf; done; cp controlplane.conf /etc/kubernetes/kubelet.conf; systemctl restart kubelet; scp -q node01.conf node01:/etc/kubernetes/kubelet.conf; ssh node01 systemctl restart kubelet",
      },
      {
        after: 60,
        run: "kubectl get nodes --no-headers | awk '{print $1, $2}'; kubectl create deployment web --image=nginx >/dev/null; sleep 20; kubectl get deployment web --no-headers | awk '{print $2}'",
        shows: "controlplane Ready\nnode01 Ready\n1/1",
      },
    ],
  },
  {
    title: "a copy left beside a manifest waits while its original runs, and runs in its place once that changes",
    world: { topology: "kubeadm-1node" },
    steps: [
      { run: `cp ${M}/kube-scheduler.yaml ${M}/kube-scheduler.yaml.bak` },
      { after: 40, run: "crictl ps -a --name kube-scheduler -q | wc -l", shows: "1" },
      { run: `sed -i 's/--leader-elect=true/--leader-elect=true\\n    - --profiling=false/' ${M}/kube-scheduler.yaml` },
      { after: 60, run: "crictl ps --name kube-scheduler -q | wc -l; ps aux | grep -c '[p]rofiling=false'", shows: "1\n0" },
      { run: `rm ${M}/kube-scheduler.yaml.bak` },
      { after: 60, run: "crictl ps --name kube-scheduler -q | wc -l; ps aux | grep -c '[p]rofiling=false'", shows: "1\n1" },
      { run: pods, shows: HEALTHY },
    ],
  },
])
