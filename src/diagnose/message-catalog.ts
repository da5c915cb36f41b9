import type { Message } from '../model/message.ts';

/** Messages by analyzer id and message id. */
export type MessageCatalog = ReadonlyMap<string, Readonly<Record<string, Message>>>;
