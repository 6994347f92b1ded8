/** curlimages/curl: one tool. */
import { defineImage } from "./define-image.ts"

export const curl = defineImage({
  repository: "curlimages/curl",
  tags: ["latest", "8", "8.*", "7.*"],
  sizeBytes: 9_300_000,
  entrypoint: ["/entrypoint.sh"],
  command: ["curl"],
  user: 100,
  shell: "busybox",
  files: [{ path: "/entrypoint.sh", mode: 0o755, content: '#!/bin/sh\nif [ "${1#-}" != "$1" ]; then set -- curl "$@"; fi\nexec "$@"\n' }],
})
