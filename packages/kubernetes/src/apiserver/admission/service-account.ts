/** ServiceAccount: every Pod has one, and its token mounted. As plugin/pkg/admission/serviceaccount. */
import { forbidden } from "../../apimachinery/status.ts"
import { type AdmissionPlugin, NotYet } from "../context.ts"

const MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

interface PodSpec {
  serviceAccountName?: string
  serviceAccount?: string
  automountServiceAccountToken?: boolean
  imagePullSecrets?: readonly { name?: string }[]
  volumes?: { name: string; projected?: unknown }[]
  containers: { volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[] }[]
  initContainers?: PodSpec["containers"]
}

export const serviceAccountAdmission: AdmissionPlugin = {
  name: "ServiceAccount",
  concerns: ({ kind }) => kind === "Pod",
  admit({ operation, kind, namespace, object, outside }, server) {
    if (operation !== "create" || kind.kind !== "Pod") return
    const annotations = (object.metadata.annotations ?? {}) as Record<string, string>
    if (annotations["kubernetes.io/config.mirror"]) return
    const spec = object.spec as unknown as PodSpec
    spec.serviceAccountName ||= "default"
    spec.serviceAccount = spec.serviceAccountName
    const accounts = server.kind("", "v1", "serviceaccounts")
    const account = accounts && server.registry.find(accounts, namespace, spec.serviceAccountName)
    if (!account) {
      const problem = forbidden(
        kind,
        object.metadata.name ?? "",
        `error looking up service account ${namespace}/${spec.serviceAccountName}: serviceaccount "${spec.serviceAccountName}" not found`,
      )
      // The controller makes a new namespace's default one in a moment.
      const attempts = spec.serviceAccountName === "default" ? 10 : 1
      throw new NotYet(problem, attempts, 100 + server.sim.random("admission").integer(100))
    }
    const secrets = account.imagePullSecrets as PodSpec["imagePullSecrets"]
    if (!spec.imagePullSecrets?.length && secrets?.length) spec.imagePullSecrets = secrets
    if (
      spec.automountServiceAccountToken === false ||
      (spec.automountServiceAccountToken === undefined && account.automountServiceAccountToken === false)
    )
      return
    const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
    if (containers.every(({ volumeMounts }) => volumeMounts?.some(({ mountPath }) => mountPath === MOUNT))) return
    const suffix = () => server.sim.random("names").string(5, ALPHABET)
    const name = `kube-api-access-${outside ? outside.once("kube-api-access", suffix) : suffix()}`
    spec.volumes = [
      ...(spec.volumes ?? []),
      {
        name,
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
            { configMap: { items: [{ key: "ca.crt", path: "ca.crt" }], name: "kube-root-ca.crt" } },
            { downwardAPI: { items: [{ fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" }, path: "namespace" }] } },
          ],
          defaultMode: 420,
        },
      },
    ]
    for (const container of containers)
      if (!container.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT))
        container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT }]
  },
}
