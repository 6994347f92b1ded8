/** Images that their owners show to nobody else: what lessons on pull secrets pull. */
import { defineImage, type Image } from "./define-image.ts"
import { nginx } from "./nginx.ts"

/** Of both owners. */
const CREDENTIALS = { username: "learner", password: "drydock" }

/** nginx under a name that asks for a password: at a registry of its own, and on Docker Hub. */
const ownNginx = (repository: string): Image =>
  defineImage({ ...nginx, repository, tags: ["1.0", "1.1", "latest"], credentials: CREDENTIALS, versionEnv: "APP_VERSION" })

export const privateImages: readonly Image[] = [ownNginx("registry.example.com/private/web"), ownNginx("drydock/private-web")]
