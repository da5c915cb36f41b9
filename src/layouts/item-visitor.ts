/** Where an item begins. */
export interface ItemPosition {
  /** 1-based line of the item's first byte. */
  readonly line: number;
  /** JSON Pointer to it inside the entry: `/items/3`, `/3`, or empty for a whole file. */
  readonly pointer: string;
}

/** Type fields of the list an item lies in, as far as they were read before it. */
export interface ListHead {
  readonly apiVersion?: string;
  readonly kind?: string;
}

/** How a resource file ended. */
export interface ItemsEnd {
  readonly items: number;
  /** True when the file is a list (or a bare array), false for single objects. */
  readonly list: boolean;
  /** True when the file was read to its end and is well formed as far as splitting can tell. */
  readonly complete: boolean;
  readonly head: ListHead;
  /** What was left out or is wrong, one line each. */
  readonly problems: readonly string[];
  /** The first of the problems that is a limit of ours and no fault of the file. */
  readonly overLimit?: string;
}

/** Takes the items of one resource file. */
export interface ItemVisitor {
  /** JSON text of one object; not checked further than its brackets. */
  item(bytes: Buffer, position: ItemPosition, head: ListHead): void;
  end(end: ItemsEnd): void;
}
