/** ValidatingWebhookConfiguration: who may refuse objects before they are stored. */
import type { IValidatingWebhookConfiguration } from "kubernetes-models/admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { type Webhook, webhookErrors } from "./webhook-validation.ts"

export type ValidatingWebhookConfiguration = Stored<IValidatingWebhookConfiguration>

export const validatingWebhookConfiguration = defineKind<IValidatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingWebhookConfiguration",
  plural: "validatingwebhookconfigurations",
  namespaced: false,
  categories: ["api-extensions"],
  schema: () => schemaOf("IoK8sApiAdmissionregistrationV1ValidatingWebhookConfiguration"),
  generation: true,
  defaults(object) {
    for (const webhook of object.webhooks ?? []) {
      webhook.failurePolicy ||= "Fail"
      webhook.matchPolicy ||= "Equivalent"
      webhook.namespaceSelector ??= {}
      webhook.objectSelector ??= {}
      webhook.timeoutSeconds ??= 10
      for (const rule of webhook.rules ?? []) rule.scope ||= "*"
    }
  },
  validate: (object) => webhookErrors(object.webhooks as readonly Webhook[] | undefined),
  columns: [name, { name: "Webhooks", type: "integer", cell: (object) => (object.webhooks ?? []).length }, age],
})
