/** Addresses inside a lab, read from what people type. */
import { expect, test } from "vitest"
import { insideOf, isInside, previewPath, readInside, shownAddress } from "./inside-address.ts"

test.each([
  ["8080", "http://localhost:8080/"],
  [":8080/x?y=1", "http://localhost:8080/x?y=1"],
  [" controlplane:30080 ", "http://controlplane:30080/"],
  ["https://10.96.0.1", "https://10.96.0.1/"],
  ["http://web.shop:81/a%20b", "http://web.shop:81/a%20b"],
  ["10.244.1.5", "http://10.244.1.5/"],
])("%s is %s", (text, shown) => {
  const address = readInside(text)
  expect(address && shownAddress(address)).toBe(shown)
  expect(address && insideOf("/lab/preview/T", previewPath("/lab/preview/T", address))).toEqual(address)
})

test.each(["", "   ", "http://", "a b", "ftp://x", "http://u@x/", "x:99999", "http://[::1]/"])("%j is none", (text) => {
  expect(readInside(text)).toBeUndefined()
})

test("what the learner's own browser reaches is not inside", () => {
  expect(
    ["http://localhost:1/", "https://172.30.1.2", "http://web", "http://192.168.1.1/"].map((url) => isInside(new URL(url))),
  ).not.toContain(false)
  expect(["https://kubernetes.io/docs", "http://172.15.0.1/", "mailto:a@b"].map((url) => isInside(new URL(url)))).not.toContain(true)
  expect(insideOf("/lab/preview/T", "/lab/preview/U/web/80/")).toBeUndefined()
})
