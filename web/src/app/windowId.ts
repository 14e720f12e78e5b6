/** The id of the question in the address: 128 random bits that the agent made. */
export function windowId(): string {
  return location.hash.slice(1)
}
