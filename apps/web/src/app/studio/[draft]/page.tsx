/** One draft, in the studio's window. */
import type { Metadata } from "next"
import { notFound, redirect } from "next/navigation"
import { api, pageContext } from "../../../server/context.ts"
import { absentIsNone } from "../../../site/absent.ts"
import { Studio } from "../../../studio/studio.tsx"

export const dynamic = "force-dynamic"
interface Props {
  params: Promise<{ draft: string }>
}

const find = async ({ params }: Props) => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  if (viewer.role === "learner") return undefined
  return absentIsNone((await api()).studio.get(await params))
}

export const generateMetadata = async (props: Props): Promise<Metadata> => {
  const found = await find(props)
  return { title: found ? `${found.draft.title}, draft` : "Not found" }
}

const DraftPage = async (props: Props) => {
  const found = await find(props)
  if (!found) notFound()
  const { draft, revision, published } = found
  return (
    <Studio
      key={draft.id}
      draft={{ id: draft.id, course: draft.course, lesson: draft.lesson }}
      files={revision.files}
      base={revision.number}
      published={published}
    />
  )
}
export default DraftPage
