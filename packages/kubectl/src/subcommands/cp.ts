/** kubectl cp. As kubectl/pkg/cmd/cp: a tar that runs in the container, with its ends here. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { type Context, defineSubcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { chooseContainer, type PodObject } from "../pods.ts"
import { type Ended, remoteQuery, runRemote } from "../remote-command.ts"
import { packTar, type TarEntry, unpackTar } from "../tar.ts"

interface FileSpec {
  readonly namespace?: string
  readonly pod?: string
  readonly path: string
}

const WRONG = "filespec must match the canonical format: [[namespace/]pod:]file/path"

const parseSpec = (text: string): FileSpec => {
  const colon = text.indexOf(":")
  if (colon === 0) throw new KubectlError(WRONG)
  if (colon < 0) return { path: text }
  const parts = text.slice(0, colon).split("/")
  const path = text.slice(colon + 1)
  if (parts.length === 1) return { pod: parts[0], path }
  if (parts.length === 2) return { ...(parts[0] && { namespace: parts[0] }), pod: parts[1], path }
  throw new KubectlError(WRONG)
}

const base = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? ""

/** Runs a command in the pod's container; its output and how it ended. */
function* inPod(
  context: Context,
  pod: PodObject,
  container: string,
  command: readonly string[],
  input?: Uint8Array,
): Steps<Ended & { output: Uint8Array; errors: string }> {
  const pieces: Uint8Array[] = []
  let errors = ""
  const response = yield* context.api.send(
    "GET",
    `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/exec?${remoteQuery({ command, container, stdin: input !== undefined, tty: false })}`,
  )
  const ended = yield* runRemote(context, response, {
    stdin: input !== undefined,
    tty: false,
    ...(input !== undefined && { input }),
    onOutput: (channel, data) => {
      if (channel === 1) pieces.push(data.slice())
      else errors += new TextDecoder().decode(data)
    },
  })
  const output = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    output.set(piece, at)
    at += piece.length
  }
  return { ...ended, output, errors }
}

/** A file or directory and all below it. `name`: what it is called in the archive. */
const gather = (process: Process, path: string, name: string): TarEntry[] => {
  const { type, mode } = process.files.stat(path)
  if (type === "directory")
    return [
      { name: `${name}/`, type: "directory", mode, data: new Uint8Array() },
      ...process.files.list(path).flatMap((entry) => gather(process, `${path.replace(/\/$/, "")}/${entry.name}`, `${name}/${entry.name}`)),
    ]
  return type === "file" ? [{ name, type: "file", mode, data: process.files.readBytes(path) }] : []
}

function* toPod(context: Context, pod: PodObject, container: string, from: string, to: string): Steps<number> {
  const { process } = context
  const isDirectory = (yield* inPod(context, pod, container, ["test", "-d", to])).code === 0
  const target = isDirectory ? `${to.replace(/\/$/, "")}/${base(from)}` : to
  const slash = target.lastIndexOf("/")
  const [directory, name] = slash < 0 ? [".", target] : [target.slice(0, slash) || "/", target.slice(slash + 1)]
  const archive = packTar(gather(process, from, name), process.now())
  const ended = yield* inPod(context, pod, container, ["tar", "-xmf", "-", "-C", directory], archive)
  if (ended.errors) yield* process.error(ended.errors)
  if (ended.message) yield* process.error(`${ended.message}\n`)
  return ended.code
}

function* fromPod(context: Context, pod: PodObject, container: string, from: string, to: string): Steps<number> {
  const { process } = context
  const ended = yield* inPod(context, pod, container, ["tar", "cf", "-", from])
  if (ended.errors) yield* process.print(ended.errors)
  if (ended.code !== 0) {
    if (ended.message) yield* process.error(`${ended.message}\n`)
    return ended.code
  }
  const prefix = from.replace(/^\/+/, "").replace(/\/+$/, "")
  const local = process.files.exists(to) && process.files.stat(to).type === "directory" ? `${to.replace(/\/$/, "")}/${base(from)}` : to
  try {
    for (const entry of unpackTar(ended.output)) {
      const name = entry.name.replace(/^\/+/, "").replace(/\/+$/, "")
      if (name !== prefix && !name.startsWith(`${prefix}/`)) {
        yield* process.error(`warning: file ${JSON.stringify(name)} is outside target destination, skipping\n`)
        continue
      }
      const path = local + name.slice(prefix.length)
      if (entry.type === "directory") process.files.mkdir(path, { parents: true })
      else {
        const directory = path.slice(0, path.lastIndexOf("/"))
        if (directory && !process.files.exists(directory)) process.files.mkdir(directory, { parents: true })
        process.files.write(path, entry.data, { mode: entry.mode & 0o777 })
      }
    }
  } catch (error) {
    if (error instanceof SystemError) throw new KubectlError(`open ${to}: ${error.message.toLowerCase()}`)
    throw error
  }
  return 0
}

export const cp = defineSubcommand({
  path: ["cp"],
  group: "Troubleshooting and Debugging Commands",
  summary: "Copy files and directories to and from containers",
  description: "There must be a tar in the container.",
  usage: "<file-spec-src> <file-spec-dest>",
  examples: [
    ["Into a pod", "kubectl cp /tmp/foo <some-pod>:/tmp/bar -c <specific-container>"],
    ["Out of a pod", "kubectl cp <some-namespace>/<some-pod>:/tmp/foo /tmp/bar"],
  ],
  flags: {
    container: { short: "c", type: "string", help: "The container; default: the annotated one, or the first." },
    "no-preserve": { type: "bool", help: "Neither owners nor modes are kept." },
    retries: { type: "int", help: "How often to try again; negative: for ever." },
  },
  *run(input, context) {
    if (input.words.length !== 2) throw new KubectlError("source and destination are required")
    const [from, to] = input.words.map(parseSpec)
    if (from.pod !== undefined && to.pod !== undefined) throw new KubectlError("one of src or dest must be a local file specification")
    if (from.path === "" || to.path === "") throw new KubectlError("filepath can not be empty")
    const remote = from.pod !== undefined ? from : to
    if (remote.pod === undefined) throw new KubectlError("one of src or dest must be a remote file specification")
    if (remote === to && !context.process.files.exists(from.path)) throw new KubectlError(`${from.path} doesn't exist in local filesystem`)
    const pod = yield* context.api.get<PodObject>(`/api/v1/namespaces/${remote.namespace ?? context.namespace}/pods/${remote.pod}`)
    // Whether there is such a container, the server says.
    const name = input.text("container") || (yield* chooseContainer(context, pod, "")).name
    return remote === from ? yield* fromPod(context, pod, name, from.path, to.path) : yield* toPod(context, pod, name, from.path, to.path)
  },
})
