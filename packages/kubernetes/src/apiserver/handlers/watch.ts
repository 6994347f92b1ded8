/** Watches: what happens to objects, as it happens. As k8s.io/apiserver/pkg/endpoints/handlers/watch.go and pkg/storage/cacher. */
import { deepFreeze } from "../../apimachinery/frozen.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { gone, StatusError } from "../../apimachinery/status.ts"
import type { WatchEvent, Watcher, WatchOnly, WatchSink } from "../../etcd/contract.ts"
import { type AnyKind, type Context, namespaceOf, type OpenStream, type Server } from "../context.ts"
import type { ApiResponse, ResponseStream, StreamSink, WatchFrame } from "../contract.ts"
import { convertLater } from "../custom-resources/conversion.ts"
import { copyNote } from "../managed-fields/managers.ts"
import { JSON_TYPE } from "../negotiation.ts"
import { checkListOptions, parseRevision } from "../options.ts"
import { isTrue } from "../request-info.ts"
import { partialMetadata, tableOf } from "../table.ts"
import { filterOf } from "./list.ts"
import { shown } from "./print.ts"

const BOOKMARK_EVERY_MS = 60_000
const BUCKET_MS = 1_000
/** Bookmarks are sent this long before a watch ends, so that the next one can go on from there. */
const BEFORE_END_MS = 2_000

const oneFrame = (frame: WatchFrame): ResponseStream => ({
  start: (push, end) => {
    push(frame)
    end()
  },
  cancel: () => {},
})

/** What an event of the store is to a watcher that sees only what its filter lets through. */
const frameOf = (
  event: WatchEvent<AnyStored>,
  filter: (object: AnyStored) => boolean,
): { type: "ADDED" | "MODIFIED" | "DELETED"; object: AnyStored } | undefined => {
  const before = event.previous && filter(event.previous.value)
  if (event.type === "delete") {
    if (!before) return undefined
    const last = (event.previous as { value: AnyStored }).value
    const object = { ...last, metadata: { ...last.metadata, resourceVersion: String(event.revision) } }
    copyNote(last, object)
    return { type: "DELETED", object: deepFreeze(object) }
  }
  const object = event.value as AnyStored
  if (filter(object)) return { type: before ? "MODIFIED" : "ADDED", object }
  return before ? { type: "DELETED", object } : undefined
}

const nodeNameOf = (pod: { spec: { nodeName?: string } }): string => pod.spec.nodeName ?? ""
const nameOf = (object: AnyStored): string => object.metadata.name

/** What an index of watchers can find for a selector of one field. As the triggers of pkg/registry/core/pod/strategy.go and cacher.go. */
const triggerOf = (kind: AnyKind, fields: string): WatchOnly | undefined => {
  const [, field, is] = /^([\w.]+)=([^=!,\\]+)$/.exec(fields) ?? []
  if (field === "metadata.name") return { of: nameOf as never, is }
  return field === "spec.nodeName" && kind.kind === "Pod" ? { of: nodeNameOf as never, is } : undefined
}

/** A component's watch of what changes from now on. It lives as long as its world and there are dozens: it keeps what it needs, no more. */
class ComponentStream implements ResponseStream, WatchSink, OpenStream {
  readonly #server: Server
  readonly #prefix: string
  readonly #filter: (object: AnyStored) => boolean
  readonly #since: number
  readonly #only: WatchOnly | undefined
  #sink: StreamSink | undefined
  #watcher: Watcher | undefined

  constructor(server: Server, prefix: string, filter: (object: AnyStored) => boolean, since: number, only: WatchOnly | undefined) {
    this.#server = server
    this.#prefix = prefix
    this.#filter = filter
    this.#since = since
    this.#only = only
  }

  start(push: (frame: WatchFrame) => void, end: () => void): void {
    this.follow({ onFrame: (frame) => push(frame as WatchFrame), onEnd: end })
  }

  follow(sink: StreamSink): void {
    this.#sink = sink
    this.#watcher = this.#server.etcd.watch(this.#prefix, this, {
      revision: this.#since + 1,
      ...(this.#only && { only: this.#only }),
    })
    this.#server.streams.add(this)
  }

  onEvents(events: readonly WatchEvent[]): void {
    for (const event of events) {
      const frame = frameOf(event as WatchEvent<AnyStored>, this.#filter)
      if (frame) this.#sink?.onFrame(frame)
    }
  }

  cut(): void {
    this.cancel()
    this.#sink?.onEnd()
  }

  cancel(): void {
    this.#watcher?.cancel()
    this.#server.streams.delete(this)
  }
}

/** Frames of objects that have to be converted first: one after the other, whatever each takes. */
const inOrder = (
  server: Server,
  kind: AnyKind,
  push: (frame: WatchFrame) => void,
  encode: (type: WatchFrame["type"], object: AnyStored) => WatchFrame,
) => {
  const waiting: { type: WatchFrame["type"]; object: AnyStored }[] = []
  let busy = false
  const next = (): void => {
    const first = waiting.shift()
    busy = first !== undefined
    if (!first) return
    convertLater(server, kind, first.object, (result) => {
      push(result instanceof StatusError ? { type: "ERROR", object: result.status } : encode(first.type, result))
      next()
    })
  }
  return (type: WatchFrame["type"], object: AnyStored): void => {
    waiting.push({ type, object })
    if (!busy) next()
  }
}

export const watch = (server: Server, kind: AnyKind, context: Context): ApiResponse => {
  const { query, info, media, external } = context
  const { sim, etcd } = server
  if (query.size > 2) checkListOptions(query, true)
  const filter = filterOf(kind, context, info.name)
  const since = parseRevision(query.get("resourceVersion")?.[0], true)
  const prefix = server.registry.prefix(kind, namespaceOf(kind, info))
  const bookmarks = isTrue(query.get("allowWatchBookmarks")?.[0] ?? "false")
  const endsInitial = query.get("sendInitialEvents")?.[0] === "true"
  const sendInitial = endsInitial || since === undefined || since === 0
  const seconds = Number(query.get("timeoutSeconds")?.[0] ?? 0)
  const timeout = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
  const headers = media.stream ? { ...JSON_TYPE, "content-type": "application/json;stream=watch" } : JSON_TYPE
  if (!sendInitial && since < etcd.compactRevision) {
    const error = gone(`too old resource version: ${since} (${etcd.compactRevision})`)
    return { status: 200, headers, stream: oneFrame({ type: "ERROR", object: error.status }) }
  }
  if (!sendInitial && since > etcd.revision) {
    const error = new StatusError(504, "Timeout", `Timeout: Too large resource version: ${since}, current: ${etcd.revision}`, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    })
    return { status: 200, headers, stream: oneFrame({ type: "ERROR", object: error.status }) }
  }
  if (!external && !sendInitial && !bookmarks && timeout === 0)
    return {
      status: 200,
      headers,
      stream: new ComponentStream(server, prefix, filter, since, triggerOf(kind, query.get("fieldSelector")?.[0] ?? "")),
    }
  const { as } = media
  const includeObject = query.get("includeObject")?.[0] ?? "Metadata"
  let headersSent = false
  const asked = { external } as Context
  const encode = (type: WatchFrame["type"], object: AnyStored): WatchFrame => {
    if (!external) return { type, object }
    const whole = shown(kind, asked, object)
    if (as === "Table") {
      const metadata = { resourceVersion: object.metadata.resourceVersion }
      const frame = { type, object: tableOf(kind, [whole], { now: sim.now(), includeObject, metadata, headers: !headersSent }) }
      headersSent = true
      return frame
    }
    return { type, object: as === "PartialObjectMetadata" ? partialMetadata(kind, whole) : whole }
  }
  const bookmark = (annotations?: Record<string, string>): WatchFrame => {
    const metadata = { resourceVersion: String(etcd.revision), ...(annotations && { annotations }) }
    if (as === "Table")
      return {
        type: "BOOKMARK",
        object: {
          kind: "Table",
          apiVersion: "meta.k8s.io/v1",
          metadata: {},
          columnDefinitions: null,
          rows: [{ cells: [], object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata } }],
        },
      }
    return {
      type: "BOOKMARK",
      object: as
        ? { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata }
        : { kind: kind.kind, apiVersion: kind.apiVersion, metadata },
    }
  }
  let cancel = () => {}
  const stream: ResponseStream = {
    start: (push, end) => {
      const revision = etcd.revision
      const send =
        kind.conversion && external
          ? inOrder(server, kind, push, encode)
          : (type: WatchFrame["type"], object: AnyStored) => push(encode(type, object))
      if (sendInitial) {
        for (const { value } of etcd.range<AnyStored>(prefix).items) if (filter(value)) send("ADDED", value)
        if (endsInitial) push(bookmark({ "k8s.io/initial-events-end": "true" }))
      }
      const watcher = etcd.watch(
        prefix,
        {
          onEvents: (events) => {
            for (const event of events) {
              const frame = frameOf(event as WatchEvent<AnyStored>, filter)
              if (frame) send(frame.type, frame.object)
            }
          },
        },
        { revision: sendInitial ? revision + 1 : since + 1 },
      )
      const due = timeout > BEFORE_END_MS ? Math.min(BOOKMARK_EVERY_MS, timeout - BEFORE_END_MS) : BOOKMARK_EVERY_MS
      // They come out of buckets of a second: the one before the end, a moment early, and once more when its time has come.
      let ahead = due < BOOKMARK_EVERY_MS
      const again = () => {
        push(bookmark())
        timer = sim.scheduleBackground(ahead ? BUCKET_MS : BOOKMARK_EVERY_MS, again)
        ahead = false
      }
      let timer = bookmarks ? sim.scheduleBackground(due, again) : undefined
      const ending =
        timeout > 0
          ? sim.scheduleBackground(timeout, () => {
              cancel()
              end()
            })
          : undefined
      const open: OpenStream = {
        cut: () => {
          cancel()
          end()
        },
      }
      cancel = () => {
        watcher.cancel()
        sim.cancel(timer)
        sim.cancel(ending)
        server.streams.delete(open)
      }
      server.streams.add(open)
    },
    cancel: () => cancel(),
  }
  return { status: 200, headers, stream }
}
