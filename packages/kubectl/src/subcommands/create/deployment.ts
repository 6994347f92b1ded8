/** kubectl create deployment */
import { KubectlError } from "../../errors.ts"
import { defineGenerator } from "./define-generator.ts"

/** "r.io/team/web:1@sha…" is "web". */
const imageName = (image: string): string => (image.split("/").at(-1) ?? image).split(/[:@]/)[0].replaceAll("_", "-")

export const deployment = defineGenerator({
  path: ["deployment"],
  aliases: ["deploy"],
  summary: "Create a deployment with the specified name",
  usage: "NAME --image=image -- [COMMAND] [args...]",
  examples: [
    ["One container", "kubectl create deployment my-dep --image=busybox"],
    ["With a command", "kubectl create deployment my-dep --image=busybox -- date"],
    ["Three replicas that listen on 8080", "kubectl create deployment my-dep --image=nginx --replicas=3 --port=8080"],
  ],
  failure: "failed to create deployment: ",
  flags: {
    image: { type: "list", required: true, help: "The image to run; several make several containers." },
    port: { type: "int", default: "-1", help: "The port that the container listens on." },
    replicas: { short: "r", type: "int", default: "1", help: "How many pods there are to be." },
  },
  *object(name, input) {
    const images = input.list("image")
    if (images.length > 1 && input.rest.length > 0) throw new KubectlError("cannot specify multiple --image options and command")
    const port = input.int("port")
    const labels = { app: name }
    return {
      kind: "Deployment",
      apiVersion: "apps/v1",
      metadata: { name, labels },
      spec: {
        replicas: input.int("replicas"),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: images.map((image, at) => ({
              name: imageName(image),
              image,
              ...(input.rest.length > 0 && { command: [...input.rest] }),
              ...(at === 0 && port >= 0 && { ports: [{ containerPort: port }] }),
              resources: {},
            })),
          },
        },
        strategy: {},
      },
      status: {},
    }
  },
})
