/** Images that bring kubectl: it speaks to the cluster as the Pod's service account. */
import { defineImage, type Image } from "./define-image.ts"

const image = (
  repository: string,
  tags: readonly string[],
  sizeBytes: number,
  entrypoint: readonly string[],
  shell: "bash" | "busybox",
): Image =>
  defineImage({
    repository,
    tags,
    sizeBytes,
    ...(entrypoint.length > 0 ? { entrypoint } : { command: ["/bin/sh"] }),
    shell,
    components: { "/usr/local/bin/kubectl": ({ kubectl }) => kubectl },
  })

export const kubectlImages: readonly Image[] = [
  image("bitnami/kubectl", ["latest", "1*"], 50_000_000, ["kubectl"], "bash"),
  image("bitnamilegacy/kubectl", ["latest", "1*"], 50_000_000, ["kubectl"], "bash"),
  image("rancher/kubectl", ["latest", "v1*"], 20_000_000, ["kubectl"], "busybox"),
  image("registry.k8s.io/kubectl", ["v1*"], 20_000_000, ["kubectl"], "busybox"),
  image("alpine/k8s", ["1*"], 240_000_000, [], "busybox"),
  image("alpine/kubectl", ["latest", "1*"], 25_000_000, ["kubectl"], "busybox"),
  image("lachlanevenson/k8s-kubectl", ["latest", "v1*"], 20_000_000, ["kubectl"], "busybox"),
]
