/** kubectl proxy */
import { bodyText, type HttpResponse, SystemError } from "@drydock/machine"
import { defineSubcommand } from "../define-subcommand.ts"
import { ConnectionError, KubectlError } from "../errors.ts"
import { klog } from "../klog.ts"
import { filterOf } from "../proxy-filter.ts"
import { serveFile } from "../static-files.ts"

const UNFILTERED = "Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious"

const plain = (status: number, body: string): HttpResponse => ({ status, headers: { "content-type": "text/plain; charset=utf-8" }, body })

export const proxy = defineSubcommand({
  path: ["proxy"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Run a proxy to the Kubernetes API server",
  description: "Whoever reaches its port talks to the API with your rights.",
  usage: "[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]",
  examples: [
    ["On port 8001", "kubectl proxy"],
    ["On another port", "kubectl proxy --port=8011"],
  ],
  flags: {
    "accept-hosts": { type: "string", default: "^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$", help: "Which Host headers are let through." },
    "accept-paths": { type: "string", default: "^.*", help: "Which paths are let through." },
    address: { type: "string", default: "127.0.0.1", help: "The address to serve on." },
    "api-prefix": { type: "string", default: "/", help: "What paths to the API begin with." },
    "append-server-path": { type: "bool", help: "Put the server's own path before each path." },
    "disable-filter": { type: "bool", help: "Let everything through. Unsafe." },
    keepalive: { type: "duration", help: "How often to see whether a connection still lives; zero: not" },
    port: { short: "p", type: "int", default: "8001", help: "The port to serve on; 0: any." },
    "reject-methods": { type: "string", default: "^$", help: "Methods that are refused." },
    "reject-paths": {
      type: "string",
      default: "^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach",
      help: "Paths that are refused.",
    },
    "unix-socket": { short: "u", type: "string", help: "A socket file to serve on." },
    www: { short: "w", type: "string", help: "A directory to serve as well." },
    "www-prefix": { short: "P", type: "string", default: "/static/", help: "What paths to it begin with." },
  },
  *run(input, { api, process }) {
    const address = input.text("address")
    let port = input.int("port")
    if (port === 0) port = 30_000 + Math.floor(process.random() * 20_000)
    const prefix = input.text("api-prefix").replace(/\/?$/, "/")
    const [directory, beside] = [input.text("www"), input.text("www-prefix").replace(/\/?$/, "/")]
    if (input.bool("disable-filter")) yield* process.error(klog(process, "W", "proxy.go:177", UNFILTERED))
    if (directory && !process.files.exists(directory))
      yield* process.error(
        klog(
          process,
          "W",
          "proxy.go:200",
          `Failed to stat static file directory ${directory}: stat ${directory}: no such file or directory`,
        ),
      )
    let allows: ReturnType<typeof filterOf>
    try {
      allows = filterOf(input)
    } catch (error) {
      throw new KubectlError(klog(process, "F", "proxy_server.go:83", `Error compiling re: ${(error as Error).message}`), {
        code: 255,
        raw: true,
      })
    }
    try {
      process.network.serve(
        port,
        function* (request) {
          const [bare] = request.path.split("?")
          if (directory && bare.startsWith(beside)) return serveFile(process, directory, bare.slice(beside.length - 1))
          if (!request.path.startsWith(prefix)) return plain(404, "404 page not found\n")
          if (!allows(request.method, bare, request.headers.host ?? "")) return plain(403, "Forbidden\n")
          const path = `/${request.path.slice(prefix.length)}`
          try {
            return yield* api.send(request.method, path, {
              ...(request.body !== undefined && { body: bodyText(request.body) }),
              ...(request.headers["content-type"] && { type: request.headers["content-type"] }),
              ...(request.headers.accept && { accept: request.headers.accept }),
              ...(request.headers["user-agent"] && { agent: request.headers["user-agent"] }),
            })
          } catch (error) {
            if (!(error instanceof ConnectionError)) throw error
            return plain(502, `${error.cause}\n`)
          }
        },
        { address, pid: process.pid },
      )
    } catch (error) {
      if (error instanceof SystemError && error.code === "EADDRINUSE")
        throw new KubectlError(`listen tcp ${address}:${port}: bind: address already in use`)
      throw error
    }
    yield* process.print(`Starting to serve on ${address}:${port}\n`)
    for (;;) yield* process.wait({ queues: [process.queue()] })
  },
})
