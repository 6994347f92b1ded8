/** A way on in the head of a page; the one that leads where the reader is says so. */
"use client"
import Link from "next/link"
import { usePathname } from "next/navigation"

export const NavLink = ({ href, children }: { href: string; children: string }) => {
  const path = usePathname()
  const here = path === href || path.startsWith(`${href}/`)
  return (
    <Link
      href={href}
      aria-current={here ? "page" : undefined}
      className={`rounded-md px-2.5 py-1.5 whitespace-nowrap hover:bg-sunken hover:text-ink max-sm:px-2 ${here ? "text-accent" : "text-ink-2"}`}
    >
      {children}
    </Link>
  )
}
