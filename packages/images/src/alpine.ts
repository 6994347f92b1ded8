/** alpine: a small distribution. */
import { ALPINE_RELEASE } from "./alpine-variant.ts"
import { defineImage } from "./define-image.ts"

export const alpine = defineImage({
  repository: "alpine",
  tags: ["latest", "edge", "3", "3.*"],
  sizeBytes: 3_800_000,
  command: ["/bin/sh"],
  shell: "busybox",
  files: ALPINE_RELEASE,
})
