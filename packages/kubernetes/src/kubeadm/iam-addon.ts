/** aws-iam-authenticator, as a cluster on EC2 has it: who its keys and roles are in the cluster says the ConfigMap aws-auth. */
import type { BootstrapObject } from "./bootstrap-object.ts"

export const iamAuthenticator: readonly BootstrapObject[] = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "aws-iam-authenticator", namespace: "kube-system", labels: { "k8s-app": "aws-iam-authenticator" } as never },
    data: { "config.yaml": "clusterID: kubernetes\nserver:\n  backendMode:\n  - EKSConfigMap\n" },
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "aws-auth", namespace: "kube-system" },
    data: { mapRoles: "[]\n", mapUsers: "[]\n" },
  },
]
