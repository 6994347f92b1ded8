/** A kubelet that is told the wrong thing, or another: what its unit, its journal and its node show. As cmd/kubelet/app/server.go. */
import { behaves, type Step } from "../testing/behaviour.ts"

const KLOG = "sed -E 's/^[IEF][0-9]{4} [0-9:.]+ +[0-9]+ //'"
const ALLOCATABLE =
  "kubectl get node node01 -o jsonpath='{.status.allocatable.cpu} {.status.allocatable.memory} {.status.allocatable.pods}'"

/** Starts the kubelet after `edit` of its configuration, and puts that back: unit state and last word of its journal. */
const edited = (edit: string, shows: string): Step => ({
  on: "node01",
  run: `cp /root/config.yaml /var/lib/kubelet/; ${edit}; systemctl restart kubelet; sleep 12; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | grep -E '(run|codec|file).go' | tail -1 | ${KLOG}`,
  shows,
})
const CONFIG = "/var/lib/kubelet/config.yaml"
const FAILED = 'activating\nrun.go:72] "command failed" err='
const LOADING = `"failed to load kubelet config file, path: ${CONFIG}, error: failed to load Kubelet config file ${CONFIG}, error failed to decode: `

behaves([
  {
    title: "the kubelet's settings are wrong",
    steps: [
      {
        on: "node01",
        run: "cp /var/lib/kubelet/config.yaml /root/; sed -i 's#clientCAFile:.*#clientCAFile: /etc/kubernetes/pki/WRONG.crt#' /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 15; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | grep run.go | tail -1 | sed -E 's,^E[0-9]{4} [0-9:.]+ +[0-9]+ ,,'",
        shows:
          'activating\nrun.go:72] "command failed" err="failed to construct kubelet dependencies: unable to load client CA file /etc/kubernetes/pki/WRONG.crt: open /etc/kubernetes/pki/WRONG.crt: no such file or directory"',
      },
      {
        on: "node01",
        run: "cp /root/config.yaml /var/lib/kubelet/; systemctl restart kubelet; sleep 2; systemctl is-active kubelet",
        shows: "active",
      },
      {
        on: "node01",
        run: "echo 'foo: [' >> /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 15; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | grep run.go | tail -1 | sed -E 's,^E[0-9]{4} [0-9:.]+ +[0-9]+ ,,'; cp /root/config.yaml /var/lib/kubelet/",
        shows:
          'activating\nrun.go:72] "command failed" err="failed to load kubelet config file, path: /var/lib/kubelet/config.yaml, error: failed to load Kubelet config file /var/lib/kubelet/config.yaml, error failed to decode: error converting YAML to JSON: yaml: line 49: did not find expected node content"',
      },
      {
        on: "node01",
        run: "sed -i 's#/usr/bin/kubelet#/usr/local/bin/kubelet#' /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf; systemctl daemon-reload; systemctl restart kubelet; sleep 3; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | tail -3; sed -i 's#/usr/local/bin/kubelet#/usr/bin/kubelet#' /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf; systemctl daemon-reload; systemctl restart kubelet; sleep 30; systemctl is-active kubelet",
        shows:
          "activating\nkubelet.service: Failed at step EXEC spawning /usr/local/bin/kubelet: No such file or directory\nkubelet.service: Main process exited, code=exited, status=203/EXEC\nkubelet.service: Failed with result 'exit-code'.\nactive",
      },
      {
        on: "node01",
        run: "cp /etc/kubernetes/kubelet.conf /root; sed -i 's/:6443/:6553/' /etc/kubernetes/kubelet.conf; systemctl restart kubelet; sleep 60; journalctl -u kubelet --no-pager -o cat | tail -1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //'",
        shows:
          'controller.go:145] "Failed to ensure lease exists, will retry" err="Get \\"https://172.30.1.2:6553/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node01?timeout=10s\\": dial tcp 172.30.1.2:6553: connect: connection refused" interval="7s"',
      },
      { run: "kubectl get node node01 --no-headers | awk '{print $2}'", shows: "NotReady" },
      { on: "node01", run: "cp /root/kubelet.conf /etc/kubernetes/; systemctl restart kubelet" },
      { after: 30, run: "kubectl get node node01 --no-headers | awk '{print $2}'", shows: "Ready" },
      {
        on: "node01",
        run: "rm /etc/kubernetes/kubelet.conf; systemctl restart kubelet; sleep 5; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | grep run.go | tail -1 | sed -E 's,^E[0-9]{4} [0-9:.]+ +[0-9]+ ,,'; cp /root/kubelet.conf /etc/kubernetes/; systemctl restart kubelet",
        shows:
          'activating\nrun.go:72] "command failed" err="failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"',
      },
      {
        after: 20,
        on: "node01",
        run: "journalctl -u kubelet --no-pager | tail -1 | cut -c1-70 | sed -E 's/\\[[0-9]+\\]: ([EI])[0-9]+ [0-9:.]+ +[0-9]+/[PID]: \\1KLOG/'",
        shows: "Jan 05 08:02:53 node01 kubelet[PID]: IKLOG ser",
      },
      { on: "node01", run: "systemctl stop containerd; sleep 60" },
      {
        run: "kubectl get node node01 --no-headers | awk '{print $2}'; kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].message}'",
        shows: "NotReady\ncontainer runtime is down",
      },
      { on: "node01", run: "systemctl start containerd; sleep 30" },
      { run: "kubectl get node node01 --no-headers | awk '{print $2}'", shows: "Ready" },
    ],
  },
  {
    title: "configuration: what cannot be decoded or is not valid ends it, what is not known is left out, what is known acts",
    steps: [
      { on: "node01", run: `cp ${CONFIG} /root/config.yaml` },
      edited(
        `sed -i 's/clusterDomain: .*/clusterDomain: [a]/' ${CONFIG}`,
        `${FAILED}${LOADING}json: cannot unmarshal array into Go struct field KubeletConfiguration.clusterDomain of type string"`,
      ),
      edited(`sed -i 's/syncFrequency: .*/syncFrequency: soon/' ${CONFIG}`, `${FAILED}${LOADING}time: invalid duration \\"soon\\""`),
      edited(
        `sed -i 's#config.k8s.io/v1beta1#config.k8s.io/v1#' ${CONFIG}`,
        `${FAILED}${LOADING}no kind \\"KubeletConfiguration\\" is registered for version \\"kubelet.config.k8s.io/v1\\" in scheme \\"pkg/kubelet/apis/config/scheme/scheme.go:34\\""`,
      ),
      edited(
        `sed -i 's/healthzPort: .*/healthzPort: 102480/' ${CONFIG}`,
        `${FAILED}"failed to validate kubelet configuration, error: invalid configuration: healthzPort (--healthz-port) 102480 must be between 1 and 65535, inclusive, path: &TypeMeta{Kind:,APIVersion:,}"`,
      ),
      edited(
        `sed -i 's#containerd.sock#docker.sock#' ${CONFIG}`,
        `${FAILED}"failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///var/run/containerd/docker.sock\\": rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /var/run/containerd/docker.sock: connect: no such file or directory\\""`,
      ),
      edited(
        `sed -i 's#staticPodPath: .*#staticPodPath: /etc/kubernetes/manifest#' ${CONFIG}`,
        'active\nfile.go:104] "Unable to read config path" err="path does not exist, ignoring" path="/etc/kubernetes/manifest"',
      ),
      edited(
        `sed -i 's/cgroupDriver: systemd/cgroupDriver: cgroupfs/' ${CONFIG}; echo 'maxPod: 3' >> ${CONFIG}`,
        'active\ncodec.go:114] "Using lenient decoding as strict decoding failed" err="strict decoding error: unknown field \\"maxPod\\""',
      ),
      { run: ALLOCATABLE, shows: "2 2096600Ki 110" },
      {
        on: "node01",
        run: `cp /root/config.yaml ${CONFIG}; printf 'maxPods: 3\\nevictionHard: {memory.available: 10%%}\\nkubeReserved: {cpu: 200m, memory: 100Mi}\\n' >> ${CONFIG}; systemctl restart kubelet; sleep 5; systemctl is-active kubelet`,
        shows: "active",
      },
      { run: ALLOCATABLE, shows: "1800m 1876700Ki 3" },
      {
        run: "kubectl create deployment web --image=nginx --replicas=3 >/dev/null; sleep 10; kubectl get pods --no-headers | awk '{print $3}' | sort",
      },
      {
        run: "kubectl get events --field-selector reason=FailedScheduling -o jsonpath='{.items[0].message}'",
        shows:
          "0/2 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
      },
    ],
  },
  {
    title: "flags: what the kubelet does not know ends it, what it is given there goes before its configuration",
    steps: [
      {
        on: "node01",
        run: `cat /var/lib/kubelet/kubeadm-flags.env; echo 'KUBELET_EXTRA_ARGS=--pod-infra-container-image=registry.k8s.io/pause:3.10.1' > /etc/default/kubelet; systemctl restart kubelet; sleep 12; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | grep run.go | tail -1 | ${KLOG}`,
        shows:
          'KUBELET_KUBEADM_ARGS=""\nactivating\nrun.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --pod-infra-container-image"',
      },
      {
        on: "node01",
        run: "echo 'KUBELET_KUBEADM_ARGS=\"--max-pods 5 --node-labels=disk=ssd\"' > /var/lib/kubelet/kubeadm-flags.env; rm /etc/default/kubelet; systemctl restart kubelet; sleep 5; systemctl is-active kubelet; ps -C kubelet -o args= | tail -1",
        shows:
          "active\n/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml --max-pods 5 --node-labels=disk=ssd",
      },
      { run: ALLOCATABLE, shows: "2 2096600Ki 5" },
    ],
  },
  {
    title: "a kubelet that starts while its runtime is down ends, and is started again until it answers",
    steps: [
      {
        on: "node01",
        run: `systemctl stop containerd; systemctl restart kubelet; sleep 5; systemctl is-active kubelet; journalctl -u kubelet --no-pager -o cat | grep run.go | tail -1 | ${KLOG}; systemctl start containerd; sleep 12; systemctl is-active kubelet`,
        shows: `${FAILED}"failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///var/run/containerd/containerd.sock\\": rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /var/run/containerd/containerd.sock: connect: connection refused\\""\nactive`,
      },
    ],
  },
  {
    title: "a kubelet makes its client certificate anew before it runs out",
    steps: [
      { fault: ["skew", "controlplane", { seconds: 300 * 86_400 }] },
      { fault: ["skew", "node01", { seconds: 300 * 86_400 }] },
      {
        after: 30,
        on: "node01",
        run: "openssl x509 -noout -subject -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem",
        shows: "subject=O = system:nodes, CN = system:node:node01\nnotAfter=Nov 1 08:00:10 2027 GMT",
      },
      { fault: ["skew", "controlplane", { seconds: 500 * 86_400 }] },
      {
        after: 60,
        run: "grep client-certificate /etc/kubernetes/kubelet.conf",
        shows: "client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem",
      },
    ],
  },
])
