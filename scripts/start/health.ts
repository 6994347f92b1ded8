/** Who answers on a port: a start asks before it trusts one, since an older server may still be listening. */
import { get } from "node:http"

/** @returns the `run` that the health check at `path` gives; undefined when nobody answers so within `ms` */
export const runAt = (port: number, path: string, ms = 2000): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, agent: false, timeout: ms }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
        if (text.length > 10_000) request.destroy()
      })
      response.on("end", () => {
        try {
          const { run } = JSON.parse(text) as { run?: unknown }
          resolve(typeof run === "string" ? run : undefined)
        } catch {
          resolve(undefined)
        }
      })
      response.on("error", () => resolve(undefined))
      response.on("close", () => resolve(undefined))
    })
    request.on("timeout", () => request.destroy())
    request.on("error", () => resolve(undefined))
    request.setTimeout(ms)
  })
