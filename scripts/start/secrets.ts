/** What a start knows and nobody else: the secret that signs sign-ins, and how better-auth keeps passwords. */
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** Made once and kept: with another one everybody would be signed out. */
export const keptSecret = (data: string): string => {
  const file = join(data, "secret")
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 })
  return readFileSync(file, "utf8").trim()
}

/** better-auth's own hash, so that its sign-in accepts it. It is a dependency of the web application alone. */
export const hashPassword = async (root: string, password: string): Promise<string> => {
  const require = createRequire(join(root, "apps/web/package.json"))
  const { hashPassword: hash } = (await import(pathToFileURL(require.resolve("better-auth/crypto")).href)) as {
    hashPassword(password: string): Promise<string>
  }
  return hash(password)
}
