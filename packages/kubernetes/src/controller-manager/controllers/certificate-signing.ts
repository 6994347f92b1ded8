/** certificatesigningrequest-signing-controller: approved requests get their certificate. As pkg/controller/certificates/signer. */
import { certificateSigningRequest } from "../../api/index.ts"
import { decodeBase64Text, encodeBase64 } from "../../apimachinery/base64.ts"
import { editable } from "../../client/client.ts"
import { defineController } from "../define-controller.ts"

/** --cluster-signing-duration */
const YEAR_SECONDS = 365 * 24 * 3_600

const SIGNERS: Readonly<Record<string, "client" | "server">> = {
  "kubernetes.io/kube-apiserver-client": "client",
  "kubernetes.io/kube-apiserver-client-kubelet": "client",
  "kubernetes.io/kubelet-serving": "server",
}

export type SignRequest = (request: string, validMs: number, usage: "client" | "server") => string | undefined

export const certificateSigningController = defineController({
  name: "certificatesigningrequest-signing-controller",
  for: certificateSigningRequest,
  when: (change) => change.type !== "deleted",
  reconcile(object, { client, memory }) {
    if (!object || object.status.certificate) return
    const has = (type: string) => (object.status.conditions ?? []).some((one) => one.type === type)
    const usage = Object.hasOwn(SIGNERS, object.spec.signerName) ? SIGNERS[object.spec.signerName] : undefined
    if (!usage || !has("Approved") || has("Denied") || has("Failed")) return
    const sign = memory.get("sign") as SignRequest | undefined
    const seconds = Math.min(object.spec.expirationSeconds ?? YEAR_SECONDS, YEAR_SECONDS)
    const certificate = sign?.(decodeBase64Text(String(object.spec.request)) ?? "", seconds * 1_000, usage)
    if (!certificate) return
    const next = editable(object)
    next.status = { ...next.status, certificate: encodeBase64(certificate) as never }
    client.updateStatus(certificateSigningRequest, next)
  },
})
