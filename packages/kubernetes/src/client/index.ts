/** The client side of the API: typed client, informers, work queue, event recorder. */
export { collectionPath, ConnectionRefused, type Door, DoorClient, editable, objectPath } from "./client.ts"
export type * from "./contract.ts"
export { Recorder } from "./event-recorder.ts"
export { WatchInformers } from "./informers.ts"
export { WorkQueue } from "./work-queue.ts"
