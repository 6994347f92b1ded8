/** kubectl certificate approve, deny */
import { formatTime } from "@drydock/kubernetes/apimachinery"
import type { KubeObject } from "../../api.ts"
import { find } from "../../builder.ts"
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { isReason, KubectlError, throwAll } from "../../errors.ts"
import { FILES, PRINT } from "../../flag-groups.ts"
import { namesFiles } from "../../manifests.ts"
import { Reporter } from "../../printing/report.ts"

interface Condition {
  type: string
  [field: string]: unknown
}

const verb = (name: "approve" | "deny", type: "Approved" | "Denied", other: string, done: string): Subcommand =>
  defineSubcommand({
    path: ["certificate", name],
    summary: name === "approve" ? "Approve a certificate signing request" : "Deny a certificate signing request",
    description:
      name === "approve"
        ? "The signer then issues the certificate. Think first: whoever holds it can act as the name in it."
        : "The signer then issues nothing.",
    usage: "(-f FILENAME | NAME)",
    examples: [[`The request csr-sqgzp`, `kubectl certificate ${name} csr-sqgzp`]],
    flags: { ...FILES, ...PRINT, force: { type: "bool", help: `Also a request that is ${done} already.` } },
    *run(input, context) {
      const { api, process } = context
      if (input.words.length === 0 && !namesFiles(input))
        throw new KubectlError("one or more CSRs must be specified as <name> or -f <filename>")
      const reporter = new Reporter(process, input)
      const errors: KubectlError[] = []
      const infos = yield* find(context, input, { errors }, input.words.length > 0 ? ["certificatesigningrequests", ...input.words] : [])
      for (const info of infos)
        try {
          for (let attempt = 0; ; attempt++) {
            const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${info.name}`
            const csr = yield* api.get<KubeObject & { status?: { conditions?: Condition[] } }>(path)
            const conditions = csr.status?.conditions ?? []
            if (conditions.some((condition) => condition.type === other))
              throw new KubectlError(`certificate signing request ${JSON.stringify(info.name)} is already ${other}`)
            if (conditions.some((condition) => condition.type === type) && !input.bool("force")) break
            const now = formatTime(Math.floor(process.now()))
            const condition = {
              type,
              status: "True",
              reason: `Kubectl${name === "approve" ? "Approve" : "Deny"}`,
              message: `This CSR was ${done} by kubectl certificate ${name}.`,
              lastUpdateTime: now,
              lastTransitionTime: now,
            }
            try {
              yield* api.json("PUT", `${path}/approval`, {
                body: { ...csr, status: { ...csr.status, conditions: [...conditions.filter((one) => one.type !== type), condition] } },
              })
              break
            } catch (error) {
              if (!isReason(error, "Conflict") || attempt >= 10) throw error
            }
          }
          yield* reporter.say(info.object, done)
        } catch (error) {
          if (!(error instanceof KubectlError)) throw error
          errors.push(error)
        }
      throwAll(errors)
      return 0
    },
  })

export const certificates: readonly Subcommand[] = [
  defineSubcommand({
    path: ["certificate"],
    bare: { on: 1, exit: 0, always: true },
    group: "Cluster Management Commands",
    summary: "Modify certificate resources",
    usage: "SUBCOMMAND",
    flags: {},
  }),
  verb("approve", "Approved", "Denied", "approved"),
  verb("deny", "Denied", "Approved", "denied"),
]
