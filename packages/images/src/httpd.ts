/** httpd: the Apache server's image. */
import { defineImage } from "./define-image.ts"
import { accessTime, serve, staticFile } from "./serving.ts"

const program = serve({
  port: 80,
  greeting: (process) => {
    const unnamed = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"}. Set the 'ServerName' directive globally to suppress this message\n`
    const at = new Date(Math.floor(process.now())).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, "$1 $3 $2 $5.000000 $4")
    return `${unnamed}${unnamed}[${at}] [mpm_event:notice] [pid ${process.pid}:tid ${process.pid}] AH00489: Apache/2.4.66 (Unix) configured -- resuming normal operations\n[${at}] [core:notice] [pid ${process.pid}:tid ${process.pid}] AH00094: Command line: 'httpd -D FOREGROUND'\n`
  },
  *answer(process, request) {
    const found = staticFile(process, "/usr/local/apache2/htdocs", request.path)
    const missing =
      '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n'
    const [status, body] = found === undefined || found === "forbidden" ? ([404, missing] as const) : ([200, found.body] as const)
    yield* process.print(
      `${request.remoteAddress ?? "-"} - - [${accessTime(process.now())}] "${request.method} ${request.path} HTTP/1.1" ${status} ${body.length}\n`,
    )
    return { status, headers: { server: "Apache/2.4.66 (Unix)", "content-type": "text/html" }, body }
  },
})

export const httpd = defineImage({
  repository: "httpd",
  tags: ["latest", "alpine*", "2", "2.*", "bookworm", "trixie"],
  sizeBytes: 45_100_000,
  command: ["httpd-foreground"],
  workingDirectory: "/usr/local/apache2",
  exposes: [80],
  shell: "debian",
  files: [
    { path: "/usr/local/bin/httpd-foreground", program },
    { path: "/usr/local/apache2/htdocs/index.html", content: "<html><body><h1>It works!</h1></body></html>\n" },
  ],
})
