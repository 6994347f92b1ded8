/** kubectl create quota */
import { canonicalQuantity, QuantityError } from "@drydock/kubernetes/apimachinery"
import { KubectlError } from "../../errors.ts"
import { defineGenerator } from "./define-generator.ts"

/** "cpu=1,pods=2" */
export const quantities = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(",").map((pair) => {
      const [name, amount, ...more] = pair.split("=")
      if (!name || amount === undefined || more.length > 0)
        throw new KubectlError(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      try {
        return [name, canonicalQuantity(amount)]
      } catch (error) {
        if (error instanceof QuantityError) throw new KubectlError(error.message)
        throw error
      }
    }),
  )

export const quota = defineGenerator({
  path: ["quota"],
  aliases: ["resourcequota"],
  summary: "Create a quota with the specified name",
  usage: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]",
  examples: [["Limits of a namespace", "kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3"]],
  failure: "failed to create quota: ",
  flags: {
    hard: { type: "string", help: "The limits, as resource=quantity,…" },
    scopes: { type: "string", help: "The scopes it is about, comma-separated." },
  },
  *object(name, input) {
    const hard = input.text("hard")
    const scopes = input.text("scopes")
    return {
      kind: "ResourceQuota",
      apiVersion: "v1",
      metadata: { name },
      spec: { ...(hard && { hard: quantities(hard) }), ...(scopes && { scopes: scopes.split(",").map((scope) => scope.trim()) }) },
      status: {},
    }
  },
})
