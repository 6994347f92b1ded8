/** An image as its tags on alpine have it: the same program on busybox. */
import type { Image } from "./define-image.ts"

export const ALPINE_RELEASE = [
  {
    path: "/etc/os-release",
    content:
      'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.2\nPRETTY_NAME="Alpine Linux v3.23"\nHOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n',
  },
  { path: "/etc/alpine-release", content: "3.23.2\n" },
] as const

/** Stands before `image` in the catalogue, since both are one repository. */
export const alpineVariant = (image: Image, options: { sizeBytes: number; brings?: readonly string[] }): Image => ({
  ...image,
  tags: ["alpine", "*alpine*"],
  sizeBytes: options.sizeBytes,
  shell: "busybox",
  ...(options.brings && { brings: options.brings }),
  files: [...(image.files ?? []).filter(({ path }) => path !== "/etc/os-release"), ...ALPINE_RELEASE],
})
