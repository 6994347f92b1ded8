/** kubectl create cronjob */
import { defineGenerator } from "./define-generator.ts"

export const cronjob = defineGenerator({
  path: ["cronjob"],
  aliases: ["cj"],
  summary: "Create a cron job with the specified name",
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  examples: [["Every minute", 'kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date']],
  failure: "failed to create cronjob: ",
  flags: {
    image: { type: "string", required: true, help: "The image to run." },
    schedule: { type: "string", required: true, help: "When, as cron writes it." },
    restart: { type: "string", help: "The job's restart policy: OnFailure or Never" },
  },
  *object(name, input) {
    return {
      kind: "CronJob",
      apiVersion: "batch/v1",
      metadata: { name },
      spec: {
        schedule: input.text("schedule"),
        jobTemplate: {
          metadata: { name },
          spec: {
            template: {
              metadata: {},
              spec: {
                containers: [
                  { name, image: input.text("image"), ...(input.rest.length > 0 && { command: [...input.rest] }), resources: {} },
                ],
                restartPolicy: input.text("restart") || "OnFailure",
              },
            },
          },
        },
      },
      status: {},
    }
  },
})
