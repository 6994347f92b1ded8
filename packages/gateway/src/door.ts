/** How the Node edge reaches a simulated API server: through its one door, inside its world's turn. */
import type { ApiRequest, ApiResponse } from "@drydock/kubernetes"

export interface Door {
  /** Hands a request to the API server. May answer in another thread: then `done` is called later. */
  handle(request: ApiRequest, done: (response: ApiResponse) => void): void
  /** Runs `work` (stream starts, channel input) inside the world's turn, and lets the world go on afterwards. */
  enter(work: () => void): void
}
