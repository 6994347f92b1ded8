/** The peer: @ngrok/webernetes, another simulation of Kubernetes in JavaScript, driven through its public interface. */
import { BaseImage, Cluster, type ProcessContext } from "@ngrok/webernetes"

class Pause extends BaseImage {
  static readonly imageName = "pause"
  static readonly imageVersion = "1.0"
  readonly defaultCommand = ["pause"]

  override async exec(context: ProcessContext): Promise<number> {
    return await context.waitUntilKilled()
  }
}

export const peerName = "webernetes 0.3.5"

export const startPeer = async (): Promise<Cluster> => {
  const cluster = new Cluster({ nodes: 2 })
  cluster.registerImage(Pause)
  await cluster.init()
  return cluster
}

export const deployment = (image: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
  },
})
