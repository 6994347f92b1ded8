/** pause: holds a Pod's namespaces open. */
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

export const pause = defineImage({
  repository: "registry.k8s.io/pause",
  aliases: ["k8s.gcr.io/pause", "gcr.io/google_containers/pause"],
  tags: ["3.10.1", "3.*", "latest", "2.0"],
  sizeBytes: 320_000,
  entrypoint: ["/pause"],
  user: 65_535,
  files: [{ path: "/pause", program: (process) => untilSignal(process, ["SIGTERM", "SIGINT"]) }],
})
