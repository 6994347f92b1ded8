/** python, node and perl: Python is the shell's own; the others go as far as lessons use them. */
import type { Process, Program, Steps } from "@drydock/machine"
import { alpineVariant } from "./alpine-variant.ts"
import { defineImage, type Image } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

/** Statements that only print a literal, or wait: what one-liners in manifests do. */
function* printing(process: Process, source: string, call: RegExp): Steps<number> {
  for (const statement of source.split(/[;\n]/)) {
    const printed = call.exec(statement)
    if (printed) yield* process.print(`${printed[2].replaceAll("\\n", "\n")}\n`)
    const slept = /time\.sleep\((\d+(?:\.\d+)?)\)/.exec(statement)
    if (slept) yield* process.sleep(Number(slept[1]) * 1_000)
  }
  return 0
}

const node: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes("--version") || args.includes("-v")) {
    yield* process.print("v24.12.0\n")
    return 0
  }
  const code = args.findIndex((word) => word === "-e" || word === "-p")
  if (code >= 0) return yield* printing(process, args[code + 1] ?? "", /console\.log\(\s*(['"])(.*)\1/)
  const file = args[0]
  if (file === undefined) {
    while ((yield* process.readLine(0)) !== undefined);
    return 0
  }
  if (!process.files.exists(file)) {
    const path = file.startsWith("/") ? file : `${process.cwd}/${file}`
    yield* process.error(`node:internal/modules/cjs/loader:1424\n  throw err;\n  ^\n\nError: Cannot find module '${path}'\n`)
    return 1
  }
  const source = process.files.readText(file)
  const port = /\.listen\(\s*(\d+)/.exec(source)?.[1]
  if (port === undefined) return yield* printing(process, source, /console\.log\(\s*(['"])(.*)\1/)
  const body = /\.(?:end|send|write)\(\s*(['"`])(.*?)\1/s.exec(source)?.[2] ?? ""
  process.network.serve(
    Number(port),
    () => ({ status: 200, headers: { "content-type": "text/plain" }, body: body.replaceAll("\\n", "\n") }),
    { pid: process.pid },
  )
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"], 143)
}

/** π to `digits` places after the point, by Machin's formula. */
const pi = (digits: number): string => {
  const unity = 10n ** BigInt(digits + 10)
  const arctan = (inverse: bigint): bigint => {
    let term = unity / inverse
    let sum = term
    for (let n = 3n, sign = -1n; term > 0n; n += 2n, sign = -sign) {
      term /= inverse * inverse
      sum += (sign * term) / n
    }
    return sum
  }
  const text = String((4n * (4n * arctan(5n) - arctan(239n))) / 10n ** 10n)
  return `${text[0]}.${text.slice(1)}`
}

const perl: Program = function* (process) {
  const { argv } = process
  if (argv.includes("-v")) {
    yield* process.print("\nThis is perl 5, version 42, subversion 0 (v5.42.0) built for x86_64-linux-gnu\n")
    return 0
  }
  const code = argv.find((_, index) => /^-\w*e$/.test(argv[index - 1] ?? "")) ?? ""
  const digits = /bpi\((\d{1,4})\)/.exec(code)?.[1]
  if (digits !== undefined) {
    yield* process.compute(Number(digits) * 2)
    yield* process.print(`${pi(Number(digits) - 1)}\n`)
    return 0
  }
  const printed = /print\s+(['"])(.*?)\1/.exec(code)?.[2]
  if (printed !== undefined) yield* process.print(printed.replaceAll("\\n", "\n") + (argv.some((word) => /^-\w*l/.test(word)) ? "\n" : ""))
  return /\bdie\b/.test(code) ? 255 : Number(/exit\s*\(?(\d+)/.exec(code)?.[1] ?? 0)
}

const language = (repository: string, tags: readonly string[], program: Program, names: readonly string[], sizeBytes: number) =>
  defineImage({
    repository,
    tags,
    sizeBytes,
    command: [names[0]],
    idle: { memory: 8 * 1024 ** 2 },
    shell: "debian",
    // The full images are buildpack-deps.
    brings: [
      "curl",
      "wget",
      "git",
      "ssh",
      "ps",
      "top",
      "free",
      "uptime",
      "pgrep",
      "pkill",
      "watch",
      "file",
      "patch",
      "make",
      "unzip",
      "openssl",
    ],
    files: names.map((name) => ({ path: `/usr/local/bin/${name}`, program })),
  })

const python = defineImage({
  repository: "python",
  tags: ["latest", "3*", "2*"],
  sizeBytes: 370_000_000,
  command: ["python3"],
  env: { PYTHON_VERSION: "3.14.2" },
  versionEnv: "PYTHON_VERSION",
  idle: { memory: 8 * 1024 ** 2 },
  shell: "bash",
  interpreter: "python",
})

/** Its tags on a slim Debian and on alpine are images of their own. */
const family = (image: Image, slim: number, alpine: number): Image[] => [
  alpineVariant(image, { sizeBytes: alpine }),
  { ...image, tags: ["slim", "*slim*"], sizeBytes: slim, brings: [] },
  image,
]

export const languages: readonly Image[] = [
  ...family(python, 45_000_000, 17_000_000),
  ...family(language("node", ["latest", "lts*", "2*", "1*", "8*"], node, ["node", "nodejs"], 400_000_000), 80_000_000, 55_000_000),
  ...family(language("perl", ["latest", "5*"], perl, ["perl"], 340_000_000), 60_000_000, 40_000_000).slice(1),
]
