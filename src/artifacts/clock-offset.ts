import { document } from '../model/artifact.ts';
import { parseJsonObject, stringIn } from './json-bytes.ts';

/** What the document stores: three readings, all ISO 8601. */
export interface StoredClockReading {
  /** `Date` header of the API server, by its own clock; whole seconds. */
  readonly serverDate: string;
  /** The collector's clock just before the request and when the headers had come. */
  readonly sentAt: string;
  readonly receivedAt: string;
}

/** How far the clock of the machine `collect` ran on is from the API server's. */
export interface ClockOffset extends StoredClockReading {
  /** Seconds the collector's clock is ahead; negative: behind. */
  readonly offsetSeconds: number;
  /** The offset is known to within this many seconds either way. */
  readonly errorSeconds: number;
}

/** The offset between collector and API server, scope cluster. */
export const clockOffset = document<ClockOffset>({
  id: 'clock-offset',
  title: 'Clock of the collector against the API server',
  contentType: 'json',
  maxBytes: 64 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const serverDate = stringIn(stored.serverDate) ?? '';
    const sentAt = stringIn(stored.sentAt) ?? '';
    const receivedAt = stringIn(stored.receivedAt) ?? '';
    const [server, sent, received] = [serverDate, sentAt, receivedAt].map((time) => Date.parse(time));
    // The header is cut to whole seconds: the server's time lies within the second that follows it.
    const offset = (sent! + received!) / 2 - (server! + 500);
    if (!Number.isFinite(offset)) throw new Error('a clock reading is missing');
    return {
      serverDate,
      sentAt,
      receivedAt,
      offsetSeconds: offset / 1000,
      errorSeconds: (500 + Math.max(0, received! - sent!) / 2) / 1000,
    };
  },
});
