/** alpine: a small distribution. */
import { defineImage } from "./define-image.ts"

export const alpine = defineImage({
  repository: "alpine",
  tags: ["latest", "edge", "3", "3.*"],
  sizeBytes: 3_800_000,
  command: ["/bin/sh"],
  shell: "busybox",
  files: [
    { path: "/etc/os-release", content: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.2\nPRETTY_NAME="Alpine Linux v3.23"\n' },
    { path: "/etc/alpine-release", content: "3.23.2\n" },
  ],
})
