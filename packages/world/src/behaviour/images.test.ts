/** Images that courses use, each by its own protocol, logs and shell. */
import { apply, behaves } from "../testing/behaviour.ts"

const run = (name: string, image: string, env = "", args = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: '${image}'${env && `, env: [${env}]`}${args && `, args: [${args}]`}}]}`
const curl = (name: string, port: number, path = "/"): string =>
  `curl -s http://$(kubectl get pod ${name} -o jsonpath='{.status.podIP}'):${port}${path}`
const all = (...manifests: string[]): string => apply(manifests.join("\n---\n"))

behaves([
  {
    title: "databases answer their own clients",
    steps: [
      {
        run: all(
          run("redis", "redis:7"),
          run("mysql", "mysql:8.0", "{name: MYSQL_ROOT_PASSWORD, value: pw}, {name: MYSQL_DATABASE, value: shop}"),
          run("pg", "postgres:16", "{name: POSTGRES_PASSWORD, value: pw}"),
          run("mongo", "mongo:7"),
          run("memcached", "memcached"),
          run("nopass", "mysql:8.0"),
        ),
      },
      {
        after: 60,
        run: "kubectl exec redis -- redis-cli set k v; kubectl exec redis -- redis-cli get k; kubectl exec redis -- redis-cli incr n",
        shows: "OK\nv\n1",
      },
      {
        run: "kubectl exec mysql -- mysql -uroot -ppw -e 'show databases' 2>/dev/null | grep shop; kubectl exec mysql -- mysql -uroot -ppw shop -N -e 'create table t (a int); insert into t values (1),(2); select count(*) from t' 2>/dev/null; kubectl exec mysql -- mysql -uroot -pno -e 'select 1' 2>&1 | tail -2 | head -1",
        shows: "shop\n2\nERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
      },
      {
        run: "kubectl exec pg -- psql -U postgres -c 'create table t (a int); insert into t values (7);' ; kubectl exec pg -- psql -U postgres -tc 'select a from t'",
        shows: "CREATE TABLE\nINSERT 0 1\n 7",
      },
      { run: "kubectl exec mongo -- mongosh --quiet --eval 'db.t.insertOne({a: 1}); db.t.countDocuments()' | tail -1", shows: "1" },
      {
        run: "kubectl logs nopass 2>&1 | tail -3; kubectl logs redis | tail -1 | sed 's/.*[*] //'",
        shows: "- MYSQL_ROOT_PASSWORD\n - MYSQL_ALLOW_EMPTY_PASSWORD\n - MYSQL_RANDOM_ROOT_PASSWORD\nReady to accept connections tcp",
      },
    ],
  },
  {
    title: "redis: the commands of courses, a password, and what it saved is there again after a restart",
    steps: [
      {
        run: all(
          "apiVersion: v1\nkind: Pod\nmetadata: {name: kept}\nspec: {volumes: [{name: d, emptyDir: {}}], containers: [{name: c, image: 'redis:7', volumeMounts: [{name: d, mountPath: /data}]}]}",
          run("locked", "redis:7", "", "redis-server, '--requirepass', secret"),
        ),
      },
      {
        after: 15,
        run: "cli() { kubectl exec kept -- redis-cli \"$@\"; }; cli rpush l a b c; cli lrange l 0 -1; cli hset h f 1 g 2; cli hgetall h; cli sadd s x y x; cli incrby n 5; cli set t 1 EX 100; cli ttl t; cli keys '?'; cli type h; cli get l; cli nope x; cli get; cli dbsize; cli config get maxmemory; cli info server | grep version | tr -d '\\r'",
        shows:
          "3\na\nb\nc\n2\nf\n1\ng\n2\n2\n5\nOK\n100\nl\nh\ns\nn\nt\nhash\nWRONGTYPE Operation against a key holding the wrong kind of value\n\nERR unknown command 'nope', with args beginning with: 'x'\n\nERR wrong number of arguments for 'get' command\n\n5\nmaxmemory\n0\nredis_version:7",
      },
      {
        run: "kubectl exec kept -- sh -c 'kill 1'; sleep 5; kubectl exec kept -- redis-cli get n; kubectl logs kept | grep loading | sed 's/.*[*] //'; kubectl logs kept --previous | tail -1 | sed 's/.*# //'; kubectl exec locked -- redis-cli ping; kubectl exec locked -- redis-cli -a secret ping 2>/dev/null",
        shows:
          "5\nDone loading RDB, keys loaded: 5, keys expired: 0.\nRedis is now ready to exit, bye bye...\nNOAUTH Authentication required.\n\nPONG\ncommand terminated with exit code 137",
      },
    ],
  },
  {
    title: "web servers and echo servers say who answers",
    steps: [
      {
        run: all(
          run("hello", "gcr.io/google-samples/hello-app:1.0"),
          run("echo", "hashicorp/http-echo", "", "'-text=hi', '-listen=:5678'"),
          run("who", "traefik/whoami"),
          run("httpd", "httpd:2.4"),
          run("color", "kodekloud/webapp-color", "{name: APP_COLOR, value: red}"),
          run("kubia", "luksa/kubia"),
          run("podinfo", "stefanprodan/podinfo"),
          run("slim", "registry.k8s.io/nginx-slim:0.24"),
          run("bin", "kennethreitz/httpbin"),
        ),
      },
      {
        after: 40,
        run: `${curl("hello", 8080)}; ${curl("echo", 5678)}; ${curl("who", 80)} | head -1; ${curl("httpd", 80)}; ${curl("color", 8080)} | grep h1; ${curl("kubia", 8080)}; ${curl("podinfo", 9898, "/version")} | grep version; ${curl("slim", 80)} | grep title; ${curl("bin", 80, "/status/418")} -o /dev/null -w '%{http_code}'`,
        shows:
          'Hello, world!\nVersion: 1.0.0\nHostname: hello\nhi\nHostname: who\n<html><body><h1>It works!</h1></body></html>\n <h1>Hello from color!</h1>\nYou\'ve hit kubia\n "version": "6.9.3"\n<title>Welcome to nginx!</title>\n418',
      },
      {
        run: "kubectl logs hello | sed 's/^[0-9/: ]*//'; kubectl logs kubia | tail -1 | sed 's/[0-9.]*$//'; kubectl logs slim | tail -1 | cut -d'\"' -f2",
        shows: "Server listening on port 8080\nServing request: /\nReceived request from ::ffff:\nGET / HTTP/1.1",
      },
      {
        run:
          "kubectl exec httpd -- ls htdocs; kubectl exec slim -- sh -c 'echo new > /usr/share/nginx/html/index.html'; " + curl("slim", 80),
        shows: "index.html\nnew",
      },
    ],
  },
  {
    title: "nginx with pages and configuration of one's own, and one that is wrong",
    steps: [
      {
        run: `kubectl create configmap page --from-literal=index.html=mine >/dev/null; kubectl create configmap conf --from-literal=default.conf='server { listen 8080; location /api { return 200 "api\\n"; } location / { root /usr/share/nginx/html; } }' >/dev/null; kubectl create configmap bad --from-literal=default.conf='server { listn 80; }' >/dev/null
${all(`apiVersion: v1\nkind: Pod\nmetadata: {name: own}\nspec: {containers: [{name: c, image: nginx, volumeMounts: [{name: p, mountPath: /usr/share/nginx/html}, {name: c, mountPath: /etc/nginx/conf.d}]}], volumes: [{name: p, configMap: {name: page}}, {name: c, configMap: {name: conf}}]}`, `apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: [{name: c, image: nginx, volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d}]}], volumes: [{name: c, configMap: {name: bad}}]}`)}`,
      },
      {
        after: 20,
        run: `${curl("own", 8080)}; echo; ${curl("own", 8080, "/api")}; kubectl get pod bad --no-headers | awk '{print $3}'; kubectl logs bad | tail -1`,
        shows: 'mine\napi\nCrashLoopBackOff\nnginx: [emerg] unknown directive "listn" in /etc/nginx/conf.d/default.conf:1',
      },
    ],
  },
  {
    title: "two servers of one Pod: what both want and nobody looks after is the first one's; what is looked after ends the second",
    steps: [
      {
        run: all(
          `apiVersion: v1\nkind: Pod\nmetadata: {name: pair}\nspec:\n  volumes: [{name: logs, emptyDir: {}}]\n  containers:\n${[1, 2]
            .map(
              (n) =>
                `  - {name: app${n}, image: viktoruj/ping_pong, volumeMounts: [{name: logs, mountPath: /log}], env: [{name: SERVER_NAME, value: app${n}}, {name: SRV_PORT, value: "808${n}"}, {name: METRIC_PORT, value: "9092"}, {name: LOG_PATH, value: /log/${n}.txt}]}\n`,
            )
            .join("")}`,
          `apiVersion: v1\nkind: Pod\nmetadata: {name: same}\nspec: {restartPolicy: Never, containers: [{name: a, image: viktoruj/ping_pong}, {name: b, image: viktoruj/ping_pong}]}`,
        ),
      },
      {
        after: 20,
        run: `${curl("pair", 8081, "/a")} | head -1; ${curl("pair", 8082, "/b")} | head -1; ${curl("pair", 9092, "/metrics")} | tail -1; kubectl exec pair -c app1 -- sh -c 'grep -h URL /log/*.txt | cut -d: -f4'; kubectl get pod pair same --no-headers | awk '{print $1, $2, $3}'; kubectl logs same -c b | tail -1`,
        shows:
          "Server Name: app1\nServer Name: app2\nrequests_total 1\n8081/a\n8082/b\npair 2/2 Running\nsame 1/2 NotReady\nServer failed: listen tcp :8080: bind: address already in use",
      },
    ],
  },
])
