/** Registries that hold another registry's images under names of their own. */

/** Beginnings of names, and what the same images are called where they come from. */
const MIRRORS: readonly (readonly [mirror: string, origin: string])[] = [
  ["registry-1.docker.io/", "docker.io/"],
  ["index.docker.io/", "docker.io/"],
  ["registry.hub.docker.com/", "docker.io/"],
  ["mirror.gcr.io/", "docker.io/"],
  ["public.ecr.aws/docker/library/", "docker.io/library/"],
  ["public.ecr.aws/nginx/nginx-unprivileged", "docker.io/nginxinc/nginx-unprivileged"],
  ["public.ecr.aws/nginx/", "docker.io/library/"],
  ["public.ecr.aws/bitnami/", "docker.io/bitnami/"],
  ["public.ecr.aws/amazonlinux/", "docker.io/library/"],
  ["public.ecr.aws/ubuntu/ubuntu", "docker.io/library/ubuntu"],
  ["public.ecr.aws/debian/debian", "docker.io/library/debian"],
  ["ghcr.io/nginx/nginx-unprivileged", "docker.io/nginxinc/nginx-unprivileged"],
  ["quay.io/nginx/nginx-unprivileged", "docker.io/nginxinc/nginx-unprivileged"],
  ["quay.io/curl/curl", "docker.io/curlimages/curl"],
  ["ghcr.io/curl/curl-container/curl", "docker.io/curlimages/curl"],
  ["quay.io/prometheus/busybox", "docker.io/library/busybox"],
  ["quay.io/prometheus/", "docker.io/prom/"],
  ["quay.io/prometheuscommunity/", "docker.io/prom/"],
  ["k8s.gcr.io/", "registry.k8s.io/"],
  ["gcr.io/google-containers/", "registry.k8s.io/"],
  ["gcr.io/google_containers/", "registry.k8s.io/"],
]

/** The name that a mirror's name stands for, or the name itself. Docker Hub's own images may be named without "library/" there. */
export const originOf = (name: string): string => {
  const found = MIRRORS.find(([mirror]) => name.startsWith(mirror))
  if (!found) return name
  const origin = found[1] + name.slice(found[0].length)
  return /^docker\.io\/[^/]+$/.test(origin) ? origin.replace("docker.io/", "docker.io/library/") : origin
}
