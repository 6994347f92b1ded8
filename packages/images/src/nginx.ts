/** nginx: serves files, as its default configuration does. */
import { defineImage } from "./define-image.ts"
import { accessLine, serve, staticFile } from "./serving.ts"

const PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
</body>
</html>
`

const CONFIGURATION = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
}
`

const VERSION = "1.29.4"

const errorPage = (status: string): string =>
  `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n<hr><center>nginx/${VERSION}</center>\r\n</body>\r\n</html>\r\n`

const program = serve({
  port: (process) => {
    const directory = "/etc/nginx/conf.d"
    for (const { name } of process.files.exists(directory) ? process.files.list(directory) : []) {
      const listen = name.endsWith(".conf") && /^\s*listen\s+(?:\S+:)?(\d+)/m.exec(process.files.readText(`${directory}/${name}`))
      if (listen) return Number(listen[1])
    }
    return 80
  },
  greeting: (process) => {
    const time = new Date(Math.floor(process.now())).toISOString().replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*$/, "$1/$2/$3 $4")
    return [`using the "epoll" event method`, `nginx/${VERSION}`, "OS: Linux 6.8.0-94-generic", "start worker processes"]
      .map((line) => `${time} [notice] ${process.pid}#${process.pid}: ${line}\n`)
      .join("")
  },
  *answer(process, request) {
    const root =
      /^\s*root\s+([^;]+);/m.exec(
        process.files.exists("/etc/nginx/conf.d/default.conf") ? process.files.readText("/etc/nginx/conf.d/default.conf") : "",
      )?.[1] ?? "/usr/share/nginx/html"
    const found = staticFile(process, root, request.path)
    const [status, body, type] =
      found === undefined
        ? ([404, errorPage("404 Not Found"), "text/html"] as const)
        : found === "forbidden"
          ? ([403, errorPage("403 Forbidden"), "text/html"] as const)
          : ([200, found.body, found.type] as const)
    yield* process.print(`${accessLine(process, request, status, body.length)} "-"\n`)
    return {
      status,
      headers: { server: `nginx/${VERSION}`, date: new Date(Math.floor(process.now())).toUTCString(), "content-type": type },
      body,
    }
  },
})

export const nginx = defineImage({
  repository: "nginx",
  tags: ["latest", "alpine", "stable", "stable-alpine", "mainline", "perl", "1", "1.*"],
  sizeBytes: 59_795_000,
  entrypoint: ["/docker-entrypoint.sh"],
  command: ["nginx", "-g", "daemon off;"],
  env: { NGINX_VERSION: VERSION },
  exposes: [80],
  shell: "bash",
  files: [
    { path: "/docker-entrypoint.sh", mode: 0o755, content: '#!/bin/sh\nexec "$@"\n' },
    { path: "/usr/sbin/nginx", program },
    { path: "/usr/share/nginx/html/index.html", content: PAGE },
    { path: "/etc/nginx/nginx.conf", content: "user  nginx;\nworker_processes  auto;\ninclude /etc/nginx/conf.d/*.conf;\n" },
    { path: "/etc/nginx/conf.d/default.conf", content: CONFIGURATION },
    {
      path: "/etc/os-release",
      content: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
    },
  ],
})
