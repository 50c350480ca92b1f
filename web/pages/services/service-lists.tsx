import { useTranslation } from 'react-i18next';
import type { ServiceGraph } from '../../../model/api/service.ts';
import { type CellValue, DataTable, type TableColumn, type TableRow } from '../../charts/index.ts';
import { useFormat } from '../../i18n/format.ts';
import { Section } from '../../parts/section.tsx';
import { ErrorShare } from './error-share.tsx';
import { errorMark, errorShare, ratePerS } from './figures.ts';
import { rateText } from './rate-text.ts';
import classes from './services.module.css';

export interface ServiceListsProps {
  readonly graph: ServiceGraph;
  readonly onFocus: (id: string) => void;
}

/** The map as two tables: what there is, and who calls whom; those with the most errors first. */
export function ServiceLists({ graph, onFocus }: ServiceListsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const figures: readonly TableColumn[] = [
    { key: 'rate', title: t('serviceMap.rate'), kind: 'number' },
    { key: 'errors', title: t('serviceMap.errors'), kind: 'number' },
    { key: 'p50', title: t('serviceMap.p50'), kind: 'number' },
    { key: 'p95', title: t('serviceMap.p95'), kind: 'number' },
  ];
  const nodes = graph.nodes
    .toSorted((a, b) => (errorShare(b) ?? -1) - (errorShare(a) ?? -1) || a.id.localeCompare(b.id))
    .map((node) => ({
      id: node.id,
      kind: t(`serviceMap.kindOf.${node.kind}`),
      rate: ratePerS(node, graph),
      errors: errorShare(node),
      p50: node.requests === 0 ? null : node.p50Ms,
      p95: node.requests === 0 ? null : node.p95Ms,
      mark: errorMark(node),
    }));
  const calls = graph.edges
    .toSorted((a, b) => (errorShare(b) ?? -1) - (errorShare(a) ?? -1) || b.ratePerS - a.ratePerS)
    .map((edge) => ({
      call: `${edge.from} → ${edge.to}`,
      from: edge.from,
      to: edge.to,
      rate: edge.ratePerS,
      errors: errorShare(edge),
      p50: edge.p50Ms,
      p95: edge.p95Ms,
      mark: errorMark(edge),
    }));
  const cell = (column: TableColumn, row: TableRow) => {
    const value = row[column.key];
    if (column.key === 'errors' && typeof value === 'number')
      return (
        <ErrorShare share={value} mark={row.mark === 'page' || row.mark === 'warning' ? row.mark : null} />
      );
    if (column.key === 'rate' && typeof value === 'number') return rateText(value, t, format);
    if (['p50', 'p95'].includes(column.key) && typeof value === 'number') return format.duration(value);
    if (column.key === 'id') return <NameButton name={row.id} onFocus={onFocus} />;
    if (column.key === 'call')
      return (
        <>
          <NameButton name={row.from} onFocus={onFocus} /> → <NameButton name={row.to} onFocus={onFocus} />
        </>
      );
    return undefined;
  };
  return (
    <>
      <div className={classes.nodes}>
        <DataTable
          title={t('serviceMap.nodes')}
          columns={[
            { key: 'id', title: t('serviceMap.name'), kind: 'text' },
            { key: 'kind', title: t('serviceMap.kind'), kind: 'text' },
            ...figures,
          ]}
          rows={nodes}
          renderCell={cell}
        />
      </div>
      <Section title={t('serviceMap.calls')} look="plain">
        <DataTable
          title={t('serviceMap.calls')}
          columns={[{ key: 'call', title: t('serviceMap.fromTo'), kind: 'text' }, ...figures]}
          rows={calls}
          renderCell={cell}
        />
      </Section>
    </>
  );
}

interface NameButtonProps extends Pick<ServiceListsProps, 'onFocus'> {
  readonly name: CellValue | undefined;
}

function NameButton({ name, onFocus }: NameButtonProps) {
  const id = String(name);
  return (
    <button type="button" className={classes.link} onClick={() => onFocus(id)}>
      {id}
    </button>
  );
}
