/** kubectl auth reconcile */
import { deepEqual } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../../api.ts"
import { checkKnown, query, requireNamespace } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { pathOf } from "../../discovery.ts"
import { isReason, KubectlError, throwAll } from "../../errors.ts"
import { DRY_RUN, dryRun, FILES, PRINT } from "../../flag-groups.ts"
import { namesFiles, readManifests } from "../../manifests.ts"
import { type Rule, uncovered } from "../../rbac-rules.ts"
import { Reporter } from "../../printing/report.ts"

const KINDS = ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]

interface Subject {
  kind?: string
  apiGroup?: string
  name?: string
  namespace?: string
}

const ruleText = ({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): string =>
  `{Verbs:[${verbs.join(" ")}] APIGroups:[${apiGroups.join(" ")}] Resources:[${resources.join(" ")}] ResourceNames:[${resourceNames.join(" ")}] NonResourceURLs:[${nonResourceURLs.join(" ")}]}`

const subjectText = ({ kind = "", apiGroup = "", name = "", namespace = "" }: Subject): string =>
  `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`

/** What came of one object. */
interface Outcome {
  readonly operation: "create" | "update" | "recreate" | undefined
  readonly missing: readonly unknown[]
  readonly extra: readonly unknown[]
  /** The rules or subjects that there are to be. */
  readonly result: readonly unknown[]
}

/** As rbac/reconciliation: what is missing is added behind; with `removes` there is what is wanted and no more. */
const compared = (rules: boolean, present: readonly unknown[], wanted: readonly unknown[], removes: boolean): Outcome => {
  const lacking = (of: readonly unknown[], from: readonly unknown[]) =>
    rules ? uncovered(of as readonly Rule[], from as readonly Rule[]) : of.filter((one) => !from.some((other) => deepEqual(one, other)))
  const [missing, extra] = [lacking(wanted, present), lacking(present, wanted)]
  if (removes ? missing.length + extra.length === 0 : missing.length === 0) return { operation: undefined, missing, extra, result: present }
  return { operation: "update", missing, extra, result: removes ? wanted : [...present, ...missing] }
}

export const reconcile = defineSubcommand({
  path: ["auth", "reconcile"],
  summary: "Reconcile rules for RBAC role, role binding, cluster role, and cluster role binding objects",
  description: "Adds what is missing. What is there besides stays, unless the --remove-extra flags say otherwise.",
  usage: "-f FILENAME",
  examples: [["What a file grants", "kubectl auth reconcile -f my-rbac-rules.yaml"]],
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
    const errors: KubectlError[] = []
    for (const { object, source } of yield* readManifests(context, input)) {
      try {
        checkKnown(object, `unable to decode ${JSON.stringify(source)}: `)
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        errors.push(error)
        continue
      }
      const resource = yield* api.resourceFor(object, source)
      if (resource.group !== "rbac.authorization.k8s.io" || !KINDS.includes(resource.kind)) {
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
      const removes = input.bool(field === "rules" ? "remove-extra-permissions" : "remove-extra-subjects")
      const path = pathOf(resource, namespace, object.metadata.name)
      const recreate = live !== undefined && field === "subjects" && !deepEqual(live.roleRef, object.roleRef)
      const { operation, missing, extra, result }: Outcome =
        live && !recreate
          ? compared(field === "rules", (live[field] as unknown[] | undefined) ?? [], wanted, removes)
          : { operation: recreate ? "recreate" : "create", missing: wanted, extra: [], result: wanted }
      const placed: KubeObject = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object
      let shown: KubeObject = live && !recreate ? { ...live, [field]: result } : placed
      if (operation && dry !== "client") {
        // A binding's role cannot change: it is made anew.
        if (recreate) yield* api.json("DELETE", path + dryQuery)
        shown =
          operation === "update"
            ? yield* api.json<KubeObject>("PUT", path + dryQuery, { body: shown })
            : yield* api.json<KubeObject>("POST", pathOf(resource, namespace) + dryQuery, { body: placed })
      }
      yield* reporter.say(shown, "reconciled")
      if (!operation) continue
      const listing = (title: string, list: readonly unknown[]) =>
        list.length === 0
          ? ""
          : `\t${title}\n${list.map((one) => `\t\t${field === "rules" ? ruleText(one as Rule) : subjectText(one as Subject)}\n`).join("")}`
      yield* process.error(
        `\treconciliation required ${operation}\n${listing(`missing ${field} added:`, missing)}${removes ? listing(`extra ${field} removed:`, extra) : ""}`,
      )
    }
    throwAll(errors)
    return 0
  },
})
