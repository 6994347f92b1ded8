/** The client side of the API: typed client, informers, work queue, event recorder. */
export type * from "./contract.ts"
