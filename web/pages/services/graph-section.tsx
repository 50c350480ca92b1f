import { SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServiceGraph } from '../../../model/api/service.ts';
import { serviceGraphQuery } from '../../api/queries.ts';
import { AutoSize } from '../../charts/index.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useSteppedRange } from '../../frame/use-stepped-range.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NothingFound } from '../../parts/nothing-found.tsx';
import { Section } from '../../parts/section.tsx';
import type { ServicesSearch } from './search.ts';
import { ServiceLists } from './service-lists.tsx';
import { ServiceMap } from './service-map.tsx';
import { ServicePanel } from './service-panel.tsx';
import classes from './services.module.css';

const HEIGHT = 460;

/** Who calls whom in the page's time range, as a map or as lists, and one node in focus. */
export function GraphSection() {
  const { t } = useTranslation();
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const { service: focus, view } = useSearch({ from: '/services' });
  const setSearch = useSetSearch();
  const isPhone = useMediaQuery('(max-width: 767px)', undefined, { getInitialValueInEffect: false });
  const shown = view ?? (isPhone ? 'list' : 'map');
  const query = useQuery(serviceGraphQuery({ ...useSteppedRange(), campaign }));
  return (
    <Section
      title={t('serviceMap.title')}
      note={t(campaign === undefined ? 'serviceMap.note' : 'serviceMap.noteCampaign')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('serviceMap.view')}
          value={shown}
          onChange={(value) => setSearch({ view: value === 'list' ? 'list' : 'map' })}
          data={[
            { value: 'map', label: t('serviceMap.asMap') },
            { value: 'list', label: t('serviceMap.asList') },
          ]}
        />
      }
    >
      <Answer query={query} skeleton={<RowsSkeleton rows={1} height={HEIGHT} />}>
        {(graph) => (
          <>
            {graph.partial && (
              <p className={classes.partial}>
                <StateMark mark="warning">
                  {t('serviceMap.partial')} {graph.reason}
                </StateMark>
              </p>
            )}
            {graph.nodes.length === 0 ? (
              <NothingFound title={t('serviceMap.none')} isNarrowed={campaign !== undefined}>
                {t('serviceMap.noneWhy')}
              </NothingFound>
            ) : (
              <GraphView
                graph={graph}
                focus={focus}
                view={shown}
                onFocus={(service) => setSearch({ service })}
              />
            )}
          </>
        )}
      </Answer>
    </Section>
  );
}

interface GraphViewProps {
  readonly graph: ServiceGraph;
  readonly focus: string | undefined;
  readonly view: 'map' | 'list';
  readonly onFocus: (id: string | undefined) => void;
}

function GraphView({ graph, focus, view, onFocus }: GraphViewProps) {
  const { t } = useTranslation();
  const node = graph.nodes.find(({ id }) => id === focus);
  return (
    <div className={classes.split} data-open={focus !== undefined}>
      <div className={classes.main}>
        {view === 'map' ? (
          <AutoSize height={HEIGHT}>
            {(size) => <ServiceMap {...size} graph={graph} focus={node?.id} onFocus={onFocus} />}
          </AutoSize>
        ) : (
          <ServiceLists graph={graph} onFocus={onFocus} />
        )}
      </div>
      {node !== undefined && <ServicePanel node={node} graph={graph} onFocus={onFocus} />}
      {node === undefined && focus !== undefined && (
        <p className={classes.panel}>{t('serviceMap.notThere', { name: focus })}</p>
      )}
    </div>
  );
}

/** Writes parts of the page's state into the URL; `undefined` takes a part out. */
function useSetSearch(): (part: ServicesSearch) => void {
  const navigate = useNavigate();
  return (part) =>
    void navigate({
      to: '/services',
      search: (old: Record<string, unknown>) => ({ ...old, ...part }),
      resetScroll: false,
    } as never);
}
