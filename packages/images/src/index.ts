/** Every image that can be pulled. */
import { alpine } from "./alpine.ts"
import { bootcamps } from "./kubernetes-bootcamp.ts"
import { busybox } from "./busybox.ts"
import { etcd, kubeApiserver, kubeControllerManager, kubeProxy, kubeScheduler } from "./control-plane.ts"
import { coredns } from "./coredns.ts"
import { curl } from "./curl.ts"
import type { Image } from "./define-image.ts"
import { httpd } from "./httpd.ts"
import { localPathProvisioner } from "./local-path-provisioner.ts"
import { metricsServer } from "./metrics-server.ts"
import { nginx } from "./nginx.ts"
import { pause } from "./pause.ts"
import { redis } from "./redis.ts"
import { parseReference, type Reference } from "./reference.ts"

export const images: readonly Image[] = [
  nginx,
  httpd,
  busybox,
  alpine,
  redis,
  curl,
  ...bootcamps,
  pause,
  etcd,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  kubeProxy,
  coredns,
  metricsServer,
  localPathProvisioner,
]

const fullNames = new Map(images.map((image) => [parseReference(image.repository)?.name ?? image.repository, image]))

const hasTag = ({ tags }: Image, tag: string): boolean =>
  tags.some((one) => (one.endsWith("*") ? tag.startsWith(one.slice(0, -1)) : one === tag))

/** The image a reference names; "no-repository" or "no-tag" say why there is none. */
export const findImage = ({ name, tag }: Reference): Image | "no-repository" | "no-tag" => {
  const image = fullNames.get(name)
  if (!image) return "no-repository"
  return hasTag(image, tag) ? image : "no-tag"
}

export type { Image, ImageContext } from "./define-image.ts"
export { formatReference, parseReference, type Reference } from "./reference.ts"
