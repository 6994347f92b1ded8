/** What every world's internet holds: the manifests that projects publish for what can be simulated, and a few well-known pages. */
import { goYaml } from "@drydock/gotemplate"
import { optionalAddons } from "@drydock/kubernetes"
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import { chartFile, isChartHost } from "@drydock/tools"
import { ARCHIVES } from "./client-tools.ts"

const VERSION = "(?:v?[\\w.-]+)"
const RELEASE = `(?:latest/download|download/${VERSION})`

/** Addresses under which an addon's manifest is published. */
const PUBLISHED: readonly (readonly [address: RegExp, addon: string])[] = [
  [new RegExp(`^https://github\\.com/kubernetes-sigs/metrics-server/releases/${RELEASE}/components\\.yaml$`), "metrics-server"],
  [
    new RegExp(`^https://raw\\.githubusercontent\\.com/rancher/local-path-provisioner/${VERSION}/deploy/local-path-storage\\.yaml$`),
    "local-path",
  ],
  [
    new RegExp(`^https://github\\.com/kubernetes-sigs/gateway-api/releases/${RELEASE}/(?:standard|experimental)-install\\.yaml$`),
    "gateway-api-crds",
  ],
  [
    /^https:\/\/github\.com\/(?:nginx(?:inc)?\/nginx-gateway-fabric\/config\/crd\/gateway-api\/(?:standard|experimental)|kubernetes-sigs\/gateway-api\/config\/crd(?:\/experimental)?)\/?$/,
    "gateway-api-crds",
  ],
  [
    new RegExp(
      `^https://raw\\.githubusercontent\\.com/nginx(?:inc)?/nginx-gateway-fabric/${VERSION}/deploy/(?:default|nodeport)/deploy\\.yaml$`,
    ),
    "nginx-gateway-fabric",
  ],
  [
    new RegExp(
      `^https://raw\\.githubusercontent\\.com/kubernetes/ingress-nginx/${VERSION}/deploy/static/provider/\\w+/(?:[\\d.]+/)?deploy\\.yaml$`,
    ),
    "ingress-nginx",
  ],
  [new RegExp(`^https://github\\.com/cert-manager/cert-manager/releases/${RELEASE}/cert-manager(?:\\.crds)?\\.yaml$`), "cert-manager"],
  [new RegExp(`^https://raw\\.githubusercontent\\.com/argoproj/argo-cd/${VERSION}/manifests/(?:ha/)?install\\.yaml$`), "argocd"],
  [new RegExp(`^https://github\\.com/kyverno/kyverno/releases/${RELEASE}/install\\.yaml$`), "kyverno"],
  [new RegExp(`^https://raw\\.githubusercontent\\.com/open-policy-agent/gatekeeper/${VERSION}/deploy/gatekeeper\\.yaml$`), "gatekeeper"],
  [
    new RegExp(
      `^https://raw\\.githubusercontent\\.com/kubernetes/autoscaler/${VERSION}/vertical-pod-autoscaler/deploy/vpa-v1-crd(?:-gen)?\\.yaml$`,
    ),
    "vertical-pod-autoscaler",
  ],
  [
    new RegExp(
      `^https://(?:github\\.com/prometheus-operator/prometheus-operator/releases/${RELEASE}|raw\\.githubusercontent\\.com/prometheus-operator/prometheus-operator/${VERSION})/bundle\\.yaml$`,
    ),
    "prometheus-operator",
  ],
  [
    new RegExp(`^https://raw\\.githubusercontent\\.com/nginx(?:inc)?/nginx-gateway-fabric/${VERSION}/deploy/crds\\.yaml$`),
    "nginx-gateway-fabric-crds",
  ],
  [new RegExp(`^https://raw\\.githubusercontent\\.com/metallb/metallb/${VERSION}/config/manifests/metallb-native\\.yaml$`), "metallb"],
]

const page = (title: string, text: string): string =>
  `<!doctype html>\n<html><head><title>${title}</title></head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`

const PAGES: Readonly<Record<string, string>> = {
  "info.cern.ch": page("http://info.cern.ch", "home of the first website"),
  "example.com": page("Example Domain", "This domain is for use in documentation examples."),
  "example.org": page("Example Domain", "This domain is for use in documentation examples."),
  "google.com": page("Google", "Search"),
  "github.com": page("GitHub", "Where software is built"),
  "kubernetes.io": page("Kubernetes", "Production-Grade Container Orchestration"),
}

const HOSTS = new Set([
  ...Object.keys(PAGES),
  ...Object.keys(PAGES).map((host) => `www.${host}`),
  "raw.githubusercontent.com",
  "k8s.io",
  "pkgs.k8s.io",
  "download.docker.com",
])

/** Whether the internet's name servers know a host even where the world's owner provides no internet. */
export const isPublicHost = (name: string): boolean => HOSTS.has(name.replace(/\.$/, "").toLowerCase()) || isChartHost(name)

const TOP_LEVEL = new Set(
  "app at au br ca ch cloud cn co com cz de dev edu es eu fr gov in info io it jp me net nl nz org pl ru se sh tech tv uk us xyz".split(
    " ",
  ),
)

/** Whether a host of that name could be there: a cluster's own names, and mistyped ones, are not. */
export const couldBePublic = (name: string): boolean => {
  const labels = name.replace(/\.$/, "").toLowerCase().split(".")
  return labels.length > 1 && TOP_LEVEL.has(labels.at(-1) as string) && !labels.includes("svc")
}

/** What signs the packages of Kubernetes and of Docker; not their real keys: nothing verifies with them here. */
const KEY_ADDRESS = /^https:\/\/(?:pkgs\.k8s\.io\/core:\/stable:\/v1\.\d+\/deb\/Release\.key|download\.docker\.com\/linux\/\w+\/gpg)$/
const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${encodeBase64(Uint8Array.of(0x99, 0x01, 0x0d, 0x04, ...new TextEncoder().encode("drydock ".repeat(30)))).replace(/.{64}/g, "$&\n")}\n-----END PGP PUBLIC KEY BLOCK-----\n`

const manifests = new Map<string, string>()

/** Its manifest names no namespace: `kubectl apply -n argocd` does. */
const BARE = new Set(["argocd"])

const withoutNamespace = (objects: readonly { kind: string; metadata?: object }[]): object[] =>
  objects
    .filter(({ kind }) => kind !== "Namespace")
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: undefined } }))

/** Addons are installed so that they work at once; as published, metrics-server wants to be shown the kubelets' authority. */
const asPublished = (addon: string): string => {
  let text = manifests.get(addon)
  if (text === undefined) {
    text = (BARE.has(addon) ? withoutNamespace(optionalAddons[addon]) : optionalAddons[addon])
      .map((object) => goYaml(object))
      .join("---\n")
      .replace(/^ *- --kubelet-insecure-tls\n/m, "")
    manifests.set(addon, text)
  }
  return text
}

/** What stands at a URL; undefined where there is nothing. */
export const publicInternet = (url: string): string | Uint8Array | undefined => {
  const [address] = url.split(/[?#]/)
  const addon = PUBLISHED.find(([pattern]) => pattern.test(address))?.[1]
  if (addon !== undefined && Object.hasOwn(optionalAddons, addon)) return asPublished(addon)
  if (KEY_ADDRESS.test(address)) return KEY
  const chart = chartFile(url, ARCHIVES)
  if (chart !== undefined) return chart
  const [, host, path] = /^https?:\/\/(?:www\.)?([^/]+)(\/.*)?$/.exec(address) ?? []
  return host !== undefined && (path ?? "/") === "/" && Object.hasOwn(PAGES, host) ? PAGES[host] : undefined
}
