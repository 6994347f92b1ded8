/** Pages and style sheets on their way out of a world: addresses from the root, and absolute ones, are made to stay within the preview. */
import { addressOf, type PreviewAddress } from "./address.ts"

type From = Pick<PreviewAddress, "base" | "host" | "port" | "tls">

const inAttribute = (text: string) => text.replaceAll("&amp;", "&")
const forAttribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")

/** Attributes whose whole value is an address. What either pattern reads in vain ends where it could begin again: linear in the page's length. */
const ADDRESS = /(\s(?:href|src|action|formaction|poster|data)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi
const STYLE_ADDRESS = /url\(\s*(["']?)([^"'()\s]+)\1\s*\)/gi

export const rewriteStyle = (text: string, from: From): string =>
  text.replace(STYLE_ADDRESS, (whole, quote: string, url: string) => {
    const to = addressOf(url, from)
    return to === undefined ? whole : `url(${quote}${to}${quote})`
  })

/** Tells the pane that shows it where it is: the pane may not look itself. */
const TELL = '<script>parent!==window&&parent.postMessage({drydockPreview:location.pathname+location.search},"*")</script>'

export const rewritePage = (html: string, from: From): string => {
  const page = rewriteStyle(
    html.replace(ADDRESS, (whole, before: string, double?: string, single?: string, bare?: string) => {
      const to = addressOf(inAttribute(double ?? single ?? bare ?? "").trim(), from)
      return to === undefined ? whole : `${before}"${forAttribute(to)}"`
    }),
    from,
  )
  const end = page.toLowerCase().lastIndexOf("</body>")
  return end < 0 ? page + TELL : page.slice(0, end) + TELL + page.slice(end)
}
