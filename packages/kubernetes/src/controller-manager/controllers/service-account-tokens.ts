/** serviceaccount-token-controller: fills Secrets that ask for a ServiceAccount's token, and takes away those without their account. As pkg/controller/serviceaccount/tokens_controller.go. */
import { secret, type Secret, serviceAccount } from "../../api/index.ts"
import { encodeBase64 } from "../../apimachinery/base64.ts"
import type { LegacyToken } from "../../apiserver/contract.ts"
import { editable } from "../../client/client.ts"
import { defineController, trigger } from "../define-controller.ts"

const TYPE = "kubernetes.io/service-account-token"
const ACCOUNT_NAME = "kubernetes.io/service-account.name"
const ACCOUNT_UID = "kubernetes.io/service-account.uid"

/** A token without an end, good as long as its account and its Secret live. */
export type MintToken = (of: LegacyToken) => string

const annotationsOf = ({ metadata }: Secret): Record<string, string> => (metadata.annotations ?? {}) as Record<string, string>

export const serviceAccountTokenController = defineController({
  name: "serviceaccount-token-controller",
  for: secret,
  when: ({ type, object }) => type !== "deleted" && object.type === TYPE,
  triggers: [
    trigger(serviceAccount, ({ object: { metadata } }, { informers }) =>
      informers
        .for(secret)
        .list({ namespace: metadata.namespace as string })
        .filter((one) => one.type === TYPE && annotationsOf(one)[ACCOUNT_NAME] === metadata.name)
        .map((one) => ({ namespace: metadata.namespace as string, name: one.metadata.name })),
    ),
  ],
  reconcile(object, { client, informers, memory }, key) {
    if (!object || object.type !== TYPE || object.metadata.deletionTimestamp) return
    const namespace = key.namespace as string
    const name = annotationsOf(object)[ACCOUNT_NAME]
    const account = informers.for(serviceAccount).get(namespace, name)
    const uid = annotationsOf(object)[ACCOUNT_UID]
    if (!account || (uid !== undefined && uid !== account.metadata.uid)) return client.delete(secret, object.metadata as never)
    const data = (object.data ?? {}) as Record<string, string>
    const authority = encodeBase64(String(memory.get("authority") ?? ""))
    const wanted = {
      "ca.crt": authority,
      namespace: data.namespace ?? encodeBase64(namespace),
      token:
        data.token ??
        encodeBase64(
          (memory.get("mint") as MintToken | undefined)?.({
            namespace,
            account: { name, uid: account.metadata.uid },
            secret: { name: object.metadata.name, uid: object.metadata.uid },
          }) ?? "",
        ),
    }
    if (uid !== undefined && Object.entries(wanted).every(([field, value]) => data[field] === value)) return
    const next = editable(object)
    next.metadata.annotations = { ...annotationsOf(object), [ACCOUNT_UID]: account.metadata.uid } as never
    next.data = { ...data, ...wanted } as never
    client.update(secret, next)
  },
})
