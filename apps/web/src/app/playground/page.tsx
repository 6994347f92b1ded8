/** Choose a cluster without a lesson. */
import type { Metadata } from "next"
import { PageFrame } from "../../site/page-frame.tsx"
import { TopologyChoice } from "../../site/topology-choice.tsx"

export const metadata: Metadata = { title: "Playground" }
export const dynamic = "force-dynamic"

const Playground = () => (
  <PageFrame>
    <h1 className="text-3xl font-semibold tracking-[-0.02em] text-balance">Playground</h1>
    <p className="mt-3 max-w-2xl text-lg leading-relaxed text-ink-2">
      A kubeadm-made cluster of your own, up in a moment. It stays as you leave it until you start it over, or open three other labs.
    </p>
    <TopologyChoice />
  </PageFrame>
)
export default Playground
