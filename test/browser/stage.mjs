// What a test of pages needs around it: an agent, a business system, and a browser
// that finds both.
import { launch } from "./browsers.mjs";
import { startSite } from "./site.mjs";

/**
 * stage starts agent, site and browser, or nothing. startAgent gives the agent:
 * {port, close?}; one that others started has no close.
 */
export async function stage(program, startAgent) {
  const on = {};
  try {
    on.agent = await startAgent();
    on.site = await startSite();
    on.browser = await launch(program, { agentPort: on.agent.port, overrides: on.site.overrides });
    return on;
  } catch (e) {
    await strike(on);
    throw e;
  }
}

/** strike ends what stage started, as far as it came. */
export async function strike({ agent, site, browser }) {
  await browser?.close();
  site?.close();
  await agent?.close?.();
}
