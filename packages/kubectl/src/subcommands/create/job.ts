/** kubectl create job */
import type { KubeObject } from "../../api.ts"
import { find } from "../../builder.ts"
import { KubectlError } from "../../errors.ts"
import { defineGenerator } from "./define-generator.ts"

export const job = defineGenerator({
  path: ["job"],
  summary: "Create a job with the specified name",
  usage: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
  examples: [
    ["A job with a command", "kubectl create job my-job --image=busybox -- date"],
    ["Now, what a cron job does by and by", "kubectl create job test-job --from=cronjob/a-cronjob"],
  ],
  failure: "failed to create job: ",
  flags: {
    image: { type: "string", help: "The image to run." },
    from: { type: "string", help: "The cron job to make a job from." },
  },
  *object(name, input, context) {
    const [image, from] = [input.text("image"), input.text("from")]
    if ((image === "") === (from === "")) throw new KubectlError("either --image or --from must be specified")
    if (from && input.rest.length > 0) throw new KubectlError("cannot specify --from and command")
    if (!from)
      return {
        kind: "Job",
        apiVersion: "batch/v1",
        metadata: { name },
        spec: {
          template: {
            metadata: {},
            spec: {
              containers: [{ name, image, ...(input.rest.length > 0 && { command: [...input.rest] }), resources: {} }],
              restartPolicy: "Never",
            },
          },
        },
        status: {},
      }
    const found = yield* find(context, input, {}, [from])
    if (found.length !== 1) throw new KubectlError("from must be an existing cronjob")
    const [{ object, resource }] = found
    if (resource.kind !== "CronJob") throw new KubectlError(`unknown object type *${resource.version}.${resource.kind}`)
    const template = (object.spec as { jobTemplate: { metadata?: KubeObject["metadata"]; spec: unknown } }).jobTemplate
    return {
      kind: "Job",
      apiVersion: "batch/v1",
      metadata: {
        name,
        ...(template.metadata?.labels && { labels: template.metadata.labels }),
        annotations: { "cronjob.kubernetes.io/instantiate": "manual", ...template.metadata?.annotations },
        ownerReferences: [
          { apiVersion: "batch/v1", kind: "CronJob", name: object.metadata.name, uid: object.metadata.uid, controller: true },
        ],
      },
      spec: template.spec,
      status: {},
    }
  },
})
