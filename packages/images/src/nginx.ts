/** nginx's images: pages, configuration, and on which system they stand. */
import { alpineVariant } from "./alpine-variant.ts"
import { defineImage, type Image } from "./define-image.ts"
import { nginxEntrypoint } from "./nginx-entrypoint.ts"
import { nginxProgram } from "./nginx-server.ts"
import { LATEST } from "./nginx-site.ts"

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

const MAIN = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`

const site = (port: number) => `server {
    listen       ${port};
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`

const image = (repository: string, port: number, user?: number): Image =>
  defineImage({
    repository,
    tags: [
      "latest",
      "alpine",
      "alpine-slim",
      "alpine*",
      "stable",
      "stable*",
      "mainline",
      "mainline*",
      "perl",
      "1",
      "1.*",
      "bookworm",
      "trixie",
    ],
    sizeBytes: 59_795_000,
    entrypoint: ["/docker-entrypoint.sh"],
    command: ["nginx", "-g", "daemon off;"],
    env: { NGINX_VERSION: LATEST },
    versionEnv: "NGINX_VERSION",
    exposes: [port],
    ...(user !== undefined && { user }),
    idle: { memory: 2 * 1024 ** 2 },
    shell: "debian",
    brings: ["curl", "envsubst"],
    files: [
      { path: "/docker-entrypoint.sh", program: nginxEntrypoint(site(port)) },
      { path: "/usr/sbin/nginx", program: nginxProgram },
      { path: "/usr/share/nginx/html/index.html", content: PAGE },
      {
        path: "/usr/share/nginx/html/50x.html",
        content: "<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n",
      },
      {
        path: "/etc/nginx/nginx.conf",
        content: user === undefined ? MAIN : MAIN.replace(/^user .*\n/, "").replace("/run/nginx.pid", "/tmp/nginx.pid"),
      },
      { path: "/etc/nginx/mime.types", content: "\ntypes {\n    text/html                                        html htm shtml;\n}\n" },
      { path: "/etc/nginx/conf.d/default.conf", content: site(port) },
      { path: "/var/cache/nginx", mode: 0o755, ...(user !== undefined && { uid: user, gid: user }) },
      { path: "/var/log/nginx" },
      { path: "/run" },
      {
        path: "/etc/os-release",
        content: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
      },
    ],
  })

const onAlpine = (one: Image): Image => alpineVariant(one, { sizeBytes: 22_300_000, brings: ["curl", "envsubst"] })

export const nginx = image("nginx", 80)
export const nginxAlpine = onAlpine(nginx)
export const nginxUnprivileged = image("nginxinc/nginx-unprivileged", 8080, 101)
export const nginxUnprivilegedAlpine = onAlpine(nginxUnprivileged)
/** nginx as the tutorial of StatefulSets uses it. */
export const nginxSlim: Image = {
  ...image("registry.k8s.io/nginx-slim", 80),
  aliases: ["k8s.gcr.io/nginx-slim", "gcr.io/google_containers/nginx-slim"],
  tags: ["0.24", "0.21", "0.27", "0.8", "0.7", "0.*"],
  sizeBytes: 44_700_000,
}
