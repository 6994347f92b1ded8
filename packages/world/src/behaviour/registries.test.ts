/** Images behind a password, and images that are not to be had: events, states, and what docker and crictl say. As pkg/kubelet/images, containerd's core/remotes/docker. */
import { apply, behaves } from "../testing/behaviour.ts"

const pod = (name: string, image: string, more = "", container = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {terminationGracePeriodSeconds: 0, ${more}containers: [{name: c, image: '${image}'${container}}]}`
const pods = (...manifests: string[]): string => apply(manifests.join("\n---\n"))
const secret = (name: string, user: string, password: string, server = "registry.example.com"): string =>
  `kubectl create secret docker-registry ${name} --docker-server=${server} --docker-username=${user} --docker-password=${password} >/dev/null`
const state = (name: string): string =>
  `kubectl get pod ${name} -o jsonpath='{.status.phase} {.status.containerStatuses[0].state.waiting.reason}: {.status.containerStatuses[0].state.waiting.message}{"\\n"}'`

const PRIVATE = "registry.example.com/private/web:1.0"
const HEAD = `failed to pull and unpack image "${PRIVATE}": failed to resolve reference "${PRIVATE}"`
const UNAUTHORIZED = `${HEAD}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`
const WRONG = `${HEAD}: unexpected status from HEAD request to https://registry.example.com/v2/private/web/manifests/1.0: 401 Unauthorized`
const HUB = `failed to pull and unpack image "docker.io/drydock/private-web:1.0": failed to resolve reference "docker.io/drydock/private-web:1.0"`
const SCHEDULED = /^Normal Scheduled: Successfully assigned default\//

behaves([
  {
    title: "without a Secret: refused, then backed off; with one on the Pod it runs",
    steps: [
      { run: pods(pod("bare", PRIVATE)) },
      {
        after: 8,
        run: state("bare"),
        shows: `Pending ImagePullBackOff: Back-off pulling image "${PRIVATE}": ErrImagePull: ${UNAUTHORIZED}`,
        events: {
          about: "bare",
          shows: [
            SCHEDULED,
            `Normal Pulling: Pulling image "${PRIVATE}"`,
            `Warning Failed: Failed to pull image "${PRIVATE}": ${UNAUTHORIZED}`,
            "Warning Failed: Error: ErrImagePull",
            `Normal BackOff: Back-off pulling image "${PRIVATE}"`,
            "Warning Failed: Error: ImagePullBackOff",
          ],
        },
      },
      { run: `${secret("regcred", "learner", "drydock")}; ${pods(pod("with", PRIVATE, "imagePullSecrets: [{name: regcred}], "))}` },
      {
        after: 8,
        run: "kubectl get pod with --no-headers | awk '{print $2, $3}'; kubectl get secret regcred -o jsonpath='{.type}'",
        shows: "1/1 Running\nkubernetes.io/dockerconfigjson",
      },
    ],
  },
  {
    title: "a wrong password, a Secret that is missing, one of another registry, one of another type",
    steps: [
      {
        run: `${secret("wrong", "learner", "guess")}; ${secret("other", "learner", "drydock", "ghcr.io")}; kubectl create secret generic plain --from-literal=password=drydock >/dev/null; ${pods(
          pod("wrong", PRIVATE, "imagePullSecrets: [{name: wrong}], "),
          pod("missing", PRIVATE, "imagePullSecrets: [{name: nope}], "),
          pod("other", PRIVATE, "imagePullSecrets: [{name: other}], "),
          pod("plain", PRIVATE, "imagePullSecrets: [{name: plain}], "),
          pod("hub", "drydock/private-web:1.0"),
        )}`,
      },
      {
        after: 8,
        run: ["wrong", "missing", "other", "plain", "hub"].map(state).join("; "),
        shows: [
          `Pending ImagePullBackOff: Back-off pulling image "${PRIVATE}": ErrImagePull: ${WRONG}`,
          ...["missing", "other", "plain"].map(
            () => `Pending ImagePullBackOff: Back-off pulling image "${PRIVATE}": ErrImagePull: ${UNAUTHORIZED}`,
          ),
          `Pending ImagePullBackOff: Back-off pulling image "drydock/private-web:1.0": ErrImagePull: ${HUB}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
        ].join("\n"),
        events: {
          about: "missing",
          shows: [
            SCHEDULED,
            "Warning FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (nope); attempting to pull the image may not succeed.",
            `Normal Pulling: Pulling image "${PRIVATE}"`,
            `Warning Failed: Failed to pull image "${PRIVATE}": ${UNAUTHORIZED}`,
            "Warning Failed: Error: ErrImagePull",
            `Normal BackOff: Back-off pulling image "${PRIVATE}"`,
            "Warning Failed: Error: ImagePullBackOff",
          ],
        },
      },
      { run: secret("nope", "learner", "drydock") },
      { after: 25, run: "kubectl get pod missing --no-headers | awk '{print $2, $3}'", shows: "1/1 Running" },
    ],
  },
  {
    title: "a Secret on the ServiceAccount is the Pod's, unless it names one itself",
    steps: [
      {
        run: `${secret("regcred", "learner", "drydock")}; ${secret("wrong", "learner", "guess")}; kubectl patch serviceaccount default -p '{"imagePullSecrets":[{"name":"regcred"}]}' >/dev/null; ${pods(
          pod("account", PRIVATE),
          pod("named", PRIVATE, "imagePullSecrets: [{name: wrong}], ", ", imagePullPolicy: Always"),
        )}`,
      },
      {
        after: 8,
        run: "kubectl get pods --no-headers | awk '{print $1, $2, $3}'; kubectl get pods -o jsonpath='{.items[*].spec.imagePullSecrets[*].name}'",
        shows: "account 1/1 Running\nnamed 0/1 ImagePullBackOff\nregcred wrong",
      },
    ],
  },
  {
    title: "docker signs in and out, and its file is a Secret's; crictl takes credentials on the command line",
    steps: [
      {
        run: "echo guess | docker login registry.example.com -u learner --password-stdin 2>&1; echo $?; docker pull registry.example.com/private/web:1.0 2>&1 | tail -1",
        shows:
          "Error response from daemon: login attempt to https://registry.example.com/v2/ failed with status: 401 Unauthorized\n1\nError response from daemon: pull access denied for registry.example.com/private/web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      },
      {
        run: "echo drydock | docker login registry.example.com -u learner --password-stdin 2>/dev/null; cat ~/.docker/config.json; docker pull -q registry.example.com/private/web:1.0 | tail -1",
        shows:
          'Login Succeeded\n{\n\t"auths": {\n\t\t"registry.example.com": {\n\t\t\t"auth": "bGVhcm5lcjpkcnlkb2Nr"\n\t\t}\n\t}\n}\nregistry.example.com/private/web:1.0'
            .replaceAll("\t", " ")
            .replaceAll(/ +/g, " "),
      },
      {
        run: `kubectl create secret generic filecred --from-file=.dockerconfigjson=/root/.docker/config.json --type=kubernetes.io/dockerconfigjson; ${pods(pod("filed", PRIVATE, "imagePullSecrets: [{name: filecred}], "))}`,
        shows: "secret/filecred created",
      },
      {
        after: 8,
        run: "kubectl get pod filed --no-headers | awk '{print $3}'; docker logout registry.example.com; docker logout registry.example.com",
        shows: "Running\nRemoving login credentials for registry.example.com\nNot logged in to registry.example.com",
      },
      {
        run: `crictl pull ${PRIVATE} 2>&1 | sed 's/^.*rpc error/rpc error/' | tail -1; crictl pull --creds learner:drydock ${PRIVATE} | cut -c1-30; crictl pull --creds learner ${PRIVATE} 2>&1 | sed 's/.*msg=//'`,
        shows: /no basic auth credentials[^\n]*\nImage is up to date for sha256[^\n]*\n.*credentials must be in username:password format/,
      },
    ],
  },
  {
    title: "names and tags that are not: a repository, a tag, a registry, a reference; and what each policy does without pulling",
    steps: [
      {
        run: pods(
          pod("norepo", "nosuchperson/nothing:1"),
          pod("notag", "nginx:1.999"),
          pod("nohost", "registry.nowhere.test/a:1"),
          pod("badname", "Nginx:latest"),
          pod("never", "httpd:2.4", "", ", imagePullPolicy: Never"),
          pod("always", "nginx:1.27", "", ", imagePullPolicy: Always"),
        ),
      },
      {
        after: 12,
        run: `${["norepo", "notag", "nohost", "badname", "never"].map(state).join("; ")}; kubectl get pod always --no-headers | awk '{print $3}'`,
        shows: [
          'Pending ImagePullBackOff: Back-off pulling image "nosuchperson/nothing:1": ErrImagePull: failed to pull and unpack image "docker.io/nosuchperson/nothing:1": failed to resolve reference "docker.io/nosuchperson/nothing:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
          'Pending ImagePullBackOff: Back-off pulling image "nginx:1.999": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.999": failed to resolve reference "docker.io/library/nginx:1.999": docker.io/library/nginx:1.999: not found',
          'Pending ImagePullBackOff: Back-off pulling image "registry.nowhere.test/a:1": ErrImagePull: failed to pull and unpack image "registry.nowhere.test/a:1": failed to resolve reference "registry.nowhere.test/a:1": failed to do request: Head "https://registry.nowhere.test/v2/a/manifests/1": dial tcp: lookup registry.nowhere.test: no such host',
          'Pending InvalidImageName: Failed to apply default image tag "Nginx:latest": couldn\'t parse image name "Nginx:latest": invalid reference format: repository name (library/Nginx) must be lowercase',
          'Pending ErrImageNeverPull: Container image "httpd:2.4" is not present with pull policy of Never',
          "Running",
        ].join("\n"),
      },
      {
        run: `kubectl delete pod always --wait=false >/dev/null; sleep 3; ${pods(pod("present", "nginx:1.27", "nodeName: $(kubectl get nodes -o name | tail -1 | cut -d/ -f2), "))}`.replaceAll(
          "<<'EOF'",
          "<<EOF",
        ),
      },
      {
        after: 6,
        events: {
          about: "present",
          shows: [
            'Normal Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod',
            /^Normal Created/,
            /^Normal Started/,
          ],
        },
      },
    ],
  },
])
