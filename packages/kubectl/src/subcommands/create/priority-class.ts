/** kubectl create priorityclass */
import { defineGenerator } from "./define-generator.ts"

export const priorityClass = defineGenerator({
  path: ["priorityclass"],
  aliases: ["pc"],
  summary: "Create a priority class with the specified name",
  usage: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
  examples: [["Pods that come before others", 'kubectl create priorityclass high-priority --value=1000 --description="high priority"']],
  failure: "failed to create priorityclass: ",
  flags: {
    description: { type: "string", help: "When it is meant to be used." },
    "global-default": { type: "bool", help: "Pods that name none get this one." },
    "preemption-policy": { type: "string", default: "PreemptLowerPriority", help: "Whether pods of lower priority must make way." },
    value: { type: "int", help: "The priority." },
  },
  *object(name, input) {
    return {
      kind: "PriorityClass",
      apiVersion: "scheduling.k8s.io/v1",
      metadata: { name },
      value: input.int("value"),
      ...(input.bool("global-default") && { globalDefault: true }),
      ...(input.text("description") && { description: input.text("description") }),
      preemptionPolicy: input.text("preemption-policy"),
    }
  },
})
