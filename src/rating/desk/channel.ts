import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { kernelHooks, RATING_TARGET } from "../../protocol/index.js";
import type { DisplayComm, Numbered } from "../../protocol/index.js";
import { checked, finiteNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import type { RatingDesk } from "./desk.js";
import { LoopbackServer } from "./server.js";

const pages = new LoopbackServer();
/** Sessions that displays may ask for, by the random name in their output. */
const desks = new Map<string, RatingDesk>();

/** Open doors by what is done behind them. */
const doors = new Map<string, RatingDoor>();

/** How displays reach a session. */
export interface RatingDoor {
  /** The session's name in its output, for displays that reach the kernel by their front end. */
  readonly session: string;
  /** Address of its page, for all others. */
  readonly address: string;
  /** Whether displays can still get in. */
  isOpen(): boolean;
  /** Shuts both. */
  close(): Promise<void>;
}

/**
 * Lets displays ask a desk, through the front end where there is a kernel, and by a page on this machine.
 * @param purpose what is rated by whom; an older door of the same purpose, of a cell that is run again, is shut
 */
export async function openDoor(desk: RatingDesk, purpose: string): Promise<RatingDoor> {
  const session = randomUUID();
  desks.set(session, desk);
  kernelHooks()?.onComm(RATING_TARGET, attend);
  const address = await pages.add((question) => desk.answer(question));
  const door: RatingDoor = {
    session,
    address,
    isOpen: () => desks.has(session),
    async close() {
      desks.delete(session);
      if (doors.get(purpose) === door) doors.delete(purpose);
      await pages.remove(address);
    },
  };
  const older = doors.get(purpose);
  doors.set(purpose, door);
  await older?.close();
  return door;
}

/** What a display sends; the question in it is the desk's to understand. */
const NUMBERED: Schema<Numbered<unknown>> = v.object({ number: finiteNumber(), body: v.unknown() });

/** Answers a display; one that asks for a session that is over is sent away. */
function attend(comm: DisplayComm, data: Readonly<Record<string, unknown>>): void {
  const session = data["session"];
  if (typeof session !== "string" || !desks.has(session)) {
    comm.close();
    return;
  }
  comm.onMessage((message) => {
    const { value: numbered } = checked(message, NUMBERED);
    const desk = desks.get(session);
    // What has no number cannot be answered.
    if (desk === undefined || numbered === undefined) {
      comm.close();
      return;
    }
    const { number, body } = numbered;
    void desk.answer(body).then((answer) => {
      comm.send({ number, body: answer });
    });
  });
}
