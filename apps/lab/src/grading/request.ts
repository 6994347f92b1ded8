/** What is sent to be graded over HTTP, and its OpenAPI description. */
import { z } from "zod"

/** Bytes of a request's body. */
export const LARGEST_BODY = 16 * 1024 * 1024

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use lower-case letters, digits and dashes")

export const GradeRequest = z.strictObject({
  course: name.describe("the course's name, as in its address"),
  lesson: name.describe("the lesson's name, as in its address"),
  version: z.string().max(64).optional().describe("a published version; default: the current one"),
  seed: z.string().min(1).max(200).optional().describe("what names, addresses and variables are drawn from; default: the lesson's own"),
  submissions: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200).describe("comes back with the result"),
        files: z
          .array(z.strictObject({ path: z.string().min(1).max(240), content: z.string().max(4 * 1024 * 1024) }))
          .min(1)
          .max(200)
          .describe("manifests (.yaml, .json), scripts (.sh), a recording (.json), answers.json; applied and typed in this order"),
      }),
    )
    .min(1)
    .max(100),
})
export type GradeRequest = z.infer<typeof GradeRequest>

const GradedSubmission = z.object({
  submission: z.string(),
  lesson: z.string(),
  version: z.string(),
  seed: z.string(),
  earned: z.number(),
  total: z.number(),
  tasks: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      points: z.number(),
      earned: z.number(),
      state: z.enum(["locked", "open", "done"]),
      checks: z.array(z.object({ id: z.string(), title: z.string(), passed: z.boolean(), seen: z.string().optional() })),
      feedback: z.string().optional(),
    }),
  ),
  steps: z.array(z.object({ name: z.string(), exit: z.number(), stdout: z.string(), stderr: z.string(), timedOut: z.boolean() })),
  problems: z.array(z.string()).describe("what kept it from being graded as it was meant"),
  world: z.string().describe("hash of the world at the end: the same submission with the same seed gives the same"),
  virtualMs: z.number(),
  wallMs: z.number(),
})

export const GradeResponse = z.object({ submissions: z.array(GradedSubmission) })

const Failure = z.object({
  error: z.object({
    code: z.enum(["bad-request", "unauthorized", "forbidden", "not-found", "too-large", "rate", "full"]),
    message: z.string(),
    path: z.string().optional().describe("where in the request"),
  }),
})

const content = (schema: z.ZodType) => ({ "application/json": { schema: z.toJSONSchema(schema, { io: "input" }) } })
const failure = (description: string) => ({ description, content: content(Failure) })

export const openApi = () => ({
  openapi: "3.1.0",
  info: {
    title: "Drydock grading",
    version: "1",
    description:
      "Grades submissions to a lesson, each in a fresh simulated cluster. The same submission with the same seed gives the same result.",
  },
  servers: [{ url: "/" }],
  components: { securitySchemes: { key: { type: "http", scheme: "bearer", description: "an instructor's API key" } } },
  security: [{ key: [] }],
  paths: {
    "/lab/grade": {
      post: {
        summary: "Grade submissions",
        requestBody: { required: true, content: content(GradeRequest) },
        responses: {
          "200": {
            description: "Results in the order of the submissions; as JUnit XML when the request accepts application/xml",
            content: { ...content(GradeResponse), "application/xml": { schema: { type: "string" } } },
          },
          "400": failure("The request or a submission is not of the form asked for"),
          "401": failure("The key is missing, unknown, revoked or expired"),
          "403": failure("The key's owner is no instructor"),
          "404": failure("There is no such lesson or version"),
          "413": failure("The body is larger than 16 MiB"),
          "429": failure("Too many submissions in a short time; Retry-After says in how many seconds"),
          "503": failure("Too many submissions are waiting"),
        },
      },
    },
  },
})
