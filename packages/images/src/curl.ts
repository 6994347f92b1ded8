/** curlimages/curl and its like: one tool. */
import { defineImage } from "./define-image.ts"

const image = (repository: string) =>
  defineImage({
    repository,
    tags: ["latest", "8", "8.*", "7.*", "3.*"],
    sizeBytes: 9_300_000,
    entrypoint: ["/entrypoint.sh"],
    command: ["curl"],
    user: 100,
    shell: "busybox",
    brings: ["curl"],
    files: [{ path: "/entrypoint.sh", mode: 0o755, content: '#!/bin/sh\nif [ "${1#-}" != "$1" ]; then set -- curl "$@"; fi\nexec "$@"\n' }],
  })

/** busybox with curl in it: a shell. */
const shell = (repository: string, tags: string[]) =>
  defineImage({ repository, tags, sizeBytes: 9_300_000, command: ["/bin/sh"], shell: "busybox", brings: ["curl"] })

export const curlImages = [
  ...["curlimages/curl", "alpine/curl", "byrnedo/alpine-curl"].map(image),
  shell("radial/busyboxplus", ["latest", "curl", "git"]),
  shell("yauritux/busybox-curl", ["latest"]),
]
