/** Small applications that exercise books and exam preparations run. */
import { defineImage, type Image } from "./define-image.ts"
import { type Answer, serve, untilSignal } from "./serving.ts"
import type { Process } from "@drydock/machine"

const MB = 1024 ** 2

/** A server in Node.js: it says which port it is on, and answers a text. */
const nodeServer = (options: {
  repository: string
  tags: readonly string[]
  body: (process: Process) => string
  greeting?: string
  port?: number
}): Image => {
  const { repository, tags, body, greeting, port = 3000 } = options
  return defineImage({
    repository,
    tags,
    sizeBytes: 30 * MB,
    entrypoint: ["node", "/nodejs-app/server.js"],
    exposes: [port],
    shell: "busybox",
    idle: { memory: 30 * MB },
    files: [
      { path: "/nodejs-app/server.js", content: "// The application's own source is not here.\n" },
      {
        path: "/usr/local/bin/node",
        program: serve({
          port,
          *answer(process) {
            return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: body(process) }
          },
          ...(greeting !== undefined && { greeting: () => `${greeting}\n` }),
        }),
      },
    ],
  })
}

/** bitnami's servers run as user 1001 and so listen on a port that needs no right. */
const rootless = (repository: string, tags: readonly string[], port: number, body: string): Image => {
  const answer: Answer = function* () {
    return { status: 200, headers: { "content-type": "text/html" }, body }
  }
  return defineImage({
    repository,
    tags,
    sizeBytes: 60 * MB,
    entrypoint: ["/opt/bitnami/scripts/entrypoint.sh"],
    command: ["/opt/bitnami/scripts/run.sh"],
    exposes: [port],
    user: 1001,
    shell: "bash",
    idle: { memory: 12 * MB },
    files: [
      { path: "/opt/bitnami/scripts/entrypoint.sh", mode: 0o755, content: '#!/bin/bash\nexec "$@"\n' },
      { path: "/opt/bitnami/scripts/run.sh", program: serve({ port, answer }) },
    ],
  })
}

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
</body>
</html>
`

/** Docker Hub keeps the newest of each of bitnami's images; what was published before is in bitnamilegacy. */
const bitnamiPair = (name: string, old: readonly string[], port: number, body: string): readonly Image[] => [
  rootless(`bitnami/${name}`, ["latest"], port, body),
  rootless(`bitnamilegacy/${name}`, ["latest", ...old], port, body),
]

/** Answers with the name of the container that was asked. */
const whoServed = defineImage({
  repository: "katacoda/docker-http-server",
  tags: ["latest", "v1", "v2", "v3", "health", "openshift-v1"],
  sizeBytes: 8 * MB,
  entrypoint: ["/app"],
  exposes: [80],
  idle: { memory: 4 * MB },
  files: [
    {
      path: "/app",
      program: serve({
        port: 80,
        *answer(process) {
          return {
            status: 200,
            headers: { "content-type": "text/html" },
            body: `<h1>This request was processed by host: ${process.env.get("HOSTNAME") ?? ""}</h1>\n`,
          }
        },
        greeting: () => "Web Server started. Listening on 0.0.0.0:80\n",
      }),
    },
  ],
})

/** The old home of the container that only holds a Pod's namespaces. */
const oldPause = defineImage({
  repository: "google/pause",
  tags: ["latest"],
  sizeBytes: 240_000,
  entrypoint: ["/pause"],
  files: [{ path: "/pause", program: (process) => untilSignal(process, ["SIGTERM", "SIGINT"]) }],
})

export const exerciseApplications: readonly Image[] = [
  nodeServer({
    repository: "bmuschko/nodejs-hello-world",
    tags: ["1.0.0", "1.1.0", "latest"],
    body: () => "Hello World",
    greeting: "Magic happens on port 3000",
  }),
  nodeServer({ repository: "bmuschko/nodejs-business-app", tags: ["1.0.0", "1.1.0"], body: () => "Business App" }),
  nodeServer({ repository: "bmuschko/web-app", tags: ["1.0.0", "1.0.1"], body: () => "Hello World" }),
  nodeServer({
    repository: "bmuschko/nodejs-read-config",
    tags: ["1.0.0"],
    body: (process) => JSON.stringify(Object.fromEntries(process.env)),
  }),
  ...bitnamiPair("nginx", ["1.*"], 8080, WELCOME),
  ...bitnamiPair("apache", ["2.*"], 8080, "<html><body><h1>It works!</h1></body></html>\n"),
  whoServed,
  oldPause,
]
