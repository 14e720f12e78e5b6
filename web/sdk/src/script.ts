/** The file for a script tag: window.xinzhang is the client, with the classes beside its methods. */
import { Client } from "./client";
import { XinzhangError } from "./errors";
import { VERSION } from "./transport";

declare global {
  interface Window {
    xinzhang: Client & { Client: typeof Client; XinzhangError: typeof XinzhangError; VERSION: string };
  }
}

window.xinzhang = Object.assign(new Client(), { Client, XinzhangError, VERSION });
