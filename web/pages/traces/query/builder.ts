import { bare, type Condition, formatFilter, readConditions, text } from './condition.ts';

/** A search as a form has it; empty text asks for nothing. Durations are TraceQL's: `250ms`. */
export interface BuilderQuery {
  readonly order: string;
  readonly service: string;
  readonly name: string;
  readonly status: '' | 'error' | 'ok' | 'unset';
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly rootService: string;
  readonly rootName: string;
  readonly minTrace: string;
  readonly maxTrace: string;
  /** Whatever else must hold. */
  readonly tags: readonly Condition[];
}

export const EMPTY_QUERY: BuilderQuery = {
  order: '',
  service: '',
  name: '',
  status: '',
  minDuration: '',
  maxDuration: '',
  rootService: '',
  rootName: '',
  minTrace: '',
  maxTrace: '',
  tags: [],
};

type Slot = Exclude<keyof BuilderQuery, 'tags'>;

/** What each field of the form asks for, in the order in which it is written. */
const SLOTS: readonly {
  readonly slot: Slot;
  readonly field: string;
  readonly operator: Condition['operator'];
  readonly type: 'text' | 'bare';
}[] = [
  { slot: 'order', field: 'span.order.id', operator: '=', type: 'text' },
  { slot: 'service', field: 'resource.service.name', operator: '=', type: 'text' },
  { slot: 'name', field: 'name', operator: '=', type: 'text' },
  { slot: 'status', field: 'status', operator: '=', type: 'bare' },
  { slot: 'minDuration', field: 'duration', operator: '>=', type: 'bare' },
  { slot: 'maxDuration', field: 'duration', operator: '<=', type: 'bare' },
  { slot: 'rootService', field: 'rootServiceName', operator: '=', type: 'text' },
  { slot: 'rootName', field: 'rootName', operator: '=', type: 'text' },
  { slot: 'minTrace', field: 'traceDuration', operator: '>=', type: 'bare' },
  { slot: 'maxTrace', field: 'traceDuration', operator: '<=', type: 'bare' },
];

/** The form as conditions; a tag without a field or a value is not asked for yet. */
export function builderConditions(query: BuilderQuery): readonly Condition[] {
  const slots = SLOTS.filter(({ slot }) => query[slot].trim() !== '').map(
    ({ slot, field, operator, type }): Condition => ({
      field,
      operator,
      value: (type === 'text' ? text : bare)(query[slot].trim()),
    }),
  );
  return [...slots, ...query.tags.filter(({ field, value }) => field !== '' && value.value !== '')];
}

export const formatBuilder = (query: BuilderQuery): string => formatFilter(builderConditions(query));

/** Each condition in the field of the form that asks for it, the first of several; what has none is a tag. */
export function fromConditions(conditions: readonly Condition[]): BuilderQuery {
  const filled: Partial<Record<Slot, string>> = {};
  const tags: Condition[] = [];
  for (const condition of conditions) {
    const found = SLOTS.find(
      ({ slot, field, operator, type }) =>
        filled[slot] === undefined &&
        field === condition.field &&
        operator === condition.operator &&
        type === condition.value.type &&
        condition.value.value.trim() !== '',
    );
    if (found === undefined) tags.push(condition);
    else filled[found.slot] = condition.value.value;
  }
  return { ...EMPTY_QUERY, ...(filled as Partial<BuilderQuery>), tags };
}

/** The form of a query, or null where a form cannot say it. */
export function readBuilder(query: string): BuilderQuery | null {
  if (query.trim() === '') return EMPTY_QUERY;
  const conditions = readConditions(query);
  return conditions === null ? null : fromConditions(conditions);
}
