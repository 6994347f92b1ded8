/** Which tags of an image exist. */
import { expect, test } from "vitest"
import { findImage, parseReference } from "./index.ts"

const known = (ref: string): boolean => {
  const reference = parseReference(ref)
  return reference !== undefined && typeof findImage(reference) !== "string"
}

test("versions that were published can be pulled, others cannot", () => {
  const yes =
    "nginx nginx:1 nginx:1.14.2 nginx:1.16.1 nginx:1.7.9 nginx:1.29.4-alpine nginx:alpine3.17 nginx:stable-alpine busybox:1.28 busybox:1.36.1-musl redis:6.0.8 postgres:15-alpine postgres:9.6.24 mysql:5.7 mysql:8.0.36 mongo:4.4.29 python:3.11-slim-bookworm node:22.12.0-alpine3.20 node:lts httpd:2.4 alpine:3.19.1 hashicorp/http-echo:0.2.3 registry.k8s.io/pause:3.9 curlimages/curl:8.5.0"
  const no =
    "nginx:1.161 nginx:1.91 nginx:1.999 nginx:1.9.99 nginx:2 nginx:1.2.3.4 nginx:1.14.02 nginx:latest-alpine busybox:1.99 redis:9 redis:alpine-x postgres:99 mysql:8.9 node:22.99.0 httpd:3 alpine:4 python:3.99 hashicorp/http-echo:1.5"
  expect(yes.split(" ").filter((ref) => !known(ref))).toEqual([])
  expect(no.split(" ").filter(known)).toEqual([])
})

test("mirrors have what the registry has that they mirror", () => {
  const yes =
    "public.ecr.aws/docker/library/busybox:stable public.ecr.aws/nginx/nginx:stable-alpine mirror.gcr.io/nginx:1.27 mirror.gcr.io/library/redis:7 registry-1.docker.io/library/httpd:2.4 k8s.gcr.io/pause:3.9 gcr.io/google-containers/busybox:latest quay.io/nginx/nginx-unprivileged:1.27"
  const no =
    "public.ecr.aws/docker/library/nginx:1.999 public.ecr.aws/docker/library/nobody quay.io/nginx/nothing registry.example.com/nginx"
  expect(yes.split(" ").filter((ref) => !known(ref))).toEqual([])
  expect(no.split(" ").filter(known)).toEqual([])
})
