/** Static Pod manifests of the control plane, as `kubeadm init` writes them. */
export interface ControlPlaneOptions {
  node: string
  address: string
  port: number
  version: string
  serviceCidr: string
  podCidr: string
}

interface Parts {
  name: string
  image: string
  command: readonly string[]
  cpu: string
  memory?: string
  probePort: number
  probePath: string
  scheme: string
  host: string
  mounts: readonly (readonly [string, string, string])[]
}

const manifest = (parts: Parts, annotations: string): string => `apiVersion: v1
kind: Pod
metadata:
${annotations}  labels:
    component: ${parts.name}
    tier: control-plane
  name: ${parts.name}
  namespace: kube-system
spec:
  containers:
  - command:
${parts.command.map((word) => `    - ${word}\n`).join("")}    image: ${parts.image}
    imagePullPolicy: IfNotPresent
    livenessProbe:
      failureThreshold: 8
      httpGet:
        host: ${parts.host}
        path: ${parts.probePath}
        port: ${parts.probePort}
        scheme: ${parts.scheme}
      initialDelaySeconds: 10
      periodSeconds: 10
      timeoutSeconds: 15
    name: ${parts.name}
    resources:
      requests:
        cpu: ${parts.cpu}
${parts.memory ? `        memory: ${parts.memory}\n` : ""}    startupProbe:
      failureThreshold: 24
      httpGet:
        host: ${parts.host}
        path: ${parts.probePath}
        port: ${parts.probePort}
        scheme: ${parts.scheme}
      initialDelaySeconds: 10
      periodSeconds: 10
      timeoutSeconds: 15
    volumeMounts:
${parts.mounts.map(([name, path]) => `    - mountPath: ${path}\n      name: ${name}\n`).join("")}  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  volumes:
${parts.mounts.map(([name, path, type]) => `  - hostPath:\n      path: ${path}\n      type: ${type}\n    name: ${name}\n`).join("")}status: {}
`

const PKI = "/etc/kubernetes/pki"

export const controlPlaneManifests = ({
  node,
  address,
  port,
  version,
  serviceCidr,
  podCidr,
}: ControlPlaneOptions): ReadonlyMap<string, string> => {
  const certificates = [
    ["ca-certs", "/etc/ssl/certs", "DirectoryOrCreate"],
    ["k8s-certs", PKI, "DirectoryOrCreate"],
  ] as const
  return new Map([
    [
      "etcd.yaml",
      manifest(
        {
          name: "etcd",
          image: "registry.k8s.io/etcd:3.6.6-0",
          cpu: "100m",
          memory: "100Mi",
          probePort: 2381,
          probePath: "/readyz",
          scheme: "HTTP",
          host: "127.0.0.1",
          command: [
            "etcd",
            `--advertise-client-urls=https://${address}:2379`,
            `--cert-file=${PKI}/etcd/server.crt`,
            "--client-cert-auth=true",
            "--data-dir=/var/lib/etcd",
            `--initial-advertise-peer-urls=https://${address}:2380`,
            `--initial-cluster=${node}=https://${address}:2380`,
            "--initial-cluster-state=new",
            `--key-file=${PKI}/etcd/server.key`,
            `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
            "--listen-metrics-urls=http://127.0.0.1:2381",
            `--listen-peer-urls=https://${address}:2380`,
            `--name=${node}`,
            `--peer-cert-file=${PKI}/etcd/peer.crt`,
            "--peer-client-cert-auth=true",
            `--peer-key-file=${PKI}/etcd/peer.key`,
            `--peer-trusted-ca-file=${PKI}/etcd/ca.crt`,
            "--snapshot-count=10000",
            `--trusted-ca-file=${PKI}/etcd/ca.crt`,
          ],
          mounts: [
            ["etcd-data", "/var/lib/etcd", "DirectoryOrCreate"],
            ["etcd-certs", `${PKI}/etcd`, "DirectoryOrCreate"],
          ],
        },
        `  annotations:\n    kubeadm.kubernetes.io/etcd.advertise-client-urls: https://${address}:2379\n`,
      ),
    ],
    [
      "kube-apiserver.yaml",
      manifest(
        {
          name: "kube-apiserver",
          image: `registry.k8s.io/kube-apiserver:${version}`,
          cpu: "250m",
          probePort: port,
          probePath: "/livez",
          scheme: "HTTPS",
          host: address,
          command: [
            "kube-apiserver",
            `--advertise-address=${address}`,
            "--allow-privileged=true",
            "--authorization-mode=Node,RBAC",
            `--client-ca-file=${PKI}/ca.crt`,
            "--enable-admission-plugins=NodeRestriction",
            "--enable-bootstrap-token-auth=true",
            `--etcd-cafile=${PKI}/etcd/ca.crt`,
            `--etcd-certfile=${PKI}/apiserver-etcd-client.crt`,
            `--etcd-keyfile=${PKI}/apiserver-etcd-client.key`,
            "--etcd-servers=https://127.0.0.1:2379",
            `--kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt`,
            `--kubelet-client-key=${PKI}/apiserver-kubelet-client.key`,
            "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
            `--proxy-client-cert-file=${PKI}/front-proxy-client.crt`,
            `--proxy-client-key-file=${PKI}/front-proxy-client.key`,
            "--requestheader-allowed-names=front-proxy-client",
            `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            `--secure-port=${port}`,
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            `--service-account-key-file=${PKI}/sa.pub`,
            `--service-account-signing-key-file=${PKI}/sa.key`,
            `--service-cluster-ip-range=${serviceCidr}`,
            `--tls-cert-file=${PKI}/apiserver.crt`,
            `--tls-private-key-file=${PKI}/apiserver.key`,
          ],
          mounts: certificates,
        },
        `  annotations:\n    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: ${address}:${port}\n`,
      ),
    ],
    [
      "kube-controller-manager.yaml",
      manifest(
        {
          name: "kube-controller-manager",
          image: `registry.k8s.io/kube-controller-manager:${version}`,
          cpu: "200m",
          probePort: 10_257,
          probePath: "/healthz",
          scheme: "HTTPS",
          host: "127.0.0.1",
          command: [
            "kube-controller-manager",
            "--allocate-node-cidrs=true",
            "--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf",
            "--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf",
            "--bind-address=127.0.0.1",
            `--client-ca-file=${PKI}/ca.crt`,
            `--cluster-cidr=${podCidr}`,
            "--cluster-name=kubernetes",
            `--cluster-signing-cert-file=${PKI}/ca.crt`,
            `--cluster-signing-key-file=${PKI}/ca.key`,
            "--controllers=*,bootstrapsigner,tokencleaner",
            "--kubeconfig=/etc/kubernetes/controller-manager.conf",
            "--leader-elect=true",
            `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
            `--root-ca-file=${PKI}/ca.crt`,
            `--service-account-private-key-file=${PKI}/sa.key`,
            `--service-cluster-ip-range=${serviceCidr}`,
            "--use-service-account-credentials=true",
          ],
          mounts: [...certificates, ["kubeconfig", "/etc/kubernetes/controller-manager.conf", "FileOrCreate"]],
        },
        "",
      ),
    ],
    [
      "kube-scheduler.yaml",
      manifest(
        {
          name: "kube-scheduler",
          image: `registry.k8s.io/kube-scheduler:${version}`,
          cpu: "100m",
          probePort: 10_259,
          probePath: "/livez",
          scheme: "HTTPS",
          host: "127.0.0.1",
          command: [
            "kube-scheduler",
            "--authentication-kubeconfig=/etc/kubernetes/scheduler.conf",
            "--authorization-kubeconfig=/etc/kubernetes/scheduler.conf",
            "--bind-address=127.0.0.1",
            "--kubeconfig=/etc/kubernetes/scheduler.conf",
            "--leader-elect=true",
          ],
          mounts: [["kubeconfig", "/etc/kubernetes/scheduler.conf", "FileOrCreate"]],
        },
        "",
      ),
    ],
  ])
}

export const kubeconfigText = (
  options: {
    server: string
    authority: string
    user: string
    encode: (text: string) => string
  } & ({ certificate: string; key: string } | { certificateFile: string }),
): string => `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${options.encode(options.authority)}
    server: ${options.server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: ${options.user}
  name: ${options.user}@kubernetes
current-context: ${options.user}@kubernetes
kind: Config
users:
- name: ${options.user}
  user:
${
  "certificateFile" in options
    ? `    client-certificate: ${options.certificateFile}\n    client-key: ${options.certificateFile}`
    : `    client-certificate-data: ${options.encode(options.certificate)}\n    client-key-data: ${options.encode(options.key)}`
}
`
