/**
 * @xinzhang/sdk: a business page asks the certificate tool of the person for a
 * login, a signature or a seal.
 *
 *     import { xinzhang } from "@xinzhang/sdk";
 *     const token = await xinzhang.login({ nonce });
 *
 * The person confirms in a window of the tool; no PIN enters the page. What the
 * server does with the answers stands in docs/integration.md.
 */
import { Client } from "./client";

export { Client } from "./client";
export type { BatchParams, SignParams } from "./client";
export type { Connection, Options } from "./connector";
export { XinzhangError } from "./errors";
export type { Lang, Text } from "./errors";
export type { Code, CodeArgs, SDKCode } from "./codes.gen";
export type { Redirect, Resumed } from "./redirect";
export type * from "./types";
export { VERSION, API } from "./transport";

/** The client of the page. */
export const xinzhang: Client = /* @__PURE__ */ new Client();
