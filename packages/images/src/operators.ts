/** Operators' controllers: they run until they are told to stop. What they would do is done by nobody. */
import { defineImage, type Image } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

const MB = 1024 ** 2

const waiting = (repository: string, path: string, tags: readonly string[] = ["v*", "latest"]): Image =>
  defineImage({
    repository,
    tags,
    sizeBytes: 60 * MB,
    entrypoint: [path],
    idle: { memory: 40 * MB, cpu: 1 },
    files: [{ path, program: (process) => untilSignal(process, ["SIGTERM", "SIGINT"]) }],
  })

export const operators: readonly Image[] = [
  waiting("quay.io/jetstack/cert-manager-controller", "/app/cmd/controller/controller"),
  waiting("quay.io/jetstack/cert-manager-cainjector", "/app/cmd/cainjector/cainjector"),
  waiting("quay.io/jetstack/cert-manager-webhook", "/app/cmd/webhook/webhook"),
  waiting("quay.io/argoproj/argocd", "/usr/local/bin/argocd"),
  waiting("reg.kyverno.io/kyverno/kyverno", "/ko-app/kyverno"),
  waiting("ghcr.io/kyverno/kyverno", "/ko-app/kyverno"),
  waiting("openpolicyagent/gatekeeper", "/manager"),
]
