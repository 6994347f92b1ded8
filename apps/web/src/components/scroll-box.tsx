/** A box that scrolls, and takes the focus exactly while it has something to scroll, so that the keyboard can. */
"use client"
import { type ReactNode, useEffect, useRef } from "react"

/** @param label names it for screen readers, as a region of the page */
export const ScrollBox = ({
  as: Tag = "div",
  label,
  className = "",
  children,
}: {
  as?: "div" | "pre"
  label: string
  className?: string
  children: ReactNode
}) => {
  const box = useRef<HTMLDivElement & HTMLPreElement>(null)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const look = () => {
      const scrolls = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight
      if (scrolls) element.tabIndex = 0
      else element.removeAttribute("tabindex")
    }
    look()
    const watch = new ResizeObserver(look)
    watch.observe(element)
    // The face may arrive, and text may grow, without the box changing its size.
    for (const child of element.children) watch.observe(child)
    return () => watch.disconnect()
  }, [])
  const region = { role: "group", "aria-label": label }
  return (
    <Tag ref={box} className={`overflow-auto ${className}`} {...region}>
      {children}
    </Tag>
  )
}
