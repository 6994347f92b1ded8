/** Watches and other answers that come in pieces. */
import { bodyJson, type HttpResponse, type HttpStream, type Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "./api.ts"
import { query } from "./builder.ts"
import type { Context } from "./define-subcommand.ts"
import { pathOf } from "./discovery.ts"
import { serverError } from "./errors.ts"

export interface WatchEvent<T = KubeObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR"
  readonly object: T
}

/** The next piece; null at the end, undefined when `deadline` (virtual ms) came first. */
export function* nextChunk({ process }: Context, stream: HttpStream, deadline?: number): Steps<ReturnType<HttpStream["tryTake"]>> {
  for (;;) {
    const chunk = stream.tryTake()
    if (chunk !== undefined) return chunk
    if (deadline !== undefined && process.now() >= deadline) return undefined
    yield* process.wait({ queues: [stream.readQueue], ...(deadline !== undefined && { until: deadline }) })
  }
}

/** Events of a watch, each given to `seen` until it returns true (then true), the stream ends or `deadline` passes (false). */
export function* eachEvent<T>(
  context: Context,
  response: HttpResponse,
  seen: (event: WatchEvent<T>) => Steps<boolean>,
  deadline?: number,
): Steps<boolean> {
  if (response.status >= 400 || !response.stream) throw serverError(response)
  try {
    for (;;) {
      const chunk = yield* nextChunk(context, response.stream, deadline)
      if (chunk === null || chunk === undefined) return false
      const event = bodyJson(chunk) as WatchEvent<T>
      if (event.type === "BOOKMARK") continue
      if (event.type === "ERROR") return false
      if (yield* seen(event)) return true
    }
  } finally {
    response.stream.cancel()
  }
}

/** Follows one object until `met` says so (true) or `deadline` passes (false). Undefined: it is not there. */
export function* followObject(
  context: Context,
  place: { resource: Resource; namespace: string | undefined; name: string },
  met: (object: KubeObject | undefined) => Steps<boolean>,
  deadline: number,
): Steps<boolean> {
  const { api, process } = context
  const path = pathOf(place.resource, place.namespace)
  const fieldSelector = `metadata.name=${place.name}`
  for (;;) {
    const list = yield* api.get<{ apiVersion: string; items: KubeObject[]; metadata: { resourceVersion: string } }>(
      path + query({ fieldSelector }),
    )
    const [item] = list.items ?? []
    if (yield* met(item && { ...item, apiVersion: list.apiVersion, kind: place.resource.kind })) return true
    if (process.now() >= deadline) return false
    const done = yield* eachEvent<KubeObject>(
      context,
      yield* api.send("GET", path + query({ watch: "true", fieldSelector, resourceVersion: list.metadata.resourceVersion })),
      (event) => met(event.type === "DELETED" ? undefined : event.object),
      deadline,
    )
    if (done) return true
    if (process.now() >= deadline) return false
    // The watch ended before its time: once more from the list, not at once.
    yield* process.sleep(1_000)
  }
}
