/** What kubeadm needs of the machine that it runs on and of the cluster, beyond files, processes and sockets. */

/** What `kubeadm init` was told, by flags or a configuration file. */
export interface InitSettings {
  /** "v1.35.6" */
  readonly version: string
  readonly advertise: string
  readonly port: number
  readonly node: string
  readonly podCidr?: string
  readonly serviceCidr: string
  readonly dnsDomain: string
  /** "lb.example.com:6443" */
  readonly endpoint?: string
  /** Of the API server's certificate, beside kubeadm's own. */
  readonly extraNames: readonly string[]
  /** Flags of the components beside kubeadm's own, by component ("kube-apiserver"). */
  readonly extraArgs: Readonly<Record<string, readonly (readonly [name: string, value: string])[]>>
  /** Undefined: one is drawn. */
  readonly token?: string
  /** "24h0m0s" */
  readonly tokenTtl: string
  /** Undefined: the control plane's own. */
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
}

export interface LaidFile {
  readonly path: string
  readonly content: () => string
  readonly mode: number
}

/** What kubeadm asks the cluster, as its administrator. */
export interface ClusterDoor {
  /** At which the cluster was made. */
  readonly version: string
  /** Of this kubeadm. */
  readonly ownVersion: string
  /** Of the API server that runs. */
  readonly serverVersion: string
  /** The newest of the series. */
  readonly latestVersion: string
  /** Status 0: nobody answers. */
  request(method: string, path: string, body?: unknown, type?: string): { status: number; body: unknown }
  /** Address of this machine. */
  readonly ownAddress: string
  /** Lays what a kubelet needs to be this machine's, as a join leaves it. */
  layNode(): void
  /** Ends and removes all Pods' containers on this machine. */
  removePods(): void
  /** "172.30.1.2:6443" */
  readonly address: string
  /** PEM of the cluster's authority, in base64. */
  readonly authorityData: string
  /** SHA-256 (hex) of the authority's public key. */
  readonly authorityHash: string
  /** From now on the cluster has another authority. */
  renewAuthority(): void
  /** When the authority was made, ms since the epoch. */
  readonly since: number
  /**
   * The files of an authority ("ca"), a certificate, a key pair ("sa") or a kubeconfig by kubeadm's name for it, made anew; undefined: this machine has none.
   * `extraNames`: of the API server's certificate.
   */
  made(name: string, extraNames?: readonly string[]): readonly LaidFile[] | undefined
  /** Manifests of the control plane's static Pods by file name ("etcd.yaml"). */
  manifests(settings: InitSettings): ReadonlyMap<string, string>
  /** What kubeadm-config holds. */
  configuration(settings: InitSettings): string
  /** CoreDNS, kube-proxy and their settings go into the cluster, or one of both. */
  installAddons(version: string, only?: "coredns" | "kube-proxy"): void
  /** A kubeconfig of a client with a certificate made now. */
  clientKubeconfig(user: string, groups: readonly string[]): string
  /** Until when a certificate (PEM, or a kubeconfig with one) is valid, ms since the epoch. */
  validUntil(text: string): number | undefined
}
