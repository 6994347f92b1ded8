/** The rules that --verb, --resource and --resource-name describe. As kubectl/pkg/cmd/create/create_role.go. */
import type { Steps } from "@drydock/machine"
import type { Context } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import type { Flags, Input } from "../../flags.ts"

export const RULE_FLAGS: Flags = {
  verb: { type: "list", help: "What may be done" },
  resource: { type: "list", help: "The types it may be done to, as type.group/subresource" },
  "resource-name": { type: "array", help: "Only objects of these names; may be repeated" },
}

const STANDARD = new Set("get delete list create update patch watch proxy deletecollection use bind escalate impersonate *".split(" "))
/** Verbs that only some types know. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  use: [],
  bind: ["rbac.authorization.k8s.io/roles", "rbac.authorization.k8s.io/clusterroles"],
  escalate: ["rbac.authorization.k8s.io/roles", "rbac.authorization.k8s.io/clusterroles"],
  impersonate: ["/users", "/serviceaccounts", "/groups", "authentication.k8s.io/userextras"],
}

export interface PolicyRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]

export const verbsOf = (input: Input): string[] => (input.list("verb").includes("*") ? ["*"] : unique(input.list("verb")))

/** Throws when a type is not there. */
export function* resourceRules({ api, process }: Context, input: Input): Steps<PolicyRule[]> {
  const verbs = verbsOf(input)
  if (verbs.length === 0) throw new KubectlError("at least one verb must be specified")
  for (const verb of verbs) if (!STANDARD.has(verb)) yield* process.error(`Warning: '${verb}' is not a standard resource verb\n`)
  const given = input.list("resource")
  if (given.length === 0) throw new KubectlError("at least one resource must be specified")
  const groups = new Map<string, string[]>()
  for (const one of given.includes("*") ? ["*"] : given) {
    const [type, ...sub] = one.split("/")
    const [name, ...group] = type.split(".")
    if (!name) throw new KubectlError("resource must be specified if apiGroup/subresource specified")
    let [plural, of] = [name, group.join(".")]
    if (name !== "*") {
      // As coerceResourceForMatching of apimachinery's RESTMapper: in any case. Short names as they are written.
      const plain = name.toLowerCase()
      const known = (yield* api.resources()).find(
        (candidate) =>
          (candidate.plural === plain || candidate.singular === plain || candidate.shortNames.includes(name)) &&
          (of === "" || candidate.group === of.toLowerCase()),
      )
      if (known) [plural, of] = [known.plural, known.group]
      for (const verb of verbs) {
        const allowed = SPECIAL[verb]
        if (allowed?.length && !allowed.includes(`${of}/${plural}`))
          throw new KubectlError(`can not perform '${verb}' on '${plural}' in group '${of}'`)
      }
      if (!known && !verbs.some((verb) => SPECIAL[verb]))
        throw new KubectlError(
          `the server doesn't have a resource type ${JSON.stringify(name)}${of ? ` in group ${JSON.stringify(of)}` : ""}`,
          { raw: true },
        )
    }
    const full = sub.length > 0 ? `${plural}/${sub.join("/")}` : plural
    const list = groups.get(of) ?? []
    if (!list.includes(full)) list.push(full)
    groups.set(of, list)
  }
  const names = unique(input.list("resource-name"))
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({ verbs, apiGroups: [group], resources, ...(names.length > 0 && { resourceNames: names }) }))
}
