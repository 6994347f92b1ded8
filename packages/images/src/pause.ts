/** pause: holds a Pod's namespaces open. */
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

export const pause = defineImage({
  repository: "registry.k8s.io/pause",
  tags: ["3.10.1", "3.*"],
  sizeBytes: 320_000,
  entrypoint: ["/pause"],
  user: 65_535,
  files: [{ path: "/pause", program: (process) => untilSignal(process, ["SIGTERM", "SIGINT"]) }],
})
