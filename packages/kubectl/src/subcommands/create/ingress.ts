/** kubectl create ingress */
import { KubectlError } from "../../errors.ts"
import { defineGenerator } from "./define-generator.ts"

const RULE = /^[^,]*\/[^=,]*=[^:,]+:[^,]+(,tls(=[^,]*)?)?$/

interface Path {
  path: string
  pathType: string
  backend: unknown
}

const backend = (text: string) => {
  const [name, port] = text.split(":")
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
}

export const ingress = defineGenerator({
  path: ["ingress"],
  aliases: ["ing"],
  summary: "Create an ingress with the specified name",
  usage: "NAME --rule=host/path=service:port[,tls[=secret]] ",
  examples: [
    ["Everything of a host", 'kubectl create ingress simple --rule="foo.com/*=svc1:8080"'],
    ["Where the rest goes", "kubectl create ingress catch-all --default-backend=defaultsvc:http"],
  ],
  failure: "failed to create ingress: ",
  flags: {
    annotation: { type: "array", help: "An annotation, as key=value" },
    class: { type: "string", help: "The ingress class" },
    "default-backend": { type: "string", help: "The service for everything else, as name:port" },
    rule: { type: "array", help: "A rule, as host/path=service:port[,tls=secret]. A path that ends in * is a prefix." },
  },
  *object(name, input) {
    const [rules, fallback] = [input.list("rule"), input.text("default-backend")]
    if (rules.length === 0 && !fallback)
      throw new KubectlError(
        "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
      )
    for (const rule of rules)
      if (!RULE.test(rule))
        throw new KubectlError(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
    for (const annotation of input.list("annotation"))
      if (!annotation.includes("=")) throw new KubectlError(`annotation ${annotation} is invalid and should be in format key=[value]`)
    if (fallback && fallback.split(":").length !== 2) throw new KubectlError("default-backend should be in format servicename:serviceport")
    const hosts = new Map<string, Path[]>()
    const tls: { hosts?: string[]; secretName?: string }[] = []
    const seen = new Set<string>()
    for (const rule of rules) {
      const [plain, secured] = rule.split(",")
      const slash = plain.indexOf("/")
      const host = plain.slice(0, slash)
      const [path, service] = plain.slice(slash + 1).split("=")
      const prefix = path.endsWith("*")
      hosts.set(host, [
        ...(hosts.get(host) ?? []),
        { path: `/${prefix ? path.slice(0, -1) : path}`, pathType: prefix ? "Prefix" : "Exact", backend: backend(service) },
      ])
      if (secured === undefined || seen.has(host)) continue
      seen.add(host)
      const secret = secured.split("=")[1] ?? ""
      const same = tls.find(({ secretName = "" }) => secretName === secret)
      if (same) same.hosts?.push(host)
      else if (host || secret) tls.push({ ...(host && { hosts: [host] }), ...(secret && { secretName: secret }) })
    }
    const annotations = Object.fromEntries(
      input.list("annotation").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    )
    return {
      kind: "Ingress",
      apiVersion: "networking.k8s.io/v1",
      metadata: { name, ...(Object.keys(annotations).length > 0 && { annotations }) },
      spec: {
        ...(input.text("class") && { ingressClassName: input.text("class") }),
        ...(fallback && { defaultBackend: backend(fallback) }),
        ...(tls.length > 0 && { tls }),
        ...(hosts.size > 0 && { rules: [...hosts].map(([host, paths]) => ({ ...(host && { host }), http: { paths } })) }),
      },
      status: { loadBalancer: {} },
    }
  },
})
