/** What `npm start` runs once everything is installed: Drydock's own programs under the supervisor. */
import { join } from "node:path"
import { buildAll } from "./build.ts"
import { explain } from "./explain.ts"
import { readSettings } from "./settings.ts"
import { supervise } from "./supervisor.ts"

/** @returns the exit code */
export const main = async (root: string): Promise<number> => {
  try {
    const settings = readSettings(root, process.env)
    return await supervise({
      root,
      settings,
      build: (steps) => buildAll(root, join(settings.data, "logs"), steps),
      programs: [
        {
          ...{ name: "lab", health: "/lab/health", cwd: root, port: "announced" },
          command: () => [process.execPath, "apps/lab/dist/lab.mjs"],
        },
        {
          ...{ name: "web", health: "/api/health", cwd: join(root, "apps/web"), port: "given" },
          command: (port) => [
            process.execPath,
            join(root, "node_modules/next/dist/bin/next"),
            "start",
            "-H",
            "127.0.0.1",
            "-p",
            String(port),
          ],
        },
      ],
    })
  } catch (error) {
    console.error(explain(error))
    return 1
  }
}
