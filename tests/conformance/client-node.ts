/** @kubernetes/client-node, whose HTTP library looks for functions that Node has since version 22 alone. */
import workers from "node:worker_threads"
import zlib from "node:zlib"

const decompressors = zlib as unknown as { createZstdDecompress?: unknown }
decompressors.createZstdDecompress ??= zlib.createBrotliDecompress
const threads = workers as unknown as { markAsUncloneable?: () => void }
threads.markAsUncloneable ??= () => {}
const promises = Promise as unknown as { withResolvers?: () => unknown }
promises.withResolvers ??= () => {
  const made: Record<string, unknown> = {}
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }))
  return made
}

export const { CoreV1Api, Exec, KubeConfig, makeInformer, PortForward } = await import("@kubernetes/client-node")
