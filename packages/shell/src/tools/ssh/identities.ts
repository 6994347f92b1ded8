/** The keys that ssh offers: of the agent, and of files, which nobody else may read. As sshconnect2.c and authfile.c. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { type HeldKey, heldKeys, holdKey } from "./agent.ts"
import { type ClientConfig, expanded } from "./client-config.ts"
import { tooOpen } from "./key-file.ts"
import { base64, readPrivate } from "./keys.ts"
import { askAtTerminal } from "./prompts.ts"

const STANDARD = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa"]
/** Paths of -i and IdentityFile, or the standard ones; those that were asked for and are not there are told of. */
export function* identityFiles(process: Process, config: ClientConfig, given: readonly string[]): Steps<string[]> {
  for (const path of given)
    if (!process.files.exists(path)) yield* process.error(`Warning: Identity file ${path} not accessible: No such file or directory.\n`)
  const set = [...given.filter((path) => process.files.exists(path)), ...config.all("IdentityFile").map((path) => expanded(process, path))]
  return set.length > 0 || given.length > 0 ? set : STANDARD.map((name) => expanded(process, `~/.ssh/${name}`))
}

/** Tries keys until one is taken. `offer` sends a key and tells whether it was. */
export function* tryKeys(
  process: Process,
  config: ClientConfig,
  paths: readonly string[],
  offer: (key: HeldKey, path: string) => Steps<boolean>,
  debug: (text: string) => Steps<void>,
): Steps<boolean> {
  const held = heldKeys(process) ?? []
  const tried = new Set<string>()
  if (!config.yes("IdentitiesOnly", false))
    for (const key of held) {
      tried.add(base64(key.blob))
      if (yield* offer(key, key.comment)) return true
    }
  for (const path of paths) {
    let text: string
    try {
      if (!process.files.exists(path)) {
        yield* debug(`Trying private key: ${path}`)
        continue
      }
      text = process.files.readText(path)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`Load key "${path}": ${error.message}\n`)
      continue
    }
    const complaint = tooOpen(process, path)
    if (complaint !== undefined) {
      yield* process.error(`${complaint}Load key "${path}": bad permissions\n`)
      continue
    }
    const key = readPrivate(text)
    if (!key) {
      yield* process.error(`Load key "${path}": error in libcrypto\n`)
      continue
    }
    const blob = base64(key.blob)
    if (tried.has(blob)) continue
    tried.add(blob)
    const inAgent = held.find((one) => base64(one.blob) === blob)
    if (!inAgent && key.locked) {
      if (config.yes("BatchMode", false)) continue
      let phrase: string | undefined
      for (let left = 3; left > 0; left--) {
        phrase = yield* askAtTerminal(process, `Enter passphrase for key '${path}': `)
        if (phrase === undefined || phrase === "" || key.opens(phrase)) break
      }
      if (phrase === undefined || !key.opens(phrase)) continue
    }
    const comment = key.comment || path
    if (yield* offer({ blob: key.blob, comment }, path)) {
      if (!inAgent && config.yes("AddKeysToAgent", false)) holdKey(process, { blob: key.blob, comment })
      return true
    }
  }
  return false
}
