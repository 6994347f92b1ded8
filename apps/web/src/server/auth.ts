/** Sign-in: email and password, or a guest at once; a guest's work moves to the account they sign in to. */
import { betterAuth } from "better-auth"
import { prismaAdapter } from "better-auth/adapters/prisma"
import { anonymous } from "better-auth/plugins"
import type { Repositories } from "@drydock/db"
import { type Environment, environment } from "./environment.ts"
import { repositories } from "./repositories.ts"

const DAY = 24 * 3600

/** The page's own origin is trusted under whatever name it was reached (localhost, 127.0.0.1, a LAN address). */
const sameOrigin = (request: Request | undefined): string[] => {
  const origin = request?.headers.get("origin")
  const host = request?.headers.get("x-forwarded-host") ?? request?.headers.get("host")
  return origin && host && URL.canParse(origin) && new URL(origin).host === host ? [origin] : []
}

const build = (kept: Repositories, { DRYDOCK_URL, DRYDOCK_SECRET }: Environment) =>
  betterAuth({
    appName: "Drydock",
    baseURL: DRYDOCK_URL,
    basePath: "/api/auth",
    secret: DRYDOCK_SECRET,
    trustedOrigins: (request) => [DRYDOCK_URL, ...sameOrigin(request)],
    database: prismaAdapter(kept.authClient as Parameters<typeof prismaAdapter>[0], { provider: "postgresql" }),
    user: { additionalFields: { role: { type: "string", defaultValue: "learner", input: false } } },
    session: { modelName: "authSession", expiresIn: 90 * DAY, updateAge: DAY },
    emailAndPassword: { enabled: true, minPasswordLength: 10, maxPasswordLength: 256, autoSignIn: true },
    plugins: [
      anonymous({
        emailDomainName: "guest.invalid",
        generateName: () => "Guest",
        onLinkAccount: ({ anonymousUser, newUser }) => kept.people.adopt(anonymousUser.user.id, newUser.user.id),
      }),
    ],
    rateLimit: {
      enabled: true,
      window: 60,
      max: 240,
      customRules: {
        "/sign-in/anonymous": { window: 60, max: 60 },
        "/sign-in/email": { window: 60, max: 10 },
        "/sign-up/email": { window: 60, max: 10 },
      },
    },
    advanced: {
      cookiePrefix: "drydock",
      useSecureCookies: DRYDOCK_URL.startsWith("https:"),
      // Only the front reaches this process, and it writes this header anew.
      ipAddress: { ipAddressHeaders: ["x-forwarded-for"] },
    },
    telemetry: { enabled: false },
  })

type Auth = ReturnType<typeof build>
const home = globalThis as { drydockAuth?: Promise<Auth> }

export const auth = (): Promise<Auth> => {
  if (home.drydockAuth) return home.drydockAuth
  const building: Promise<Auth> = repositories()
    .then((kept) => build(kept, environment()))
    .catch((reason) => {
      home.drydockAuth = undefined
      throw reason
    })
  home.drydockAuth = building
  return building
}
