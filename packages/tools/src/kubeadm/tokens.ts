/** kubeadm token: what nodes join with. As cmd/kubeadm/app/cmd/token.go. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import { columns } from "../tables.ts"
import { createToken, deleteToken, listTokens } from "./api.ts"
import type { ClusterDoor } from "./door.ts"
import { fail } from "./fail.ts"

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
const DAY = 86_400_000

const randomText = (process: Process, length: number): string =>
  Array.from({ length }, () => ALPHABET[Math.floor(process.random() * ALPHABET.length)]).join("")

/** Go durations of --ttl: "2h", "24h0m0s", "0". */
const milliseconds = (text: string): number => {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 }
  return [...text.matchAll(/(\d+)([hms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit], 0)
}

/** "23h": largest unit, as duration.ShortHumanDuration. */
const left = (ms: number): string => {
  if (ms < 0) return "<invalid>"
  if (ms < 60_000) return `${Math.floor(ms / 1_000)}s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`
  if (ms < DAY) return `${Math.floor(ms / 3_600_000)}h`
  return `${Math.floor(ms / DAY)}d`
}

export const newToken = (process: Process): string => `${randomText(process, 6)}.${randomText(process, 16)}`

/** When a token that is made now is over: RFC 3339; undefined: never. */
export const expiration = (process: Process, ttl: string): string | undefined => {
  const ms = milliseconds(ttl)
  return ms === 0 ? undefined : new Date(Math.floor((process.now() + ms) / 1_000) * 1_000).toISOString().replace(".000Z", "Z")
}

export function* token(process: Process, args: Arguments, door: ClusterDoor): Steps<number> {
  const [, action = "", given] = args.words
  const now = process.now()
  switch (action) {
    case "generate":
      yield* process.print(`${newToken(process)}\n`)
      return 0
    case "create": {
      const text = given ?? newToken(process)
      const match = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(text)
      if (!match)
        return yield* fail(
          process,
          `the bootstrap token ${JSON.stringify(text)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"`,
        )
      createToken(door, {
        id: match[1],
        secret: match[2],
        expiration: expiration(process, args.flag("ttl") ?? "24h0m0s"),
        usages: (args.flag("usages") ?? "signing,authentication").split(","),
        description: args.flag("description") ?? "",
        groups: args.flag("groups") ?? "system:bootstrappers:kubeadm:default-node-token",
      })
      yield* process.print(
        args.has("print-join-command")
          ? `kubeadm join ${door.address} --token ${text} --discovery-token-ca-cert-hash sha256:${door.authorityHash} \n`
          : `${text}\n`,
      )
      return 0
    }
    case "list": {
      const rows = listTokens(door).map(({ id, secret, expiration, usages, description, groups }) => [
        `${id}.${secret}`,
        expiration ? left(Date.parse(expiration) - now) : "<forever>",
        expiration ?? "<never>",
        [...usages].sort().join(","),
        description || "<none>",
        groups,
      ])
      if (rows.length > 0)
        yield* process.print(columns([["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"], ...rows], 10, 3))
      return 0
    }
    case "delete": {
      const id = (given ?? "").split(".")[0]
      deleteToken(door, id)
      yield* process.print(`bootstrap token ${JSON.stringify(id)} deleted\n`)
      return 0
    }
    default:
      return yield* fail(process, `error: unknown command ${JSON.stringify(action)} for "kubeadm token"`)
  }
}
