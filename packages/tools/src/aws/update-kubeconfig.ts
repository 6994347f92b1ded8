/** aws eks update-kubeconfig: a context whose credentials `aws eks get-token` gives. As awscli/customizations/eks/update_kubeconfig.py; the file is kubectl's to write. */
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import type { Process, Steps } from "@drydock/machine"
import { kubeconfigPaths, readKubeconfig } from "../kube/kubeconfig.ts"
import { runKubectl } from "../kube/run-kubectl.ts"
import { ACCOUNT, optionOf, regionOf } from "./options.ts"

/** Where the machines of a cluster have what the cloud would tell of it: its address and its authority. */
const DESCRIPTIONS = ["/etc/kubernetes/admin.conf", "/etc/kubernetes/kubelet.conf"]

/** The exit code. `words`: all behind "aws". */
export function* updateKubeconfig(process: Process, words: readonly string[]): Steps<number> {
  const name = optionOf(words, "--name")
  if (!name) {
    yield* process.error(
      "\nusage: aws [options] <command> <subcommand> [<subcommand> ...] [parameters]\nTo see help text, you can run:\n\n  aws help\n  aws <command> help\n  aws <command> <subcommand> help\n\naws: error: the following arguments are required: --name\n\n",
    )
    return 252
  }
  const region = regionOf(words, process)
  const described = DESCRIPTIONS.find((path) => process.files.exists(path))
  if (described === undefined) {
    yield* process.error(
      `\nAn error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: ${name}.\n`,
    )
    return 254
  }
  const { server = "", "certificate-authority-data": authority = "" } = readKubeconfig(process, described).clusters[0]?.cluster ?? {}
  const certificate = `/tmp/.eks-${process.pid}.crt`
  const arn = `arn:aws:eks:${region}:${ACCOUNT}:cluster/${name}`
  const [alias, user] = [optionOf(words, "--alias") ?? arn, optionOf(words, "--user-alias") ?? arn]
  const file = optionOf(words, "--kubeconfig") ?? kubeconfigPaths(process)[0]
  const known = readKubeconfig(process, file).contexts.some((one) => one.name === alias)
  const role = optionOf(words, "--role-arn")
  const profile = optionOf(words, "--profile")
  const asking = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json", ...(role ? ["--role", role] : [])]
  const steps = [
    ["set-cluster", arn, `--server=${String(server)}`, "--embed-certs", `--certificate-authority=${certificate}`],
    [
      "set-credentials",
      user,
      "--exec-command=aws",
      "--exec-api-version=client.authentication.k8s.io/v1beta1",
      ...asking.map((word) => `--exec-arg=${word}`),
      ...(profile ? [`--exec-env=AWS_PROFILE=${profile}`] : []),
    ],
    ["set-context", alias, `--cluster=${arn}`, `--user=${user}`],
    ["use-context", alias],
  ]
  process.files.write(certificate, decodeBase64Text(String(authority)) ?? "")
  try {
    for (const step of steps) {
      const code = yield* runKubectl(process, [`--kubeconfig=${file}`, "config", ...step])
      if (code !== 0) return code
    }
  } finally {
    process.files.remove(certificate)
  }
  yield* process.print(`${known ? "Updated" : "Added new"} context ${alias} ${known ? "in" : "to"} ${file}\n`)
  return 0
}
