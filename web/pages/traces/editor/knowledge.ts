import type { TagValue } from '../../../api/tempo-tag-values.ts';

/** What the editor and the form know beside the language; read anew each time, so it may come late. */
export interface TraceKnowledge {
  readonly language: 'en' | 'zh';
  /** Attributes that spans have, as a query writes them: `span.order.id`. */
  fields(): Promise<readonly string[]>;
  /** Values of a field, attribute or intrinsic; the frequent ones. */
  values(field: string): Promise<readonly TagValue[]>;
  /** Ids of campaigns and their titles. */
  campaigns(): Promise<ReadonlyMap<string, string>>;
  /** The words of help in the reader's language. */
  readonly words: {
    readonly intrinsic: string;
    readonly stage: string;
    readonly value: string;
    readonly attributeOf: (scope: string) => string;
    readonly completions: string;
  };
}
