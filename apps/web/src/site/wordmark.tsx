/** The name beside the mark. */
import Link from "next/link"
import { Mark } from "./mark.tsx"

export const Wordmark = ({ small = false }: { small?: boolean }) => (
  <Link
    href="/"
    className="inline-flex items-center gap-2 rounded-md font-semibold tracking-[-0.01em] text-ink"
    aria-label="Drydock, all courses"
  >
    <Mark size={small ? 22 : 24} className="text-accent" />
    {!small && <span className="text-[17px]">Drydock</span>}
  </Link>
)
