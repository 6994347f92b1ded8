/** Sign in, or make an account; a guest's work comes along. */
import type { Metadata } from "next"
import { redirect } from "next/navigation"
import { pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"
import { SignInForm } from "../../site/sign-in-form.tsx"

export const metadata: Metadata = { title: "Sign in" }
export const dynamic = "force-dynamic"

/** A page of Drydock's own, never another's: an address that begins with one slash. */
const nextOf = (next: string | string[] | undefined): string | undefined =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined

const SignIn = async ({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) => {
  const { viewer } = await pageContext()
  const next = nextOf((await searchParams).next)
  if (viewer && !viewer.isAnonymous) redirect(next ?? "/me")
  return (
    <PageFrame narrow>
      <SignInForm guest={viewer?.isAnonymous ?? false} next={next ?? "/"} />
    </PageFrame>
  )
}
export default SignIn
