import { Button, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './trace.module.css';
import type { TraceView } from './use-trace-view.ts';

const DEPTHS = ['1', '2', '3', '4', '6', '8'] as const;

/** What is shown of the trace: how deep, repeats folded or not, only the critical path, all of the time again. */
export function ViewTools({ view }: { readonly view: TraceView }) {
  const { t } = useTranslation();
  const { folds, tree, window } = view;
  const isZoomed = window.fromNano > 0 || window.toNano < tree.durationNano;
  const depth = folds.depth === null ? '' : String(folds.depth);
  return (
    <div className={classes.viewTools}>
      <NativeSelect
        aria-label={t('waterfall.depth')}
        value={depth}
        data={[
          { value: '', label: t('waterfall.allLevels') },
          ...[...new Set<string>([...DEPTHS, ...(depth === '' || depth === '0' ? [] : [depth])])].map(
            (value) => ({
              value,
              label: t('waterfall.levels', { count: Number(value) }),
            }),
          ),
          { value: '0', label: t('waterfall.rootsOnly') },
        ]}
        onChange={({ currentTarget: { value } }) =>
          view.setFolds({
            ...folds,
            opened: new Set(),
            shut: new Set(),
            services: value === '' ? new Set() : folds.services,
            depth: value === '' ? null : Number(value),
          })
        }
      />
      <Button
        variant="default"
        aria-pressed={view.criticalOnly}
        data-on={view.criticalOnly}
        className={classes.toggle}
        onClick={() => view.setSearch({ critical: view.criticalOnly ? undefined : '1' })}
      >
        {t('waterfall.criticalOnly')}
      </Button>
      <Button
        variant="default"
        aria-pressed={folds.repeats}
        data-on={folds.repeats}
        className={classes.toggle}
        onClick={() => view.setFolds({ ...folds, repeats: !folds.repeats })}
      >
        {t('waterfall.foldRepeats')}
      </Button>
      {isZoomed && (
        <Button variant="default" onClick={() => view.setWindow({ fromNano: 0, toNano: tree.durationNano })}>
          {t('waterfall.keys.zoomAll')}
        </Button>
      )}
    </div>
  );
}
