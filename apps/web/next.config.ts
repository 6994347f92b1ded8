/** Next's settings: rooms are compiled from their sources, the database client stays Node's. */
import path from "node:path"
import type { NextConfig } from "next"

const security = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  {
    key: "Content-Security-Policy",
    // Next's own scripts are inline; what counts is that nothing is loaded from, or sent, elsewhere.
    value: [
      "default-src 'self'",
      "script-src 'self' 'unsafe-inline'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self' data:",
      "connect-src 'self' ws: wss:",
      "worker-src 'self' blob:",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'self'",
      "form-action 'self'",
    ].join("; "),
  },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
]

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  transpilePackages: ["@drydock/course", "@drydock/db", "@drydock/grader", "@drydock/protocol"],
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
