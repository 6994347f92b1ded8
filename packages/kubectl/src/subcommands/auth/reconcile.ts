/** kubectl auth reconcile */
import { deepEqual } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../../api.ts"
import { query, requireNamespace } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { pathOf } from "../../discovery.ts"
import { isReason, KubectlError } from "../../errors.ts"
import { DRY_RUN, dryRun, FILES, PRINT } from "../../flag-groups.ts"
import { namesFiles, readManifests } from "../../manifests.ts"
import { objectName } from "../../printing/objects.ts"
import { Reporter } from "../../printing/report.ts"

const KINDS = ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]

/** What is in `wanted` and not in `present`, behind what is there. */
const union = (present: readonly unknown[], wanted: readonly unknown[]): unknown[] => [
  ...present,
  ...wanted.filter((one) => !present.some((other) => deepEqual(one, other))),
]
const both = (present: readonly unknown[], wanted: readonly unknown[]): unknown[] =>
  present.filter((one) => wanted.some((other) => deepEqual(one, other)))

export const reconcile = defineSubcommand({
  path: ["auth", "reconcile"],
  summary: "Reconcile rules for RBAC role, role binding, cluster role, and cluster role binding objects",
  description: "Adds what is missing. What is there besides stays, unless the --remove-extra flags say otherwise.",
  usage: "-f FILENAME",
  examples: [["What a file grants", "kubectl auth reconcile -f my-rbac-rules.yaml"]],
  complete: "none",
  flags: {
    ...FILES,
    ...PRINT,
    ...DRY_RUN,
    "remove-extra-permissions": { type: "bool", help: "Take away permissions that the file does not name" },
    "remove-extra-subjects": { type: "bool", help: "Take away subjects that the file does not name" },
  },
  *run(input, context) {
    const { api, process } = context
    if (!namesFiles(input)) throw new KubectlError("must specify one of -f and -k")
    const reporter = new Reporter(process, input)
    const dry = dryRun(input)
    const dryQuery = query({ dryRun: dry === "server" ? "All" : undefined })
    for (const { object, source } of yield* readManifests(context, input)) {
      const resource = yield* api.resourceFor(object, source)
      if (resource.group !== "rbac.authorization.k8s.io" || !KINDS.includes(resource.kind)) {
        yield* process.error(`skipping ${objectName(object)}: not an RBAC object\n`)
        continue
      }
      const namespace = requireNamespace(context, resource, object)
      const field = resource.kind.endsWith("Binding") ? "subjects" : "rules"
      const wanted = (object[field] as unknown[] | undefined) ?? []
      let live: KubeObject | undefined
      try {
        live = yield* api.get(pathOf(resource, namespace, object.metadata.name))
      } catch (error) {
        if (!isReason(error, "NotFound")) throw error
      }
      if (live && field === "subjects" && !deepEqual(live.roleRef, object.roleRef)) {
        // A binding's role cannot change: it is made anew.
        if (dry === "none") yield* api.json("DELETE", pathOf(resource, namespace, object.metadata.name))
        live = undefined
      }
      if (!live) {
        const made = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
        yield* reporter.say(
          dry === "client" ? made : yield* api.json<KubeObject>("POST", pathOf(resource, namespace) + dryQuery, { body: made }),
          "reconciled",
        )
        continue
      }
      const present = (live[field] as unknown[] | undefined) ?? []
      const removes = input.bool(field === "rules" ? "remove-extra-permissions" : "remove-extra-subjects")
      const merged = union(removes ? both(present, wanted) : present, wanted)
      if (deepEqual(present, merged)) {
        yield* reporter.say(live, "unchanged")
        continue
      }
      const changed = { ...live, [field]: merged }
      yield* reporter.say(
        dry === "client"
          ? changed
          : yield* api.json<KubeObject>("PUT", pathOf(resource, namespace, object.metadata.name) + dryQuery, { body: changed }),
        "reconciled",
      )
    }
    return 0
  },
})
