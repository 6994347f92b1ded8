/** The name, with a hull in its dock. */
import Link from "next/link"

export const Wordmark = ({ small = false }: { small?: boolean }) => (
  <Link
    href="/"
    className="inline-flex items-center gap-2 rounded-md font-semibold tracking-[-0.01em] text-ink"
    aria-label="Drydock, all courses"
  >
    <svg width={small ? 22 : 24} height={small ? 22 : 24} viewBox="0 0 24 24" aria-hidden className="text-accent">
      <path
        d="M3 4v14.5A1.5 1.5 0 0 0 4.5 20h15a1.5 1.5 0 0 0 1.5-1.5V4"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <path d="M6.5 9.5h11l-1.7 5.2a1.2 1.2 0 0 1-1.1.8H9.3a1.2 1.2 0 0 1-1.1-.8z" fill="currentColor" />
      <path d="M12 9.5V5l3.6 3" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinejoin="round" />
    </svg>
    {!small && <span className="text-[17px]">Drydock</span>}
  </Link>
)
