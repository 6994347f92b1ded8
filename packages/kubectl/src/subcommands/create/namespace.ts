/** kubectl create namespace */
import { defineGenerator } from "./define-generator.ts"

export const namespace = defineGenerator({
  path: ["namespace"],
  aliases: ["ns"],
  summary: "Create a namespace with the specified name",
  usage: "NAME [--dry-run=server|client|none]",
  examples: [["A namespace", "kubectl create namespace my-namespace"]],
  *object(name) {
    return { kind: "Namespace", apiVersion: "v1", metadata: { name }, spec: {}, status: {} }
  },
})
