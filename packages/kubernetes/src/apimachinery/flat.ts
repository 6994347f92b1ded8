/** Text as one piece of memory. */
export { flat } from "@drydock/sim"
