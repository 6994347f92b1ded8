/** Where a join link leads. */
import type { Metadata } from "next"
import Link from "next/link"
import { redirect } from "next/navigation"
import { JoinForm } from "../../../classes/join-form.tsx"
import { api, pageContext } from "../../../server/context.ts"
import { absentIsNone } from "../../../site/absent.ts"
import { PageFrame } from "../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Join a class" }
export const dynamic = "force-dynamic"

const Join = async ({ params }: { params: Promise<{ code: string }> }) => {
  const { code } = await params
  const { viewer } = await pageContext()
  const found = await absentIsNone((await api()).classes.behind({ code }))
  if (found?.joined) redirect(`/classes/${found.joined}`)
  if (!found)
    return (
      <PageFrame narrow>
        <h1 className="text-2xl font-semibold tracking-[-0.01em]">This link leads to no class any more</h1>
        <p className="mt-2 text-[15px] leading-relaxed text-ink-2">
          It was renewed, or the class is over. Ask your teacher for a new link. The courses are open to you all the same.
        </p>
        <Link href="/" className="button mt-6">
          All courses
        </Link>
      </PageFrame>
    )
  const named = viewer !== undefined && !viewer.isAnonymous
  return (
    <PageFrame narrow>
      <p className="eyebrow">{found.course}</p>
      <h1 className="mt-1 text-2xl font-semibold tracking-[-0.01em] break-words">{found.name}</h1>
      <p className="mt-2 text-[15px] leading-relaxed text-ink-2">
        {found.teacher} teaches this class. Teachers see which tasks you have done and which hints you opened, and may look into your lab;
        you are told when they do.
      </p>
      <JoinForm code={code} visitor={viewer === undefined} named={named} />
      {!named && (
        <p className="mt-6 text-sm text-ink-2">
          You have an account, or want one?{" "}
          <Link href={`/sign-in?next=${encodeURIComponent(`/join/${code}`)}`} className="link">
            Sign in
          </Link>
        </p>
      )}
    </PageFrame>
  )
}
export default Join
