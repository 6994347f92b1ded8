/** A worker as a thread of its own, started from the same bundle (or, in development, the same source) as the front. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import type { FromWorker, Port, ToWorker } from "./link.ts"
import type { Spawned } from "./front/pool.ts"

interface WorkerData {
  drydockWorker: true
  running: SharedArrayBuffer
}

/** @param program path or URL of the program that calls `asWorker` */
export const spawnThread = (program: string | URL): Spawned => {
  const running = new SharedArrayBuffer(4)
  const worker = new Worker(program, { workerData: { drydockWorker: true, running } satisfies WorkerData, stdout: false })
  worker.on("error", (error) => process.stderr.write(`lab worker: ${error.stack ?? String(error)}\n`))
  return {
    port: worker as unknown as Port<ToWorker>,
    running: new Int32Array(running),
    onExit: (listener) => void worker.on("exit", listener),
    terminate: () => void worker.terminate(),
  }
}

/** What this thread needs when it was started by `spawnThread`; undefined elsewhere. */
export const asWorker = (): { port: Port<readonly FromWorker[]>; running: Int32Array } | undefined => {
  const data = workerData as Partial<WorkerData> | undefined
  if (isMainThread || !parentPort || data?.drydockWorker !== true || !data.running) return undefined
  return { port: parentPort as unknown as Port<readonly FromWorker[]>, running: new Int32Array(data.running) }
}
