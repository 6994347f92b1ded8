/** memcached: keys and values in memory, over its text protocol. */
import { defineImage } from "./define-image.ts"
import { acceptLines } from "./line-server.ts"
import { untilSignal } from "./serving.ts"

const PORT = 11_211

export const memcached = defineImage({
  repository: "memcached",
  tags: ["latest", "alpine*", "1*"],
  sizeBytes: 32_000_000,
  entrypoint: ["docker-entrypoint.sh"],
  command: ["memcached"],
  user: 11211,
  exposes: [PORT],
  idle: { memory: 2 * 1024 ** 2 },
  shell: "debian",
  files: [
    { path: "/usr/local/bin/docker-entrypoint.sh", mode: 0o755, content: '#!/bin/sh\nexec "$@"\n' },
    {
      path: "/usr/local/bin/memcached",
      *program(process) {
        const data = new Map<string, { flags: string; value: string }>()
        acceptLines(process, PORT, () => {
          let storing: { key: string; flags: string } | undefined
          return {
            answer(line) {
              if (storing) {
                data.set(storing.key, { flags: storing.flags, value: line })
                storing = undefined
                return "STORED\r\n"
              }
              const [command, key = "", flags = "0"] = line.split(" ")
              if (command === "set" || command === "add" || command === "replace") {
                storing = { key, flags }
                return ""
              }
              if (command === "get" || command === "gets") {
                const found = data.get(key)
                return found ? `VALUE ${key} ${found.flags} ${found.value.length}\r\n${found.value}\r\nEND\r\n` : "END\r\n"
              }
              if (command === "delete") return data.delete(key) ? "DELETED\r\n" : "NOT_FOUND\r\n"
              if (command === "version") return "VERSION 1.6.40\r\n"
              if (command === "flush_all") {
                data.clear()
                return "OK\r\n"
              }
              if (command === "stats") return `STAT pid ${process.pid}\r\nSTAT curr_items ${data.size}\r\nEND\r\n`
              return command === "quit" ? undefined : "ERROR\r\n"
            },
          }
        })
        return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
      },
    },
  ],
})
