/**
 * The ticket of manager.html#ticket=…, once: it is taken out of the address, so
 * that it stands in no history and is not sent again.
 */
export function takeTicket(): string | undefined {
  const ticket = /^#ticket=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1]
  if (ticket) history.replaceState(null, '', location.pathname + location.search)
  return ticket
}
