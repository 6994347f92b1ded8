/** kubernetes-bootcamp: the tutorial's application; says which Pod it is. */
import { defineImage, type Image } from "./define-image.ts"
import { serve } from "./serving.ts"

/** Of each running server. */
const state = new WeakMap<object, { requests: number; since: number }>()

const bootcamp = (repository: string): Image =>
  defineImage({
    repository,
    tags: ["v1", "v2", "latest"],
    sizeBytes: 83_600_000,
    versionEnv: "BOOTCAMP_VERSION",
    command: ["/bin/sh", "-c", "node server.js"],
    exposes: [8080],
    shell: "bash",
    files: [
      { path: "/server.js", content: "var http = require('http');\nvar requests = 0;\n" },
      {
        path: "/usr/local/bin/node",
        program: serve({
          port: 8080,
          exitCode: 143,
          *answer(process) {
            const version = process.env.get("BOOTCAMP_VERSION") ?? "1"
            const seen = state.get(process) ?? { requests: 0, since: process.now() }
            seen.requests++
            state.set(process, seen)
            const uptime = ((process.now() - seen.since) / 1000).toFixed(3)
            yield* process.print(
              `Running On: ${process.hostname} | Total Requests: ${seen.requests} | App Uptime: ${uptime} seconds | Log Time: ${new Date(Math.floor(process.now())).toUTCString()}\n`,
            )
            return {
              status: 200,
              headers: { "content-type": "text/plain" },
              body: `Hello Kubernetes bootcamp! | Running on: ${process.hostname} | v=${version}\n`,
            }
          },
        }),
      },
    ],
  })

export const bootcamps = [bootcamp("jocatalin/kubernetes-bootcamp"), bootcamp("gcr.io/google-samples/kubernetes-bootcamp")]
