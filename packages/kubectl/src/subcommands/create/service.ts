/** kubectl create service clusterip, nodeport, loadbalancer, externalname */
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import type { Flags } from "../../flags.ts"
import { defineGenerator } from "./define-generator.ts"

interface Port {
  name: string
  protocol: "TCP"
  port: number
  targetPort: number | string
  nodePort?: number
}

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new KubectlError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = Number(text)
  if (value > 65_535) throw new KubectlError("must be between 1 and 65535, inclusive")
  return value
}

/** "80:8080", "80", "80:http" */
const tcpPort = (text: string, nodePort: number): Port => {
  const [port, target = port] = text.split(":")
  const given = number(port)
  if (given === 0) throw new KubectlError("invalid port: port must be between 1 and 65535, inclusive")
  return {
    name: text.replaceAll(":", "-"),
    protocol: "TCP",
    port: given,
    targetPort: /^\d+$/.test(target) ? number(target) : target,
    ...(nodePort > 0 && { nodePort }),
  }
}

const TCP: Flags = { tcp: { type: "list", help: "Ports, as port or port:targetPort." } }

const service = (name: string, type: string, summary: string, usage: string, flags: Flags): Subcommand =>
  defineGenerator({
    path: ["service", name],
    summary,
    usage,
    failure: `failed to create ${type} service: `,
    flags: { ...TCP, ...flags },
    *object(given, input) {
      const headless = input.text("clusterip") === "None"
      if (type !== "ExternalName" && input.list("tcp").length === 0 && !headless)
        throw new KubectlError("at least one tcp port specifier must be provided")
      const ports = input.list("tcp").map((text) => tcpPort(text, input.int("node-port")))
      const labels = { app: given }
      return {
        kind: "Service",
        apiVersion: "v1",
        metadata: { name: given, labels },
        spec: {
          ...(ports.length > 0 && { ports }),
          selector: labels,
          ...(input.text("clusterip") && { clusterIP: input.text("clusterip") }),
          type,
          ...(type === "ExternalName" && { externalName: input.text("external-name") }),
        },
        status: { loadBalancer: {} },
      }
    },
  })

export const services: readonly Subcommand[] = [
  defineSubcommand({
    path: ["create", "service"],
    aliases: ["svc"],
    summary: "Create a service using a specified subcommand",
    usage: "",
    flags: {},
  }),
  service("clusterip", "ClusterIP", "Create a ClusterIP service", "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]", {
    clusterip: { type: "string", help: "The address, or None for a headless service." },
  }),
  service("nodeport", "NodePort", "Create a NodePort service", "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]", {
    "node-port": { type: "int", help: "The port on every node." },
  }),
  service(
    "loadbalancer",
    "LoadBalancer",
    "Create a LoadBalancer service",
    "NAME [--tcp=port:targetPort] [--dry-run=server|client|none]",
    {},
  ),
  service(
    "externalname",
    "ExternalName",
    "Create an ExternalName service",
    "NAME --external-name external.name [--dry-run=server|client|none]",
    {
      "external-name": { type: "string", required: true, help: "The name outside that it stands for" },
    },
  ),
]
