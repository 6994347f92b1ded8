/** An address that leads nowhere. */
import { Compass } from "lucide-react"
import Link from "next/link"
import { Wordmark } from "../site/wordmark.tsx"

const NotFound = () => (
  <main className="mx-auto flex min-h-dvh max-w-md flex-col px-6 py-6">
    <Wordmark />
    <div className="flex flex-1 flex-col justify-center pb-24">
      <Compass size={28} className="text-accent" aria-hidden />
      <h1 className="mt-4 text-2xl font-semibold">There is no page here</h1>
      <p className="mt-2 text-[15px] leading-relaxed text-ink-2">
        The address is misspelt, or the lesson has moved. Your progress is safe.
      </p>
      <p className="mt-6">
        <Link href="/" className="button button-primary">
          All courses
        </Link>
      </p>
    </div>
  </main>
)
export default NotFound
