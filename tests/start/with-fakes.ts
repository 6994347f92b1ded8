/** `npm start` with fake servers in the place of web and lab; everything else is the real thing. */
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { explain } from "../../scripts/start/explain.ts"
import { readSettings } from "../../scripts/start/settings.ts"
import { supervise } from "../../scripts/start/supervisor.ts"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")
const fake = join(root, "tests/start/fake-server.mjs")

const main = async () => {
  try {
    return await supervise({
      ...{ root, settings: readSettings(root, process.env), build: () => Promise.resolve() },
      programs: [
        { name: "lab", health: "/lab/health", cwd: root, port: "announced", command: () => [process.execPath, fake, "lab", "announces"] },
        {
          name: "web",
          health: "/api/health",
          cwd: root,
          port: "given",
          command: () => [process.execPath, fake, process.env.FAKE_WEB ?? "web"],
        },
      ],
    })
  } catch (error) {
    console.error(explain(error))
    return 1
  }
}
process.exit(await main())
