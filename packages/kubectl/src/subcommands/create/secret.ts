/** kubectl create secret generic, docker-registry, tls */
import { SystemError, type Process } from "@drydock/machine"
import { goJson } from "@drydock/gotemplate"
import { encodeBase64Bytes } from "../../bytes.ts"
import { DATA_FLAGS, dataEntries } from "../../data-sources.ts"
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { contentHash } from "../../kustomize/content-hash.ts"
import type { KubeObject } from "../../api.ts"
import { defineGenerator } from "./define-generator.ts"

const failure = "failed to create secret "

const hashed = (object: KubeObject, hash: boolean): KubeObject =>
  hash ? { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${contentHash(object)}` } } : object

const secretOf = (name: string, type: string, data: Readonly<Record<string, Uint8Array>>, hash: boolean): KubeObject =>
  hashed(
    {
      kind: "Secret",
      apiVersion: "v1",
      metadata: { name },
      ...(Object.keys(data).length > 0 && {
        data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64Bytes(value)])),
      }),
      ...(type && { type }),
    },
    hash,
  )

const read = (process: Process, path: string): Uint8Array => {
  try {
    return process.files.readBytes(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new KubectlError(`Cannot read file ${path}, open ${path}: ${error.message.toLowerCase()}`)
  }
}

const generic = defineGenerator({
  path: ["secret", "generic"],
  summary: "Create a secret from a local file, directory, or literal value",
  usage: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
  examples: [["From values", "kubectl create secret generic my-secret --from-literal=user=admin --from-literal=password=topsecret"]],
  failure,
  flags: { ...DATA_FLAGS, type: { type: "string", help: "The secret's type" } },
  *object(name, input, { process }) {
    const data = Object.fromEntries(dataEntries(process, input, "Secret", name).map(({ key, value }) => [key, value]))
    return secretOf(name, input.text("type"), data, input.bool("append-hash"))
  },
})

const dockerRegistry = defineGenerator({
  path: ["secret", "docker-registry"],
  summary: "Create a secret for use with a Docker registry",
  usage:
    "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]",
  examples: [
    [
      "For a registry of one's own",
      "kubectl create secret docker-registry my-secret --docker-server=registry.example.com --docker-username=USER --docker-password=PASSWORD",
    ],
  ],
  failure,
  flags: {
    "append-hash": DATA_FLAGS["append-hash"],
    "from-file": DATA_FLAGS["from-file"],
    "docker-email": { type: "string", help: "Email for the registry" },
    "docker-password": { type: "string", help: "Password for the registry" },
    "docker-server": { type: "string", default: "https://index.docker.io/v1/", help: "The registry's address" },
    "docker-username": { type: "string", help: "User name for the registry" },
  },
  *object(name, input, { process }) {
    if (input.has("from-file")) {
      const data = Object.fromEntries(
        dataEntries(process, input, "Secret", name).map(({ key, value }) => [
          key === ".dockerconfigjson" ? key : ".dockerconfigjson",
          value,
        ]),
      )
      return secretOf(name, "kubernetes.io/dockerconfigjson", data, input.bool("append-hash"))
    }
    const [username, password, email] = [input.text("docker-username"), input.text("docker-password"), input.text("docker-email")]
    if (!username || !password)
      throw new KubectlError(
        "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
      )
    const encoder = new TextEncoder()
    const entry = { username, password, ...(email && { email }), auth: encodeBase64Bytes(encoder.encode(`${username}:${password}`)) }
    const text = goJson({ auths: { [input.text("docker-server")]: entry } }, "", true)
    return secretOf(name, "kubernetes.io/dockerconfigjson", { ".dockerconfigjson": encoder.encode(text) }, input.bool("append-hash"))
  },
})

const tls = defineGenerator({
  path: ["secret", "tls"],
  summary: "Create a TLS secret",
  usage: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]",
  examples: [["From a key pair", "kubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key"]],
  failure,
  flags: {
    "append-hash": DATA_FLAGS["append-hash"],
    cert: { type: "string", help: "File with the certificate, PEM." },
    key: { type: "string", help: "File with its key." },
  },
  *object(name, input, { process }) {
    if (!input.text("key") || !input.text("cert")) throw new KubectlError("key and cert must be specified")
    const [certificate, key] = [read(process, input.text("cert")), read(process, input.text("key"))]
    const text = new TextDecoder().decode(certificate)
    if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new KubectlError("tls: failed to find any PEM data in certificate input")
    if (!/-----BEGIN [\w ]*PRIVATE KEY-----/.test(new TextDecoder().decode(key)))
      throw new KubectlError("tls: failed to find any PEM data in key input")
    return secretOf(name, "kubernetes.io/tls", { "tls.crt": certificate, "tls.key": key }, input.bool("append-hash"))
  },
})

export const secrets: readonly Subcommand[] = [
  defineSubcommand({
    path: ["create", "secret"],
    summary: "Create a secret using a specified subcommand",
    description: "docker-registry: credentials for a registry. generic: values of any kind. tls: a certificate and its key.",
    usage: "(docker-registry | generic | tls)",
    flags: {},
  }),
  generic,
  dockerRegistry,
  tls,
]
