import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LONGEST_QUESTION } from "../../protocol/index.js";
import { ratingScript, RATING_PAGE } from "./page.js";

/** Answers a question; never rejects. */
type Answer = (question: unknown) => Promise<object>;

const LOOPBACK = "127.0.0.1";

/** A refused request's status and sentence. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/**
 * Serves pages to the browser on this machine alone: it listens on 127.0.0.1 at a port that the system chooses. Each page has a
 * random secret in its path; requests of other sites (by Host, Origin and fetch metadata) and whatever else is unexpected
 * are refused. It ends with its last page and keeps no process alive.
 */
export class LoopbackServer {
  private server: Promise<Server> | undefined;
  /** By the secret's hash, so that how long a look-up takes tells nothing of it. */
  private readonly pages = new Map<string, Answer>();

  /** Adds a page. @returns its address, with its secret */
  async add(answer: Answer): Promise<string> {
    const secret = randomBytes(24).toString("base64url");
    this.pages.set(hashOf(secret), answer);
    this.server ??= listen((request, response) => void this.serve(request, response));
    const server = this.server;
    try {
      return `http://${LOOPBACK}:${portOf(await server)}/${secret}/`;
    } catch (error) {
      // Where no port was to be had, the next page tries anew.
      this.pages.delete(hashOf(secret));
      if (this.server === server) this.server = undefined;
      throw error;
    }
  }

  /** Takes a page away. */
  async remove(address: string): Promise<void> {
    this.pages.delete(hashOf(new URL(address).pathname.split("/")[1]!));
    if (this.pages.size > 0) return;
    const server = this.server;
    this.server = undefined;
    const running = await server;
    running?.close();
    running?.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const port = portOf(await this.server!);
      checkOrigin(request, [`${LOOPBACK}:${port}`, `localhost:${port}`]);
      const [, secret = "", file, ...more] = (request.url ?? "").split("/");
      const answer = this.pages.get(hashOf(secret));
      if (answer === undefined || more.length > 0) throw new Refusal(404, "There is nothing here.");
      await respond(request, response, file, answer);
    } catch (error) {
      const { status, message } =
        error instanceof Refusal ? error : new Refusal(500, "The page cannot be given.");
      // What is still to come of a refused request is not read.
      response.setHeader("Connection", "close");
      send(response, status, "text/plain; charset=utf-8", message);
    }
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  file: string | undefined,
  answer: Answer,
): Promise<void> {
  const allow = (method: string): void => {
    if (request.method !== method) throw new Refusal(405, `Only ${method} is answered here.`);
  };
  switch (file) {
    case "":
      allow("GET");
      send(response, 200, "text/html; charset=utf-8", RATING_PAGE);
      return;
    case "rating.js":
      allow("GET");
      send(response, 200, "text/javascript; charset=utf-8", await ratingScript());
      return;
    case "message":
      allow("POST");
      send(response, 200, "application/json", JSON.stringify(await answer(await questionOf(request))));
      return;
    default:
      throw new Refusal(404, "There is nothing here.");
  }
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function listen(serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, serve);
  // The kernel ends when it is told to; in a script the session is no reason to stay.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, LOOPBACK, () => {
      resolve(server);
    });
  });
}

/**
 * Host must name this server, or a page elsewhere could reach it under a name that leads here (DNS rebinding). Where a browser
 * says which site a request comes from, it must be the page itself; a link to the page may stand anywhere.
 */
function checkOrigin({ headers, method }: IncomingMessage, hosts: readonly string[]): void {
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host))
    throw new Refusal(403, "This address is not answered under another name.");
  const isOwn = origin === `http://${host}`;
  if (origin !== undefined ? !isOwn : method !== "GET")
    throw new Refusal(403, "Other sites are not answered here.");
  const site = headers["sec-fetch-site"];
  const isLink = method === "GET" && headers["sec-fetch-mode"] === "navigate";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isLink)
    throw new Refusal(403, "Other sites are not answered here.");
}

/** The JSON of a question's body. */
async function questionOf(request: IncomingMessage): Promise<unknown> {
  if (request.headers["content-type"] !== "application/json") throw new Refusal(415, "Questions are JSON.");
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LONGEST_QUESTION) throw new Refusal(413, "The question is too long.");
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown;
  } catch {
    throw new Refusal(400, "The question is no JSON.");
  }
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...HEADERS,
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}
