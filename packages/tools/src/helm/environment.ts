/** Where helm keeps its things. As helm/pkg/cli/environment.go and pkg/helmpath. */
import type { Process } from "@drydock/machine"
import type { Flags } from "./flags.ts"

export interface Environment {
  readonly cacheHome: string
  readonly configHome: string
  readonly dataHome: string
  readonly repositoryConfig: string
  readonly repositoryCache: string
  readonly registryConfig: string
  readonly contentCache: string
  readonly plugins: string
}

export const environmentOf = ({ env }: Process, flags: Flags): Environment => {
  const home = env.get("HOME") ?? "/root"
  const place = (own: string, xdg: string, otherwise: string) => env.get(own) || `${env.get(xdg) || `${home}/${otherwise}`}/helm`
  const cacheHome = place("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache")
  const configHome = place("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config")
  const dataHome = place("HELM_DATA_HOME", "XDG_DATA_HOME", ".local/share")
  const setting = (flag: string, name: string, otherwise: string) => flags.text(flag) ?? env.get(name) ?? otherwise
  return {
    cacheHome,
    configHome,
    dataHome,
    repositoryConfig: setting("repository-config", "HELM_REPOSITORY_CONFIG", `${configHome}/repositories.yaml`),
    repositoryCache: setting("repository-cache", "HELM_REPOSITORY_CACHE", `${cacheHome}/repository`),
    registryConfig: setting("registry-config", "HELM_REGISTRY_CONFIG", `${configHome}/registry/config.json`),
    contentCache: setting("content-cache", "HELM_CONTENT_CACHE", `${cacheHome}/content`),
    plugins: env.get("HELM_PLUGINS") ?? `${dataHome}/plugins`,
  }
}
