/** kubectl create clusterrole */
import { KubectlError } from "../../errors.ts"
import { defineGenerator } from "./define-generator.ts"
import { RULE_FLAGS, resourceRules, verbsOf } from "./rbac-rules.ts"

const NON_RESOURCE_VERBS = ["*", "get", "post", "put", "delete", "patch", "head", "options"]

export const clusterRole = defineGenerator({
  path: ["clusterrole"],
  summary: "Create a cluster role",
  usage: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]",
  examples: [
    ["Who holds it may read pods everywhere", "kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods"],
    ["Paths that are no resources", "kubectl create clusterrole logs --verb=get --non-resource-url=/logs/*"],
  ],
  flags: {
    ...RULE_FLAGS,
    "aggregation-rule": { type: "list", shown: "", help: "Labels of the cluster roles that this one is made of" },
    "non-resource-url": { type: "list", help: "Paths that may be asked for" },
  },
  *object(name, input, context) {
    const head = { kind: "ClusterRole", apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name } }
    if (input.has("aggregation-rule")) {
      if (input.has("verb") || input.has("resource") || input.has("non-resource-url") || input.has("resource-name"))
        throw new KubectlError("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames")
      const matchLabels = Object.fromEntries(
        input.list("aggregation-rule").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
      )
      return { ...head, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } }
    }
    const urls = input.list("non-resource-url")
    if (urls.length === 0) return { ...head, rules: yield* resourceRules(context, input) }
    const verbs = verbsOf(input)
    if (verbs.length === 0) throw new KubectlError("at least one verb must be specified")
    for (const verb of verbs) if (!NON_RESOURCE_VERBS.includes(verb)) throw new KubectlError(`invalid verb: '${verb}' for nonResourceURL`)
    for (const url of urls) {
      if (url === "*") continue
      if (!url.startsWith("/")) throw new KubectlError("nonResourceURL should start with /")
      if (url.slice(0, -1).includes("*")) throw new KubectlError("nonResourceURL only supports wildcard matches when '*' is at the end")
    }
    return { ...head, rules: [...(input.has("resource") ? yield* resourceRules(context, input) : []), { verbs, nonResourceURLs: urls }] }
  },
})
