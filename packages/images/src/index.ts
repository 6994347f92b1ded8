/** Every image that can be pulled. */
import { agnhost } from "./agnhost.ts"
import { alpine } from "./alpine.ts"
import { alpineVariant } from "./alpine-variant.ts"
import { bootcamps } from "./kubernetes-bootcamp.ts"
import { busybox, oldBusybox } from "./busybox.ts"
import { etcd, kubeApiserver, kubeControllerManager, kubeProxy, kubeScheduler } from "./control-plane/index.ts"
import { coredns } from "./coredns.ts"
import { courseApplications } from "./course-applications.ts"
import { csiHostPath } from "./csi-hostpath.ts"
import { curlImages } from "./curl.ts"
import type { Image } from "./define-image.ts"
import { distributions } from "./distributions.ts"
import { exerciseApplications } from "./exercise-applications.ts"
import { gatewayControlPlane, gatewayDataPlane } from "./gateway.ts"
import { httpd } from "./httpd.ts"
import { ingressCertgen, ingressNginx } from "./ingress-nginx.ts"
import { metallbController, metallbSpeaker } from "./metallb.ts"
import { kubectlImages } from "./kubectl.ts"
import { languages } from "./languages.ts"
import { localPathProvisioner } from "./local-path-provisioner.ts"
import { memcached } from "./memcached.ts"
import { metricsServer } from "./metrics-server.ts"
import { originOf } from "./mirrors.ts"
import { mongo } from "./mongo.ts"
import { mariadb, mysql } from "./mysql.ts"
import { nginx, nginxAlpine, nginxSlim, nginxUnprivileged, nginxUnprivilegedAlpine } from "./nginx.ts"
import { operators } from "./operators.ts"
import { pause } from "./pause.ts"
import { pingPong } from "./ping-pong.ts"
import { postgres } from "./postgres.ts"
import { redis } from "./redis.ts"
import { isPublished } from "./published-versions.ts"
import { privateImages } from "./private-images.ts"
import type { Credentials } from "./registries.ts"
import { parseReference, type Reference } from "./reference.ts"
import { stressImages } from "./stress.ts"
import { webApplications } from "./web-applications.ts"

export const images: readonly Image[] = [
  nginxAlpine,
  nginx,
  alpineVariant(httpd, { sizeBytes: 22_000_000 }),
  httpd,
  oldBusybox,
  busybox,
  alpine,
  alpineVariant(redis, { sizeBytes: 30_000_000 }),
  redis,
  ...curlImages,
  nginxUnprivilegedAlpine,
  nginxUnprivileged,
  mysql,
  mariadb,
  alpineVariant(postgres, { sizeBytes: 107_000_000, brings: ["bash"] }),
  postgres,
  mongo,
  alpineVariant(memcached, { sizeBytes: 4_600_000 }),
  memcached,
  ...distributions,
  ...languages,
  ...bootcamps,
  ...webApplications,
  pingPong,
  agnhost,
  ...stressImages,
  ...kubectlImages,
  pause,
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kubeProxy,
  coredns,
  metricsServer,
  localPathProvisioner,
  ingressNginx,
  ingressCertgen,
  ...courseApplications,
  ...exerciseApplications,
  ...operators,
  nginxSlim,
  csiHostPath,
  gatewayControlPlane,
  gatewayDataPlane,
  metallbController,
  metallbSpeaker,
  ...privateImages,
]

/** A repository may be several images, by their tags; the first that has a tag is meant. */
const fullNames = new Map<string, Image[]>()
for (const image of images)
  for (const name of [image.repository, ...(image.aliases ?? [])]) {
    const full = parseReference(name)?.name ?? name
    const known = fullNames.get(full)
    if (known) known.push(image)
    else fullNames.set(full, [image])
  }

/** Whether `tag` is meant by one that is listed: "1.*", "*alpine*", or itself. */
const means = (listed: string, tag: string): boolean => {
  const [first, ...rest] = listed.split("*")
  if (rest.length === 0) return listed === tag
  if (!tag.startsWith(first)) return false
  const last = rest.pop() as string
  let at = first.length
  for (const part of rest) {
    const found = tag.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return tag.length - at >= last.length && tag.endsWith(last)
}

const hasTag = ({ repository, tags }: Image, tag: string): boolean =>
  tags.includes(tag) || (isPublished(repository, tag) ?? tags.some((one) => one.includes("*") && means(one, tag)))

/** The variable that a tag sets, where the image has one and the tag is a version. */
export const versionOf = ({ versionEnv }: Image, tag: string): readonly [string, string] | undefined =>
  versionEnv !== undefined && /^v?\d/.test(tag) ? [versionEnv, tag.replace(/^v/, "").replace(/-.*$/, "")] : undefined

/** The image a reference names; "no-repository" or "no-tag" say why there is none. */
export const findImage = ({ name, tag }: Reference): Image | "no-repository" | "no-tag" => {
  const known = fullNames.get(name) ?? fullNames.get(originOf(name))
  if (!known) return "no-repository"
  const named = ({ tags }: Image) => tags.some((one) => means(one, tag))
  return known.find((image) => hasTag(image, tag) && (known.length === 1 || named(image))) ?? "no-tag"
}

export type { Image, ImageContext } from "./define-image.ts"
/** Whether somebody's image at `host` is had with these. */
export const signsIn = (host: string, { username, password }: Credentials): boolean =>
  images.some(
    ({ repository, credentials }) =>
      credentials?.username === username &&
      credentials.password === password &&
      (parseReference(repository)?.name ?? repository).startsWith(`${host}/`),
  )

export { admits, pullProblem } from "./registries.ts"
export { formatReference, parseReference, type Reference } from "./reference.ts"

export { settled, toHttp } from "./control-plane/index.ts"
