/** kubectl auth can-i */
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { columns } from "../../printing/tabwriter.ts"
import { compactRules, ruleCells, type Rule } from "../../rbac-rules.ts"

const VERBS = new Set(
  "get list watch create update patch delete deletecollection use bind impersonate escalate approve sign attest *".split(" "),
)
const PATH_VERBS = new Set("get put post head options delete patch *".split(" "))
/** Types that are in no discovery. */
const VIRTUAL = new Set(["users", "groups"])

interface Review {
  status: { allowed: boolean; reason?: string; evaluationError?: string }
}

interface RulesReview {
  status: { resourceRules: Rule[]; nonResourceRules: Rule[]; incomplete?: boolean; evaluationError?: string }
}

export const canI = defineSubcommand({
  path: ["auth", "can-i"],
  summary: "Check whether an action is allowed",
  description: "VERB is get, list, watch, delete or the like, TYPE a resource, NONRESOURCEURL a path that begins with /.",
  usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL]",
  examples: [
    ["May I create pods in any namespace?", "kubectl auth can-i create pods --all-namespaces"],
    ["May a service account?", "kubectl auth can-i list secrets --as=system:serviceaccount:dev:foo -n prod"],
    ["What may I do here?", "kubectl auth can-i --list --namespace=foo"],
  ],
  flags: {
    "all-namespaces": { short: "A", type: "bool", help: "In all namespaces." },
    list: { type: "bool", help: "All that is allowed." },
    "no-headers": { type: "bool", help: "With --list: without the line of column names" },
    quiet: { short: "q", type: "bool", help: "Only the exit code." },
    subresource: { type: "string", help: "A subresource such as log or scale" },
  },
  *run(input, { api, process, namespace }) {
    const warn = (text: string) => process.error(`Warning: ${text}\n`)
    const everywhere = input.bool("all-namespaces")
    if (input.bool("list")) {
      if (input.words.length > 0) throw new KubectlError("list option must be specified with no arguments")
      if (input.bool("quiet") || everywhere || input.has("subresource"))
        throw new KubectlError("list option can't be specified with neither quiet, all-namespaces nor subresource options")
      const { status } = yield* api.json<RulesReview>("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
        body: { kind: "SelfSubjectRulesReview", apiVersion: "authorization.k8s.io/v1", metadata: {}, spec: { namespace } },
      })
      if (status.incomplete) yield* warn(`the list may be incomplete: ${status.evaluationError ?? ""}`)
      const rules = compactRules([...status.resourceRules, ...status.nonResourceRules])
      yield* process.print(
        columns([
          ...(input.bool("no-headers") ? [] : [["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]]),
          ...rules.map(ruleCells),
        ]),
      )
      return 0
    }
    if (input.words.length !== 2)
      throw new KubectlError(
        "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
      )
    if (input.bool("no-headers")) throw new KubectlError("--no-headers cannot be set without --list specified")
    const [verb, target] = input.words
    const spec: Record<string, unknown> = {}
    if (target.startsWith("/")) {
      if (input.has("subresource")) throw new KubectlError("--subresource can not be used with NonResourceURL")
      if (!PATH_VERBS.has(verb)) yield* warn(`verb '${verb}' is not a known verb\n`)
      spec.nonResourceAttributes = { path: target, verb }
    } else {
      const slash = target.indexOf("/")
      const [type, name] = slash < 0 ? [target, ""] : [target.slice(0, slash), target.slice(slash + 1)]
      let resource: { plural: string; group: string; namespaced: boolean } = {
        plural: type,
        group: type === "*" ? "*" : "",
        namespaced: true,
      }
      if (type !== "*")
        try {
          resource = yield* api.resource(type)
          if (!resource.namespaced && !everywhere)
            yield* warn(`resource '${resource.plural}' is not namespace scoped${resource.group ? ` in group '${resource.group}'` : ""}\n`)
        } catch (error) {
          if (!(error instanceof KubectlError) || error.raw) throw error
          const [plain, ...group] = type.toLowerCase().split(".")
          if (!VIRTUAL.has(type.toLowerCase()))
            yield* warn(`the server doesn't have a resource type '${plain}'${group.length > 0 ? ` in group '${group.join(".")}'` : ""}\n`)
        }
      if (!VERBS.has(verb)) yield* warn(`verb '${verb}' is not a known verb\n`)
      spec.resourceAttributes = {
        ...(!everywhere && { namespace }),
        verb,
        group: resource.group,
        resource: resource.plural,
        ...(input.text("subresource") && { subresource: input.text("subresource") }),
        ...(name && { name }),
      }
    }
    const { status } = yield* api.json<Review>("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
      body: { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", metadata: {}, spec },
    })
    if (!input.bool("quiet"))
      yield* process.print(
        status.allowed
          ? "yes\n"
          : `no${status.reason ? ` - ${status.reason}` : ""}${status.evaluationError ? ` - ${status.evaluationError}` : ""}\n`,
      )
    return status.allowed ? 0 : 1
  },
})
