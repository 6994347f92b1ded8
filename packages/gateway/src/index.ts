/** Node's HTTP and websocket edge of a simulated API server, for `drydock cluster` and the lab server. */
export type { Door } from "./door.ts"
export { MAX_BODY_BYTES } from "./body.ts"
export { serveApi, toApiRequest } from "./serve.ts"
export { upgradeApi } from "./upgrade.ts"
