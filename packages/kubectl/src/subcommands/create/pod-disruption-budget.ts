/** kubectl create poddisruptionbudget */
import { KubectlError } from "../../errors.ts"
import { selectorLabels } from "../../labels.ts"
import { defineGenerator } from "./define-generator.ts"

const amount = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)

export const podDisruptionBudget = defineGenerator({
  path: ["poddisruptionbudget"],
  aliases: ["pdb"],
  summary: "Create a pod disruption budget with the specified name",
  usage: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]",
  examples: [["One pod of these stays at any time", "kubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1"]],
  failure: "failed to create poddisruptionbudgets: ",
  flags: {
    "max-unavailable": { type: "string", help: "How many may be away, a number or a percentage." },
    "min-available": { type: "string", help: "How many must stay, a number or a percentage." },
    selector: { type: "string", help: "Labels of the pods it is about." },
  },
  *object(name, input) {
    const [selector, least, most] = ["selector", "min-available", "max-unavailable"].map((flag) => input.text(flag))
    if (!selector) throw new KubectlError("a selector must be specified")
    if (!least && !most) throw new KubectlError("one of min-available or max-unavailable must be specified")
    if (least && most) throw new KubectlError("min-available and max-unavailable cannot be both specified")
    return {
      kind: "PodDisruptionBudget",
      apiVersion: "policy/v1",
      metadata: { name },
      spec: {
        ...(least && { minAvailable: amount(least) }),
        selector: { matchLabels: selectorLabels(selector) },
        ...(most && { maxUnavailable: amount(most) }),
      },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    }
  },
})
