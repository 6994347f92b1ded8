/** Next's settings: rooms are compiled from their sources, the database client stays Node's. */
import path from "node:path"
import type { NextConfig } from "next"

const security = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Content-Security-Policy", value: "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
]

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  transpilePackages: ["@drydock/course", "@drydock/db", "@drydock/protocol"],
  serverExternalPackages: ["pg", "@prisma/client", "@prisma/adapter-pg"],
  turbopack: {
    root: path.resolve(import.meta.dirname, "../.."),
    // monaco-yaml asks for the path that older Monacos had.
    resolveAlias: { "monaco-editor/esm/vs/editor/editor.worker.js": "monaco-editor/editor/editor.worker.js" },
  },
  experimental: { turbopackFileSystemCacheForBuild: true },
  headers: async () => [{ source: "/:path*", headers: security }],
}

export default config
