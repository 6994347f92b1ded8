/** How the API server finds the Services that it asks: webhooks, aggregated APIs. */
import type { Server } from "./context.ts"
import type { Reach } from "./outside.ts"

export const reachOf = (server: Server): Reach => ({
  forward: server.options.forward,
  service: (namespace, name) => {
    const kind = server.kind("", "v1", "services")
    return kind && server.registry.find(kind, namespace, name)
  },
})
