/** MutatingWebhookConfiguration: who may change objects before they are stored. */
import type { IMutatingWebhookConfiguration } from "kubernetes-models/admissionregistration.k8s.io/v1/MutatingWebhookConfiguration"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { type Webhook, webhookErrors } from "./webhook-validation.ts"

export type MutatingWebhookConfiguration = Stored<IMutatingWebhookConfiguration>

export const mutatingWebhookConfiguration = defineKind<IMutatingWebhookConfiguration>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "MutatingWebhookConfiguration",
  plural: "mutatingwebhookconfigurations",
  namespaced: false,
  categories: ["api-extensions"],
  schema: () => schemaOf("IoK8sApiAdmissionregistrationV1MutatingWebhookConfiguration"),
  generation: true,
  defaults(object) {
    for (const webhook of object.webhooks ?? []) {
      webhook.failurePolicy ||= "Fail"
      webhook.matchPolicy ||= "Equivalent"
      webhook.namespaceSelector ??= {}
      webhook.objectSelector ??= {}
      webhook.timeoutSeconds ??= 10
      webhook.reinvocationPolicy ||= "Never"
      for (const rule of webhook.rules ?? []) rule.scope ||= "*"
    }
  },
  validate: (object) => webhookErrors(object.webhooks as readonly Webhook[] | undefined),
  columns: [name, { name: "Webhooks", type: "integer", cell: (object) => (object.webhooks ?? []).length }, age],
})
