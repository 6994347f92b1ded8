/** Addresses of a preview: read, made, and put into pages in place of those that would lead out. */
import { expect, test } from "vitest"
import { addressOf, readAddress } from "./address.ts"
import { rewritePage, rewriteStyle } from "./rewrite-page.ts"

const FROM = { base: "/lab/preview/T", host: "web", port: 80, tls: false }

test.each([
  ["/lab/preview/T/web/80/a/b?c=d?e", { token: "T", host: "web", port: 80, tls: false, path: "/a/b", query: "c=d?e" }],
  ["/lab/preview/T/https:10.0.0.1/443/", { token: "T", host: "10.0.0.1", port: 443, tls: true, path: "/", query: "" }],
  ["/lab/preview/T/web/80?x", { slash: "/lab/preview/T/web/80/?x" }],
])("%s is read", (url, expected) => {
  expect(readAddress(url)).toMatchObject(expected)
})

test.each([
  "/lab/preview/T",
  "/lab/preview/T/web",
  "/lab/preview/T/web/0/",
  "/lab/preview/T/web/65536/",
  "/lab/preview/T/we_b/80/",
  "/lab/preview/T/-web/80/",
  "/lab/preview/T/a..b/80/",
  "/lab/preview/T/a@b/80/",
  `/lab/preview/T/${"a".repeat(64)}/80/`,
  "/lab/preview//web/80/",
  "/k8s/T/web/80/",
])("%s is none", (url) => {
  expect(readAddress(url)).toBeUndefined()
})

test.each([
  ["/x?y", "/lab/preview/T/web/80/x?y"],
  ["http://other:8080/z", "/lab/preview/T/other/8080/z"],
  ["https://other", "/lab/preview/T/https:other/443/"],
  ["//other/z", "/lab/preview/T/other/80/z"],
  ["z/a", undefined],
  ["#here", undefined],
  ["mailto:a@b", undefined],
  ["javascript:alert(1)", undefined],
  ["data:text/plain,x", undefined],
])("%s leads to %s", (url, to) => {
  expect(addressOf(url, FROM)).toBe(to)
})

test("a page keeps its relative addresses, and those from the root stay inside", () => {
  const page = `<link rel=stylesheet href=/s.css><a href="/a?b=1&amp;c=2">x</a><img src='pic.png'><form action="http://api:81/f"></form>
<style>p{background:url("/p.png")}</style><body>href="/text"</body>`
  expect(rewritePage(page, FROM)).toBe(
    `<link rel=stylesheet href="/lab/preview/T/web/80/s.css"><a href="/lab/preview/T/web/80/a?b=1&amp;c=2">x</a><img src='pic.png'><form action="/lab/preview/T/api/81/f"></form>
<style>p{background:url("/lab/preview/T/web/80/p.png")}</style><body>href="/text"<script>parent!==window&&parent.postMessage({drydockPreview:location.pathname+location.search},"*")</script></body>`,
  )
  expect(rewriteStyle("a{b:url(/x)}c{d:url('y')}", FROM)).toBe("a{b:url(/lab/preview/T/web/80/x)}c{d:url('y')}")
})

test("a hostile page costs no more than its length", () => {
  const begun = performance.now()
  rewritePage(` href=${'"'.repeat(2)}`.repeat(20_000) + " href =".repeat(50_000) + "url(".repeat(50_000), FROM)
  // A second would be quadratic.
  expect(performance.now() - begun).toBeLessThan(5_000)
})
