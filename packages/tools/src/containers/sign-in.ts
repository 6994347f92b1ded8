/** What docker and podman keep of registries that somebody signed in to: ~/.docker/config.json, podman's auth.json. */
import { decodeBase64Text, encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { RegistryCredentials } from "@drydock/kubernetes/ports"
import type { Process } from "@drydock/machine"
import type { Engine } from "./engine.ts"

/** Docker Hub's name in such files. */
const HUB = "https://index.docker.io/v1/"

const homeOf = (process: Process): string => process.env.get("HOME") ?? "/root"

export const configPath = (process: Process, { flavour }: Pick<Engine, "flavour">): string =>
  flavour === "docker" ? `${homeOf(process)}/.docker/config.json` : `/run/user/${process.credentials.uid}/containers/auth.json`

interface Config {
  auths?: Record<string, { auth?: string }>
}

const read = (process: Process, path: string): Config => {
  if (!process.files.access(path, { read: true })) return {}
  try {
    const value: unknown = JSON.parse(process.files.readText(path))
    return typeof value === "object" && value !== null ? (value as Config) : {}
  } catch {
    return {}
  }
}

const write = (process: Process, path: string, config: Config): void => {
  process.files.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true })
  process.files.write(path, `${JSON.stringify(config, undefined, "\t")}\n`, { mode: 0o600 })
}

/** "docker.io" is written as Docker's own tools write it. */
export const keyOf = (host: string, { flavour }: Pick<Engine, "flavour">): string =>
  host === "docker.io" && flavour === "docker" ? HUB : host

export const remember = (process: Process, engine: Engine, host: string, { username, password }: RegistryCredentials): void => {
  const path = configPath(process, engine)
  const config = read(process, path)
  const auth = encodeBase64(`${username}:${password}`)
  write(process, path, { ...config, auths: { ...config.auths, [keyOf(host, engine)]: { auth } } })
}

/** False when nothing was kept of it. */
export const forget = (process: Process, engine: Engine, host: string): boolean => {
  const path = configPath(process, engine)
  const config = read(process, path)
  const { [keyOf(host, engine)]: known, ...auths } = config.auths ?? {}
  if (known) write(process, path, { ...config, auths })
  return known !== undefined
}

/** For an image, by the registry in its full name. */
export const rememberedFor = (process: Process, engine: Engine, full: string): readonly RegistryCredentials[] => {
  const host = full.slice(0, full.indexOf("/"))
  const auth = read(process, configPath(process, engine)).auths?.[keyOf(host, engine)]?.auth
  const plain = auth === undefined ? undefined : decodeBase64Text(auth)
  if (plain === undefined) return []
  const [username, ...password] = plain.split(":")
  return [{ username, password: password.join(":") }]
}
