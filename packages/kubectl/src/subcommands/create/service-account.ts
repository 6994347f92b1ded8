/** kubectl create serviceaccount */
import { defineGenerator } from "./define-generator.ts"

export const serviceAccount = defineGenerator({
  path: ["serviceaccount"],
  aliases: ["sa"],
  summary: "Create a service account with the specified name",
  usage: "NAME [--dry-run=server|client|none]",
  examples: [["A service account", "kubectl create serviceaccount my-service-account"]],
  failure: "failed to create serviceaccount: ",
  *object(name) {
    return { kind: "ServiceAccount", apiVersion: "v1", metadata: { name } }
  },
})
