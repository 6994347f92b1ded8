/** The version of one of Kubernetes' programs on a machine, as its package manager left it. */
import type { Files } from "@drydock/machine"

/** Where apt keeps what it changed: lines of "name version". */
const STATE = "/var/lib/dpkg/drydock"

/** "v1.35.7"; undefined: as the machine was made. */
export const packageVersion = (files: Pick<Files, "exists" | "readText">, name: string): string | undefined => {
  if (!files.exists(STATE)) return undefined
  const line = files
    .readText(STATE)
    .split("\n")
    .find((one) => one.startsWith(`${name} `) && !one.endsWith(" hold"))
  const version = line?.split(" ")[1]
  return version === undefined || version === "-" ? undefined : `v${version.replace(/-.*$/, "")}`
}
