/** Sign in, or make an account; a guest's work comes along. */
import type { Metadata } from "next"
import { redirect } from "next/navigation"
import { pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"
import { SignInForm } from "../../site/sign-in-form.tsx"

export const metadata: Metadata = { title: "Sign in" }
export const dynamic = "force-dynamic"

const SignIn = async () => {
  const { viewer } = await pageContext()
  if (viewer && !viewer.isAnonymous) redirect("/me")
  return (
    <PageFrame narrow>
      <SignInForm guest={viewer?.isAnonymous ?? false} />
    </PageFrame>
  )
}
export default SignIn
