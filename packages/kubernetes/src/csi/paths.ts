/** Where a CSI volume's files lie on its node. */
export const csiPath = (driver: string, handle: string): string => `/var/lib/kubelet/plugins/kubernetes.io/csi/${driver}/${handle}`
