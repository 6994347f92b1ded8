/** kubectl create role */
import { defineGenerator } from "./define-generator.ts"
import { RULE_FLAGS, resourceRules } from "./rbac-rules.ts"

export const role = defineGenerator({
  path: ["role"],
  summary: "Create a role with single rule",
  usage: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]",
  examples: [["Who holds it may read pods", "kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods"]],
  flags: RULE_FLAGS,
  *object(name, input, context) {
    return { kind: "Role", apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name }, rules: yield* resourceRules(context, input) }
  },
})
