/** busybox: many small tools in one file. */
import { defineImage } from "./define-image.ts"

export const busybox = defineImage({
  repository: "busybox",
  aliases: ["registry.k8s.io/busybox", "k8s.gcr.io/busybox", "gcr.io/google_containers/busybox", "registry.k8s.io/e2e-test-images/busybox"],
  tags: ["latest", "stable", "glibc", "musl", "1", "1.*"],
  sizeBytes: 2_224_000,
  command: ["sh"],
  shell: "busybox",
  files: [
    { path: "/home", mode: 0o755 },
    { path: "/root", mode: 0o700 },
  ],
})
