import { attributeSql } from '../traceql/attribute-sql.ts';
import type { SqlParameters } from '../traceql/sql-parameters.ts';

/** A condition on an attribute of the record or, where it has none of that key, of its resource. */
export interface AttributeCondition {
  readonly key: string;
  /** `!=` also holds for records without the attribute. */
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  /** What the value is compared with, by the types that it may have. */
  readonly values: readonly (
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'float'; readonly value: number }
    | { readonly type: 'bool'; readonly value: boolean }
  )[];
}

/** Which log records are wanted: those with all of this. */
export interface LogFilter {
  readonly service?: string;
  readonly campaignId?: string;
  /** OTLP severity number; 17 is ERROR. */
  readonly minSeverity?: number;
  /** 32 hex digits. */
  readonly traceId?: string;
  /** 16 hex digits. */
  readonly spanId?: string;
  /** Anywhere in the body, whatever its case. */
  readonly text?: string;
  readonly attributes?: readonly AttributeCondition[];
}

/** The filter as a condition on rows of `logs`. */
export function logFilterSql(filter: LogFilter, parameters: SqlParameters): string {
  const { service, campaignId, minSeverity, traceId, spanId, text, attributes = [] } = filter;
  const bind = (value: string) => parameters.bind(value, 'String');
  const conditions = [
    service !== undefined && `service = ${bind(service)}`,
    campaignId !== undefined && `campaign_id = ${bind(campaignId)}`,
    minSeverity !== undefined && `severity >= ${parameters.bind(minSeverity, 'UInt64')}`,
    traceId !== undefined && `trace_id = toFixedString(unhex(${bind(traceId)}), 16)`,
    spanId !== undefined && `span_id = toFixedString(unhex(${bind(spanId)}), 8)`,
    text !== undefined && `positionCaseInsensitiveUTF8(body, ${bind(text)}) > 0`,
    ...attributes.map((condition) => attributeConditionSql(condition, parameters)),
  ];
  return conditions.filter((condition) => condition !== false).join(' AND ') || '1';
}

function attributeConditionSql({ key, operator, values }: AttributeCondition, parameters: SqlParameters) {
  const attribute = attributeSql('none', key, parameters);
  const compared = operator === '!=' ? '=' : operator;
  const any = values.map((value) => attribute.compare({ operator: compared, value })).join(' OR ');
  return `${operator === '!=' ? 'NOT ' : ''}(${any})`;
}
