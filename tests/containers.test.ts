/** docker and podman on a machine: what they run, build, keep and say, on Kubernetes' nodes and without it. */
import { beforeAll, describe, expect, test } from "vitest"
import { helmWorld, type Ran, typed } from "./helm/helm-world.ts"

const APP = {
  "app/Dockerfile": `FROM nginx:1.27 AS base
ARG WHO=nobody
ENV GREETING="hello there"
WORKDIR /srv
COPY page.html /usr/share/nginx/html/index.html
RUN echo "built by $WHO" > /srv/who && ls /srv

FROM base
COPY --from=base /srv/who /usr/share/nginx/html/who
EXPOSE 80
`,
  "app/page.html": "from the build\n",
  "broken/Dockerfile": "FROM alpine\nRUN exit 7\n",
}

describe.each(["docker-host", "kubeadm-1node"])("docker on %s", (topology) => {
  let run: (script: string) => Ran
  beforeAll(() => {
    run = typed(helmWorld({ topology, trees: [APP] }))
  })

  test("runs, lists, looks into and removes a container", () => {
    expect(
      run("docker run -d --name web -p 8081:80 nginx >/dev/null 2>&1; docker ps --format '{{.Names}} {{.Image}} {{.Ports}} {{.State}}'")
        .stdout,
    ).toBe("web nginx 0.0.0.0:8081->80/tcp running\n")
    expect(
      run("curl -s localhost:8081 | grep -o 'Welcome to nginx!' | head -1; docker exec web cat /usr/share/nginx/html/index.html | head -1")
        .stdout,
    ).toBe("Welcome to nginx!\n<!DOCTYPE html>\n")
    expect(run("docker logs web 2>/dev/null | tail -1").stdout).toContain('"GET / HTTP/1.1" 200')
    expect(
      run("docker inspect web -f '{{.State.Running}} {{(index .HostConfig.PortBindings \"80/tcp\" | len)}} {{.Config.Image}}'").stdout,
    ).toBe("true 1 nginx\n")
    expect(run("docker rm web").stderr).toBe(
      'Error response from daemon: cannot remove container "web": container is running: stop the container before removing or force remove\n',
    )
    expect(run("docker stop web; docker rm web; docker ps -aq").stdout).toBe("web\nweb\n")
  })

  test("gives a command's output, input and exit code", () => {
    expect(run("docker run --rm -e A=5 alpine sh -c 'echo $A; exit 3' 2>/dev/null")).toEqual({ stdout: "5\n", stderr: "", exit: 3 })
    expect(run("echo typed | docker run -i --rm alpine cat").stdout).toBe("typed\n")
    expect(run("docker run --rm alpine nothing").exit).toBe(127)
    expect(run("docker run nope").stderr).toBe(
      "Unable to find image 'nope:latest' locally\ndocker: Error response from daemon: pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied\n\nRun 'docker run --help' for more information\n",
    )
  })

  test("builds in stages, and tells which step failed", () => {
    expect(run("docker build -q -t app:1 --build-arg WHO=me app").exit).toBe(0)
    expect(
      run(
        "docker run -d --name app -p 9000:80 app:1 >/dev/null; curl -s localhost:9000; curl -s localhost:9000/who; docker exec app sh -c 'pwd; echo $GREETING'",
      ).stdout,
    ).toBe("from the build\nbuilt by me\n/srv\nhello there\n")
    expect(run("docker tag app:1 me/app:2; docker images --format '{{.Repository}}:{{.Tag}}' | grep app").stdout).toBe("app:1\nme/app:2\n")
    expect(run("docker rmi app:1").stderr).toMatch(
      /^Error response from daemon: conflict: unable to remove repository reference "app:1" \(must force\)/,
    )
    const broken = run("docker build broken")
    expect(broken.exit).toBe(1)
    expect(broken.stderr).toContain(
      'ERROR: failed to build: failed to solve: process "/bin/sh -c exit 7" did not complete successfully: exit code: 7',
    )
  })

  test("has networks with names and volumes that outlive containers", () => {
    run("docker network create net; docker run -d --name db --network net redis 2>/dev/null")
    expect(run("docker run --rm --network net redis redis-cli -h db ping").stdout).toBe("PONG\n")
    expect(run("docker network rm net").stderr).toContain("has active endpoints")
    expect(
      run("docker run --rm -v kept:/d alpine sh -c 'echo x > /d/f'; docker run --rm -v kept:/d alpine cat /d/f; docker volume ls -q")
        .stdout,
    ).toBe("x\nkept\n")
  })
})

test("podman builds, saves and loads under localhost", () => {
  const run = typed(helmWorld({ topology: "kubeadm-1node", trees: [APP] }))
  const built = run("cd app && podman build . -t mine:0.1 | grep -v '^[0-9a-f]\\{64\\}$\\|^-->'").stdout
  expect(built).toBe(
    'STEP 1/8: FROM nginx:1.27 AS base\nSTEP 2/8: ARG WHO=nobody\nSTEP 3/8: ENV GREETING="hello there"\nSTEP 4/8: WORKDIR /srv\nSTEP 5/8: COPY page.html /usr/share/nginx/html/index.html\nSTEP 6/8: RUN echo "built by $WHO" > /srv/who && ls /srv\nwho\nSTEP 7/8: FROM base\nSTEP 8/8: COPY --from=base /srv/who /usr/share/nginx/html/who\nSTEP 9/8: EXPOSE 80\n'.replace(
      /STEP (\d)\/8/g,
      "STEP $1/9",
    ) + "COMMIT mine:0.1\nSuccessfully tagged localhost/mine:0.1\n",
  )
  run("podman save --format oci-archive -o mine.tar mine:0.1; podman image rm localhost/mine:0.1")
  expect(run("podman image ls --format '{{.Repository}}'").stdout).not.toContain("mine")
  expect(run("podman load -i mine.tar").stdout).toBe("Loaded image: localhost/mine:0.1\n")
  expect(run("podman run --rm mine:0.1 cat /srv/who").stdout).toBe("built by nobody\n")
})
