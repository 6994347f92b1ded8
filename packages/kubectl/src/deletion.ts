/** Deleting objects and waiting until they are gone. As kubectl/pkg/cmd/delete/delete.go. */
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "./api.ts"
import { type Info, query } from "./builder.ts"
import type { Context } from "./define-subcommand.ts"
import { pathOf } from "./discovery.ts"
import { isReason, KubectlError, ServerError } from "./errors.ts"
import type { DryRun } from "./flag-groups.ts"
import { followObject } from "./streams.ts"

export type Doomed = Pick<Info, "resource" | "namespace" | "name" | "source">

export interface DeletionOptions {
  /** Seconds; negative: the object's own. */
  readonly gracePeriod: number
  readonly policy: "Background" | "Foreground" | "Orphan"
  readonly dry: DryRun
  /** Print names alone. */
  readonly names: boolean
  readonly quiet?: boolean
}

const WEEK = 7 * 24 * 3_600_000

const deletedText = ({ resource, namespace, name }: Doomed, { gracePeriod, dry, names }: DeletionOptions): string => {
  const kind = `${resource.kind.toLowerCase()}${resource.group ? `.${resource.group}` : ""}`
  if (names) return `${kind}/${name}\n`
  const where = resource.namespaced ? ` from ${namespace ?? ""} namespace` : ""
  const how = dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""
  return `${kind} ${JSON.stringify(name)} ${gracePeriod === 0 ? "force deleted" : "deleted"}${where}${how}\n`
}

/** Deletes one object and says so; its UID. */
export function* deleteOne({ api, process }: Context, doomed: Doomed, options: DeletionOptions): Steps<unknown> {
  const { resource, namespace, name, source } = doomed
  let uid: unknown
  if (options.dry !== "client")
    try {
      const answer = yield* api.json<KubeObject & { details?: { uid?: string } }>(
        "DELETE",
        pathOf(resource, namespace, name) + query({ dryRun: options.dry === "server" ? "All" : undefined }),
        {
          body: {
            ...(options.gracePeriod >= 0 && { gracePeriodSeconds: options.gracePeriod }),
            propagationPolicy: options.policy,
          },
        },
      )
      uid = answer?.kind === "Status" ? answer.details?.uid : answer?.metadata?.uid
    } catch (error) {
      if (error instanceof ServerError && source) throw error.from("deleting", source)
      throw error
    }
  if (!options.quiet) yield* process.print(deletedText(doomed, options))
  return uid
}

/** Until the object with this UID is gone; throws when it takes longer than `timeout` ms (0: a week). */
export function* waitGone(
  context: Context,
  place: { resource: Resource; namespace: string | undefined; name: string },
  uid: unknown,
  timeout: number,
): Steps<void> {
  const deadline = context.process.now() + (timeout > 0 ? timeout : WEEK)
  try {
    const gone = yield* followObject(
      context,
      place,
      function* (object) {
        return object === undefined || (uid !== undefined && object.metadata.uid !== uid)
      },
      deadline,
    )
    if (!gone) throw new KubectlError(`timed out waiting for the condition on ${place.resource.plural}/${place.name}`)
  } catch (error) {
    // Who may delete but not look needs not wait.
    if (isReason(error, "Forbidden") || isReason(error, "MethodNotAllowed") || isReason(error, "NotFound")) return
    throw error
  }
}
