/** Paths that are no resources: discovery, health, version, OpenAPI. */
import { noResource } from "../apimachinery/status.ts"
import type { Context, Server } from "./context.ts"
import type { ApiResponse } from "./contract.ts"
import { aggregatedDiscovery, groupList, groupOf, resourceList, versions } from "./discovery.ts"
import { CHECKS, healthPaths } from "./health.ts"
import { JSON_TYPE } from "./negotiation.ts"
import { openApiV2, openApiV3, openApiV3Root } from "./openapi/documents.ts"

const notFound = (): ApiResponse => ({
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache, private" },
  body: "404 page not found\n",
})

const json = (body: unknown): ApiResponse => ({ status: 200, headers: JSON_TYPE, body })

const rootPaths = (server: Server) => ({
  paths: [
    "/.well-known/openid-configuration",
    "/api",
    "/api/v1",
    "/apis",
    "/apis/",
    ...new Set(server.kinds.filter((kind) => kind.group).flatMap((kind) => [`/apis/${kind.group}`, `/apis/${kind.apiVersion}`])),
    ...Object.entries(CHECKS).flatMap(([name, checks]) => [`/${name}`, ...checks.map((check) => `/${name}/${check}`)]),
    "/metrics",
    "/metrics/slis",
    "/openapi/v2",
    "/openapi/v3",
    "/openapi/v3/",
    "/openid/v1/jwks",
    "/version",
  ].sort(),
})

export const answerPath = (server: Server, { request, query }: Context): ApiResponse => {
  const accept = request.headers?.accept ?? ""
  const path = request.path.replace(/\/+$/, "") || "/"
  const aggregated = /g=apidiscovery\.k8s\.io/.test(accept)
  const version = /v=v2(,|;|$)/.test(accept) ? "v2" : "v2beta1"
  switch (path) {
    case "/version":
      return { status: 200, headers: JSON_TYPE, body: JSON.stringify(server.version, null, 2) }
    case "/api":
      return aggregated ? aggregatedDiscovery(server.kinds, "core", version) : json(versions(server.options.advertise))
    case "/apis":
      return aggregated ? aggregatedDiscovery(server.kinds, "groups", version) : json(groupList(server.kinds))
    case "/metrics":
      return server.metrics()
    case "/openapi/v2":
      return openApiV2(server.kinds, request)
    case "/openapi/v3":
      return openApiV3Root(server.kinds)
    case "/.well-known/openid-configuration":
      return {
        status: 200,
        headers: { "content-type": "application/json", "cache-control": "public, max-age=3600" },
        body: JSON.stringify({
          issuer: "https://kubernetes.default.svc.cluster.local",
          jwks_uri: `https://${server.options.advertise}/openid/v1/jwks`,
          response_types_supported: ["id_token"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        }),
      }
    case "/":
      return json(rootPaths(server))
  }
  const health = healthPaths(path, query)
  if (health) return health
  if (path.startsWith("/openapi/v3/")) return openApiV3(server.kinds, path.slice("/openapi/v3/".length)) ?? notFound()
  const [, core, group, groupVersion] = /^(?:\/api\/([^/]+)|\/apis\/([^/]+)(?:\/([^/]+))?)$/.exec(path) ?? []
  if (core === "v1") return json(resourceList(server.kinds, "", core))
  if (core !== undefined) throw noResource()
  if (group !== undefined) {
    const of = server.kinds.filter((kind) => kind.group === group)
    if (of.length === 0) return notFound()
    if (groupVersion === undefined) return json(groupOf(server.kinds, group))
    if (!of.some(({ version: own }) => own === groupVersion)) throw noResource()
    return json(resourceList(server.kinds, group, groupVersion))
  }
  return notFound()
}
