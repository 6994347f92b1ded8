/** kubectl create token */
import type { KubeObject } from "../../api.ts"
import { nameOf } from "../../create-object.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError, ServerError } from "../../errors.ts"
import { PRINT } from "../../flag-groups.ts"
import { objectPrinter, printObject } from "../../printing/objects.ts"

export const token = defineSubcommand({
  path: ["create", "token"],
  summary: "Request a service account token",
  usage: "SERVICE_ACCOUNT_NAME",
  examples: [["A token for an hour", "kubectl create token myapp --duration 1h"]],
  flags: {
    ...PRINT,
    audience: { type: "array", help: "Whom the token is for; default: the API server." },
    "bound-object-kind": { type: "string", help: "The token ends with this object: Pod, Secret or Node." },
    "bound-object-name": { type: "string", help: "Its name." },
    "bound-object-uid": { type: "string", help: "Its UID." },
    duration: { type: "duration", help: "How long it is good for; the server decides." },
  },
  *run(input, context) {
    const name = nameOf(input, "create token")
    const kind = input.text("bound-object-kind")
    const seconds = input.duration("duration") / 1_000
    if (input.has("duration") && seconds < 0) throw new KubectlError("--duration must be greater than or equal to 0")
    if (kind && !["Pod", "Secret", "Node"].includes(kind))
      throw new KubectlError(`supported --bound-object-kind values are Node, Pod, Secret`)
    if (kind && !input.text("bound-object-name"))
      throw new KubectlError("--bound-object-name is required if --bound-object-kind is provided")
    if (!kind && input.text("bound-object-name")) throw new KubectlError("--bound-object-name requires --bound-object-kind")
    const printer = objectPrinter(context.process, input)
    const body = {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { creationTimestamp: null },
      spec: {
        audiences: input.has("audience") ? input.list("audience") : null,
        expirationSeconds: seconds > 0 ? Math.floor(seconds) : null,
        boundObjectRef: kind
          ? {
              kind,
              apiVersion: "v1",
              name: input.text("bound-object-name"),
              ...(input.has("bound-object-uid") && { uid: input.text("bound-object-uid") }),
            }
          : null,
      },
    }
    let made: KubeObject & { status?: { token?: string } }
    try {
      made = yield* context.api.json("POST", `/api/v1/namespaces/${context.namespace}/serviceaccounts/${name}/token`, { body })
    } catch (error) {
      if (error instanceof ServerError) throw new KubectlError(`failed to create token: ${error.message}`)
      throw error
    }
    if (!made.status?.token) throw new KubectlError("failed to create token: no token in server response")
    if (printer) yield* printObject(context.process, printer, made)
    else yield* context.process.print(made.status.token + (context.process.fds.get(1)?.kind === "tty" ? "\n" : ""))
    return 0
  },
})
