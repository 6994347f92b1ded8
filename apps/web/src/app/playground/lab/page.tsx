/** A playground: the player without a lesson. */
import type { Metadata } from "next"
import { redirect } from "next/navigation"
import { Player } from "../../../player/player.tsx"
import { pageContext } from "../../../server/context.ts"
import { readNodes, topologyOf } from "../../../site/topology.ts"

export const metadata: Metadata = { title: "Playground" }

const PlaygroundLab = async ({ searchParams }: { searchParams: Promise<{ nodes?: string | string[] }> }) => {
  const { nodes } = await searchParams
  const read = readNodes(typeof nodes === "string" ? nodes : "controlplane,node01")
  if ("problem" in read) redirect("/playground")
  const count = read.nodes.length
  return (
    <Player
      key={read.nodes.join()}
      place={{ title: count === 1 ? "One node" : `${count} nodes`, above: { title: "Playground", href: "/playground" } }}
      target={{ topology: topologyOf(read.nodes) }}
      visitor={(await pageContext()).viewer === undefined}
      tasks={[]}
      doneBefore={[]}
    />
  )
}
export default PlaygroundLab
