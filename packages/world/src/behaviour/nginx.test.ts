/** nginx as its image has it: what its entrypoint tells, what it says when it cannot start, and how it answers. As nginx's http modules and docker-nginx's entrypoint. */
import { apply, behaves } from "../testing/behaviour.ts"

const pod = (name: string, container: string, more = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {terminationGracePeriodSeconds: 0, ${more}containers: [{name: c, image: 'nginx:1.27'${container}}]}`
const all = (...manifests: string[]): string => apply(manifests.join("\n---\n"))
const plainLog = (name: string, more = ""): string =>
  `kubectl logs ${name} ${more} | sed -E 's#^[0-9]{4}/[0-9/]+ [0-9:]+ ##; s/^(\\[[a-z]+\\]) [0-9]+#[0-9]+:/\\1/'`
const STARTED = [
  "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration",
  "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
]
const REST = [
  "/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
  "/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh",
  "/docker-entrypoint.sh: Configuration complete; ready for start up",
]
const IPV6 = "10-listen-on-ipv6-by-default.sh: info:"
const READ_ONLY = `${IPV6} can not modify /etc/nginx/conf.d/default.conf (read-only file system?)`
const TAKEN = "bind() to 0.0.0.0:80 failed (98: Address already in use)"

/** A site of one's own on port 8080, as a ConfigMap and a Pod with it; `files` are pages. */
const site = (name: string, conf: string, files: Record<string, string> = {}): string =>
  `kubectl create configmap ${name} --from-literal=default.conf='${conf}' >/dev/null; kubectl create configmap ${name}-pages ${Object.entries(
    files,
  )
    .map(([file, text]) => `--from-literal=${file}='${text}'`)
    .join(" ")} >/dev/null; ${all(
    pod(
      name,
      ", volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}, {name: pages, mountPath: /www}]",
      `volumes: [{name: conf, configMap: {name: ${name}}}, {name: pages, configMap: {name: ${name}-pages}}], `,
    ),
  )}`
const get = (name: string, path: string, more = ""): string =>
  `curl -s ${more} "http://$(kubectl get pod ${name} -o jsonpath='{.status.podIP}'):8080${path}"`
const code = (name: string, path: string): string =>
  `${get(name, path, "-o /dev/null -w '%{http_code} %{redirect_url}\\n'")} | sed -E 's#//[0-9.]+:#//IP:#'`

behaves([
  {
    title: "what it tells at its start, and what its entrypoint made of the site",
    steps: [
      { run: all(pod("web", "")) },
      {
        after: 8,
        run: `${plainLog("web")}; kubectl exec web -- sed -n 1,3p /etc/nginx/conf.d/default.conf`,
        shows: [
          ...STARTED,
          `${IPV6} Getting the checksum of /etc/nginx/conf.d/default.conf`,
          `${IPV6} Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf`,
          ...REST,
          '[notice] using the "epoll" event method',
          "[notice] nginx/1.27",
          "[notice] built by gcc 14.2.0 (Debian 14.2.0-19)",
          "[notice] OS: Linux 6.8.0-94-generic",
          "[notice] getrlimit(RLIMIT_NOFILE): 1048576:1048576",
          "[notice] start worker processes",
          "[notice] start worker process 2",
          "[notice] start worker process 3",
          "server {",
          " listen 80;",
          " listen [::]:80;",
        ].join("\n"),
      },
    ],
  },
  {
    title: "two of one Pod want the same port: five attempts, then it gives up",
    steps: [
      {
        run: all(
          "apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec: {restartPolicy: Never, containers: [{name: a, image: 'nginx:1.27'}, {name: b, image: 'nginx:1.27'}]}",
        ),
      },
      {
        after: 20,
        run: `${plainLog("two", "-c b")} | tail -18; kubectl get pod two --no-headers | awk '{print $2, $3}'`,
        shows: [
          REST[3],
          ...Array.from({ length: 5 }, () => [
            `[emerg] ${TAKEN}`,
            `nginx: [emerg] ${TAKEN}`,
            "[notice] try again to bind() after 500ms",
          ]).flat(),
          "[emerg] still could not bind()",
          "nginx: [emerg] still could not bind()",
          "1/2 Error",
        ].join("\n"),
      },
    ],
  },
  {
    title: "without the rights that it takes for granted: a user of one's own, a read-only file system",
    steps: [
      {
        run: all(
          pod("user", "", "restartPolicy: Never, securityContext: {runAsUser: 1000, runAsNonRoot: true}, "),
          pod("sealed", ", securityContext: {readOnlyRootFilesystem: true}", "restartPolicy: Never, "),
          pod(
            "cache",
            ", securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: e, mountPath: /var/cache/nginx}]",
            "restartPolicy: Never, volumes: [{name: e, emptyDir: {}}], ",
          ),
          pod(
            "open",
            ", securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: e, mountPath: /var/cache/nginx}, {name: r, mountPath: /run}]",
            "restartPolicy: Never, volumes: [{name: e, emptyDir: {}}, {name: r, emptyDir: {}}], ",
          ),
          "apiVersion: v1\nkind: Pod\nmetadata: {name: unprivileged}\nspec: {securityContext: {runAsNonRoot: true, runAsUser: 101}, containers: [{name: c, image: 'nginxinc/nginx-unprivileged'}]}",
        ),
      },
      {
        after: 15,
        run: `${plainLog("user")} | tail -5; ${plainLog("sealed")} | sed -n '4p;$p'; ${plainLog("cache")} | tail -1; kubectl get pods --no-headers | awk '{print $1, $3}'`,
        shows: [
          REST[3],
          '[warn] the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:1',
          'nginx: [warn] the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:1',
          '[emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)',
          'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)',
          READ_ONLY,
          'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
          'nginx: [emerg] open() "/run/nginx.pid" failed (30: Read-only file system)',
          "cache Error\nopen Running\nsealed Error\nunprivileged Running\nuser Error",
        ].join("\n"),
      },
    ],
  },
  {
    title: "locations, try_files, rewrite, return, error pages, autoindex, headers, status",
    steps: [
      {
        run: site(
          "conf",
          `server {
  listen 8080;
  server_name shop.example;
  root /www;
  add_header X-Served-By $hostname;
  error_page 404 /missing.html;
  location / { try_files $uri $uri/ /index.html; }
  location = /health { return 200 "ok\\n"; }
  location /old/ { rewrite ^/old/(.*)$ /new/$1 permanent; }
  location /in/ { rewrite ^/in/(.*)$ /$1.txt break; try_files $uri =404; }
  location ~ \\.(png|jpg)$ { return 204; }
  location ^~ /static/ { return 200 "static $uri\\n"; }
  location /list/ { alias /www/; index none; autoindex on; }
  location /none/ { alias /www/; }
  location /gone { return 410; }
  location /away { return 302 https://example.com$request_uri; }
  location /deny { deny all; }
  location /status { stub_status; }
  location /args { return 200 "$arg_name $args $http_x_who\\n"; }
}`,
          { "index.html": "front", "a.txt": "text a", "missing.html": "nothing here" },
        ),
      },
      {
        after: 8,
        run: [
          get("conf", "/health"),
          `${get("conf", "/")}; echo`,
          `${get("conf", "/no/such")}; echo`,
          `${get("conf", "/in/a")}; echo`,
          `${get("conf", "/in/b")}; echo`,
          get("conf", "/static/x.png"),
          get("conf", "/args?name=v&b=2", "-H 'X-Who: me'"),
          `${get("conf", "/status")} | head -1`,
          `${get("conf", "/health", "-i")} | grep -i x-served | tr -d '\\r' | tr A-Z a-z`,
          ...["/x.png", "/old/a?b=1", "/gone", "/away?x=1", "/deny", "/none/x"].map((path) => code("conf", path)),
          `${get("conf", "/list/")} | grep -c '<a href='`,
        ].join("; "),
        shows: [
          "ok",
          "front",
          "front",
          "text a",
          "nothing here",
          "static /static/x.png",
          "v name=v&b=2 me",
          "Active connections: 1",
          "x-served-by: conf",
          "204",
          "301 http://IP:8080/new/a?b=1",
          "410",
          "302 https://example.com/away?x=1",
          "403",
          "404",
          "4",
        ].join("\n"),
      },
    ],
  },
  {
    title: "templates with variables, a proxy to an upstream that is down, a reload, a test of the configuration",
    steps: [
      {
        run: `kubectl create configmap tpl --from-literal=default.conf.template='server { listen 8080; location / { return 200 "hello \${WHO} $uri\\n"; } location /up { proxy_pass http://127.0.0.1:9999; } }' >/dev/null; ${all(
          pod(
            "tpl",
            ", env: [{name: WHO, value: world}], volumeMounts: [{name: t, mountPath: /etc/nginx/templates}]",
            "volumes: [{name: t, configMap: {name: tpl}}], ",
          ),
        )}`,
      },
      {
        after: 8,
        run: `${get("tpl", "/x")}; ${code("tpl", "/up")}; kubectl logs tpl | grep envsubst-on; kubectl logs tpl | grep -c 'connect() failed (111: Connection refused) while connecting to upstream'; kubectl exec tpl -- nginx -t 2>&1`,
        shows: [
          "hello world /x",
          "502",
          "/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh",
          "20-envsubst-on-templates.sh: Running envsubst on /etc/nginx/templates/default.conf.template to /etc/nginx/conf.d/default.conf",
          "1",
          "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok",
          "nginx: configuration file /etc/nginx/nginx.conf test is successful",
        ].join("\n"),
      },
      {
        run: `kubectl exec tpl -- sh -c 'sed -i s/hello/hi/ /etc/nginx/conf.d/default.conf; nginx -s reload' 2>&1 | sed 's/.*: //'; sleep 1; ${get("tpl", "/x")}; kubectl exec tpl -- sh -c 'echo "server {" > /etc/nginx/conf.d/default.conf; nginx -t' 2>&1; ${get("tpl", "/x")}`,
        shows: [
          "signal process started",
          "hi world /x",
          'nginx: [emerg] unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:1',
          "nginx: configuration file /etc/nginx/nginx.conf test failed",
          "command terminated with exit code 1",
          "hi world /x",
        ].join("\n"),
      },
    ],
  },
])
