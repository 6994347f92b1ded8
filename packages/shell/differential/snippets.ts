/** The differential snippets: how they are written down, and the directory that each begins in. */

/** Where every snippet runs, on the recorded machine and on the simulated one. */
export const HOME = "/tmp/snippet"

/** What lies there, by path. */
export const files: Readonly<Record<string, string>> = {
  "a.txt": "apple\nbanana\ncherry\nbanana\n",
  "nums.txt": "10\n9\n2\n33\n1\n",
  "pods.txt":
    "NAME        READY   STATUS             RESTARTS   AGE\nweb-5d4b-a  1/1     Running            0          5m\nweb-5d4b-b  0/1     CrashLoopBackOff   12         5m\ndb-0        1/1     Running            1          3d\n",
  "pods.json":
    '{"items":[{"metadata":{"name":"web-1","labels":{"app":"web"}},"status":{"phase":"Running"}},{"metadata":{"name":"db-0"},"status":{"phase":"Pending"}}]}\n',
  "pod.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  containers:\n  - name: c\n    image: nginx:1.25\n",
  "csv.txt": "id,name,qty\n1,foo,3\n2,bar,5\n3,baz,7\n",
  "sub/one.log": "line1 error\nline2 ok\n",
  "sub/two.log": "x error y\n",
  "sub/deep/three.log": "nothing\n",
}

/** When snippets run in the simulated machine: virtual ms, about when they were recorded. */
export const BEGIN = Date.UTC(2026, 10, 21, 10, 0, 0)

/** What a recorded machine has in /etc, as far as snippets look at it. */
export const system: Readonly<Record<string, string>> = {
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  "/etc/group": "root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n",
}

export interface Snippet {
  readonly topic: string
  readonly name: string
  readonly script: string
}

/** What a snippet answered on a real machine; `exit` is 128 + N where signal N ended its shell. */
export interface Recorded {
  readonly topic: string
  readonly name: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** A topic's blocks: each begins with a line `## name`; the lines up to the next such line are the script. */
export const snippetsOf = (topic: string, text: string): Snippet[] =>
  text
    .split(/^## /m)
    .slice(1)
    .map((block) => {
      const at = block.indexOf("\n")
      return { topic, name: block.slice(0, at), script: block.slice(at + 1).replace(/\n$/, "") }
    })
