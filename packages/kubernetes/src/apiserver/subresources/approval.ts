/** …/approval: who may say yes to a certificate signing request. As pkg/registry/certificates/certificates/strategy.go. */
import { deepCopy, isObject } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { badRequest, methodNotAllowed } from "../../apimachinery/status.ts"
import type { Server, SubresourceCall } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { print } from "../handlers/print.ts"

interface Condition {
  type: string
  lastUpdateTime?: string | null
  lastTransitionTime?: string | null
}

export const approval = ({ kind, object, request, body, write, context }: SubresourceCall, server: Server): ApiResponse => {
  if (request.method === "GET") return print(server, kind, context, object)
  if (request.method !== "PUT") throw methodNotAllowed()
  const status = isObject(body) && isObject(body.status) ? body.status : undefined
  if (!status) throw badRequest("the object provided is unrecognized (must be of type CertificateSigningRequest)")
  // The same in every attempt, however long a webhook takes.
  const now = formatTime(context.outside?.begun ?? server.sim.now())
  const conditions = ((status.conditions as Condition[] | undefined) ?? []).map((one) => ({
    ...one,
    lastUpdateTime: one.lastUpdateTime ?? now,
    lastTransitionTime: one.lastTransitionTime ?? now,
  }))
  const next = deepCopy(object) as unknown as { status: Record<string, unknown> }
  next.status = { ...next.status, conditions }
  server.admitPart(kind, context, { operation: "update", object: next as never, old: object })
  return print(server, kind, context, server.registry.replace(kind, object, next as never, write))
}
