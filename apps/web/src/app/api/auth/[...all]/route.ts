/** Sign-in, sign-up, guest, sign-out: better-auth's own addresses. */
import { auth } from "../../../../server/auth.ts"

const handle = async (request: Request) => (await auth()).handler(request)

export { handle as GET, handle as POST }
